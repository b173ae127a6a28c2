// What the service tells of syncs, and of what they did with items.
#include "client_events.hpp"
#include "fake_service.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>

using namespace syncd;

TEST_CASE("the syncs of a profile are read as the service tells them")
{
    FakeService service;
    service.history = [](const std::string&, std::uint32_t limit) {
        CHECK(limit == 3);
        return std::vector<Values>{{{"Session", std::uint64_t(8)},
                                    {"Trigger", "timer"},
                                    {"Started", std::uint64_t(100)},
                                    {"Ended", std::uint64_t(200)},
                                    {"Outcome", "FAILED"},
                                    {"ErrorName", "org.syncd1.Error.Tls"},
                                    {"Message", "no"},
                                    {"Notes", std::vector<std::string>{"odd"}},
                                    {"ProtocolVersion", "1.1"},
                                    {"BytesSent", std::uint64_t(300)},
                                    {"BytesReceived", std::uint64_t(400)},
                                    {"RoundTrips", std::uint64_t(5)},
                                    {"Services", std::vector<Values>{{{"SyncStatus", "FAIL"}, {"Type", "SLOW"}}}}}};
    };
    Client client(user_bus);
    const auto history = client.history("a", 3);
    REQUIRE(history.size() == 1);
    CHECK(history[0].session == 8);
    CHECK(history[0].trigger == SyncTrigger::Timer);
    CHECK(history[0].started == Time(std::chrono::microseconds(100)));
    CHECK(history[0].ended == Time(std::chrono::microseconds(200)));
    CHECK(history[0].outcome == SyncOutcome::Failed);
    CHECK(history[0].error_name == "org.syncd1.Error.Tls");
    CHECK(history[0].message == "no");
    CHECK(history[0].notes == std::vector<std::string>{"odd"});
    CHECK(history[0].protocol_version == syncd::SyncProtocolVersion::V1_1);
    CHECK(history[0].bytes_sent == 300);
    CHECK(history[0].bytes_received == 400);
    CHECK(history[0].round_trips == 5);
    REQUIRE(history[0].services.size() == 1);
    CHECK(history[0].services[0].statistics.sync_status == SyncStatus::Fail);
    CHECK(history[0].services[0].type == SyncType::Slow);
}

TEST_CASE("what a sync changed is read page by page")
{
    FakeService service;
    service.changes = [](const std::string& id, std::uint64_t session, const std::string& after) {
        CHECK(id == "a");
        CHECK(session == 8);
        CHECK(after == "3");
        return std::vector<Values>{{{"ProfileId", "a"},
                                    {"Session", std::uint64_t(8)},
                                    {"Undone", std::uint64_t(6)},
                                    {"Time", std::uint64_t(100)},
                                    {"ServiceType", "EVENT"},
                                    {"ItemId", "4"},
                                    {"What", "UPDATED"},
                                    {"Rule", "NEWER_THAN_THIS"},
                                    {"IsLast", true},
                                    {"Before", "old"}}};
    };
    Client client(user_bus);
    const auto changes = client.changes(8, "3", "a");
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].profile_id == "a");
    CHECK(changes[0].session == 8);
    CHECK(changes[0].undone == 6);
    CHECK(changes[0].time == Time(std::chrono::microseconds(100)));
    CHECK(changes[0].service_type == SyncServiceType::Event);
    CHECK(changes[0].item_id == "4");
    CHECK(changes[0].kind == syncd::ItemChangeKind::Updated);
    CHECK(changes[0].rule == syncd::ItemChangeRule::Unknown);
    CHECK(changes[0].is_last);
    CHECK(changes[0].before == "old");
    CHECK_FALSE(changes[0].after);
}

TEST_CASE("what a sync sent is read page by page")
{
    FakeService service;
    service.sent = [](const std::string& id, std::uint64_t session, const std::string& after) {
        return std::vector<Values>{{{"ProfileId", id},
                                    {"Session", session},
                                    {"Time", std::uint64_t(100)},
                                    {"ServiceType", "EVENT"},
                                    {"ItemId", after + "1"},
                                    {"What", "COMPARED"},
                                    {"Name", "Lunch"},
                                    {"Answer", "SERVER_WINS"},
                                    {"Status", std::uint32_t(419)}}};
    };
    Client client(user_bus);
    const auto sent = client.sent(8, "3", "a");
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].profile_id == "a");
    CHECK(sent[0].session == 8);
    CHECK(sent[0].time == Time(std::chrono::microseconds(100)));
    CHECK(sent[0].service_type == SyncServiceType::Event);
    CHECK(sent[0].item_id == "31");
    CHECK(sent[0].kind == syncd::SentItemKind::Compared);
    CHECK(sent[0].name == "Lunch");
    CHECK(sent[0].answer == syncd::SentItemAnswer::ServerWins);
    CHECK(sent[0].status == 419);
}

TEST_CASE("an undoing is told with what it left alone")
{
    FakeService service;
    service.undo = [](const std::string& id, std::uint64_t session) {
        CHECK(id.empty());
        return Values{{"Session", session + 1},
                      {"Restored", std::uint64_t(1)},
                      {"Reverted", std::uint64_t(2)},
                      {"Removed", std::uint64_t(3)},
                      {"LeftAlone", std::uint64_t(4)},
                      {"LeftAloneItems", std::vector<Values>{{{"ServiceType", "CONTACT"}, {"ItemId", "5"}}}}};
    };
    Client client(user_bus);
    const auto report = client.undo(8);
    CHECK(report.session == 9);
    CHECK(report.restored == 1);
    CHECK(report.reverted == 2);
    CHECK(report.removed == 3);
    CHECK(report.left_alone == 4);
    REQUIRE(report.left_alone_items.size() == 1);
    CHECK(report.left_alone_items[0].service_type == SyncServiceType::Contact);
    CHECK(report.left_alone_items[0].item_id == "5");
}

TEST_CASE("what made an item what it is is read with how it was sent")
{
    FakeService service;
    service.explain = [](const std::string& type, const std::string& id) {
        return Values{{"Content", type + id},
                      {"Revision", std::uint64_t(7)},
                      {"Writer", "a"},
                      {"Creator", ""},
                      {"Changes", std::vector<Values>{{{"Session", std::uint64_t(8)}}}},
                      {"Sent", std::vector<Values>{{{"Session", std::uint64_t(9)}, {"Answer", "NONE"}}}}};
    };
    Client client(user_bus);
    const auto why = client.explain(SyncServiceType::Event, "4");
    CHECK(why.content == "EVENT4");
    CHECK(why.revision == 7);
    CHECK(why.writer == "a");
    CHECK(why.creator.empty());
    REQUIRE(why.changes.size() == 1);
    CHECK(why.changes[0].session == 8);
    REQUIRE(why.sent.size() == 1);
    CHECK(why.sent[0].session == 9);
    CHECK(why.sent[0].answer == syncd::SentItemAnswer::None);
}

TEST_CASE("a plan arrives as it was sent, and what becomes of it is handed on")
{
    FakeService service;
    service.plan = [](const std::string&) {
        return std::vector<Values>{{{"ServiceType", std::string("EVENT")},
                                    {"Held", std::vector<std::string>{"FROM_SERVER", "SLOW_SYNC", "NEW"}},
                                    {"Compares", true},
                                    {"FromServerRemoved", std::uint32_t(3)},
                                    {"ToServerAdded", std::uint32_t(4)}}};
    };
    service.plan_items = [](const std::string& id, const std::string& type, bool from_server, const std::string& after,
                            std::uint32_t limit) {
        CHECK(id == "p1");
        CHECK(type == "EVENT");
        CHECK(from_server);
        CHECK(after == "7");
        CHECK(limit == 2);
        return std::vector<Values>{{{"Luid", std::string("8")},
                                    {"Change", std::string("DELETE")},
                                    {"Before", std::string("text")},
                                    {"Next", std::string("8")}}};
    };
    std::vector<std::string> done;
    service.release = [&](const std::string& id) { done.push_back("release " + id); };
    service.reject = [&](const std::string& id) { done.push_back("reject " + id); };
    Client client(user_bus);

    const auto plan = client.plan("p1");
    REQUIRE(plan.size() == 1);
    CHECK(plan[0].service_type == SyncServiceType::Event);
    CHECK(plan[0].is_held_from_server);
    CHECK_FALSE(plan[0].is_held_to_server);
    CHECK(plan[0].is_held_for_slow);
    CHECK(plan[0].is_held());
    CHECK(plan[0].compares);
    CHECK(plan[0].from_server.removed == 3);
    CHECK(plan[0].to_server.added == 4);
    const auto items = client.plan_items("p1", SyncServiceType::Event, true, "7", 2);
    REQUIRE(items.size() == 1);
    CHECK(items[0].luid == "8");
    CHECK(items[0].change == syncd::PlanChange::Delete);
    CHECK(items[0].before == "text");
    CHECK_FALSE(items[0].after);
    CHECK(items[0].next == "8");
    client.release("p1");
    client.reject("p2");
    CHECK(done == std::vector<std::string>{"release p1", "reject p2"});
}

TEST_CASE("refused items are read as the service tells them")
{
    FakeService service;
    service.quarantine = [](const std::string& id) {
        if (id != "a")
            return std::vector<Values>();
        return std::vector<Values>{{{"ServiceType", std::string("EVENT")},
                                    {"FromServer", true},
                                    {"ItemId", std::string("guid")},
                                    {"Status", std::uint32_t(415)},
                                    {"Reason", std::string("why")},
                                    {"Size", std::uint64_t(3)},
                                    {"Session", std::uint64_t(4)},
                                    {"Time", std::uint64_t(5)}},
                                   {}};
    };
    Client client(user_bus);
    const auto items = client.quarantine("a");
    REQUIRE(items.size() == 2);
    CHECK(items[0].service_type == syncd::SyncServiceType::Event);
    CHECK(items[0].from_server);
    CHECK(items[0].item_id + ' ' + items[0].reason == "guid why");
    CHECK(items[0].status == 415);
    CHECK(items[0].size == 3);
    CHECK(items[0].session == 4);
    CHECK(items[0].time == Time(std::chrono::microseconds(5)));
    CHECK(items[1].service_type == syncd::SyncServiceType::Unknown);
    CHECK(client.quarantine("b").empty());
}

TEST_CASE("the transcript of a session is handed over to be read, and is the caller's")
{
    FakeService service;
    std::string asked;
    service.transcript = [&](const std::string& id, std::uint64_t session) {
        asked += id + ' ' + std::to_string(session) + '\n';
        std::array<int, 2> pipe{};
        if (::pipe2(pipe.data(), O_CLOEXEC) != 0 || ::write(pipe[1], "words", 5) != 5)
            throw FakeService::NoAnswer();
        ::close(pipe[1]);
        return sdbus::UnixFd(pipe[0], sdbus::adopt_fd);
    };
    Client client(user_bus);
    const auto read = [](const syncd::Descriptor& file) {
        std::array<char, 10> words{};
        const auto size = ::read(file.get(), words.data(), words.size());
        return std::string(words.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    };
    CHECK(read(client.transcript(7)) == "words");
    std::string later;
    client.transcript(8, "p1", [&](const std::optional<Error>& error, const syncd::Descriptor& file) {
        CHECK_FALSE(error);
        later = read(file);
    });
    process_until(client, [&] { return !later.empty(); });
    CHECK(later == "words");
    CHECK(asked == " 7\np1 8\n");
}

TEST_CASE("conflicts are read as the service tells them, and settled by their number")
{
    FakeService service;
    service.conflicts = [](const std::string& id, std::uint64_t after) {
        if (id != "a" || after >= 7)
            return std::vector<Values>();
        const std::vector<Values> fields{{{"Name", std::string("NOTE")},
                                          {"Ours", std::string("here")},
                                          {"Theirs", std::string("there")},
                                          {"Base", std::string("old")}}};
        return std::vector<Values>{{{"Number", std::uint64_t(7)},
                                    {"ServiceType", std::string("CONTACT")},
                                    {"ItemId", std::string("1")},
                                    {"CopyId", std::string("2")},
                                    {"Time", std::uint64_t(5)},
                                    {"Way", std::string("BOTH")},
                                    {"Theirs", std::string("text")},
                                    {"Fields", fields}},
                                   {{"Way", std::string("SOMETHING_NEW")}}};
    };
    std::string resolved;
    service.resolve_conflict = [&](const std::string& id, std::uint64_t number, const std::string& way) {
        resolved = id + ' ' + std::to_string(number) + ' ' + way;
    };
    Client client(user_bus);
    const auto conflicts = client.conflicts("a");
    REQUIRE(conflicts.size() == 2);
    CHECK(conflicts[0].number == 7);
    CHECK(conflicts[0].service_type == syncd::SyncServiceType::Contact);
    CHECK(conflicts[0].item_id + ' ' + conflicts[0].copy_id + ' ' + conflicts[0].theirs == "1 2 text");
    CHECK(conflicts[0].time == Time(std::chrono::microseconds(5)));
    CHECK(conflicts[0].way == syncd::ConflictWay::Both);
    REQUIRE(conflicts[0].fields.size() == 1);
    CHECK(conflicts[0].fields[0].name == "NOTE");
    CHECK(conflicts[0].fields[0].base == "old");
    CHECK(conflicts[1].way == syncd::ConflictWay::Unknown);
    CHECK(client.conflicts("a", 7).empty());
    client.resolve_conflict("a", 7, syncd::ConflictWay::Theirs);
    CHECK(resolved == "a 7 THEIRS");
}
