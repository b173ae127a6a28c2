#pragma once

#include "manager/manager.hpp"
#include "schedule/clock.hpp"
#include "worker/pool.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

class FakeClock final : public schedule::Clock {
public:
    Time now() const override { return time; }
    Time time{std::chrono::sys_days(std::chrono::year(2026) / 5 / 10) + std::chrono::hours(12)};
};

/// The loop: what was deferred, and the one timer.
class FakeTimer final : public schedule::Timer {
public:
    void arm(schedule::Clock::Time when, std::function<void()> fire) override
    {
        armed = when;
        fire_ = std::move(fire);
    }
    void disarm() override { armed.reset(); }
    void defer(std::function<void()> work) override { work_.push_back(std::move(work)); }

    /// Runs until nothing is left to do at this moment.
    void run()
    {
        while (!work_.empty()) {
            const auto work = std::move(work_.front());
            work_.pop_front();
            work();
        }
    }
    /// Lets time go on to `time`, and everything happen that is due until then.
    void run_until(FakeClock& clock, schedule::Clock::Time time)
    {
        run();
        while (armed && *armed <= time) {
            clock.time = std::max(clock.time, *armed);
            armed.reset();
            std::exchange(fire_, nullptr)();
            run();
        }
        clock.time = time;
    }

    std::optional<schedule::Clock::Time> armed;

private:
    std::function<void()> fire_;
    std::deque<std::function<void()>> work_;
};

class FakePool final : public worker::Pool {
public:
    struct Worker {
        channel::Plan plan;
        worker::Handed transcript;
        worker::OnEvent on_progress;
        worker::OnEnd on_end;
    };

    base::Result<void> start(channel::Plan plan, worker::Handed transcript, worker::OnEvent on_progress,
                             worker::OnEnd on_end) override
    {
        if (refuse)
            return base::fail(base::Errc::Failed, "no process can be started");
        const auto session = plan.session;
        workers[session] = {std::move(plan), std::move(transcript), std::move(on_progress), std::move(on_end)};
        return {};
    }
    base::Result<void> read(channel::Reading reading, worker::OnVerdict on_verdict) override
    {
        if (refuse)
            return base::fail(base::Errc::Failed, "no process can be started");
        readings.push_back({std::move(reading), std::move(on_verdict)});
        return {};
    }
    void stop(std::uint64_t session, std::chrono::milliseconds) override { stopped.push_back(session); }
    void interrupt(std::uint64_t session, std::chrono::milliseconds) override { interrupted.push_back(session); }
    std::size_t running() const override { return workers.size(); }

    /// The only worker there is.
    Worker& only()
    {
        REQUIRE(workers.size() == 1);
        return workers.begin()->second;
    }
    void end(std::uint64_t session, const channel::Result& result)
    {
        REQUIRE(workers.contains(session));
        const auto worker = workers.extract(session);
        worker.mapped().on_end(result);
    }
    void complete(std::uint64_t session) { end(session, {channel::Result::Outcome::Completed, "", ""}); }
    void stop_done(std::uint64_t session) { end(session, {channel::Result::Outcome::Stopped, "", ""}); }
    void fail(std::uint64_t session, base::Errc code, std::string message = "why")
    {
        end(session, {channel::Result::Outcome::Failed, std::string(base::dbus_name(code)), std::move(message)});
    }
    std::vector<std::uint64_t> sessions() const
    {
        std::vector<std::uint64_t> numbers;
        for (const auto& [session, worker] : workers)
            numbers.push_back(session);
        return numbers;
    }

    struct Reader {
        channel::Reading reading;
        worker::OnVerdict on_verdict;
    };
    std::deque<Reader> readings;
    /// The one that waits longest.
    void judge(const base::Result<channel::Verdict>& verdict)
    {
        REQUIRE_FALSE(readings.empty());
        const auto reader = std::move(readings.front());
        readings.pop_front();
        reader.on_verdict(verdict);
    }

    std::map<std::uint64_t, Worker> workers;
    std::vector<std::uint64_t> stopped, interrupted;
    bool refuse = false;
};

/// Writes down what it hears, in words; profiles by their name.
class Recorder final : public manager::Observer {
public:
    using View = manager::ProfileView;

    void on_profile_added(const View& profile) override
    {
        names[profile.id] = profile.name;
        note("added {}", profile.name);
    }
    void on_profile_changed(const View& profile) override
    {
        names[profile.id] = profile.name;
        note("changed {}", profile.name);
    }
    void on_profile_removed(manager::Uid, const std::string& id) override { note("removed {}", names[id]); }
    void on_state_changed(const View& profile) override
    {
        last = profile;
        note("{} is {}", profile.name, name(profile.state));
    }
    void on_progress(manager::Uid, const std::string& id, std::uint64_t session, const std::string& service,
                     bool from_server, std::uint32_t total, std::uint32_t synced) override
    {
        note("progress {} {} {} {} {}/{}", names[id], session, service, from_server ? "down" : "up", synced, total);
    }
    void on_completed(manager::Uid, const std::string& id, std::uint64_t session) override
    {
        end("completed {} {}", id, session);
    }
    void on_stopped(manager::Uid, const std::string& id, std::uint64_t session) override
    {
        end("stopped {} {}", id, session);
    }
    void on_failed(manager::Uid, const std::string& id, std::uint64_t session, const base::Error& error) override
    {
        errors.push_back(error);
        end("failed {} {}", id, session);
    }
    void on_store_changed(manager::Uid owner, storage::ItemKind kind,
                          const storage::ItemStore::ChangedIds& ids) override
    {
        note("store {} {} +{} ~{} -{}", owner, kind == storage::ItemKind::Contact ? "contacts" : "events",
             ids.added.size(), ids.updated.size(), ids.removed.size());
    }

    /// What was heard since the last time.
    std::vector<std::string> take() { return std::exchange(events, {}); }

    std::vector<std::string> events;
    std::vector<base::Error> errors;
    std::map<std::string, std::string> names;
    std::optional<View> last;
    /// Called at the moment of a session's last signal.
    std::function<void(const std::string& id)> at_end;

private:
    template <class... Arguments>
    void note(fmt::format_string<Arguments...> format, Arguments&&... arguments)
    {
        events.push_back(fmt::format(format, std::forward<Arguments>(arguments)...));
    }
    void end(const char* what, const std::string& id, std::uint64_t session)
    {
        events.push_back(fmt::format(fmt::runtime(what), names[id], session));
        if (at_end)
            at_end(id);
    }
};
