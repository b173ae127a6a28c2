#pragma once

#include "journal.hpp"
#include "options.hpp"
#include "store.hpp"

#include "syncml/message.hpp"

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace testserver {

/// One of the server's items on its way to the client.
struct Outgoing {
    Change change;
    syncml::ItemCommand command; ///< without CmdID
    std::string data;            ///< once it goes in chunks: all of it, and `command` has none
    std::size_t sent = 0;        ///< octets of it
    bool in_chunks = false;
    bool waits = false; ///< for the Status of a chunk
};

/// One datastore in one session: decides the sync type, takes the client's changes,
/// says what goes back, keeps the links and the anchors.
class Exchange {
public:
    Exchange(Store& store, Store::Collection collection, const DatastoreOptions& datastore, std::string device,
             std::string client_uri, ConflictPolicy policy, DatastoreReport& report);

    const std::string& uri() const { return datastore_.name; }
    const std::string& client_uri() const { return client_uri_; }
    const DatastoreOptions& datastore() const { return datastore_; }

    /// The client's Alert. The status to it; a success or 508 comes with an Alert of
    /// our own of the `agreed` type. `distrust`: as if the anchors did not match.
    syncml::StatusCode agree(syncml::AlertCode requested, const syncml::Anchor& anchor, bool distrust);
    syncml::SyncType agreed() const { return type_; }
    const std::string& own_last() const { return own_last_; }
    const std::string& own_next() const { return own_next_; }
    /// The client did not find its own records in our anchor (508 to our Alert).
    void fall_back_to_slow() { type_ = syncml::SyncType::Slow; }
    /// The client does not want this datastore any more.
    void drop() { dropped_ = true; }
    bool dropped() const { return dropped_; }

    /// The first Sync of the client: a slow or refresh sync voids what was known.
    void begin();
    bool begun() const { return begun_; }
    /// Whether the client's item of this id is known here.
    bool holds(const std::string& luid) const { return store_.find_link(collection_, device_, luid).has_value(); }
    /// One item of an Add, Replace or Delete.
    syncml::StatusCode apply(syncml::ItemVerb verb, const syncml::Item& item, const std::string& data);

    /// After the client's last Sync: what it has to be sent, each at most `max_octets`
    /// long by the measure of `size`, or with data of at most `max_object` octets.
    void plan(std::size_t max_octets, std::uint64_t max_object, std::size_t (*size)(const syncml::SyncCommand&));
    std::deque<Outgoing>& outgoing() { return outgoing_; }
    /// The item that is on its way in chunks will not come to its end.
    void give_up_chunks(syncml::StatusCode code);
    DatastoreReport& report() { return report_; }
    /// An outgoing command has been put into a message.
    void on_sent(const Change& change);
    /// The client's answer to it.
    void on_status(const Change& change, syncml::StatusCode code);
    /// A MapItem. False: we never sent that GUID.
    bool map(const syncml::MapItem& item);
    /// How many Adds the client acknowledged and did not map.
    std::size_t unmapped() const { return unmapped_.size(); }

    /// Stores both anchors: the sync was good.
    void commit();

private:
    syncml::StatusCode add(const std::string& luid, const std::string& data);
    syncml::StatusCode replace(const std::string& luid, const std::string& data);
    syncml::StatusCode remove(const std::string& luid);
    syncml::StatusCode match(const std::string& luid, const std::string& data);
    syncml::StatusCode resolve(const std::string& luid, const StoredItem& item, const std::string& data);
    void build_index();
    std::optional<StoredItem> take_match(std::unordered_multimap<std::string, std::string>& index,
                                         const std::string& key);

    Store& store_;
    Store::Collection collection_;
    DatastoreOptions datastore_;
    std::string device_;
    std::string client_uri_;
    ConflictPolicy policy_;
    DatastoreReport& report_;

    syncml::SyncType type_ = syncml::SyncType::TwoWay;
    std::string client_next_, own_last_, own_next_;
    bool begun_ = false;
    bool dropped_ = false;
    std::deque<Outgoing> outgoing_;
    std::set<std::string> unmapped_; ///< GUIDs
    /// Items without a link by their content and by what they are about; slow sync only.
    std::unordered_multimap<std::string, std::string> by_content_, by_key_;
};

} // namespace testserver
