#pragma once

#include "evolution/glib.hpp"
#include "evolution/store.hpp"

#include <libecal/libecal.h>

#include <vector>

namespace evolution {

/// An item is all that has one UID: a series and its changed occurrences.
class Calendar : public Store {
public:
    Calendar(ESource* source, ECalClientSourceType type);

    void each(const Visit& visit) override;
    std::optional<std::string> find(const std::string& uid) override;
    std::optional<Item> read(const std::string& uid) override;
    std::string add(const std::string& text) override;
    void replace(const std::string& uid, const std::string& text) override;
    void remove(const std::string& uid) override;

private:
    using Components = std::vector<Object<ICalComponent>>;

    Components get(const std::string& uid);
    std::string zones_of(const Components& components);
    /// The parts of an item, the series first; its time zones are made known.
    Components take_apart(const std::string& text);
    void write(const Components& components, std::size_t from);

    Object<ECalClient> client_;
};

} // namespace evolution
