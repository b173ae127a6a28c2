#include "fixture.hpp"

TEST_CASE("a session is accepted, begins, reports and completes, each told once and in order", "[manager]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    CHECK(fixture.recorder.take() == Words{"added home"});

    const auto session = fixture.manager->start(anna, id, std::nullopt);
    REQUIRE(session == 1U);
    CHECK(fixture.recorder.take().empty()); // the reply goes first
    CHECK(fixture.get(id).state == manager::JobState::Queued);

    fixture.timer.run();
    CHECK(fixture.recorder.take() == Words{"home is Syncing"});
    CHECK(fixture.get(id).state == manager::JobState::Syncing);
    fixture.pool.only().on_progress({"CONTACT", true, 10, 3});
    CHECK(fixture.recorder.take() == Words{"progress home 1 CONTACT down 3/10"});

    fixture.pool.complete(1);
    CHECK(fixture.recorder.take() == Words{"home is Idle", "completed home 1"});
    fixture.timer.run();
    CHECK(fixture.recorder.take().empty());
    CHECK(fixture.get(id).state == manager::JobState::Idle);
    CHECK(fixture.get(id).last_sync == fixture.clock.time);
}
