#pragma once

#include "journal.hpp"
#include "options.hpp"
#include "store.hpp"
#include "unfinished.hpp"

#include "syncml/message.hpp"

#include <deque>
#include <functional>
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
    bool waits = false;   ///< for the Status of a chunk
    bool resumed = false; ///< the next chunk is the first one since
};

/// One datastore in one session: decides the sync type, takes the client's changes,
/// says what goes back, keeps the links and the anchors.
class Exchange {
public:
    Exchange(Store& store, UnfinishedSyncs& unfinished, Store::Collection collection, const DatastoreOptions& datastore,
             std::string device, std::string client_uri, const Options& options, DatastoreReport& report);

    const std::string& uri() const { return datastore_.name; }
    /// The same as the client is told it.
    std::string told_uri() const { return (options_.names_from_root ? "/" : "") + datastore_.name; }
    const std::string& client_uri() const { return client_uri_; }
    const DatastoreOptions& datastore() const { return datastore_; }

    /// The client's Alert, a sync type or Resume. The status to it; a success, 508 or 509 comes with an Alert of
    /// our own of the code `alert`. `distrust`: as if the anchors did not match.
    syncml::StatusCode agree(syncml::AlertCode requested, const syncml::Anchor& anchor, bool distrust);
    /// Of what it has to be sent, only what passes (INCLUSIVE); the rest stays to be sent.
    void filter(std::string record);
    syncml::SyncType agreed() const { return type_; }
    syncml::AlertCode alert() const;
    const std::string& own_last() const { return own_last_; }
    const std::string& own_next() const { return own_next_; }
    /// The client did not find its own records in our anchor (508 to our Alert).
    void fall_back_to_slow();
    /// The client does not want this datastore any more.
    void drop() { dropped_ = true; }
    bool dropped() const { return dropped_; }

    /// The first Sync of the client: a slow or refresh sync voids what was known.
    void begin();
    bool begun() const { return seen_; }
    /// Whether the client's item of this id is known here.
    bool holds(const std::string& luid) const
    {
        const auto link = store_.find_link(collection_, device_, luid);
        return link && store_.find(collection_, link->guid);
    }
    /// Whether an earlier session has answered a command for it, which the client need not know.
    bool may_repeat(const std::string& luid) const { return report_.resumed && unfinished_->answered.contains(luid); }
    /// One item of an Add, Replace or Delete.
    syncml::StatusCode apply(syncml::ItemVerb verb, const syncml::Item& item, const std::string& data);

    /// After the client's last Sync: what it has to be sent, each at most `max_octets`
    /// long by the measure of `size`, or with data of at most `max_object` octets. `early`: before that, its Adds.
    void plan(std::size_t max_octets, std::uint64_t max_object,
              const std::function<std::size_t(const syncml::SyncCommand&)>& size, bool early = false);
    std::deque<Outgoing>& outgoing() { return outgoing_; }
    /// The client has acknowledged a chunk of the item that is on its way.
    void on_chunk_accepted();
    /// The client has lost what it had of it: all of it again.
    void restart_chunks();
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
    std::size_t unmapped() const { return unfinished_->unmapped.size(); }
    Unfinished& unfinished() { return *unfinished_; }

    /// Stores both anchors: the sync was good.
    void commit();

private:
    /// Whether Alert 225 finds something to go on with.
    bool can_resume(const syncml::Anchor& anchor) const;
    syncml::StatusCode resume();
    std::optional<syncml::StatusCode> find_answer(syncml::ItemVerb verb, const std::string& luid,
                                                  const std::string& data);
    syncml::StatusCode carry_out(syncml::ItemVerb verb, const std::string& luid, const std::string& data);
    Store::Collection bin();
    std::optional<std::string> take_from_bin(const std::string& data);
    syncml::StatusCode add(const std::string& luid, const std::string& data);
    syncml::StatusCode replace(const std::string& luid, const std::string& data);
    syncml::StatusCode remove(const std::string& luid);
    syncml::StatusCode match(const std::string& luid, const std::string& data);
    syncml::StatusCode resolve(const std::string& luid, const StoredItem& item, const std::string& data);
    void build_index();
    void go_on_with_chunks();
    void add_again(const std::string& guid);
    std::string id_to_send(const std::string& guid);
    std::optional<StoredItem> take_match(std::unordered_multimap<std::string, std::string>& index,
                                         const std::string& key);

    Store& store_;
    UnfinishedSyncs& syncs_;
    Store::Collection collection_;
    DatastoreOptions datastore_;
    std::string device_;
    std::string client_uri_;
    const Options options_;
    DatastoreReport& report_;

    syncml::SyncType type_ = syncml::SyncType::TwoWay;
    std::string client_next_, own_last_, own_next_;
    bool seen_ = false; ///< a Sync of the client, in this session
    bool dropped_ = false;
    std::deque<Outgoing> outgoing_;
    std::set<std::string> added_again_;                                       ///< GUIDs
    std::set<std::string> planned_;                                           ///< GUIDs of Adds
    std::shared_ptr<Unfinished> unfinished_ = std::make_shared<Unfinished>(); ///< this sync; kept once it is agreed
    /// Items without a link by their content and by what they are about; slow sync only.
    std::unordered_multimap<std::string, std::string> by_content_, by_key_;
};

} // namespace testserver
