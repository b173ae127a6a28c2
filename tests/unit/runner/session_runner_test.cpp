// What a session moves, and what the next one goes on from.

#include "runner/session_setup.hpp"
#include "whole_session.hpp"

#include <catch2/catch.hpp>

using namespace whole_session;

TEST_CASE("a first sync moves everything and then the anchors", "[runner]")
{
    Fixture f;
    f.server.items["contacts"] = {server_add("g1", "BEGIN:VCARD\r\nEND:VCARD\r\n")};
    const auto result = f.run();
    CHECK(result == channel::Result{Outcome::Completed, "", ""});

    CHECK(f.at("post 1") < f.at("prepare SLOW"));
    CHECK(f.at("note_sent 7") < f.at("post 2"));
    CHECK(f.at("post 2") < f.at("note_confirmed 7"));
    CHECK(f.at("apply g1") < f.at("post 3"));
    CHECK(f.at("post 3") < f.at("commit"));
    CHECK_FALSE(f.did("abandon"));

    const auto anchors = f.state->anchors("CONTACT", "card");
    CHECK(anchors.own_last == "20260309T000000Z");
    CHECK(anchors.peer_last == "server-43");
    CHECK(anchors.mark == 77);
    CHECK(f.at("note_mapped g1") < f.at("commit"));
}

namespace {

transcript::Recorder record_into(std::string& text)
{
    return transcript::Recorder(
        {}, [] { return runner::Time(); },
        [&text](std::string_view piece) {
            text += piece;
            return true;
        });
}

} // namespace

TEST_CASE("a session that is written down is the same, and every message stands there once", "[runner]")
{
    Fixture plain, written;
    for (auto* f : {&plain, &written})
        f->server.items["contacts"] = {server_add("g1", "BEGIN:VCARD\r\nEND:VCARD\r\n")};
    CHECK(plain.run() == channel::Result{Outcome::Completed, "", ""});

    std::string text;
    auto recorder = record_into(text);
    auto around = written.around();
    around.transcript = &recorder;
    ++written.plan.session;
    CHECK(runner::run_session(written.plan, around) == channel::Result{Outcome::Completed, "", ""});
    CHECK(written.log == plain.log);
    CHECK(written.server.requests.size() == plain.server.requests.size());

    const auto count = [&](std::string_view what) {
        std::size_t times = 0;
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
            ++times;
        return times;
    };
    CHECK(count("\n<sent ") == plain.server.requests.size());
    CHECK(count("\n<received ") == plain.server.requests.size());
    CHECK(count("<note text=\"CONTACT: slow sync, because") == 1);
    CHECK(count("<service name=\"CONTACT\" local-uri=\"contacts\" database=\"card\" asked=\"TWO_WAY\"/>") == 1);
}

TEST_CASE("a transcript that is not taken costs nothing but a note", "[runner]")
{
    Fixture f;
    transcript::Recorder recorder(
        {}, [] { return runner::Time(); }, [](std::string_view) { return false; });
    auto around = f.around();
    around.transcript = &recorder;
    CHECK(runner::run_session(f.plan, around) == channel::Result{Outcome::Completed, "", ""});
    const auto notes = f.state->history(1).at(0).notes;
    CHECK(
        std::ranges::any_of(notes, [](const std::string& note) { return note.starts_with("The transcript of this"); }));
}

TEST_CASE("an answer that cannot be read, and none, are written down", "[runner]")
{
    Fixture f;
    f.server.on_request = connection_lost;
    std::string text;
    auto recorder = record_into(text);
    auto around = f.around();
    around.transcript = &recorder;
    CHECK(runner::run_session(f.plan, around).outcome == Outcome::Failed);
    CHECK_THAT(text, Catch::Contains("<unanswered time=\"1970-01-01T00:00:00.000Z\" "
                                     "error=\"org.syncd1.Error.Unreachable\" "
                                     "why=\"sync.example.net: connection reset\"/>"));
}

TEST_CASE("maps that the server has not confirmed go first in the next session", "[runner]")
{
    Fixture f;
    REQUIRE(f.run().outcome == Outcome::Completed);
    f.contacts.maps = {{"g1", "7"}};
    f.server.requests.clear();
    f.log.clear();
    REQUIRE(f.run().outcome == Outcome::Completed);
    std::vector<syncml::MapItem> sent;
    for (const auto& command : f.server.requests.at(1).body)
        if (const auto* map = std::get_if<syncml::Map>(&command))
            sent = map->items;
    CHECK(sent == f.contacts.maps);
    CHECK(f.at("post 2") < f.at("note_mapped g1"));
}

TEST_CASE("session ids have at most four digits, begin again after 9999, and none is 0", "[runner]")
{
    Fixture f;
    const auto [number, id] = GENERATE(table<std::uint64_t, std::string>(
        {{41, "42"}, {9997, "9998"}, {9998, "9999"}, {9999, "1"}, {10000, "2"}, {1'000'000'007, "18"}}));
    f.plan.session = number - 1; // run() counts
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(f.server.requests.at(0).header.session_id == id);
}

TEST_CASE("a RespURI that is no whole URL stands beside the one that answered", "[runner]")
{
    Fixture f;
    f.server.resp_uri = "session?sid=5";
    REQUIRE(f.run().outcome == Outcome::Completed);
    REQUIRE(f.server.urls.size() > 2);
    CHECK(f.server.urls[0] == f.plan.url);
    for (std::size_t i = 1; i < f.server.urls.size(); ++i)
        CHECK(f.server.urls[i] == f.plan.url.substr(0, f.plan.url.rfind('/')) + "/session?sid=5");
}

TEST_CASE("a refresh reports what it replaced", "[runner]")
{
    Fixture f;
    f.plan.services[0].type = "REFRESH_FROM_SERVER";
    f.contacts.replaced = 5;
    f.server.items["contacts"] = {server_add("g1", "BEGIN:VCARD\r\nEND:VCARD\r\n")};
    CHECK(f.run().outcome == Outcome::Completed);
    const auto statistics = f.state->statistics().at(0);
    CHECK(statistics.from_server.added == 1);
    CHECK(statistics.from_server.removed == 5);
    CHECK(statistics.from_server.total == 6);
}

TEST_CASE("the next session goes on from the anchors", "[runner]")
{
    Fixture f;
    REQUIRE(f.run().outcome == Outcome::Completed);
    f.log.clear();
    f.reopen();
    REQUIRE(f.run().outcome == Outcome::Completed); // within the same second
    CHECK(f.did("prepare TWO_WAY"));
    CHECK(f.opened_with == storage::Anchors{"20260309T000000Z", "server-43", 77});
    CHECK(f.state->anchors("CONTACT", "card").own_last == "20260309T000001Z");
}

TEST_CASE("a refresh that breaks leaves nothing to go on from", "[runner]")
{
    Fixture f;
    REQUIRE(f.run().outcome == Outcome::Completed);
    f.plan.services[0].type = "REFRESH_FROM_SERVER";
    f.server.on_request = [](const syncml::Message& request) -> base::Result<void> {
        if (request.header.msg_id == 1)
            return {};
        return connection_lost(request);
    };
    REQUIRE(f.run().outcome == Outcome::Failed);
    f.plan.services[0].type = "TWO_WAY";
    f.server.on_request = {};
    f.log.clear();
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(f.did("prepare SLOW"));
}

TEST_CASE("a refresh that never reaches the server costs nothing", "[runner]")
{
    Fixture f;
    REQUIRE(f.run().outcome == Outcome::Completed);
    f.plan.services[0].type = "REFRESH_FROM_SERVER";
    f.server.on_request = connection_lost;
    REQUIRE(f.run().outcome == Outcome::Failed);
    CHECK_FALSE(f.state->anchors("CONTACT", "card") == storage::Anchors{});
}

TEST_CASE("another account starts from nothing", "[runner]")
{
    Fixture f;
    REQUIRE(f.run().outcome == Outcome::Completed);
    f.plan.url = "https://other.example.net/ds";
    f.log.clear();
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(f.did("prepare SLOW"));
}

TEST_CASE("an account that never took a session up costs the former one nothing", "[runner]")
{
    Fixture f;
    REQUIRE(f.run().outcome == Outcome::Completed);
    const auto anchors = f.state->anchors("CONTACT", "card");
    const auto url = std::exchange(f.plan.url, "https://no-such-host.example.net/ds");
    f.server.on_request = [&](const syncml::Message& request) -> base::Result<void> {
        CHECK(std::ranges::any_of(request.body, [](const syncml::Command& command) {
            const auto* alert = std::get_if<syncml::Alert>(&command);
            return alert != nullptr && alert->code == syncml::AlertCode::SlowSync;
        }));
        return connection_lost(request);
    };
    REQUIRE(f.run().outcome == Outcome::Failed);
    CHECK(f.state->anchors("CONTACT", "card") == anchors);
    f.plan.url = url;
    f.server.on_request = {};
    f.log.clear();
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(f.did("prepare TWO_WAY"));
}

TEST_CASE("data that XML cannot hold travels in base64", "[runner]")
{
    Fixture f;
    f.contacts.changes[0].data = std::string("BEGIN:VCARD\0\xff", 13);
    REQUIRE(f.run().outcome == Outcome::Completed);
    for (const auto& command : f.server.requests.at(1).body)
        if (const auto* sync = std::get_if<syncml::Sync>(&command)) {
            const auto& add = std::get<syncml::ItemCommand>(sync->commands.at(0));
            CHECK(add.meta_of(add.items.at(0)).format == "b64");
            CHECK(add.items.at(0).text() == "QkVHSU46VkNBUkQA/w==");
        }
}

TEST_CASE("a sync that broke off is gone on with, but not for ever in vain", "[runner]")
{
    Fixture f;
    REQUIRE(f.run().outcome == Outcome::Completed);
    std::vector<syncml::AlertCode> asked;
    auto failure = base::Errc::Unreachable;
    f.server.on_request = [&](const syncml::Message& request) -> base::Result<void> {
        for (const auto& command : request.body)
            if (const auto* alert = std::get_if<syncml::Alert>(&command);
                alert != nullptr && request.header.msg_id == 1)
                asked.push_back(alert->code.value());
        return base::fail(failure, "gone");
    };
    f.state->set_open_sync("CONTACT", {"TWO_WAY", 5, "", 0});
    for (int i = 0; i < 10; ++i)
        f.run();
    CHECK(std::count(asked.begin(), asked.end(), syncml::AlertCode::Resume) == 9);
    CHECK(asked.back() == syncml::AlertCode::TwoWay);

    // One that the server itself breaks counts for more.
    asked.clear();
    failure = base::Errc::HttpStatus;
    f.state->set_open_sync("CONTACT", {"TWO_WAY", 5, "", 0});
    for (int i = 0; i < 4; ++i)
        f.run();
    CHECK(std::count(asked.begin(), asked.end(), syncml::AlertCode::Resume) == 3);
    CHECK(asked.back() == syncml::AlertCode::TwoWay);
    failure = base::Errc::Unreachable;

    asked.clear();
    f.state->set_open_sync("CONTACT", {"ONE_WAY_FROM_SERVER", 5, "", 0}); // not what is wanted now
    f.run();
    CHECK(asked == std::vector<syncml::AlertCode>{syncml::AlertCode::TwoWay});
}

TEST_CASE("what a slow sync that broke off had confirmed stays when the server goes on with it", "[runner]")
{
    Fixture f;
    f.state->bind_to(runner::account_identity(f.plan.url, f.plan.user));
    f.state->anchors("CONTACT", "card");
    f.state->set_open_sync("CONTACT", {"SLOW", 5, "3", 0});
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(f.did("prepare resumed SLOW"));
}

TEST_CASE("a part of an item that comes too early does not undo a sync that goes on", "[runner]")
{
    Fixture f;
    REQUIRE(f.run().outcome == Outcome::Completed);
    f.state->set_open_sync("CONTACT", {"TWO_WAY", 5, "", 0});
    auto part = server_add("g1", "BEGIN:VCARD\r\n");
    std::get<syncml::ItemCommand>(part).items.front().more_data = true;
    f.server.early = {part};
    f.server.on_request = [&](const syncml::Message&) -> base::Result<void> {
        f.ending.stop = true; // with the first reply, before anything is prepared
        return {};
    };
    CHECK(f.run().outcome == Outcome::Stopped);
    CHECK(f.state->open_sync("CONTACT"));
}
