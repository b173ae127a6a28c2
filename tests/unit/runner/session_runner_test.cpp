#include "runner/session_runner.hpp"

#include "obliging_server.hpp"
#include "runner/device_document.hpp"
#include "runner/session_setup.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace fs = std::filesystem;
using Log = std::vector<std::string>;

namespace {

/// One that holds a few changes, takes everything, writes down what it is asked, and
/// fails where it is told to.
class NotingDatastore : public datastore::Datastore {
public:
    struct Script {
        std::vector<session::Change> changes;
        std::string fails_at; ///< the call that throws
        std::vector<syncml::MapItem> maps;
        std::uint64_t replaced = 0;
    };

    NotingDatastore(Script& script, Log& log) : script_(script), log_(log) {}

    std::vector<syncml::MapItem> pending_maps() override { return script_.maps; }
    std::uint64_t prepare(session::SyncType type, bool resumed) override
    {
        note("prepare", std::string(resumed ? "resumed " : "") + std::string(syncml::name(type)));
        return script_.changes.size();
    }
    session::Changes read(std::size_t) override
    {
        note("read");
        return {std::exchange(script_.changes, {}), true};
    }
    void note_sent(const std::vector<std::string>& luids) override { note("note_sent", luids.at(0)); }
    void note_confirmed(const std::vector<session::Confirm::Entry>& entries) override
    {
        note("note_confirmed", entries.at(0).luid);
    }
    std::vector<session::Outcome> apply(const std::vector<session::Incoming>& items) override
    {
        note("apply", items.at(0).guid);
        std::vector<session::Outcome> outcomes;
        for (const auto& item : items)
            outcomes.push_back({syncml::StatusCode::ItemAdded, "luid-of-" + item.guid});
        return outcomes;
    }
    void note_mapped(const std::vector<syncml::MapItem>& maps) override { note("note_mapped", maps.at(0).guid); }
    std::uint64_t commit() override
    {
        note("commit");
        return script_.replaced;
    }
    std::uint64_t mark() const override { return 77; }
    void abandon() override { note("abandon"); }

private:
    void note(const std::string& call, const std::string& detail = {})
    {
        log_.push_back(detail.empty() ? call : call + " " + detail);
        if (script_.fails_at == call)
            throw std::runtime_error("disk full");
    }

    Script& script_;
    Log& log_;
};

struct Fixture {
    Fixture()
    {
        std::string pattern = (fs::temp_directory_path() / "syncd-runner-XXXXXX").string();
        directory = ::mkdtemp(pattern.data());
        reopen();
        plan.profile = "p1";
        plan.session = 41;
        plan.trigger = "user";
        plan.device_id = "urn:uuid:1";
        plan.url = "https://sync.example.net/ds";
        plan.max_msg_size = 64 * 1024;
        plan.services = {{"CONTACT", "card", "TWO_WAY", {}, {}}};
        contacts.changes = {{session::ChangeKind::Add, "7", "text/vcard", "", "BEGIN:VCARD\r\nEND:VCARD\r\n"}};
        server.on_request = [this](const syncml::Message& request) -> base::Result<void> {
            log.push_back("post " + std::to_string(request.header.msg_id));
            return {};
        };
    }
    ~Fixture()
    {
        state.reset();
        fs::remove_all(directory);
    }
    void reopen()
    {
        state.reset();
        state = storage::SyncState::open(directory / "state.db").value();
    }
    channel::Result run()
    {
        ++plan.session;
        return runner::run_session(plan, around());
    }
    runner::Surroundings around()
    {
        return {server,
                *state,
                ending,
                [this](const runner::ServiceKind& kind, const channel::ServicePlan&, const storage::Anchors& anchors) {
                    opened_with = anchors;
                    auto& script = kind.name == "CONTACT" ? contacts : events;
                    return std::make_unique<NotingDatastore>(script, log);
                },
                [this](const channel::Progress& progress) { told.push_back(progress); },
                [this] { return now; },
                [] { return std::chrono::steady_clock::time_point(); },
                [this](std::chrono::seconds time) { log.push_back("wait " + std::to_string(time.count())); }};
    }
    /// Positions in the log, to compare.
    std::size_t at(const std::string& what) const
    {
        const auto found = std::ranges::find(log, what);
        INFO(what);
        REQUIRE(found != log.end());
        return static_cast<std::size_t>(found - log.begin());
    }
    bool did(const std::string& what) const { return std::ranges::find(log, what) != log.end(); }

    fs::path directory;
    Log log;
    channel::Plan plan;
    NotingDatastore::Script contacts, events;
    ObligingServer server;
    runner::Ending ending;
    std::unique_ptr<storage::SyncState> state;
    storage::Anchors opened_with;
    std::vector<channel::Progress> told;
    runner::Time now{std::chrono::sys_days(std::chrono::year(2026) / 3 / 9)};
};

using Outcome = channel::Result::Outcome;

std::int64_t microseconds_of(runner::Time time)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

const auto connection_lost = [](const syncml::Message&) -> base::Result<void> {
    return base::fail(base::Errc::Unreachable, "sync.example.net: connection reset");
};

} // namespace

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

TEST_CASE("device information is sent once and asked for until it is known", "[runner]")
{
    Fixture f;
    const auto count = [&](const char* name) {
        return std::ranges::count_if(f.server.requests.at(0).body,
                                     [&](const syncml::Command& command) { return syncml::name(command) == name; });
    };
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(count("Put") == 1);
    CHECK(count("Get") == 1);

    f.server.requests.clear();
    f.state->set_peer_info(R"({"not":"ours"})", microseconds_of(f.now));
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(count("Put") == 0);
    CHECK(count("Get") == 1);

    f.server.requests.clear();
    f.plan.device_id = "urn:uuid:2";
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(count("Put") == 1);

    f.server.requests.clear();
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(count("Put") == 0);
}

TEST_CASE("device information goes with every slow sync that was asked for", "[runner]")
{
    Fixture f;
    const auto puts = [&] {
        return std::ranges::count_if(f.server.requests.at(0).body, [](const syncml::Command& command) {
            return std::holds_alternative<syncml::Put>(command);
        });
    };
    REQUIRE(f.run().outcome == Outcome::Completed);
    f.plan.services.at(0).type = "SLOW";
    for (int session = 0; session < 2; ++session) {
        f.server.requests.clear();
        REQUIRE(f.run().outcome == Outcome::Completed);
        CHECK(puts() == 1);
    }
}

TEST_CASE("device information that is old, or may be another by now, is asked for again and used until then",
          "[runner]")
{
    Fixture f;
    const auto is_asked_for = [&] {
        f.server.requests.clear();
        REQUIRE(f.run().outcome == Outcome::Completed);
        return std::ranges::any_of(f.server.requests.at(0).body,
                                   [](const syncml::Command& command) { return syncml::name(command) == "Get"; });
    };
    REQUIRE(f.run().outcome == Outcome::Completed);
    f.state->set_peer_info(runner::to_json({}), microseconds_of(f.now));
    CHECK_FALSE(is_asked_for());
    f.state->doubt_peer_info();
    CHECK(is_asked_for());
    f.state->set_peer_info(runner::to_json({}), microseconds_of(f.now - std::chrono::days(31)));
    CHECK(is_asked_for());
    f.state->set_peer_info(runner::to_json({}), microseconds_of(f.now + std::chrono::days(1)));
    CHECK(is_asked_for());
}

TEST_CASE("device information that never arrived is sent again", "[runner]")
{
    Fixture f;
    f.server.on_request = connection_lost;
    REQUIRE(f.run().outcome == Outcome::Failed);
    CHECK(f.state->sent_devinf_hash().empty());
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

TEST_CASE("a store that fails ends its own service and no other", "[runner]")
{
    for (const auto* call : {"prepare", "read", "apply", "commit"}) {
        Fixture f;
        INFO(call);
        f.plan.services.push_back({"EVENT", "cal", "TWO_WAY", {}, {}});
        f.contacts.fails_at = call;
        f.server.items["contacts"] = {server_add("g1", "BEGIN:VCARD\r\nEND:VCARD\r\n")};
        const auto result = f.run();
        CHECK(result.outcome == Outcome::Failed);
        CHECK(result.error_name == "org.syncd1.Error.Local");
        CHECK(result.message == "CONTACT failed on this machine: disk full. What is confirmed is kept; synchronize "
                                "again when that is remedied.");
        CHECK(f.state->anchors("CONTACT", "card") == storage::Anchors{});
        CHECK_FALSE(f.state->anchors("EVENT", "cal") == storage::Anchors{});
        const auto services = f.state->history(1).at(0).services;
        CHECK(services.at(0).status == "FAIL");
        CHECK(services.at(1).status == "SUCCESS");
    }
}

TEST_CASE("nothing is sent that could not be noted", "[runner]")
{
    Fixture f;
    f.contacts.fails_at = "note_sent";
    CHECK(f.run().error_name == "org.syncd1.Error.Local");
    CHECK(f.server.requests.size() == 1);
    CHECK_FALSE(f.did("commit"));
}

TEST_CASE("a confirmation that cannot be kept ends the session before the anchors move", "[runner]")
{
    Fixture f;
    f.contacts.fails_at = "note_confirmed";
    CHECK(f.run().error_name == "org.syncd1.Error.Local");
    CHECK_FALSE(f.did("commit"));
    CHECK(f.state->anchors("CONTACT", "card") == storage::Anchors{});
}

TEST_CASE("a broken connection is written down and told", "[runner]")
{
    Fixture f;
    f.server.on_request = connection_lost;
    const auto result = f.run();
    CHECK(result ==
          channel::Result{Outcome::Failed, "org.syncd1.Error.Unreachable", "sync.example.net: connection reset"});
    const auto record = f.state->history(1).at(0);
    CHECK(record.outcome == "FAILED");
    CHECK(record.error_name == "org.syncd1.Error.Unreachable");
    CHECK(record.services.at(0).status == "FAIL");
    CHECK(record.round_trips == 0);
    CHECK(record.bytes_sent > 0);
    CHECK(record.bytes_received == 0);
}

TEST_CASE("how long the server wants to be left alone is told with a failure", "[runner]")
{
    Fixture f;
    f.server.wait = std::chrono::seconds(90);
    CHECK(f.run() == channel::Result{Outcome::Completed, "", "", 0});
    f.server.on_request = connection_lost;
    CHECK(f.run().retry_after_s == 90);
    f.server.wait = std::chrono::hours(1'000'000'000);
    CHECK(f.run().retry_after_s == 365 * 24 * 3600);
    f.server.wait.reset();
    CHECK(f.run().retry_after_s == 0);
}

TEST_CASE("an open record stands while the session runs", "[runner]")
{
    Fixture f;
    std::string outcome = "unset";
    f.server.on_request = [&](const syncml::Message&) -> base::Result<void> {
        outcome = f.state->history(1).at(0).outcome;
        return {};
    };
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(outcome.empty());
    const auto record = f.state->history(1).at(0);
    CHECK(record.session == 42);
    CHECK(record.outcome == "COMPLETED");
    CHECK(record.round_trips == f.server.requests.size());
    CHECK(record.bytes_received > 0);
    CHECK(record.notes.size() == 1); // why it was slow
}

TEST_CASE("a sync that broke off is gone on with, but not for ever in vain", "[runner]")
{
    Fixture f;
    REQUIRE(f.run().outcome == Outcome::Completed);
    std::vector<syncml::AlertCode> asked;
    f.server.on_request = [&](const syncml::Message& request) -> base::Result<void> {
        for (const auto& command : request.body)
            if (const auto* alert = std::get_if<syncml::Alert>(&command);
                alert != nullptr && request.header.msg_id == 1)
                asked.push_back(alert->code.value());
        return base::fail(base::Errc::Unreachable, "gone");
    };
    f.state->set_open_sync("CONTACT", {"TWO_WAY", 5, "", 0});
    for (int i = 0; i < 11; ++i)
        f.run();
    CHECK(std::count(asked.begin(), asked.end(), syncml::AlertCode::Resume) == 10);
    CHECK(asked.back() == syncml::AlertCode::TwoWay);

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

TEST_CASE("a stop ends the session after the exchange it comes in", "[runner]")
{
    Fixture f;
    f.server.on_request = [&](const syncml::Message& request) -> base::Result<void> {
        f.ending.stop = request.header.msg_id == 2;
        return {};
    };
    const auto result = f.run();
    CHECK(result.outcome == Outcome::Stopped);
    CHECK(f.server.requests.size() == 3); // the last one suspends
    CHECK(f.did("note_confirmed 7"));     // the reply still counts
    CHECK(f.did("abandon"));
    CHECK(f.state->history(1).at(0).outcome == "STOPPED");
    CHECK(f.state->statistics().at(0).status == "STOP");
    CHECK(f.state->statistics().at(0).to_server.total == 1);
}

TEST_CASE("a session whose broker is gone was interrupted, not stopped", "[runner]")
{
    Fixture f;
    f.server.on_request = [&](const syncml::Message& request) -> base::Result<void> {
        if (request.header.msg_id == 2)
            f.ending.orphaned = f.ending.stop = true;
        return {};
    };
    CHECK(f.run().error_name == "org.syncd1.Error.Interrupted");
    CHECK(f.state->history(1).at(0).outcome == "FAILED");
    CHECK(f.state->history(1).at(0).error_name == "org.syncd1.Error.Interrupted");
    CHECK(f.state->statistics().at(0).status == "FAIL");
}

TEST_CASE("a stop before the first message sends none", "[runner]")
{
    Fixture f;
    f.ending.stop = true;
    CHECK(f.run().outcome == Outcome::Stopped);
    CHECK(f.server.requests.empty());
}

TEST_CASE("an overdue session is a timeout", "[runner]")
{
    Fixture f;
    f.server.on_request = [&](const syncml::Message&) -> base::Result<void> {
        f.ending.overdue = true;
        return base::fail(base::Errc::Stopped, "interrupted"); // as the transport has it
    };
    const auto result = f.run();
    CHECK(result.outcome == Outcome::Failed);
    CHECK(result.error_name == "org.syncd1.Error.Timeout");
    CHECK(f.server.requests.size() == 1);
    CHECK(f.state->statistics().at(0).status == "FAIL");
}

TEST_CASE("progress is told and reaches its end", "[runner]")
{
    Fixture f;
    f.server.items["contacts"] = {server_add("g1", "BEGIN:VCARD\r\nEND:VCARD\r\n")};
    REQUIRE(f.run().outcome == Outcome::Completed);
    const auto last = [&](bool from_server) {
        channel::Progress progress;
        for (const auto& one : f.told)
            if (one.from_server == from_server)
                progress = one;
        return progress;
    };
    CHECK(last(false) == channel::Progress{"CONTACT", false, 1, 1});
    CHECK(last(true) == channel::Progress{"CONTACT", true, 1, 1});
}

TEST_CASE("a service that is not kept here fails the session by name", "[runner]")
{
    Fixture f;
    f.plan.services[0].service = "TASK";
    const auto result = f.run();
    CHECK(result.error_name == "org.freedesktop.DBus.Error.NotSupported");
    CHECK(f.server.requests.empty());
}

// ---- the encoding ----------------------------------------------------------------

namespace {

const std::string as_xml = "application/vnd.syncml+xml";
const std::string as_wbxml = "application/vnd.syncml+wbxml";

} // namespace

TEST_CASE("a server that reads WBXML is sent WBXML alone, item data as it is", "[runner]")
{
    Fixture f;
    f.plan.encoding = "AUTO";
    const std::string data("BEGIN:VCARD\0\xff", 13);
    f.contacts.changes[0].data = data;
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(f.state->encoding() == "WBXML");
    for (const auto& command : f.server.requests.at(0).body)
        if (const auto* put = std::get_if<syncml::Put>(&command))
            CHECK(put->meta.type == "application/vnd.syncml-devinf+wbxml");
    for (const auto& command : f.server.requests.at(1).body)
        if (const auto* sync = std::get_if<syncml::Sync>(&command)) {
            const auto& add = std::get<syncml::ItemCommand>(sync->commands.at(0));
            CHECK(add.meta_of(add.items.at(0)).format.empty());
            CHECK(add.items.at(0).text() == data);
        }
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(f.server.media_types == std::vector<std::string>(f.server.media_types.size(), as_wbxml));

    // Known to read it: what fails now has another reason.
    f.server.on_wbxml = base::Error{base::Errc::HttpStatus, "503"};
    f.server.media_types.clear();
    CHECK(f.run().outcome == Outcome::Failed);
    CHECK(f.server.media_types == std::vector{as_wbxml});
}

TEST_CASE("a server that does not read WBXML is sent XML, and from then on nothing else", "[runner]")
{
    for (const auto code : {base::Errc::HttpStatus, base::Errc::NotSyncML, base::Errc::Malformed}) {
        Fixture f;
        f.plan.encoding = "AUTO";
        f.server.on_wbxml = base::Error{code, "what is this?"};
        f.server.status = 415;
        REQUIRE(f.run().outcome == Outcome::Completed);
        REQUIRE(f.server.media_types.size() > 2);
        CHECK(f.server.media_types[0] == as_wbxml);
        CHECK(std::ranges::count(f.server.media_types, as_wbxml) == 1);
        CHECK(f.server.requests.at(0).header.msg_id == 1);
        CHECK(f.state->encoding() == "XML");
        CHECK(f.state->history(1).at(0).round_trips == f.server.requests.size());

        f.server.media_types.clear();
        f.server.on_wbxml.reset();
        REQUIRE(f.run().outcome == Outcome::Completed);
        CHECK(f.server.media_types == std::vector<std::string>(f.server.media_types.size(), as_xml));

        // Another account, another server.
        f.server.media_types.clear();
        f.plan.user = "bob";
        REQUIRE(f.run().outcome == Outcome::Completed);
        CHECK(f.server.media_types.at(0) == as_wbxml);
        CHECK(f.state->encoding() == "WBXML");
    }
}

TEST_CASE("what does not speak of the encoding is no reason to try another", "[runner]")
{
    for (const auto code : {base::Errc::Unreachable, base::Errc::Tls, base::Errc::Timeout, base::Errc::ReplyTooLarge}) {
        Fixture f;
        f.plan.encoding = "AUTO";
        f.server.on_wbxml = base::Error{code, "no"};
        CHECK(f.run().outcome == Outcome::Failed);
        CHECK(f.server.media_types == std::vector{as_wbxml});
        CHECK(f.state->encoding().empty());
    }
    // Nor is what comes after the first answer.
    Fixture f;
    f.plan.encoding = "AUTO";
    f.server.on_request = [](const syncml::Message& request) -> base::Result<void> {
        if (request.header.msg_id == 1)
            return {};
        return base::fail(base::Errc::HttpStatus, "500");
    };
    CHECK(f.run().outcome == Outcome::Failed);
    CHECK(f.server.media_types == std::vector{as_wbxml, as_wbxml});
    // Nor is a server that is too busy.
    Fixture busy;
    busy.plan.encoding = "AUTO";
    busy.server.on_wbxml = base::Error{base::Errc::HttpStatus, "503"};
    busy.server.status = 503;
    CHECK(busy.run().outcome == Outcome::Failed);
    CHECK(busy.server.media_types == std::vector{as_wbxml});
}

TEST_CASE("the encoding that a profile names is the only one", "[runner]")
{
    Fixture f;
    f.plan.encoding = "WBXML";
    f.server.on_wbxml = base::Error{base::Errc::HttpStatus, "415"};
    const auto result = f.run();
    CHECK(result.outcome == Outcome::Failed);
    CHECK(result.error_name == base::dbus_name(base::Errc::HttpStatus));
    CHECK(f.server.media_types == std::vector{as_wbxml});
    f.plan.encoding = "XML";
    CHECK(f.run().outcome == Outcome::Completed);
    CHECK(f.state->encoding().empty());
}
