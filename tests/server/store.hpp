#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace SQLite {
class Database;
}

namespace testserver {

struct StoredItem {
    std::string guid; ///< `g-12`: never looks like a client's id
    std::uint64_t revision = 0;
    std::string data;
};

/// Which item a device holds under which id, and the revision it is known to have.
struct Link {
    std::string luid;
    std::string guid;
    std::uint64_t revision = 0;
};

/// What a device does not have yet.
struct Change {
    enum class Kind { Add, Replace, Delete } kind = Kind::Add;
    std::string guid;
    std::string luid; ///< empty for Add
    std::uint64_t revision = 0;
};

struct Anchors {
    std::string client; ///< its Next of the last good session
    std::string server; ///< ours
};

/// Everything the server remembers. One SQLite database, in memory or in a file.
///
/// A *collection* is one datastore of one user. Every write of an item gives it a
/// new revision; comparing that with the revision in a device's Link is the whole
/// change log.
class Store {
public:
    using Collection = std::int64_t;

    /// `file`: `:memory:` or a path. Throws when it cannot be opened.
    explicit Store(const std::string& file);
    ~Store();

    /// Runs `work` in one transaction; rolled back when it throws.
    void in_transaction(const std::function<void()>& work);
    /// Forgets items, devices and anchors of everybody.
    void reset();

    Collection collection(std::string_view user, std::string_view name);

    std::string collection_name(Collection collection) const;

    std::vector<StoredItem> list(Collection collection) const;
    std::optional<StoredItem> find(Collection collection, std::string_view guid) const;
    StoredItem add(Collection collection, std::string_view data);
    /// Nothing when there is no such item.
    std::optional<StoredItem> replace(Collection collection, std::string_view guid, std::string_view data);
    bool remove(Collection collection, std::string_view guid);
    std::uint64_t clear(Collection collection);

    std::optional<Link> find_link(Collection collection, std::string_view device, std::string_view luid) const;
    std::optional<Link> find_link_by_guid(Collection collection, std::string_view device, std::string_view guid) const;
    std::vector<Link> links(Collection collection, std::string_view device) const;
    /// Replaces whatever link the luid or the item had on this device.
    void set_link(Collection collection, std::string_view device, const Link& link);
    void remove_link(Collection collection, std::string_view device, std::string_view luid);
    /// Links and offers: the device's ids mean nothing any more.
    void clear_links(Collection collection, std::string_view device);
    /// The item was sent to the device as Add and has no link yet.
    void set_offer(Collection collection, std::string_view device, std::string_view guid, std::uint64_t revision);
    /// Takes an offer back: the revision that was sent.
    std::optional<std::uint64_t> take_offer(Collection collection, std::string_view device, std::string_view guid);
    /// Deletes first, then Replaces, then Adds, each in order of age.
    std::vector<Change> changes(Collection collection, std::string_view device) const;

    std::optional<Anchors> find_anchors(Collection collection, std::string_view device) const;
    void set_anchors(Collection collection, std::string_view device, const Anchors& anchors);
    void clear_anchors(Collection collection, std::string_view device);
    /// An anchor that was never used before.
    std::string next_anchor();

    /// The nonce that the device must use next; taken only once.
    std::string take_nonce(std::string_view device);
    void set_nonce(std::string_view device, std::string_view nonce);

    /// What a device has told and was told.
    struct Device {
        bool devinf_known = false;      ///< it has sent its device information
        bool number_of_changes = false; ///< and supports NumberOfChanges
        bool large_objects = false;     ///< and large objects
        bool told = false;              ///< it has received ours
    };
    Device device(std::string_view id) const;
    void set_device(std::string_view id, const Device& device);

private:
    std::uint64_t next_revision();

    std::unique_ptr<SQLite::Database> database_;
};

} // namespace testserver
