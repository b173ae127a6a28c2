#pragma once

#include <syncd/changes.hpp>
#include <syncd/conflicts.hpp>
#include <syncd/descriptor.hpp>
#include <syncd/device_information.hpp>
#include <syncd/enums.hpp>
#include <syncd/error.hpp>
#include <syncd/export.hpp>
#include <syncd/plan.hpp>
#include <syncd/profile.hpp>
#include <syncd/quarantine.hpp>
#include <syncd/session.hpp>
#include <syncd/statistics.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace syncd {

/// How a call with an answer of type T ended: `error` is empty and `value` the answer, or
/// `error` is set and `value` is empty.
template <class T>
using Reply = std::function<void(std::optional<Error> error, T value)>;
/// How a call without an answer ended.
using Done = std::function<void(std::optional<Error> error)>;

enum class Bus {
    System, ///< the service of the machine; honours DBUS_SYSTEM_BUS_ADDRESS
    User,   ///< the service of the login session; honours DBUS_SESSION_BUS_ADDRESS
};

struct ClientOptions {
    Bus bus = Bus::System;
    /// Let the service ask the user for a password when a call needs one. Calls then wait as
    /// long as the user takes.
    bool allow_interactive_authorization = false;
    /// The longest wait for the answer of a call; then ErrorKind::NoService. remove(), and import and export of a
    /// Store, wait without limit: they end when the service is done or goes away.
    std::chrono::microseconds timeout = std::chrono::seconds(25);
};

/// How a session is to be other than its profile says.
struct SyncOptions {
    std::optional<SyncType> type{}; ///< for this session only
    /// The writing end of a pipe, of which the service gets a copy: the session is written down into it, as StartSync
    /// in `org.syncd1.Manager.xml` describes. Whoever made the pipe reads it while the session goes on. -1: none.
    int transcript = -1;
    bool transcript_items = false; ///< with the contents of items
};

/// What to call for every session and profile of this user, whoever started or changed
/// it; each may be empty.
struct SyncWatcher {
    SyncProgressCallback session;
    std::function<void(const std::string& profile_id)> on_profile_added;
    std::function<void(const std::string& profile_id)> on_profile_changed;
    std::function<void(const std::string& profile_id)> on_profile_removed;
    /// The service went away; its sessions have ended, and no callback of `session` tells how.
    std::function<void()> on_service_gone;
};

/// The synchronization service, as one user sees it: Tizen's DataSynchronizationManager
/// in C++ terms.
///
/// Every call comes in two forms. The first blocks and throws Error. The second returns when the call is
/// sent and calls `done` once, from process() or run_until(); it throws Error, and never calls `done`,
/// only when the call cannot be sent. When the Client goes away first `done` is never called.
/// Every call can fail with NoService, AccessDenied, InteractiveAuthorizationRequired, Storage and Failed; what
/// else is named with each. A failed call has changed nothing, neither in the service nor in its arguments.
///
/// Threads: a Client, its Stores and its Sessions belong to one thread at a time. Use a Client per thread.
///
/// Events: callbacks run within process() and run_until() only. A callback may make any call and
/// destroy any Session, but must not call process() or run_until(), nor destroy the Client. An exception that
/// leaves a callback leaves process() or run_until() in turn; the other events are not lost.
class SYNCD_API Client {
public:
    /// Connects to the bus; does not start the service. Throws Error: NoService when there is no bus.
    explicit Client(const ClientOptions& options = {});
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;
    ~Client();

    /// Stores a new profile and returns its id. Needs a name, a URL and a mode.
    /// Errors: InvalidValue, QuotaExceeded.
    std::string add(const SyncProfileInfo& profile);
    void add(const SyncProfileInfo& profile, Reply<std::string> done);

    /// Replaces the profile named by `profile.profile_id` as a whole, but for credentials
    /// that are absent: those stay. A new host, or http instead of https, needs `id` and `password` again.
    /// A session that is running keeps the settings it began with.
    /// Errors: NotFound, InvalidValue.
    void update(const SyncProfileInfo& profile);
    void update(const SyncProfileInfo& profile, Done done);

    /// Deletes a profile with its credentials and history; stops its session first. The user's
    /// items stay. Errors: NotFound.
    void remove(const std::string& profile_id);
    void remove(const std::string& profile_id, Done done);

    /// A profile without its credentials; fit to be changed and given to update().
    /// Errors: NotFound.
    SyncProfileInfo get(const std::string& profile_id);
    void get(const std::string& profile_id, Reply<SyncProfileInfo> done);

    /// All profiles of this user, by id.
    std::vector<SyncProfileInfo> get_all();
    void get_all(Reply<std::vector<SyncProfileInfo>> done);

    /// How many profiles a user may have; zero or less: no limit. A new one fits when
    /// `max_profiles() <= 0 || profile_count() < max_profiles()`.
    std::int32_t max_profiles();
    void max_profiles(Reply<std::int32_t> done);
    /// How many profiles this user has.
    std::uint32_t profile_count();
    void profile_count(Reply<std::uint32_t> done);

    /// Starts a session, or joins the one that the profile has already, and returns when it is
    /// accepted. `callback` follows it from process() or run_until(). With a transcript none is joined.
    /// Errors: NotFound, NothingToSync, CredentialsLost, InvalidValue; with a transcript also AccessDenied when the
    /// profile is somebody else's, and Failed when it has a session already.
    [[nodiscard]] Session start_sync(const std::string& profile_id, SyncProgressCallback callback = {},
                                     const SyncOptions& options = {});
    void start_sync(const std::string& profile_id, SyncProgressCallback callback, const SyncOptions& options,
                    Reply<Session> done);

    /// Asks the session of a profile to end; returns when that is accepted. on_stopped follows.
    /// Errors: NotFound, NotRunning.
    void stop_sync(const std::string& profile_id);
    void stop_sync(const std::string& profile_id, Done done);

    /// How the last session went, one entry per service in the profile's order.
    /// Errors: NotFound.
    std::vector<SyncStatistics> statistics(const std::string& profile_id);
    void statistics(const std::string& profile_id, Reply<std::vector<SyncStatistics>> done);

    /// Ended sessions, newest first; at most `limit`, 1000 at the most, 0 means 20.
    /// Errors: NotFound.
    std::vector<SessionRecord> history(const std::string& profile_id, std::uint32_t limit = 0);
    void history(const std::string& profile_id, std::uint32_t limit, Reply<std::vector<SessionRecord>> done);

    /// What is kept of a session's messages (SyncInfo::keep_transcripts), to be read from its beginning: an XML
    /// document without secrets, as StartSync in `org.syncd1.Manager.xml` describes. `profile_id` is needed only for a
    /// profile of another user. Errors: NotFound, also when none is kept; AccessDenied when the profile is somebody
    /// else's.
    Descriptor transcript(std::uint64_t session, const std::string& profile_id = {});
    void transcript(std::uint64_t session, const std::string& profile_id, Reply<Descriptor> done);

    /// What the next session would do, as far as it is known now, and what waits for somebody to look at it. One entry
    /// per enabled service, in the profile's order. Errors: NotFound.
    std::vector<ServicePlan> plan(const std::string& profile_id);
    void plan(const std::string& profile_id, Reply<std::vector<ServicePlan>> done);
    /// The plan of one service item by item: the changes of the server, or those made here. `after`: PlanItem::next of
    /// the last one that is known, empty: from the first; an empty answer is the end. At most `limit`, 1000 at
    /// the most, 0 means 100. Errors: NotFound, InvalidValue; AccessDenied when the profile is somebody else's.
    std::vector<PlanItem> plan_items(const std::string& profile_id, SyncServiceType service, bool from_server,
                                     const std::string& after = {}, std::uint32_t limit = 0);
    void plan_items(const std::string& profile_id, SyncServiceType service, bool from_server, const std::string& after,
                    std::uint32_t limit, Reply<std::vector<PlanItem>> done);
    /// What waits may be done: the server's changes are done here at once, the rest by the next session.
    /// Errors: NotFound; Failed when the profile syncs, or nothing waits.
    void release(const std::string& profile_id);
    void release(const std::string& profile_id, Done done);
    /// What waits may not be done: the items here stay as they are, and go to the server with the next session.
    /// Errors: as of release().
    void reject(const std::string& profile_id);
    void reject(const std::string& profile_id, Done done);

    /// What a session, or an undoing, changed in this user's items, by the ids of the items: the next ones after that
    /// with the id `after`, about a mebibyte; empty: there are no more. `profile_id` is needed only for a profile of
    /// another user. Errors: NotFound, also when nothing of it is kept.
    std::vector<ItemChange> changes(std::uint64_t session, const std::string& after = {},
                                    const std::string& profile_id = {});
    void changes(std::uint64_t session, const std::string& after, const std::string& profile_id,
                 Reply<std::vector<ItemChange>> done);

    /// What a session sent to the server, and what that made of it: as changes(). Errors: NotFound, also when it sent
    /// nothing, or nothing of that is kept.
    std::vector<SentItem> sent(std::uint64_t session, const std::string& after = {},
                               const std::string& profile_id = {});
    void sent(std::uint64_t session, const std::string& after, const std::string& profile_id,
              Reply<std::vector<SentItem>> done);

    /// Puts back what it changed, here at once and on the servers with the next syncs. What others have changed since
    /// is left alone. Errors: NotFound, also when nothing of it is kept; Failed while the profile syncs.
    UndoReport undo(std::uint64_t session, const std::string& profile_id = {});
    void undo(std::uint64_t session, const std::string& profile_id, Reply<UndoReport> done);

    /// Why one of this user's items is as it is. Errors: NotFound when there never was such an item.
    ItemExplanation explain(SyncServiceType service_type, const std::string& item_id);
    void explain(SyncServiceType service_type, const std::string& item_id, Reply<ItemExplanation> done);

    /// Items that were changed here and at the profile's server and could not be merged whole, oldest first: those with
    /// numbers above `after`, about a mebibyte; empty: there are no more. Errors: NotFound.
    std::vector<ItemConflict> conflicts(const std::string& profile_id, std::uint64_t after = 0);
    void conflicts(const std::string& profile_id, std::uint64_t after, Reply<std::vector<ItemConflict>> done);

    /// What contradicts is to be as `way` says, here at once and on the servers with the next syncs.
    /// Errors: NotFound; Failed when the item has been edited since and would have to be changed.
    void resolve_conflict(const std::string& profile_id, std::uint64_t number, ConflictWay way);
    void resolve_conflict(const std::string& profile_id, std::uint64_t number, ConflictWay way, Done done);

    /// Items that one of the sides has refused, at most 1000 of each service and direction; they leave the list once
    /// they are taken, or deleted. Errors: NotFound.
    std::vector<QuarantinedItem> quarantine(const std::string& profile_id);
    void quarantine(const std::string& profile_id, Reply<std::vector<QuarantinedItem>> done);

    /// What the profile's server has told of itself; empty as long as it has not. Errors: NotFound.
    std::optional<DeviceInformation> device_information(const std::string& profile_id);
    void device_information(const std::string& profile_id, Reply<std::optional<DeviceInformation>> done);

    /// What a profile is doing now. Errors: NotFound.
    ProfileStatus status(const std::string& profile_id);
    void status(const std::string& profile_id, Reply<ProfileStatus> done);

    /// Hands in the body of a server alerted notification that a push agent received: the ids of the profiles that
    /// sync because of it, often none. Errors: InvalidValue when it is longer than 4096 bytes.
    std::vector<std::string> deliver_notification(const std::vector<std::uint8_t>& notification);
    void deliver_notification(const std::vector<std::uint8_t>& notification, Reply<std::vector<std::string>> done);

    /// What became of this user's notifications since the service started: how many, by a word such as `Started`.
    std::map<std::string, std::uint64_t> notifications();
    void notifications(Reply<std::map<std::string, std::uint64_t>> done);

    /// The version of the service, such as `0.1.0`.
    std::string version();
    void version(Reply<std::string> done);

    /// From now on calls `watcher` for everything that happens to this user's profiles;
    /// replaces the watcher before. Goes on when the service is restarted. Starts the service, and blocks
    /// until it answers.
    void watch(SyncWatcher watcher);

    /// Readable when process() has something to do. The same for the life of the Client; not to
    /// be read from or closed. For poll, epoll, GLib's and other loops.
    int fd() const noexcept;
    /// Handles what has arrived and calls the callbacks; does not block. Throws Error when the bus is
    /// gone (NoService, after every session that was followed has failed), and what a callback threw.
    void process();
    /// Handles events until `session`, which this Client follows, has ended; returns how. Sessions end at the latest
    /// when the service or the bus goes away. Throws what process() throws.
    SyncOutcome run_until(const Session& session);

private:
    friend class Store;
    class SYNCD_LOCAL Impl;
    std::shared_ptr<Impl> impl_;
};

} // namespace syncd
