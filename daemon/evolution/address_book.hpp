#pragma once

#include "evolution/glib.hpp"
#include "evolution/store.hpp"

#include <libebook/libebook.h>

namespace evolution {

class AddressBook : public Store {
public:
    explicit AddressBook(ESource* source);

    void each(const Visit& visit) override;
    std::optional<std::string> find(const std::string& uid) override;
    std::optional<Item> read(const std::string& uid) override;
    std::string add(const std::string& text) override;
    void replace(const std::string& uid, const std::string& text) override;
    void remove(const std::string& uid) override;

private:
    Object<EContact> get(const std::string& uid);

    Object<EBookClient> client_;
};

} // namespace evolution
