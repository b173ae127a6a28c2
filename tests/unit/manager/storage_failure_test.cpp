#include "fixture.hpp"

#include <sys/resource.h>

#include <csignal>

using namespace std::chrono_literals;

namespace {

/// As long as it lives no file can grow: the disk is full.
class FullDisk {
public:
    FullDisk()
    {
        ::signal(SIGXFSZ, SIG_IGN);
        REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
        const rlimit none{0, before_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &none) == 0);
    }
    ~FullDisk()
    {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, SIG_DFL);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    rlimit before_{};
};

} // namespace

TEST_CASE("a full disk is a storage error that has changed nothing", "[manager][storage]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("1_HOUR"));
    const auto due = fixture.get(id).next_sync;
    fixture.recorder.take();
    base::Result<void> added, updated, started, removed;
    {
        const FullDisk full;
        const auto code = [](const auto& result) -> base::Result<void> {
            return result ? base::Result<void>() : tl::unexpected(result.error());
        };
        added = code(fixture.manager->add(anna, profile("second")));
        updated = fixture.manager->update(anna, id, without_secrets(periodic("5_MINUTES", "other")));
        started = code(fixture.manager->start(anna, id, std::nullopt));
        fixture.manager->remove(anna, id, [&](const base::Result<void>& result) { removed = result; });
        fixture.timer.run();
    }
    for (const auto* result : {&added, &updated, &started, &removed}) {
        REQUIRE_FALSE(*result);
        CHECK(result->error().code == base::Errc::Storage);
    }
    CHECK(fixture.recorder.events.empty());
    CHECK(fixture.pool.workers.empty());
    for (int restart = 0; restart < 2; ++restart) {
        CHECK(fixture.manager->count(anna.uid) == 1);
        CHECK(fixture.get(id).name == "home");
        CHECK(fixture.get(id).interval == "1_HOUR");
        CHECK(fixture.get(id).next_sync == due);
        CHECK(fixture.get(id).state == manager::JobState::Idle);
        fixture.boot();
    }
    CHECK(fixture.start(id) == 1);
}

TEST_CASE("a session ends and is told although its time cannot be stored", "[manager][storage]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("1_HOUR"));
    fixture.start(id);
    fixture.recorder.take();
    {
        const FullDisk full;
        fixture.pool.complete(1);
    }
    CHECK(fixture.recorder.take() == Words{"home is Idle", "completed home 1"});
    CHECK(fixture.get(id).last_sync == fixture.clock.time);
    CHECK(fixture.get(id).next_sync > fixture.clock.time);
}

TEST_CASE("an automatic session that cannot get a number is put off by an interval", "[manager][storage]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("1_HOUR"));
    {
        const FullDisk full;
        fixture.timer.run_until(fixture.clock, fixture.get(id).next_sync);
    }
    CHECK(fixture.pool.workers.empty());
    CHECK(fixture.get(id).state == manager::JobState::Idle);
    CHECK(fixture.get(id).next_sync >= fixture.clock.time + 1h);
    CHECK(fixture.timer.armed == fixture.get(id).next_sync);
}
