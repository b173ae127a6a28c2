#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace evolution {

/// An open address book, calendar or list, as the keeper has it: texts by UID. Throws Failure and Refusal.
class Store {
public:
    using Visit = std::function<void(const std::string& uid, const std::string& text)>;

    struct Item {
        std::string listed;   ///< without what is put in from elsewhere: pictures, time zones
        std::string complete; ///< with it
    };

    virtual ~Store() = default;
    /// One call to the server; texts as they are listed.
    virtual void each(const Visit& visit) = 0;
    /// The same of one item; nothing: there is none.
    virtual std::optional<std::string> find(const std::string& uid) = 0;
    virtual std::optional<Item> read(const std::string& uid) = 0;
    /// The UID that it has got: its own, if nobody else has that.
    virtual std::string add(const std::string& text) = 0;
    virtual void replace(const std::string& uid, const std::string& text) = 0;
    virtual void remove(const std::string& uid) = 0;
};

struct Opened {
    std::unique_ptr<Store> store;
    std::string mark; ///< another one when what the server keeps the items in was made anew
};
/// `service`: `CONTACT`, `EVENT`, `TASK` or `NOTE`. Throws Failure when there is no such source, or it is of another
/// kind, is disabled, or cannot be written.
Opened open_store(const std::string& service, const std::string& source_uid);

} // namespace evolution
