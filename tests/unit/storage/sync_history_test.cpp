#include "storage/sync_state.hpp"

#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

using storage::Delivery;
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
    static Delivery sent(const std::string& luid, Delivery::Kind kind = Delivery::Kind::Added,
                         Delivery::Answer answer = Delivery::Answer::None, int code = 0)
    {
        return {"CONTACT", luid, kind, answer, code, 0, 0};
    }
    /// A session that sends these; of so many sessions is it kept what they sent.
    void send(std::uint64_t number, const std::vector<Delivery>& items, std::uint64_t keep = 20)
    {
        state->begin_session(started(number, {service("CONTACT")}));
        state->note_deliveries(items);
        auto record = started(number, {service("CONTACT", "SUCCESS")});
        record.ended = record.started + 60;
        state->end_session(record, {.with_items = keep});
    }
    std::vector<std::string> luids(std::uint64_t session, const std::string& after = {}, std::size_t most = 100) const
    {
        std::vector<std::string> luids;
        for (const auto& delivery : state->deliveries(session, after, most))
            luids.push_back(delivery.luid);
        return luids;
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
    state->end_session(last, {.sessions = 2});
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

// ---- what was sent ---------------------------------------------------------------------

TEST_CASE_METHOD(Fixture, "what a session sends is noted, and what came of it in its place", "[history][sent]")
{
    using Kind = Delivery::Kind;
    using Answer = Delivery::Answer;
    state->begin_session(started(3, {service("CONTACT")}));
    state->note_deliveries({sent("9"), sent("10", Kind::Updated), sent("11", Kind::Deleted)});
    state->note_deliveries(
        {sent("10", Kind::Updated, Answer::Refused, 415), sent("9", Kind::Added, Answer::Taken, 201)});
    const std::vector<Delivery> all{{"CONTACT", "9", Kind::Added, Answer::Taken, 201, 3, 300},
                                    {"CONTACT", "10", Kind::Updated, Answer::Refused, 415, 3, 300},
                                    {"CONTACT", "11", Kind::Deleted, Answer::None, 0, 3, 300}};
    CHECK(state->deliveries(3, {}, 100) == all); // killed here, it is told as well

    auto record = started(3, {service("CONTACT", "SUCCESS")});
    record.ended = 360;
    state->end_session(record);
    CHECK(state->deliveries(3, {}, 100) == all);
    CHECK(state->history(1) == std::vector<SessionRecord>{record});
    CHECK(luids(3, {}, 2) == std::vector<std::string>{"9", "10"});
    CHECK(luids(3, "10") == std::vector<std::string>{"11"});
    CHECK(luids(3, "11").empty());
    CHECK(luids(3, "nonsense").empty());
    CHECK(luids(4).empty());
}

TEST_CASE_METHOD(Fixture, "a killed session leaves what it sent without an answer", "[history][sent]")
{
    state->begin_session(started(1, {service("CONTACT")}));
    state->note_deliveries({sent("5")});
    state.reset();
    state = SyncState::open(directory / "state.db").value();
    run(2, {"CONTACT"}, "SUCCESS");
    REQUIRE(luids(1) == std::vector<std::string>{"5"});
    CHECK(state->deliveries(1, {}, 1)[0].answer == Delivery::Answer::None);
}

TEST_CASE_METHOD(Fixture, "what one item was sent as is found in all sessions, newest first", "[history][sent]")
{
    send(1, {sent("5"), sent("6")});
    send(2, {sent("6")});
    send(3, {sent("5", Delivery::Kind::Updated)});
    const auto found = state->item_deliveries("5", 10);
    REQUIRE(found.size() == 2);
    CHECK((found[0].session == 3 && found[0].kind == Delivery::Kind::Updated && found[0].time == 300));
    CHECK((found[1].session == 1 && found[1].kind == Delivery::Kind::Added));
    CHECK(state->item_deliveries("5", 1).size() == 1);
    CHECK(state->item_deliveries("7", 10).empty());
}

TEST_CASE_METHOD(Fixture, "of so many sessions that sent something it is kept what that was", "[history][sent]")
{
    send(1, {sent("1")}, 2);
    send(2, {sent("2")}, 2);
    send(3, {}, 2); // does not count
    run(4, {"CONTACT"}, "SUCCESS");
    CHECK(luids(1).size() == 1);
    send(5, {sent("5")}, 2);
    CHECK(luids(1).empty());
    CHECK(luids(2).size() == 1);
    CHECK(luids(5).size() == 1);
    CHECK(state->history(10).size() == 5);
    send(6, {sent("6")}, 0);
    for (std::uint64_t session = 1; session <= 6; ++session)
        CHECK(luids(session).empty());
}

TEST_CASE_METHOD(Fixture, "what a session sent goes with it, and outlives another server", "[history][sent]")
{
    send(1, {sent("1")});
    state->bind_to("another");
    CHECK(luids(1).size() == 1);
    auto record = started(2, {service("CONTACT", "SUCCESS")});
    state->end_session(record, {.sessions = 1});
    CHECK(luids(1).empty());
}

TEST_CASE_METHOD(Fixture, "where no session runs nothing is noted", "[history][sent]")
{
    state->note_deliveries({sent("1")});
    CHECK(luids(0).empty());
    CHECK(state->item_deliveries("1", 1).empty());
}
