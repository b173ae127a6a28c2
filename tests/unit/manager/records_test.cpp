#include "fixture.hpp"

#include "storage/sync_state.hpp"

#include <fstream>

using namespace std::chrono_literals;

namespace {

storage::ServiceRecord service(std::string name, std::string status, std::uint64_t total = 0)
{
    storage::ServiceRecord record;
    record.service = std::move(name);
    record.status = std::move(status);
    record.type = "TWO_WAY";
    record.time = 77;
    record.from_server.total = total;
    record.from_server.added = total;
    return record;
}

/// What a worker writes when its session begins.
storage::SessionRecord begin(const Fixture& fixture, const std::string& id, std::uint64_t session)
{
    storage::SessionRecord record;
    record.session = session;
    record.trigger = "user";
    record.started = 70;
    record.services = {service("CONTACT", ""), service("EVENT", "")};
    storage::SyncState::open(fixture.state_db(id)).value()->begin_session(record);
    return record;
}

void end(const Fixture& fixture, const std::string& id, storage::SessionRecord record)
{
    record.ended = 77;
    record.outcome = "COMPLETED";
    record.services = {service("CONTACT", "SUCCESS", 5), service("EVENT", "SUCCESS", 3)};
    storage::SyncState::open(fixture.state_db(id)).value()->end_session(record);
}

std::vector<storage::ServiceRecord> statistics(Fixture& fixture, const std::string& id)
{
    return fixture.manager->statistics(anna, id).value();
}

Words outcomes(Fixture& fixture, const std::string& id, std::uint32_t limit = 0)
{
    Words words;
    const auto sessions = fixture.manager->history(anna, id, limit).value();
    for (const auto& session : sessions)
        words.push_back(fmt::format("{} {} {}", session.session, session.outcome, session.error_name));
    return words;
}

} // namespace

TEST_CASE("a profile that never synced has NONE and zeros for each service, in its order", "[manager][records]")
{
    Fixture fixture;
    auto input = profile();
    std::swap(input.services[0], input.services[1]);
    const auto records = statistics(fixture, fixture.add(input));
    REQUIRE(records.size() == 2);
    CHECK(records[0].service == "EVENT");
    CHECK(records[1].service == "CONTACT");
    for (const auto& record : records) {
        CHECK(record.status == "NONE");
        CHECK(record.time == 0);
        CHECK(record.from_server.total == 0);
        CHECK(record.to_server.total == 0);
    }
}

TEST_CASE("the numbers of a session are there when its last signal comes", "[manager][records]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    const auto record = begin(fixture, id, 1);
    std::vector<storage::ServiceRecord> at_end;
    fixture.recorder.at_end = [&](const std::string&) { at_end = statistics(fixture, id); };
    end(fixture, id, record);
    fixture.pool.complete(1);
    REQUIRE(at_end.size() == 2);
    CHECK(at_end[0].status == "SUCCESS");
    CHECK(at_end[0].from_server.added == 5);
    CHECK(at_end[1].from_server.added == 3);
    CHECK(outcomes(fixture, id) == Words{"1 COMPLETED "});
}

TEST_CASE("while a session runs the numbers of the one before are shown", "[manager][records]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    end(fixture, id, begin(fixture, id, 1));
    fixture.pool.complete(1);
    fixture.timer.run();
    fixture.start(id);
    begin(fixture, id, 2);
    CHECK(statistics(fixture, id)[0].from_server.added == 5);
    CHECK(statistics(fixture, id)[0].status == "SUCCESS");
    CHECK(outcomes(fixture, id) == Words{"1 COMPLETED "});
    CHECK(outcomes(fixture, id, 1) == Words{"1 COMPLETED "});
}

TEST_CASE("a session that its worker could not finish is known as it was seen", "[manager][records]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    begin(fixture, id, 1);
    SECTION("it was killed")
    {
        fixture.pool.fail(1, base::Errc::Interrupted, "signal 9");
        CHECK(statistics(fixture, id)[0].status == "FAIL");
        CHECK(statistics(fixture, id)[0].error_name == "org.syncd1.Error.Interrupted");
        CHECK(statistics(fixture, id)[1].error_message == "signal 9");
        CHECK(statistics(fixture, id)[1].time == fixture.clock.time.time_since_epoch().count());
        CHECK(outcomes(fixture, id) == Words{"1 FAILED org.syncd1.Error.Interrupted"});
    }
    SECTION("it took too long")
    {
        fixture.pool.fail(1, base::Errc::Timeout);
        CHECK(statistics(fixture, id)[0].error_name == "org.syncd1.Error.Timeout");
        CHECK(outcomes(fixture, id) == Words{"1 FAILED org.syncd1.Error.Timeout"});
    }
    SECTION("it was stopped by force")
    {
        fixture.pool.stop_done(1);
        CHECK(statistics(fixture, id)[0].status == "STOP");
        CHECK(outcomes(fixture, id) == Words{"1 STOPPED "});
    }
}

TEST_CASE("a session that never got a worker is known all the same", "[manager][records]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    end(fixture, id, begin(fixture, id, 1));
    fixture.pool.complete(1);
    fixture.timer.run();
    fixture.pool.refuse = true;
    fixture.start(id);
    CHECK(statistics(fixture, id)[0].status == "FAIL");
    CHECK(statistics(fixture, id)[0].from_server.added == 0);
    CHECK(outcomes(fixture, id) == Words{"2 FAILED org.freedesktop.DBus.Error.Failed", "1 COMPLETED "});
    CHECK(outcomes(fixture, id, 1) == Words{"2 FAILED org.freedesktop.DBus.Error.Failed"});
}

TEST_CASE("history has a default and a greatest length", "[manager][records]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    for (std::uint64_t session = 1; session <= 30; ++session)
        end(fixture, id, begin(fixture, id, session));
    fixture.pool.complete(1);
    fixture.timer.run();
    CHECK(fixture.manager->history(anna, id, 0)->size() == 20);
    CHECK(fixture.manager->history(anna, id, 5)->size() == 5);
    CHECK(fixture.manager->history(anna, id, 5000)->size() == 30);
    CHECK(fixture.manager->history(anna, id, 5)->front().session == 30);
}

TEST_CASE("a damaged state database is a storage error", "[manager][records]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    std::filesystem::create_directories(fixture.state_db(id).parent_path());
    std::ofstream(fixture.state_db(id)) << std::string(5000, 'x');
    CHECK(fixture.manager->statistics(anna, id).error().code == base::Errc::Storage);
    CHECK(fixture.manager->history(anna, id, 0).error().code == base::Errc::Storage);
}
