#pragma once

#include "syncml/codes.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace model {

/// One database of the model server: items, who changed them when, and what each
/// device has of them. Conflicts: the server's change wins, and a change wins over a
/// deletion.
class Database {
public:
    struct Item {
        std::string data;
        std::uint64_t revision = 0;
        std::string changed_by; ///< a device, or empty: at the server
    };
    struct Anchors {
        std::string device; ///< the device's Next of the last good session
        std::string own;
    };
    /// What a session did to the items, as the device should count it.
    struct Done {
        std::uint64_t added = 0, updated = 0, removed = 0;
        bool operator==(const Done&) const = default;
    };
    struct Change {
        enum Kind { Add, Replace, Delete } kind = Add;
        std::string guid;
        std::string luid; ///< Replace, Delete
        std::string data;
    };

    // ---- at the server's own console
    std::string put(std::string data);
    void change(const std::string& guid, std::string data);
    void remove(const std::string& guid);
    std::vector<std::string> guids() const;
    std::multiset<std::string> content() const;

    // ---- one session of a device
    void begin(const std::string& device, syncml::SyncType type);
    /// The device's first Sync has come; before that a refresh replaces nothing.
    void receive();
    syncml::StatusCode add(const std::string& luid, std::string data);
    syncml::StatusCode replace(const std::string& luid, std::string data);
    syncml::StatusCode remove_for_device(const std::string& luid);
    void map(const std::string& guid, const std::string& luid);
    /// What the device lacks, once it has sent everything.
    std::vector<Change> changes();
    /// The device has answered for a change.
    void on_status(const Change& change, bool success);
    /// The session ended well.
    void commit(Anchors anchors);
    const Done& done() const { return done_; }
    void forget_done() { done_ = {}; }

    Anchors anchors(const std::string& device) const;
    /// As after a restored backup: items stay, nothing is known of any device.
    void forget_devices() { devices_.clear(); }

private:
    struct Device {
        std::map<std::string, std::string> guid_of; ///< by luid
        std::set<std::string> refused;              ///< guids whose last change the device did not take
        std::uint64_t mark = 0;                     ///< revision up to which the device knows everything
        std::optional<Anchors> anchors;
    };

    Device& device() { return devices_[device_]; }
    bool changed_since_mark(const Item& item);
    bool is_mapped(const std::string& guid);
    std::string insert(std::string data, const std::string& by);

    std::map<std::string, Item> items_;
    std::map<std::string, Device> devices_;
    std::uint64_t revision_ = 0;
    int next_guid_ = 1;

    // The current session.
    std::string device_;
    syncml::SyncType type_ = syncml::SyncType::TwoWay;
    bool received_ = false;
    std::uint64_t seen_ = 0; ///< revision when the changes were collected
    Done done_;
};

} // namespace model
