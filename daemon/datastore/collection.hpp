#pragma once

#include "base/result.hpp"
#include "storage/directories.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace datastore {

/// Items that other programs keep, each under a name: a directory of files, an address book of the desktop. They write
/// it at any time: an item is replaced and removed as a whole, and only if it is still the one that was looked at.
///
/// Failures are thrown as std::system_error, naming the collection and, if it is one that failed, the item.
class Collection {
public:
    /// The largest number of items that is looked at.
    static constexpr std::uint64_t max_items = 250'000;

    virtual ~Collection() = default;

    virtual const std::string& title() const = 0;                    ///< for messages
    virtual std::string title_of(const std::string& name) const = 0; ///< of one item
    /// Whether an item with another name is another item: it is never given a new one.
    virtual bool keeps_names() const = 0;
    /// Whether it may keep an item in other words than those that it was given.
    virtual bool rewords() const = 0;

    /// Nobody else that respects it, another session first of all, changes the items meanwhile.
    class Lock {
    public:
        explicit Lock(Collection& collection) : collection_(collection) { collection_.lock(); }
        ~Lock() { collection_.unlock(); }
        Lock(const Lock&) = delete;
        Lock& operator=(const Lock&) = delete;

    private:
        Collection& collection_;
    };

    /// Before it is looked at: what a session that was killed has left behind goes.
    virtual void clean_up() = 0;

    /// A text that the collection is recognized by; empty: there is none. One that keeps names is also recognized by
    /// these: with all of them in it, it may have got another mark.
    virtual std::string mark() const = 0;
    virtual void set_mark(const std::string& mark) = 0;

    struct Status {
        storage::FileStamp stamp;
        bool is_item = false; ///< it may be touched
    };
    /// What there is.
    class Listing {
    public:
        virtual ~Listing() = default;
        /// Nothing when there is no such name.
        virtual std::optional<Status> find(const char* name) const = 0;
        /// Visits the names of what may be items, in no order.
        virtual void each_name(const std::function<void(const char* name)>& visit) const = 0;
    };
    /// Costs a look at each item; the collection outlives it.
    virtual std::unique_ptr<Listing> list() const = 0;
    /// The same of one.
    virtual std::optional<Status> find(const char* name) const = 0;

    struct File {
        storage::FileStamp stamp;
        std::string data;
    };
    /// At most so many octets. Errors: NotFound; InvalidValue, with the reason, for what is too long, no item, or may
    /// not be touched.
    virtual base::Result<File> read(const std::string& name, std::size_t most) const = 0;

    /// Thrown by what writes an item: it takes others, but not this one, for the reason given.
    class Refused : public std::runtime_error {
        using std::runtime_error::runtime_error;
    };
    /// What has been written.
    struct Written {
        std::string name;
        storage::FileStamp stamp;
        std::string data; ///< as it is kept, if that is in other words; else empty
    };
    /// A new one with these data, which is called as they call themselves, else after `luid`. Durable once `sync` has
    /// returned.
    virtual Written add(const std::string& luid, std::string_view data) = 0;
    /// Nothing, and it is left, when it is not the one of this stamp.
    virtual std::optional<Written> replace(const std::string& name, const storage::FileStamp& known,
                                           std::string_view data) = 0;
    /// False, and it is left, when it is not the one of this stamp. True, too, when there is none any more.
    virtual bool remove(const std::string& name, const storage::FileStamp& known) = 0;
    virtual void sync() = 0;

private:
    virtual void lock() = 0;
    virtual void unlock() noexcept = 0;
};

} // namespace datastore
