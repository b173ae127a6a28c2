#pragma once

#include "manager/announcer.hpp"
#include "manager/item_stores.hpp"
#include "manager/jobs.hpp"
#include "manager/manager.hpp"
#include "manager/profile_book.hpp"
#include "manager/schedule_keeper.hpp"
#include "manager/store_changes.hpp"
#include "manager/user_files.hpp"
#include "manager/vault.hpp"
#include "schedule/clock.hpp"
#include "worker/pool.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>

namespace manager {

/// What sessions need; all of it outlives them.
struct Surroundings {
    const Config& config;
    ProfileBook& book;
    ScheduleKeeper& schedule;
    const Vault& vault;
    const UserFiles& files;
    ItemStores& stores;
    StoreChanges& changes;
    const Announcer& announcer;
    schedule::Clock& clock;
    schedule::Timer& timer;
    worker::Pool& workers;
};

/// Sessions from their acceptance to their end: the queue, the workers, what is told
/// of them. Nothing is announced from inside a call; the loop does it afterwards.
class Sessions {
public:
    explicit Sessions(Surroundings around);

    /// The number of the profile's session, of a new one unless one is there.
    std::uint64_t start(Profile& profile, Request request);
    /// Asks the profile's session to end; `afterwards` is done when that is over and announced.
    /// False, and nothing is done, when there is none.
    bool stop(Profile& profile, std::chrono::milliseconds grace, std::function<void()> afterwards = {});
    /// Cuts all sessions off, because the service ends: Interrupted. `afterwards`, from the loop, when none is left.
    void interrupt_all(std::chrono::milliseconds grace, std::function<void()> afterwards);
    /// Has on_state_changed called from the loop.
    void announce_later(const Profile& profile);
    /// Transcripts that the profile does not want kept any more go; what cannot be removed is tried again after the
    /// next session.
    void prune_transcripts(const Profile& profile);

private:
    void turn_later();
    /// Ends what was stopped in the queue, begins what may begin, announces the rest.
    void turn();
    void begin(Job& job);
    base::Result<void> begin_worker(Profile& profile, Job& job);
    /// Where the session is written down to be kept; null: it is not.
    worker::Handed keep_transcript(const Profile& profile, std::uint64_t session);
    void on_progress(std::uint64_t session, const channel::Progress& progress);
    void on_worker_end(std::uint64_t session, const channel::Result& result);
    /// `outcome`: nothing, or why not; Errc::Stopped: it was stopped. `wait`: how long the server wants to be left
    /// alone.
    void end(std::uint64_t session, const base::Result<void>& outcome, std::chrono::seconds wait = {});
    void announce(const Profile& profile);
    void announce_end(const Job& job, const base::Result<void>& outcome);

    Surroundings around_;
    Jobs jobs_;
    std::set<std::string> unannounced_; ///< profile ids
    bool turn_pending_ = false;
    std::function<void()> when_empty_;
    /// A callback that outlives this object finds it expired.
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

} // namespace manager
