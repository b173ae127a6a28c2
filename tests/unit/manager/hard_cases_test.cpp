// The hard cases of the data synchronization API that show without a bus.

#include "fixture.hpp"

#include "storage/sync_state.hpp"

using base::Errc;
using manager::JobState;
using Numbers = std::vector<std::uint64_t>;
using namespace std::chrono_literals;

namespace {

storage::ServiceRecord service(std::string name, std::string status)
{
    storage::ServiceRecord record;
    record.service = std::move(name);
    record.status = std::move(status);
    return record;
}

} // namespace

TEST_CASE("case 1: Add to a full store is refused, changes nothing and uses up no id", "[manager][cases]")
{
    Fixture fixture;
    for (int i = 0; i < 5; ++i)
        fixture.add(profile());
    fixture.recorder.take();
    const auto stored = fixture.repository->load_all();
    CHECK(fixture.add_error(profile()).code == Errc::QuotaExceeded);
    CHECK(fixture.add_error({}).code == Errc::QuotaExceeded); // before the values
    CHECK(fixture.repository->load_all() == stored);
    CHECK(fixture.manager->count(anna.uid) == 5);
    CHECK(fixture.recorder.events.empty());

    fixture.add(profile(), bert); // each user has a store of their own
    fixture.manager->remove(anna, stored[0].id, [](auto) {});
    fixture.add(profile());
}

TEST_CASE("case 2: a limit of 0 or less is no limit", "[manager][cases]")
{
    manager::Config config;
    config.max_profiles = GENERATE(0, -1);
    Fixture fixture(config);
    for (int i = 0; i < 8; ++i)
        fixture.add(profile());
    CHECK(fixture.manager->count(anna.uid) == 8);
    CHECK(fixture.manager->max_profiles() == config.max_profiles);
}

TEST_CASE("case 3: adding the same profile again makes a second one with a new id", "[manager][cases]")
{
    Fixture fixture;
    const auto input = profile();
    CHECK(fixture.add(input) != fixture.add(input));
    CHECK(fixture.manager->count(anna.uid) == 2);
}

TEST_CASE("case 4: two profiles may have one name", "[manager][cases]")
{
    Fixture fixture;
    fixture.add(profile("home"));
    fixture.add(profile("home"));
    CHECK(fixture.manager->get_all(anna.uid).size() == 2);
}

TEST_CASE("case 5: Update without an id is NotFound", "[manager][cases]")
{
    Fixture fixture;
    fixture.add(profile());
    CHECK(fixture.update_error("", profile("other")).code == Errc::NotFound);
    CHECK(fixture.manager->get_all(anna.uid)[0].name == "home");
}

TEST_CASE("case 6: Update while the profile syncs is stored at once, the session keeps what it began with",
          "[manager][cases]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    auto input = without_secrets(periodic("1_HOUR", "renamed"));
    input.services.pop_back();
    REQUIRE(fixture.manager->update(anna, id, input));
    CHECK(fixture.get(id).name == "renamed");
    CHECK(fixture.get(id).mode == "PERIODIC");
    CHECK(fixture.repository->load_all()[0].name == "renamed");
    CHECK(fixture.get(id).state == JobState::Syncing);
    CHECK(fixture.pool.only().plan.services.size() == 2);
    CHECK(fixture.get(id).next_sync == manager::Time{});

    fixture.clock.time += 30min;
    fixture.pool.complete(1);
    CHECK(fixture.get(id).next_sync >= fixture.clock.time + 1h); // the schedule begins with the end
    fixture.timer.run();
    fixture.start(id);
    CHECK(fixture.pool.only().plan.services.size() == 1);
}

TEST_CASE("case 7: Remove while the profile syncs stops it: Stopped, then removed, then the reply", "[manager][cases]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    fixture.recorder.take();
    int replies = 0;
    fixture.manager->remove(anna, id, [&](const base::Result<void>& result) {
        CHECK(result);
        ++replies;
        fixture.recorder.events.push_back("reply");
    });
    CHECK(fixture.pool.stopped == Numbers{1});
    fixture.timer.run();
    CHECK(replies == 0);
    CHECK(fixture.get(id).state == JobState::Stopping);
    fixture.recorder.take();
    fixture.pool.stop_done(1);
    fixture.timer.run();
    CHECK(fixture.recorder.take() == Words{"home is Idle", "stopped home 1", "removed home", "reply"});
    CHECK(fixture.manager->get(anna, id).error().code == Errc::NotFound);
    CHECK_FALSE(std::filesystem::exists(fixture.state_db(id).parent_path()));
}

TEST_CASE("case 7: Remove while the profile is queued does the same", "[manager][cases]")
{
    Fixture fixture;
    const auto first = fixture.add(profile("first"));
    const auto id = fixture.add(profile("second"));
    fixture.start(first);
    fixture.start(id);
    fixture.recorder.take();
    fixture.manager->remove(anna, id, [&](const base::Result<void>&) { fixture.recorder.events.push_back("reply"); });
    CHECK(fixture.recorder.events.empty());
    fixture.timer.run();
    CHECK(fixture.recorder.take() == Words{"second is Idle", "stopped second 2", "removed second", "reply"});
    CHECK(fixture.pool.sessions() == Numbers{1});
}

TEST_CASE("case 8: StartSync while the profile syncs or is queued joins that session", "[manager][cases]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    CHECK(fixture.manager->start(anna, id, std::nullopt) == 1U);
    CHECK(fixture.manager->start(anna, id, "SLOW") == 1U); // queued
    fixture.timer.run();
    CHECK(fixture.manager->start(anna, id, std::nullopt) == 1U); // syncing
    fixture.timer.run();
    CHECK(fixture.pool.sessions() == Numbers{1});
    CHECK(fixture.pool.only().plan.services[0].type == "TWO_WAY");
    fixture.pool.complete(1);
    fixture.timer.run();
    CHECK(fixture.recorder.take() == Words{"added home", "home is Syncing", "home is Idle", "completed home 1"});
    CHECK(fixture.pool.workers.empty());
}

TEST_CASE("case 9: StopSync without a session is NotRunning", "[manager][cases]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    CHECK(fixture.manager->stop(anna, id).error().code == Errc::NotRunning);
    fixture.start(id);
    fixture.pool.complete(1);
    CHECK(fixture.manager->stop(anna, id).error().code == Errc::NotRunning);
    CHECK(fixture.pool.stopped.empty());
}

TEST_CASE("case 10: StopSync right after StartSync succeeds, and the session never begins", "[manager][cases]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    REQUIRE(fixture.manager->start(anna, id, std::nullopt));
    REQUIRE(fixture.manager->stop(anna, id));
    REQUIRE(fixture.manager->stop(anna, id));
    fixture.recorder.take();
    fixture.timer.run();
    CHECK(fixture.recorder.take() == Words{"home is Idle", "stopped home 1"});
    CHECK(fixture.pool.workers.empty());
    CHECK(fixture.manager->statistics(anna, id)->at(0).status == "STOP");
    CHECK(fixture.start(id) == 2);
}

TEST_CASE("case 11: Stopped comes once, however often and in whatever state one asks", "[manager][cases]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    for (int i = 0; i < 3; ++i)
        REQUIRE(fixture.manager->stop(anna, id));
    fixture.timer.run();
    fixture.pool.stop_done(1);
    fixture.timer.run();
    CHECK(std::count(fixture.recorder.events.begin(), fixture.recorder.events.end(), "stopped home 1") == 1);
    CHECK(fixture.recorder.events.back() == "stopped home 1");
}

TEST_CASE("case 12: PERIODIC without an interval is refused by Add and Update", "[manager][cases]")
{
    Fixture fixture;
    auto input = profile();
    input.mode = "PERIODIC";
    CHECK(fixture.add_error(input) == base::Error{Errc::InvalidValue, "Interval: required with Mode PERIODIC"});
    const auto id = fixture.add(profile());
    CHECK(fixture.update_error(id, input).code == Errc::InvalidValue);
    CHECK(fixture.get(id).mode == "MANUAL");
}

TEST_CASE("case 13: MANUAL without a type is TWO_WAY, and says so", "[manager][cases]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    CHECK(fixture.get(id).type == "TWO_WAY");
    fixture.start(id);
    CHECK(fixture.pool.only().plan.services[0].type == "TWO_WAY");
}

TEST_CASE("case 14: PERIODIC and PUSH are TWO_WAY; a key that does not fit the mode is refused", "[manager][cases]")
{
    Fixture fixture;
    auto manual = profile();
    manual.interval = "1_DAY";
    CHECK(fixture.add_error(manual) == base::Error{Errc::InvalidValue, "Interval: only with Mode PERIODIC"});
    auto by_time = periodic("1_DAY");
    by_time.type = "SLOW";
    CHECK(fixture.add_error(by_time) ==
          base::Error{Errc::InvalidValue, "Type: only with Mode MANUAL; PERIODIC is always TWO_WAY"});
    auto push = profile();
    push.mode = "PUSH";
    push.type = "TWO_WAY";
    CHECK(fixture.add_error(push) ==
          base::Error{Errc::InvalidValue, "Type: only with Mode MANUAL; PUSH is always TWO_WAY"});
    push.type.reset();
    push.interval = "1_DAY";
    CHECK(fixture.add_error(push).code == Errc::InvalidValue);
    push.interval.reset();
    CHECK(fixture.get(fixture.add(push)).type == "TWO_WAY");
    CHECK(fixture.get(fixture.add(periodic("1_DAY"))).type == "TWO_WAY");
}

TEST_CASE("cases 15, 16, 22: an unknown or malformed id is NotFound from every method, with one text",
          "[manager][cases]")
{
    Fixture fixture;
    fixture.add(profile());
    const base::Error expected{Errc::NotFound, "there is no such profile"};
    for (const std::string id : {"0123456789abcdef0123456789abcdef", "", "a b", "../../etc/passwd", "1", "ÄÖ", "%00",
                                 "0123456789ABCDEF0123456789ABCDEF"}) {
        CHECK(fixture.manager->get(anna, id).error() == expected);
        CHECK(fixture.manager->update(anna, id, profile()).error() == expected);
        CHECK(fixture.manager->update(anna, id, {}).error() == expected); // existence before values
        CHECK(fixture.manager->start(anna, id, std::nullopt).error() == expected);
        CHECK(fixture.manager->start(anna, id, "SIDEWAYS").error() == expected);
        CHECK(fixture.manager->stop(anna, id).error() == expected);
        CHECK(fixture.manager->statistics(anna, id).error() == expected);
        CHECK(fixture.manager->history(anna, id, 1).error() == expected);
        std::optional<base::Error> removed;
        fixture.manager->remove(anna, id, [&](const base::Result<void>& result) { removed = result.error(); });
        CHECK(removed == expected);
    }
    CHECK(fixture.manager->count(anna.uid) == 1);
}

TEST_CASE("case 17: a disabled service keeps its settings, takes no part and keeps its statistics", "[manager][cases]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    storage::SessionRecord record;
    record.session = 1;
    record.started = record.ended = 5;
    record.outcome = "COMPLETED";
    record.services = {service("CONTACT", "SUCCESS"), service("EVENT", "SUCCESS")};
    storage::SyncState::open(fixture.state_db(id)).value()->end_session(record);
    fixture.pool.complete(1);
    fixture.timer.run();

    auto input = without_secrets(profile());
    input.services[1].enabled = false;
    REQUIRE(fixture.manager->update(anna, id, input));
    fixture.start(id);
    REQUIRE(fixture.pool.only().plan.services.size() == 1);
    CHECK(fixture.pool.only().plan.services[0].service == "CONTACT");
    fixture.pool.fail(2, Errc::Unreachable);
    CHECK(fixture.get(id).services[1].uri == "cal");
    const auto statistics = fixture.manager->statistics(anna, id).value();
    REQUIRE(statistics.size() == 2);
    CHECK(statistics[0].status == "FAIL");
    CHECK(statistics[1].status == "SUCCESS");
}

TEST_CASE("case 18: a profile without an enabled service can be stored, but not started", "[manager][cases]")
{
    Fixture fixture;
    auto input = profile();
    input.services.clear();
    const auto empty = fixture.add(input);
    CHECK(fixture.manager->start(anna, empty, std::nullopt).error().code == Errc::NothingToSync);
    CHECK(fixture.get(empty).state == JobState::Idle);
    input = profile();
    for (auto& each : input.services)
        each.enabled = false;
    CHECK(fixture.manager->start(anna, fixture.add(input), std::nullopt).error().code == Errc::NothingToSync);
}

TEST_CASE("case 18: the timer skips a profile without an enabled service, and the schedule goes on", "[manager][cases]")
{
    Fixture fixture;
    auto input = periodic("1_HOUR");
    input.services.clear();
    const auto id = fixture.add(input);
    fixture.recorder.take();
    const auto due = fixture.get(id).next_sync;
    fixture.timer.run_until(fixture.clock, due);
    CHECK(fixture.recorder.events == Words{"home is Idle"});
    CHECK(fixture.pool.workers.empty());
    CHECK(fixture.get(id).next_sync >= due + 1h);
    CHECK(fixture.timer.armed == fixture.get(id).next_sync);
}

TEST_CASE("case 18: services that were disabled while the session waited end it as NothingToSync", "[manager][cases]")
{
    Fixture fixture;
    fixture.start(fixture.add(profile("first")));
    const auto id = fixture.add(profile("second"));
    fixture.start(id);
    auto input = without_secrets(profile("second"));
    for (auto& each : input.services)
        each.enabled = false;
    REQUIRE(fixture.manager->update(anna, id, input));
    fixture.pool.complete(1);
    fixture.timer.run();
    CHECK(fixture.recorder.events.back() == "failed second 2");
    CHECK(fixture.recorder.errors.at(0).code == Errc::NothingToSync);
}

TEST_CASE("case 19: a service without credentials of its own uses the profile's", "[manager][cases]")
{
    Fixture fixture;
    fixture.start(fixture.add(profile()));
    const auto& plan = fixture.pool.only().plan;
    CHECK(plan.user == "anna");
    CHECK(plan.services[0].user == std::nullopt);
    CHECK(plan.services[0].password.empty());
}

TEST_CASE("case 20: a service's Id without Password is accepted, a Password without Id is not", "[manager][cases]")
{
    Fixture fixture;
    auto input = profile();
    input.services[0].user = "card-user";
    fixture.start(fixture.add(input));
    CHECK(fixture.pool.only().plan.services[0].user == "card-user");
    CHECK(fixture.pool.only().plan.services[0].password.empty());

    input.services[0].user.reset();
    input.services[0].password = base::Secret("x");
    CHECK(fixture.add_error(input) ==
          base::Error{Errc::InvalidValue, "Services: CONTACT: Password: there is no Id to go with it"});
}

TEST_CASE("case 21: one service twice in a profile is refused", "[manager][cases]")
{
    Fixture fixture;
    auto input = profile();
    input.services[1].type = "CONTACT";
    CHECK(fixture.add_error(input) == base::Error{Errc::InvalidValue, "Services: ServiceType: CONTACT is there twice"});
}

TEST_CASE("case 24: services are read back in the order given", "[manager][cases]")
{
    Fixture fixture;
    auto input = profile();
    std::swap(input.services[0], input.services[1]);
    const auto id = fixture.add(input);
    for (int restart = 0; restart < 2; ++restart) {
        CHECK(fixture.get(id).services[0].type == "EVENT");
        CHECK(fixture.get(id).services[1].type == "CONTACT");
        fixture.boot();
    }
    fixture.start(id);
    CHECK(fixture.pool.only().plan.services[0].service == "EVENT");
}

TEST_CASE("case 28: one session covers all enabled services, with one end", "[manager][cases]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    CHECK(fixture.pool.only().plan.services.size() == 2);
    fixture.pool.only().on_progress({"CONTACT", true, 1, 1});
    fixture.pool.only().on_progress({"EVENT", false, 1, 1});
    fixture.pool.complete(1);
    CHECK(fixture.recorder.take() == Words{"added home", "home is Syncing", "progress home 1 CONTACT down 1/1",
                                           "progress home 1 EVENT up 1/1", "home is Idle", "completed home 1"});
}

TEST_CASE("case 29: when one service fails the session has failed, and statistics tell which", "[manager][cases]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    storage::SessionRecord record;
    record.session = 1;
    record.started = record.ended = 5;
    record.outcome = "FAILED";
    record.error_name = base::dbus_name(Errc::DatabaseNotFound);
    record.services = {service("CONTACT", "SUCCESS"), service("EVENT", "FAIL")};
    storage::SyncState::open(fixture.state_db(id)).value()->end_session(record);
    fixture.pool.fail(1, Errc::DatabaseNotFound);
    CHECK(fixture.recorder.events.back() == "failed home 1");
    const auto statistics = fixture.manager->statistics(anna, id).value();
    CHECK(statistics.at(0).status == "SUCCESS");
    CHECK(statistics.at(1).status == "FAIL");
}

TEST_CASE("case 30: a session that was open when the daemon died is gone, and its services have failed",
          "[manager][cases]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    storage::SessionRecord record;
    record.session = 1;
    record.trigger = "user";
    record.started = 5;
    record.services = {service("CONTACT", ""), service("EVENT", "")};
    storage::SyncState::open(fixture.state_db(id)).value()->begin_session(record);
    fixture.boot();

    CHECK(fixture.get(id).state == JobState::Idle);
    CHECK(fixture.manager->stop(anna, id).error().code == Errc::NotRunning);
    const auto statistics = fixture.manager->statistics(anna, id).value();
    REQUIRE(statistics.size() == 2);
    for (const auto& each : statistics) {
        CHECK(each.status == "FAIL");
        CHECK(each.error_name == "org.syncd1.Error.Interrupted");
    }
    const auto history = fixture.manager->history(anna, id, 0).value();
    REQUIRE(history.size() == 1);
    CHECK(history[0].outcome == "FAILED");
    CHECK(history[0].error_name == "org.syncd1.Error.Interrupted");
    CHECK(history[0].ended == 5);
    CHECK(history[0].services.at(0).status == "FAIL");
    fixture.timer.run();
    CHECK(fixture.recorder.events.empty()); // nobody is told of a session of a dead daemon
    CHECK(fixture.start(id) == 2);
}

TEST_CASE("case 30: a session that waited when the daemon died is in the history", "[manager][cases]")
{
    Fixture fixture;
    const auto busy = fixture.add(profile("busy"));
    const auto id = fixture.add(profile("waiting"));
    fixture.start(busy);
    const auto accepted = fixture.clock.time;
    CHECK(fixture.start(id) == 2);
    CHECK(fixture.get(id).state == JobState::Queued);
    fixture.clock.time += std::chrono::hours(1);
    for (int starts = 0; starts < 2; ++starts) { // as long as it is among the newest
        fixture.boot();
        const auto history = fixture.manager->history(anna, id, 0).value();
        REQUIRE(history.size() == 1);
        CHECK(history[0].session == 2);
        CHECK(history[0].trigger == "user");
        CHECK(history[0].outcome == "FAILED");
        CHECK(history[0].error_name == "org.syncd1.Error.Interrupted");
        CHECK_THAT(history[0].error_message, Catch::Contains("before the sync began"));
        CHECK(history[0].started == accepted.time_since_epoch().count());
        CHECK(history[0].services.size() == 2);
    }
    // What came later stands before it, and what a worker wrote down counts instead.
    CHECK(fixture.start(id) == 3);
    fixture.pool.fail(3, Errc::Unreachable);
    auto history = fixture.manager->history(anna, id, 0).value();
    REQUIRE(history.size() == 2);
    CHECK(history[0].session == 3);
    CHECK(fixture.manager->history(anna, id, 1).value().size() == 1);
    storage::SessionRecord record;
    record.session = 2;
    record.trigger = "user";
    auto state = storage::SyncState::open(fixture.state_db(id)).value();
    state->begin_session(record);
    record.ended = 5;
    record.outcome = "COMPLETED";
    state->end_session(record);
    history = fixture.manager->history(anna, id, 0).value();
    REQUIRE(history.size() == 2);
    CHECK(history[1].outcome == "COMPLETED");
}
