#include "fixture.hpp"

using manager::JobState;
using namespace std::chrono_literals;

namespace {

/// Lets the time of the profile's next session come, and completes that session.
void run_next(Fixture& fixture, const std::string& id)
{
    fixture.timer.run_until(fixture.clock, fixture.get(id).next_sync);
    REQUIRE(fixture.pool.workers.size() == 1);
    fixture.pool.complete(fixture.pool.sessions().front());
    fixture.timer.run();
}

manager::Time::duration until_next(Fixture& fixture, const std::string& id)
{
    return fixture.get(id).next_sync - fixture.clock.time;
}

} // namespace

TEST_CASE("a periodic profile syncs by itself, an interval after it was added and after each end",
          "[manager][schedule]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("1_HOUR"));
    CHECK(until_next(fixture, id) >= 60min);
    CHECK(until_next(fixture, id) < 66min);
    CHECK(fixture.timer.armed == fixture.get(id).next_sync);

    fixture.recorder.take();
    fixture.timer.run_until(fixture.clock, fixture.get(id).next_sync);
    CHECK(fixture.recorder.take() == Words{"home is Syncing"});
    CHECK(fixture.pool.only().plan.trigger == "timer");
    CHECK(fixture.get(id).next_sync == manager::Time{});
    CHECK_FALSE(fixture.timer.armed); // nobody wakes up while it runs

    fixture.clock.time += 10min;
    fixture.pool.complete(1);
    CHECK(fixture.recorder.last->next_sync == fixture.get(id).next_sync); // told with the end
    CHECK(until_next(fixture, id) >= 60min);
    CHECK(until_next(fixture, id) < 66min);
    run_next(fixture, id);
    CHECK(fixture.recorder.events.back() == "completed home 2");
}

TEST_CASE("manual and push profiles are never due", "[manager][schedule]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    auto push = profile("push");
    push.mode = "PUSH";
    fixture.add(push);
    CHECK_FALSE(fixture.timer.armed);
    fixture.start(id);
    fixture.pool.complete(1);
    CHECK_FALSE(fixture.timer.armed);
    CHECK(fixture.get(id).next_sync == manager::Time{});
}

TEST_CASE("one timer serves all profiles, the next of them first", "[manager][schedule]")
{
    Fixture fixture;
    const auto week = fixture.add(periodic("1_WEEK", "week"));
    const auto hour = fixture.add(periodic("1_HOUR", "hour"));
    const auto day = fixture.add(periodic("1_DAY", "day"));
    CHECK(fixture.timer.armed == fixture.get(hour).next_sync);
    fixture.manager->remove(anna, hour, [](auto) {});
    CHECK(fixture.timer.armed == fixture.get(day).next_sync);
    REQUIRE(fixture.manager->update(anna, day, without_secrets(profile("day"))));
    CHECK(fixture.get(day).next_sync == manager::Time{});
    CHECK(fixture.timer.armed == fixture.get(week).next_sync);
}

TEST_CASE("a session by hand moves the schedule too", "[manager][schedule]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("1_HOUR"));
    fixture.timer.run_until(fixture.clock, fixture.clock.time + 50min);
    fixture.start(id);
    CHECK_FALSE(fixture.timer.armed);
    fixture.pool.complete(1);
    CHECK(until_next(fixture, id) >= 60min);
}

TEST_CASE("what was missed during downtime is caught up by one session", "[manager][schedule]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("5_MINUTES"));
    fixture.clock.time += 24h;
    fixture.boot();
    const auto due = fixture.get(id).next_sync;
    CHECK(due >= fixture.clock.time);
    CHECK(due < fixture.clock.time + 1min);
    fixture.timer.run_until(fixture.clock, due);
    fixture.pool.complete(1);
    CHECK(until_next(fixture, id) >= 5min);
    fixture.timer.run_until(fixture.clock, fixture.clock.time + 4min);
    CHECK(fixture.pool.workers.empty());
}

TEST_CASE("a schedule outlives a restart", "[manager][schedule]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("1_DAY"));
    const auto due = fixture.get(id).next_sync;
    fixture.clock.time += 1h;
    fixture.boot();
    CHECK(fixture.get(id).next_sync == due);
    CHECK(fixture.timer.armed == due);
    CHECK(fixture.get(id).last_sync == manager::Time{});
    run_next(fixture, id);
    const auto last = fixture.get(id).last_sync;
    fixture.boot();
    CHECK(fixture.get(id).last_sync == last);
}

TEST_CASE("a session that a crash cut off is caught up", "[manager][schedule]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("1_HOUR"));
    fixture.timer.run_until(fixture.clock, fixture.get(id).next_sync);
    CHECK(fixture.pool.workers.size() == 1);
    fixture.boot();
    CHECK(until_next(fixture, id) < 1min);
}

TEST_CASE("a session that the end of the service cut short is caught up at the next start", "[manager][schedule]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("1_DAY"));
    fixture.timer.run_until(fixture.clock, fixture.get(id).next_sync);
    fixture.manager->shut_down(5s, [] {});
    fixture.timer.run();
    fixture.pool.fail(1, base::Errc::Interrupted);
    fixture.timer.run();
    CHECK_FALSE(fixture.timer.armed);
    fixture.clock.time += 1h;
    fixture.boot();
    CHECK(until_next(fixture, id) < 1min);
}

TEST_CASE("an automatic session that failed is tried again sooner, but ever later", "[manager][schedule]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("1_HOUR"));
    std::vector<std::chrono::minutes> waits;
    for (int i = 0; i < 6; ++i) {
        fixture.timer.run_until(fixture.clock, fixture.get(id).next_sync);
        fixture.pool.fail(fixture.pool.sessions().front(), base::Errc::Unreachable);
        waits.push_back(std::chrono::duration_cast<std::chrono::minutes>(until_next(fixture, id)));
    }
    const std::vector<std::chrono::minutes> least{5min, 10min, 20min, 40min, 60min, 60min};
    for (std::size_t i = 0; i < least.size(); ++i) {
        CHECK(waits[i] >= least[i]);
        CHECK(waits[i] <= least[i] * 11 / 10);
    }
    run_next(fixture, id); // a success puts an end to it
    CHECK(until_next(fixture, id) >= 60min);
    fixture.timer.run_until(fixture.clock, fixture.get(id).next_sync);
    fixture.pool.fail(fixture.pool.sessions().front(), base::Errc::Timeout);
    CHECK(until_next(fixture, id) < 6min);
}

TEST_CASE("a wrong password stops the schedule until it is another", "[manager][schedule]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("1_HOUR"));
    fixture.timer.run_until(fixture.clock, fixture.get(id).next_sync);
    fixture.pool.fail(1, base::Errc::Authentication);
    const auto is_stopped = [&] {
        const auto view = fixture.get(id);
        return view.next_sync == manager::Time{} && !view.attention.empty() && !fixture.timer.armed;
    };
    CHECK(is_stopped());
    CHECK(fixture.recorder.last->attention == fixture.get(id).attention); // told with the end
    fixture.boot();
    CHECK(is_stopped());

    // Neither what has nothing to do with it nor another interval starts it again.
    REQUIRE(fixture.manager->update(anna, id, without_secrets(periodic("5_MINUTES"))));
    CHECK(is_stopped());
    // Who asks for it by hand may have mended the server; another failure says nothing.
    fixture.start(id);
    fixture.pool.fail(2, base::Errc::Unreachable);
    CHECK(is_stopped());

    REQUIRE(fixture.manager->update(anna, id, periodic("5_MINUTES")));
    CHECK(fixture.get(id).attention.empty());
    CHECK(until_next(fixture, id) >= 5min);
    CHECK(until_next(fixture, id) < 6min);
    fixture.timer.run_until(fixture.clock, fixture.get(id).next_sync);
    CHECK(fixture.pool.workers.size() == 1);
}

TEST_CASE("a password that works again starts the schedule", "[manager][schedule]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("1_HOUR"));
    fixture.start(id);
    fixture.pool.fail(1, base::Errc::Authentication);
    CHECK(fixture.get(id).next_sync == manager::Time{});
    fixture.start(id);
    fixture.pool.complete(2);
    CHECK(fixture.get(id).attention.empty());
    CHECK(until_next(fixture, id) >= 60min);
}

TEST_CASE("the password of one service, or that of HTTP, starts the schedule as well", "[manager][schedule]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("1_HOUR"));
    const auto refuse = [&] {
        const auto session = fixture.start(id);
        fixture.pool.fail(session, base::Errc::Authentication);
        CHECK(fixture.get(id).next_sync == manager::Time{});
    };
    refuse();
    auto input = without_secrets(periodic("1_HOUR"));
    input.http_user = "proxy";
    input.http_password = base::Secret("secret");
    REQUIRE(fixture.manager->update(anna, id, input));
    CHECK(until_next(fixture, id) >= 60min);
    refuse();
    input = without_secrets(periodic("1_HOUR"));
    input.services[0].user = "cards";
    input.services[0].password = base::Secret("secret");
    REQUIRE(fixture.manager->update(anna, id, input));
    CHECK(until_next(fixture, id) >= 60min);
}

TEST_CASE("a server that asks to be left alone is, for a day at the most", "[manager][schedule]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("5_MINUTES"));
    const auto fail = [&](std::chrono::seconds wait) {
        fixture.pool.end(fixture.start(id), {channel::Result::Outcome::Failed, "org.syncd1.Error.HttpStatus", "busy",
                                             static_cast<std::uint32_t>(wait.count())});
    };
    const auto until = [&] { return fixture.get(id).not_before - fixture.clock.time; };
    fail(2h);
    CHECK(until() == 2h);
    CHECK(until_next(fixture, id) == 2h);
    CHECK(fixture.timer.armed == fixture.get(id).next_sync);
    fixture.clock.time += 1h;
    fixture.boot();
    CHECK(until() == 1h);
    CHECK(until_next(fixture, id) == 1h);
    REQUIRE(fixture.manager->update(anna, id, without_secrets(periodic("15_MINUTES"))));
    CHECK(until_next(fixture, id) == 1h);

    fail(10s); // a shorter one counts when it is the newer; the interval is longer still
    CHECK(until() == 10s);
    CHECK(until_next(fixture, id) >= 15min);
    fail(100h);
    CHECK(until() == 24h);
    CHECK(until_next(fixture, id) == 24h);
    fail(0s); // it does not say
    CHECK(until() == 24h);

    fixture.pool.complete(fixture.start(id));
    CHECK(fixture.get(id).not_before == manager::Time{});
    CHECK(until_next(fixture, id) < 17min);
}

TEST_CASE("what one server asked for does not hold for the next", "[manager][schedule]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("5_MINUTES"));
    fixture.pool.end(fixture.start(id),
                     {channel::Result::Outcome::Failed, "org.syncd1.Error.HttpStatus", "busy", 7200});
    auto moved = periodic("5_MINUTES");
    moved.url = "https://other.example.org/ds";
    REQUIRE(fixture.manager->update(anna, id, moved));
    CHECK(fixture.get(id).not_before == manager::Time{});
}

TEST_CASE("a wait that a wrong clock has made is none", "[manager][schedule]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("5_MINUTES"));
    fixture.pool.end(fixture.start(id),
                     {channel::Result::Outcome::Failed, "org.syncd1.Error.HttpStatus", "busy", 7200});
    fixture.clock.time -= std::chrono::days(400);
    fixture.boot();
    CHECK(fixture.get(id).not_before == manager::Time{});
    CHECK(until_next(fixture, id) < 6min);
}

TEST_CASE("a session by hand that failed is not tried again before the regular time", "[manager][schedule]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("1_HOUR"));
    fixture.start(id);
    fixture.pool.fail(1, base::Errc::Unreachable);
    CHECK(until_next(fixture, id) >= 60min);
}

TEST_CASE("Update plans anew only when the schedule is another", "[manager][schedule]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("1_DAY"));
    const auto due = fixture.get(id).next_sync;
    fixture.clock.time += 1h;
    REQUIRE(fixture.manager->update(anna, id, without_secrets(periodic("1_DAY", "renamed"))));
    CHECK(fixture.get(id).next_sync == due);
    fixture.timer.run();
    fixture.recorder.take();

    REQUIRE(fixture.manager->update(anna, id, without_secrets(periodic("1_HOUR"))));
    CHECK(until_next(fixture, id) >= 60min);
    CHECK(until_next(fixture, id) < 66min);
    CHECK(fixture.recorder.take() == Words{"changed home"});
    fixture.timer.run();
    CHECK(fixture.recorder.take() == Words{"home is Idle"}); // NextSyncTime is another
    CHECK(fixture.recorder.last->next_sync == fixture.get(id).next_sync);
}

TEST_CASE("a shorter interval that has passed already is due now", "[manager][schedule]")
{
    Fixture fixture;
    const auto id = fixture.add(periodic("1_WEEK"));
    fixture.start(id);
    fixture.pool.complete(1);
    fixture.timer.run_until(fixture.clock, fixture.clock.time + 24h);
    REQUIRE(fixture.manager->update(anna, id, without_secrets(periodic("1_HOUR"))));
    CHECK(until_next(fixture, id) < 1min);
    CHECK(until_next(fixture, id) >= 0min);
}
