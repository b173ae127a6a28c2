#include "storage/sync_state.hpp"

#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

using storage::ServiceRecord;
using storage::SessionRecord;
using storage::SyncState;

namespace {

struct Fixture {
    TemporaryDirectory directory;
    std::unique_ptr<SyncState> state = SyncState::open(directory / "state.db").value();

    static ServiceRecord service(const std::string& name, const std::string& status = "", std::int64_t time = 0)
    {
        ServiceRecord record;
        record.service = name;
        record.status = status;
        record.type = "TWO_WAY";
        record.time = time;
        return record;
    }
    static SessionRecord started(std::uint64_t number, std::vector<ServiceRecord> services)
    {
        SessionRecord record;
        record.session = number;
        record.trigger = "timer";
        record.started = static_cast<std::int64_t>(number) * 100;
        record.services = std::move(services);
        return record;
    }
    SessionRecord run(std::uint64_t number, const std::vector<std::string>& services, const std::string& status)
    {
        std::vector<ServiceRecord> before, after;
        for (const auto& name : services) {
            before.push_back(service(name));
            after.push_back(service(name, status, static_cast<std::int64_t>(number) * 100 + 50));
        }
        state->begin_session(started(number, before));
        auto record = started(number, after);
        record.ended = record.started + 60;
        record.outcome = status == "SUCCESS" ? "COMPLETED" : "FAILED";
        state->end_session(record);
        return record;
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "a session comes back as it was recorded", "[history]")
{
    auto record = started(12, {service("EVENT"), service("CONTACT")});
    state->begin_session(record);
    record.ended = 2000;
    record.outcome = "FAILED";
    record.error_name = "org.syncd1.Error.Server";
    record.error_message = "the server failed";
    record.notes = {"slow sync: the server lost our anchor", "item 7 was refused"};
    record.bytes_sent = 1;
    record.bytes_received = 2;
    record.round_trips = 3;
    record.version = "1.1";
    record.services[0].status = "FAIL";
    record.services[0].time = 1999;
    record.services[0].from_server = {1, 2, 3, 4, 5};
    record.services[0].to_server = {6, 7, 8, 9, 10};
    record.services[0].error_name = "org.syncd1.Error.Server";
    record.services[0].error_message = "510";
    record.services[1].status = "SUCCESS";
    state->end_session(record);
    CHECK(state->history(10) == std::vector<SessionRecord>{record});
}

TEST_CASE_METHOD(Fixture, "history is newest first and as long as asked for", "[history]")
{
    const auto one = run(1, {"CONTACT"}, "SUCCESS");
    const auto two = run(2, {"CONTACT"}, "FAIL");
    const auto three = run(3, {"CONTACT"}, "SUCCESS");
    CHECK(state->history(2) == std::vector<SessionRecord>{three, two});
    CHECK(state->history(9) == std::vector<SessionRecord>{three, two, one});
    CHECK(state->history(0).empty());
}

TEST_CASE_METHOD(Fixture, "old sessions go, but not the last of a service", "[history]")
{
    const auto only_events = run(1, {"EVENT"}, "SUCCESS");
    for (std::uint64_t number = 2; number <= 5; ++number)
        run(number, {"CONTACT"}, "SUCCESS");
    auto last = started(6, {service("CONTACT", "SUCCESS", 650)});
    last.ended = 660;
    last.outcome = "COMPLETED";
    state->begin_session(started(6, {service("CONTACT")}));
    state->end_session(last, 2);
    const auto left = state->history(10);
    REQUIRE(left.size() == 3);
    CHECK(left[0] == last);
    CHECK(left[1].session == 5);
    CHECK(left[2] == only_events);
    CHECK(state->statistics() == std::vector<ServiceRecord>{last.services[0], only_events.services[0]});
}

TEST_CASE_METHOD(Fixture, "statistics are each service's last session", "[history]")
{
    run(1, {"CONTACT", "EVENT"}, "FAIL");
    run(2, {"EVENT"}, "SUCCESS");
    CHECK(state->statistics() ==
          std::vector<ServiceRecord>{service("CONTACT", "FAIL", 150), service("EVENT", "SUCCESS", 250)});
}

TEST_CASE_METHOD(Fixture, "a running session does not show in statistics, a killed one is a failure", "[history]")
{
    run(1, {"CONTACT", "EVENT"}, "SUCCESS");
    state->begin_session(started(2, {service("CONTACT"), service("NEW")}));

    CHECK(state->history(1)[0].ended == 0);
    CHECK(state->history(1)[0].outcome.empty());
    CHECK(state->history(1)[0].services.size() == 2);
    CHECK(state->statistics(2) ==
          std::vector<ServiceRecord>{service("CONTACT", "SUCCESS", 150), service("EVENT", "SUCCESS", 150)});

    const auto after_kill = state->statistics();
    REQUIRE(after_kill.size() == 3);
    CHECK(after_kill[0].service == "CONTACT");
    CHECK(after_kill[0].status == "FAIL");
    CHECK(after_kill[0].time == 200);
    CHECK(after_kill[0].error_name == "org.syncd1.Error.Interrupted");
    CHECK(after_kill[1] == service("EVENT", "SUCCESS", 150));
    CHECK(after_kill[2].service == "NEW");
    CHECK(after_kill[2].status == "FAIL");
}

TEST_CASE_METHOD(Fixture, "the next session closes the record of a killed one", "[history]")
{
    state->begin_session(started(1, {service("CONTACT")}));
    state->begin_session(started(2, {service("CONTACT")}));
    const auto sessions = state->history(10);
    REQUIRE(sessions.size() == 2);
    CHECK(sessions[0].ended == 0);
    CHECK(sessions[1].ended == 100);
    CHECK(sessions[1].outcome == "FAILED");
    CHECK(sessions[1].error_name == "org.syncd1.Error.Interrupted");
    CHECK(sessions[1].services[0].status == "FAIL");
    CHECK(sessions[1].services[0].time == 100);
}
