// The manager with the real loop and real worker processes (tests/unit/worker/fake_worker.cpp).

#include "fakes.hpp"
#include "temporary_directory.hpp"

#include "manager/manager.hpp"
#include "manager/vault.hpp"
#include "schedule/loop_timer.hpp"
#include "storage/profile_repository.hpp"
#include "worker/process_pool.hpp"

#include <systemd/sd-event.h>

#include <sys/wait.h>

using Words = std::vector<std::string>;
using namespace std::chrono_literals;

namespace {

struct Unref {
    void operator()(sd_event* loop) const noexcept { sd_event_unref(loop); }
};

std::unique_ptr<sd_event, Unref> make_loop()
{
    sd_event* loop = nullptr;
    REQUIRE(sd_event_new(&loop) >= 0);
    return std::unique_ptr<sd_event, Unref>(loop);
}

struct RealParts {
    RealParts()
    {
        manager.set_observer(&recorder);
        REQUIRE(manager.load());
    }

    /// The worker behaves as the profile is called.
    std::string add(std::string name)
    {
        manager::ProfileInput input;
        input.name = std::move(name);
        input.url = "https://sync.example.org/";
        input.user = "anna";
        input.password = base::Secret("hunter2");
        input.mode = "MANUAL";
        input.services.push_back({"CONTACT", "card", true, std::nullopt, std::nullopt});
        const auto id = manager.add(anna, input).value();
        recorder.take();
        return id;
    }
    void run_until(const std::string& event)
    {
        const auto patience = std::chrono::steady_clock::now() + 20s;
        while (recorder.events.empty() || recorder.events.back() != event) {
            REQUIRE(sd_event_run(loop.get(), 20'000'000) >= 0);
            REQUIRE(std::chrono::steady_clock::now() < patience);
        }
    }

    static constexpr manager::Caller anna{1000, false};
    TemporaryDirectory directory;
    std::unique_ptr<sd_event, Unref> loop = make_loop();
    schedule::SystemClock clock;
    schedule::LoopTimer timer{loop.get(), clock};
    worker::ProcessPool pool{loop.get(), FAKE_WORKER};
    manager::Vault vault = manager::Vault::open(directory / "key").value();
    std::unique_ptr<storage::ProfileRepository> repository =
        storage::ProfileRepository::open(directory / "profiles.db").value();
    Recorder recorder;
    manager::Manager manager{{directory.path()}, *repository, vault, clock, timer, pool};
};

} // namespace

TEST_CASE("a session of a real worker completes", "[manager][real]")
{
    RealParts parts;
    const auto id = parts.add("complete");
    REQUIRE(parts.manager.start(RealParts::anna, id, std::nullopt) == 1U);
    CHECK(parts.recorder.events.empty());
    parts.run_until("completed complete 1");
    CHECK(parts.recorder.take() == Words{"complete is Syncing", "complete is Idle", "completed complete 1"});
    CHECK(parts.manager.get(RealParts::anna, id)->last_sync > manager::Time{});
}

TEST_CASE("a real worker is stopped, and its profile removed after that", "[manager][real]")
{
    RealParts parts;
    const auto id = parts.add("stop in order");
    REQUIRE(parts.manager.start(RealParts::anna, id, std::nullopt));
    parts.run_until("progress stop in order 1 CONTACT down 1/100000");
    parts.recorder.take();
    parts.manager.remove(RealParts::anna, id,
                         [&](const base::Result<void>&) { parts.recorder.events.push_back("reply"); });
    parts.run_until("reply");
    CHECK(parts.recorder.take() == Words{"stop in order is Stopping", "stop in order is Idle",
                                         "stopped stop in order 1", "removed stop in order", "reply"});
    CHECK(parts.pool.running() == 0);
}

TEST_CASE("a real worker that dies has failed, and the next profile in the queue gets its turn", "[manager][real]")
{
    RealParts parts;
    const auto dying = parts.add("die");
    const auto next = parts.add("complete");
    REQUIRE(parts.manager.start(RealParts::anna, dying, std::nullopt));
    REQUIRE(parts.manager.start(RealParts::anna, next, std::nullopt));
    parts.run_until("completed complete 2");
    CHECK(parts.recorder.take() == Words{"die is Syncing", "complete is Queued", "progress die 1 CONTACT down 1/100000",
                                         "die is Idle", "failed die 1", "complete is Syncing", "complete is Idle",
                                         "completed complete 2"});
    CHECK(parts.recorder.errors.at(0).code == base::Errc::Interrupted);
}

TEST_CASE("shutting down waits for real workers", "[manager][real]")
{
    RealParts parts;
    const auto id = parts.add("ignore SIGTERM");
    REQUIRE(parts.manager.start(RealParts::anna, id, std::nullopt));
    parts.run_until("progress ignore SIGTERM 1 CONTACT down 1/100000");
    parts.recorder.take();
    parts.manager.shut_down(50ms, [&] { parts.recorder.events.push_back("down"); });
    parts.run_until("down");
    CHECK(parts.recorder.take() ==
          Words{"ignore SIGTERM is Stopping", "ignore SIGTERM is Idle", "failed ignore SIGTERM 1", "down"});
    CHECK(parts.recorder.errors.at(0).code == base::Errc::Interrupted);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1); // no child is left
}
