#pragma once

#include "store.hpp"

#include "syncml/message.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace testserver {

/// What the client's last command for an item was, and how it was answered.
struct Answered {
    bool is_delete = false;
    std::size_t digest = 0; ///< of the data
    syncml::StatusCode code = syncml::StatusCode::Ok;
};

/// The beginning of the client's large object.
struct PartialObject {
    syncml::ItemVerb verb = syncml::ItemVerb::Add;
    std::string id, type, format, data;
    std::uint64_t size = 0;     ///< of all of it
    std::size_t last_chunk = 0; ///< octets at the end of `data` that came last
    // When the sync was resumed:
    std::size_t resumed_at = 0; ///< octets that were here
    std::size_t doubtful = 0;   ///< those of them that came last, perhaps to come again
};

/// A datastore's sync with a device that has begun and not come to its end: what it takes to
/// go on with it in another session.
struct Unfinished {
    syncml::SyncType type = syncml::SyncType::TwoWay;
    std::string client_last, own_last;                  ///< anchors
    syncml::StatusCode answer = syncml::StatusCode::Ok; ///< to the Alert
    bool asked = false;                                 ///< a side has suspended it; else it broke off
    bool begun = false;                                 ///< the client's first Sync has come
    std::map<std::string, Answered> answered;           ///< by LUID
    std::set<std::string> unmapped; ///< GUIDs of our Adds that the client acknowledged and did not map
    std::optional<PartialObject> incoming;
    /// Our large object on its way, and how much of it the client has acknowledged.
    std::optional<std::pair<Change, std::size_t>> outgoing;
};

/// All of them; in memory, so that a restart forgets them.
class UnfinishedSyncs {
public:
    using Key = std::pair<Store::Collection, std::string>; ///< the device

    /// Begins anew, whatever was there.
    std::shared_ptr<Unfinished> begin(const Key& key) { return syncs_[key] = std::make_shared<Unfinished>(); }
    /// Nothing when the last one came to its end.
    std::shared_ptr<Unfinished> find(const Key& key) const
    {
        const auto found = syncs_.find(key);
        return found == syncs_.end() ? nullptr : found->second;
    }
    void finish(const Key& key) { syncs_.erase(key); }
    /// GUIDs by the ids that stand for them until they are mapped, over all syncs.
    std::map<std::string, std::string>& temporary_ids(const Key& key) { return temporary_ids_[key]; }
    void clear()
    {
        syncs_.clear();
        temporary_ids_.clear();
    }
    const std::map<Key, std::shared_ptr<Unfinished>>& all() const { return syncs_; }

private:
    std::map<Key, std::shared_ptr<Unfinished>> syncs_;
    std::map<Key, std::map<std::string, std::string>> temporary_ids_;
};

} // namespace testserver
