#pragma once

#include "base/descriptor.hpp"
#include "base/result.hpp"
#include "manager/item_record.hpp"
#include "manager/profile.hpp"
#include "manager/review.hpp"
#include "manager/transcript.hpp"
#include "schedule/clock.hpp"
#include "storage/item_history.hpp"
#include "storage/sync_state.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace storage {
class ProfileRepository;
}
namespace worker {
class Pool;
}

namespace manager {

class Vault;

struct Config {
    std::filesystem::path state_directory;
    int max_profiles = 5;      ///< per user; 0 or less: no limit
    unsigned max_workers = 16; ///< sessions at once; per user always one
    std::uint64_t max_msg_size = 256 * 1024;
    std::uint64_t max_obj_size = 4 * 1024 * 1024; ///< of items, from servers and from applications
    std::uint64_t max_reply_bytes = 0;            ///< 0: derived from max_msg_size
    std::uint32_t connect_timeout_s = 30;
    std::uint32_t reply_timeout_s = 120;
    std::uint32_t session_timeout_s = 4 * 3600;
    storage::Retention history = {}; ///< of what sessions changed
    std::string log_level = "info";
    std::vector<std::string> peer_rules{}; ///< directories of the files of peers, syncd-peers(5)
    /// Below which of their directories users may have stores; nothing: anywhere, as the user whose service it is.
    std::optional<std::vector<std::string>> store_roots = std::vector<std::string>();
    bool has_evolution = false; ///< whether this syncd was built for Evolution Data Server
};

/// Hears what happens to profiles and sessions. Called from the loop, never from
/// inside a call to the manager (so that a reply leaves before the signals it causes), but for
/// on_profile_added/changed/removed, which come before the call returns.
class Observer {
public:
    virtual ~Observer() = default;
    virtual void on_profile_added(const ProfileView& profile) = 0;
    virtual void on_profile_changed(const ProfileView& profile) = 0;
    virtual void on_profile_removed(Uid owner, const std::string& id) = 0;
    /// State, LastSyncTime, NextSyncTime, NotBefore or Attention is another.
    virtual void on_state_changed(const ProfileView& profile) = 0;
    virtual void on_progress(Uid owner, const std::string& id, std::uint64_t session, const std::string& service,
                             bool from_server, std::uint32_t total, std::uint32_t synced) = 0;
    /// Exactly one of the next three per session, after on_state_changed for its end.
    virtual void on_completed(Uid owner, const std::string& id, std::uint64_t session) = 0;
    virtual void on_stopped(Uid owner, const std::string& id, std::uint64_t session) = 0;
    virtual void on_failed(Uid owner, const std::string& id, std::uint64_t session, const base::Error& error) = 0;
    /// A session changed the user's items.
    virtual void on_store_changed(Uid owner, storage::ItemKind kind, const storage::ItemStore::ChangedIds& ids) = 0;
};

/// Profiles and their sessions: validation, ownership, quotas, the queue, the
/// schedule. Knows nothing of D-Bus; every method answers at once but `remove`.
/// A profile that the caller may not see does not exist for them: NotFound.
class Manager {
public:
    Manager(Config config, storage::ProfileRepository& profiles, Vault& vault, schedule::Clock& clock,
            schedule::Timer& timer, worker::Pool& workers);
    ~Manager();
    void set_observer(Observer* observer); ///< not owned; may be null
    /// Loads the profiles and plans the schedule. Once, before the first call.
    base::Result<void> load();

    base::Result<std::string> add(Caller caller, ProfileInput input);
    base::Result<void> update(Caller caller, std::string_view id, ProfileInput input);
    /// Stops a running session first; `done` is called once, maybe before return.
    void remove(Caller caller, std::string_view id, std::function<void(base::Result<void>)> done);
    base::Result<ProfileView> get(Caller caller, std::string_view id) const;
    std::vector<ProfileView> get_all(Uid owner) const;
    std::uint32_t count(Uid owner) const;

    /// `type`: this session only; a word of the contract. It answers what the server's notification asked.
    /// `transcript`: for the owner of the profile and root alone, and for a session that is not there yet.
    base::Result<std::uint64_t> start(Caller caller, std::string_view id, std::optional<std::string> type,
                                      Transcript transcript = {});
    base::Result<void> stop(Caller caller, std::string_view id);
    /// A server alerted notification, for profiles of the user's that are not MANUAL. `done` is called once, maybe
    /// before return, with the ids of those that synchronize because of it.
    void deliver(Uid owner, base::Secret notification,
                 std::function<void(base::Result<std::vector<std::string>>)> done);
    /// What became of the user's notifications since the service started: how many, by a word.
    std::map<std::string, std::uint64_t> notification_counts(Uid owner) const;
    /// One record per configured service, in the profile's order.
    base::Result<std::vector<storage::ServiceRecord>> statistics(Caller caller, std::string_view id) const;
    base::Result<std::vector<HistoryEntry>> history(Caller caller, std::string_view id, std::uint32_t limit);
    /// What is kept of a session's messages, to be read; of one that runs, what there is of it. For the owner of the
    /// profile and root alone. `id` of the profile; empty: whichever of the caller's has the session.
    base::Result<base::Descriptor> transcript(Caller caller, std::string_view id, std::uint64_t session) const;
    /// The next four are for the owner of the items and root alone. `id` of a profile; empty: whichever of the
    /// caller's has the session. What a session, or an undoing, changed here, of items with ids above `after`, about a
    /// mebibyte; none left: empty.
    base::Result<std::vector<storage::SessionChange>> changes(Caller caller, std::string_view id, std::uint64_t session,
                                                              std::string_view after);
    /// What a session sent to the server, and what came of it: as `changes`, of which the rest is true, too.
    base::Result<std::vector<SentItem>> sent(Caller caller, std::string_view id, std::uint64_t session,
                                             std::string_view after);
    /// Puts back what it changed; the inverse goes out with the next syncs.
    base::Result<UndoReport> undo(Caller caller, std::string_view id, std::uint64_t session);
    base::Result<ItemExplanation> explain(Uid owner, storage::ItemKind kind, std::string_view luid);

    /// For the owner of the items and root alone. Items of which not all could be merged
    /// (docs/decisions/0019-merge.md), those with numbers above `after`, about a mebibyte; none left: empty.
    base::Result<std::vector<storage::ItemConflict>> conflicts(Caller caller, std::string_view id, std::uint64_t after);
    /// What contradicts is to be as `way` says; the conflict is forgotten.
    base::Result<void> resolve_conflict(Caller caller, std::string_view id, std::uint64_t number,
                                        storage::ItemConflict::Way way);

    /// Items that one of the sides has refused. For the owner of the profile and root alone.
    base::Result<std::vector<storage::QuarantinedItem>> quarantine(Caller caller, std::string_view id) const;

    /// What the profile's server has told of itself; nothing as long as it has not.
    base::Result<std::optional<storage::PeerInfo>> device_information(Caller caller, std::string_view id) const;

    /// What the next session would do, as far as it is known here. One entry per enabled service, in the profile's
    /// order.
    base::Result<std::vector<ServicePlanView>> plan(Caller caller, std::string_view id);
    /// See manager::plan_items; 0 means 100, and 1000 are the most. For the owner of the profile and root alone.
    base::Result<std::vector<PlanItem>> plan_items(Caller caller, std::string_view id, std::string_view service,
                                                   bool from_server, std::string_view after, std::uint32_t most);
    /// Somebody has looked at what waits and agrees: what the server changed is done here at once, the rest with the
    /// next session. Failed while the profile syncs, and when nothing waits.
    base::Result<void> release(Caller caller, std::string_view id);
    /// Somebody does not agree: the items here stay as they are and go to the server with the next session.
    base::Result<void> reject(Caller caller, std::string_view id);

    /// The user's embedded store, opened when first needed. Valid until the next call.
    base::Result<storage::ItemStore*> items(Uid owner);

    int max_profiles() const;
    /// Octets of an item that an application may put in.
    std::size_t max_item_bytes() const;
    /// Accepts no more starts, cuts every session off (Interrupted); `done` when none is left
    /// or, at the latest, when the workers have been killed after `grace`.
    void shut_down(std::chrono::milliseconds grace, std::function<void()> done);

private:
    base::Result<void> settle_review(Caller caller, std::string_view id, bool agrees);
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace manager
