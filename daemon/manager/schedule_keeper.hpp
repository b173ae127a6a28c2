#pragma once

#include "base/result.hpp"
#include "manager/profile_book.hpp"
#include "schedule/clock.hpp"
#include "storage/profile_repository.hpp"

#include <chrono>
#include <functional>
#include <string_view>

namespace manager {

/// When profiles sync by themselves, the PERIODIC ones at their interval and others when their server has asked: one
/// timer, armed for the next of them and for nothing when there is none.
class ScheduleKeeper {
public:
    /// `on_due`: called from the loop for each profile whose time has come; it either begins a
    /// session (`began`) or the next time is planned.
    ScheduleKeeper(ProfileBook& book, schedule::Clock& clock, schedule::Timer& timer,
                   std::function<void(Profile&)> on_due);
    ~ScheduleKeeper();
    ScheduleKeeper(const ScheduleKeeper&) = delete;
    ScheduleKeeper& operator=(const ScheduleKeeper&) = delete;

    /// Takes over the plans found at start: one run for what was missed meanwhile.
    void load();
    /// The due time of a profile that is about to be stored. `before`: what it replaces, or null; an
    /// unchanged schedule goes on. A server that refused the credentials is left alone until they change.
    void plan(storage::ProfileRow& row, const storage::ProfileRow* before) const;
    /// A profile was stored or removed.
    void adopt(Profile& profile);
    void arm();

    /// Its server wants a session of the profile: it is due then, or when a session that runs has ended. Stored, so
    /// that a session which a crash cuts off is made up for.
    void ask(Profile& profile, Time at);
    /// A session of the profile waits or runs: nothing is due until it has ended.
    void began(Profile& profile);
    /// Sets and stores the times of the profile. A plan that the end of the service cut short is kept,
    /// to be caught up at the next start. `wait`: how long the server wants to be left alone, a day at most.
    void ended(Profile& profile, std::string_view trigger, const base::Result<void>& outcome,
               std::chrono::seconds wait);
    /// No profile syncs by itself any more.
    void retire();

private:
    void on_time();
    void set_due(Profile& profile, Time due);

    ProfileBook& book_;
    schedule::Clock& clock_;
    schedule::Timer& timer_;
    std::function<void(Profile&)> on_due_;
    bool retired_ = false;
};

} // namespace manager
