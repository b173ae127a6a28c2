// A sync that broke off goes on in another session: Alert 225 and what servers make of it.
#include "scripted.hpp"

#include <catch2/catch.hpp>

using namespace session;
using namespace scripted;
using base::Errc;
using Outline = std::vector<std::string>;

namespace {

ServiceSetup interrupted(SyncType type, SyncType requested = SyncType::TwoWay)
{
    auto service = contacts(requested);
    service.interrupted = type;
    if (type == SyncType::Slow) {
        service.own_last.clear();
        service.peer_last.clear();
    }
    return service;
}

std::vector<int> alerts(const syncml::Message& message)
{
    std::vector<int> codes;
    for (const auto& alert : commands<syncml::Alert>(message))
        codes.push_back(static_cast<int>(alert.code.value()));
    return codes;
}

Prepare prepared(const Client& client)
{
    REQUIRE(client.all<Prepare>().size() == 1);
    return client.all<Prepare>().front();
}

Reply answer(int status, int alert, const std::string& last = "s900")
{
    return Reply("7", 1)
        .header_status(1)
        .status(1, 1, "Alert", status)
        .alert(alert, "contacts", "card", {last, "s901"})
        .final();
}

} // namespace

TEST_CASE("the server goes on with the sync that broke off, and says so in either way", "[session][resume]")
{
    const auto type = GENERATE(SyncType::TwoWay, SyncType::OneWayFromClient, SyncType::OneWayFromServer, SyncType::Slow,
                               SyncType::RefreshFromClient);
    const auto code = GENERATE_COPY(225, static_cast<int>(syncml::to_alert(type)));
    CAPTURE(type, code);
    Client client(setup({interrupted(type, type == SyncType::Slow ? SyncType::TwoWay : type)}));
    client.start();
    CHECK(alerts(client.sent()) == std::vector<int>{225});
    const auto item = commands<syncml::Alert>(client.sent()).at(0).items.at(0);
    CHECK(item.meta.anchor->last == (type == SyncType::Slow ? "" : "c41"));
    client.reply(answer(200, code));
    CHECK(prepared(client).type == type);
    CHECK(prepared(client).resumed);
    CHECK(codes(client.sent()) == std::vector<int>{200});
    CHECK(client.noted("goes on with the sync that broke off"));
    CHECK(alerts(client.sent()).empty());
}

TEST_CASE("a server that goes on need not repeat its anchor, but another one makes the sync slow", "[session][resume]")
{
    Client client(setup({interrupted(SyncType::TwoWay)}));
    client.start();
    SECTION("no anchor")
    {
        client.reply(answer(200, 225, ""));
        CHECK(prepared(client).resumed);
        CHECK(prepared(client).type == SyncType::TwoWay);
    }
    SECTION("another one")
    {
        client.reply(answer(200, 225, "s7"));
        CHECK_FALSE(prepared(client).resumed);
        CHECK(prepared(client).type == SyncType::Slow);
        CHECK(codes(client.sent()) == std::vector<int>{508});
        CHECK(alerts(client.sent()) == std::vector<int>{201});
    }
}

TEST_CASE("a server that does not go on says what it does instead", "[session][resume]")
{
    Client client(setup({interrupted(SyncType::TwoWay)}));
    client.start();
    SECTION("509: a normal sync")
    {
        client.reply(answer(509, 200));
        CHECK(prepared(client).type == SyncType::TwoWay);
        CHECK(client.noted("does not go on"));
    }
    SECTION("508: a slow one")
    {
        client.reply(answer(508, 201));
        CHECK(prepared(client).type == SyncType::Slow);
    }
    CHECK_FALSE(prepared(client).resumed);
    CHECK(codes(client.sent()) == std::vector<int>{200});
    CHECK_FALSE(client.engine.statistics().at(0).error);
}

TEST_CASE("without anchors a normal sync cannot take the place of a slow one", "[session][resume]")
{
    Client client(setup({interrupted(SyncType::Slow)}));
    client.start();
    client.reply(answer(509, 200));
    CHECK(prepared(client).type == SyncType::Slow);
    CHECK_FALSE(prepared(client).resumed);
    CHECK(codes(client.sent()) == std::vector<int>{508});
    CHECK(alerts(client.sent()) == std::vector<int>{201});
}

TEST_CASE("a server that knows nothing of resuming is asked as ever, in a new session", "[session][resume]")
{
    const int error = GENERATE(400, 404, 406, 500, 501);
    CAPTURE(error);
    Client client(setup({interrupted(SyncType::TwoWay)}));
    client.start();
    client.reply(Reply("7", 1).header_status(1).status(1, 1, "Alert", error).final());
    CHECK(client.sent().header.session_id == "8");
    CHECK(client.sent().header.msg_id == 1);
    CHECK(client.sent().header.cred);
    CHECK(alerts(client.sent()) == std::vector<int>{200});
    client.reply(Reply("8", 1)
                     .header_status(1)
                     .status(1, 1, "Alert", 200)
                     .alert(200, "contacts", "card", {"s900", "s901"})
                     .final());
    CHECK(prepared(client).type == SyncType::TwoWay);
    CHECK_FALSE(prepared(client).resumed);
}

TEST_CASE("a slow sync instead of a one-way sync or a refresh makes it ask for that", "[session][resume]")
{
    const auto type = GENERATE(SyncType::OneWayFromClient, SyncType::OneWayFromServer, SyncType::RefreshFromClient);
    Client client(setup({interrupted(type, type)}));
    client.start();
    client.reply(answer(508, 201));
    CHECK(client.sent().header.session_id == "8");
    const auto code = static_cast<int>(syncml::to_alert(type));
    CHECK(alerts(client.sent()) == std::vector<int>{code});
    client.reply(Reply("8", 1)
                     .header_status(1)
                     .status(1, 1, "Alert", 200)
                     .alert(code, "contacts", "card", {"s900", "s901"})
                     .final());
    CHECK(prepared(client).type == type);
    CHECK_FALSE(prepared(client).resumed);
}

TEST_CASE("refused credentials are no answer to a resume", "[session][resume]")
{
    auto service = interrupted(SyncType::TwoWay);
    service.user = "bob";
    Client client(setup({service}));
    client.start();
    client.reply(Reply("7", 1).header_status(1).status(1, 1, "Alert", 401).final());
    REQUIRE(client.finished);
    CHECK(client.finished->error->code == Errc::Authentication);
}

TEST_CASE("one service goes on, the other begins", "[session][resume]")
{
    Client client(setup({interrupted(SyncType::TwoWay), calendar()}));
    client.start();
    CHECK(alerts(client.sent()) == std::vector<int>{225, 200});
    client.reply(agreed(client.sent()));
    const auto both = client.all<Prepare>();
    REQUIRE(both.size() == 2);
    CHECK(both[0].resumed);
    CHECK_FALSE(both[1].resumed);
}

TEST_CASE("what was mapped before the break goes first when a slow sync goes on", "[session][resume]")
{
    auto service = interrupted(SyncType::Slow);
    service.pending_maps = {{"g-1", "100"}};
    Client client(setup({service}));
    client.start();
    SECTION("it goes on")
    {
        client.reply(answer(200, 201));
        CHECK(outline(client.sent()) ==
              Outline{"Status 1/0 SyncHdr 200", "Status 1/3 Alert 200", "Map card [g-1=100]", "Sync card []", "Final"});
    }
    SECTION("it begins anew")
    {
        client.reply(answer(508, 201));
        CHECK(outline(client.sent()) ==
              Outline{"Status 1/0 SyncHdr 200", "Status 1/3 Alert 200", "Sync card []", "Final"});
    }
}

TEST_CASE("a server that resumes what was not asked for is refused", "[session][resume]")
{
    Client client(setup());
    client.start();
    client.reply(answer(200, 225));
    REQUIRE(client.finished);
    CHECK(client.finished->error->code == Errc::Protocol);
    CHECK(client.all<Prepare>().empty());
}

// ---- to suspend ---------------------------------------------------------------------

TEST_CASE("a stop suspends: what has come is answered, and the server is told", "[session][resume]")
{
    Client client(setup());
    client.changes[0] = {added("1"), added("2")};
    client.initialize();
    client.engine.stop();
    client.reply(Reply("7", 2)
                     .header_status(2)
                     .status(2, 3, "Sync", 200)
                     .status(2, 4, "Add", 201)
                     .sync("contacts", "card", {server_add("g-1")}));
    CHECK(client.all<Confirm>().at(0).entries.size() == 1);
    CHECK(client.all<Apply>().at(0).items.size() == 1);
    REQUIRE_FALSE(client.finished);
    CHECK(outline(client.sent()) == Outline{"Status 2/0 SyncHdr 200", "Status 2/4 Sync 200", "Status 2/5 Add 201",
                                            "Alert 224 https://sync.example.net/ds", "Final"});
    const auto item = commands<syncml::Alert>(client.sent()).at(0).items.at(0);
    CHECK(item.target->uri == server);
    CHECK(item.source->uri == device);

    SECTION("its answer still confirms")
    {
        client.reply(Reply("7", 3).header_status(3).status(2, 5, "Add", 201).sync("contacts", "card", {}));
        CHECK(client.engine.statistics()[0].to_server.added == 2);
    }
    SECTION("its answer is an error") // as SyncEvolution's server
    {
        client.fail({Errc::HttpStatus, "500"});
    }
    SECTION("its answer is senseless")
    {
        client.reply(Reply("8", 9));
    }
    REQUIRE(client.finished);
    CHECK(client.finished->error->code == Errc::Stopped);
    CHECK(client.all<Conclude>().at(0).error->code == Errc::Stopped);
    CHECK(client.all<Apply>().size() == 1);
}

TEST_CASE("a stop while changes are read sends those that stand in the message", "[session][resume]")
{
    Client client(setup());
    client.changes[0] = {added("1"), added("2")};
    client.read_at_once = 1;
    client.start();
    client.stop_at_read = 2;
    client.reply(agreed(client.sent()));
    CHECK(outline(client.sent()) == Outline{"Status 1/0 SyncHdr 200", "Status 1/3 Alert 200", "Sync card [Add 1]",
                                            "Alert 224 https://sync.example.net/ds", "Final"});
    CHECK(client.send->luids.size() == 1);
    client.reply(Reply("7", 2).header_status(2).status(2, 3, "Sync", 200).status(2, 4, "Add", 201).final());
    CHECK(client.engine.statistics()[0].to_server.added == 1);
    CHECK(client.finished->error->code == Errc::Stopped);
}

TEST_CASE("a stop finds no room in the message that stands half filled, and is not said", "[session][resume]")
{
    Client client(setup());
    client.changes[0] = {added("1", std::string(200, 'x')), added("2")};
    client.read_at_once = 1;
    client.start();
    client.stop_at_read = 2;
    auto reply = agreed(client.sent());
    for (std::size_t limit = 500;; ++limit) { // the least that the first change fits into, and a little more
        Client probe(setup());
        probe.changes[0] = {client.changes[0][0]};
        probe.start();
        auto other = agreed(probe.sent());
        other.header().meta.max_msg_size = limit;
        probe.reply(other);
        if (!item_commands(probe.sent()).empty()) {
            reply.header().meta.max_msg_size = limit + limit / 15;
            break;
        }
    }
    client.reply(reply);
    CHECK(outline(client.sent()) == Outline{"Status 1/0 SyncHdr 200", "Status 1/3 Alert 200", "Sync card [Add 1]"});
    CHECK(client.send->luids.size() == 1);
    client.reply(Reply("7", 2).header_status(2).status(2, 3, "Sync", 200).status(2, 4, "Add", 201).final());
    CHECK(client.engine.statistics()[0].to_server.added == 1);
    CHECK(client.finished->error->code == Errc::Stopped);
}

TEST_CASE("a server that suspends gets the Status it is owed, and the session ends", "[session][resume]")
{
    Client client(setup());
    client.initialize();
    client.reply(Reply("7", 2)
                     .header_status(2)
                     .status(2, 3, "Sync", 200)
                     .sync("contacts", "card", {server_add("g-1")})
                     .alert(224)
                     .final());
    CHECK(outline(client.sent()) == Outline{"Status 2/0 SyncHdr 200", "Status 2/3 Sync 200", "Status 2/4 Add 201",
                                            "Status 2/5 Alert 200", "Final"});
    client.reply(Reply("7", 3).header_status(3).final());
    REQUIRE(client.finished);
    CHECK(client.finished->error->code == Errc::Server);
    CHECK(client.engine.statistics()[0].from_server.added == 1);
}

TEST_CASE("a stop before anything is agreed says nothing more", "[session][resume]")
{
    Client client(setup());
    client.start();
    client.engine.stop();
    client.reply(Reply("7", 1).header_status(1).status(1, 1, "Alert", 200));
    REQUIRE(client.finished);
    CHECK(client.finished->error->code == Errc::Stopped);
    CHECK(client.all<Send>().size() == 1);
}

TEST_CASE("a stop in the last exchange does not undo a sync that is complete", "[session][resume]")
{
    Client client(setup({contacts(SyncType::OneWayFromClient)}));
    client.initialize();
    client.engine.stop();
    client.reply(Reply("7", 2).header_status(2).status(2, 3, "Sync", 200).final());
    REQUIRE(client.finished);
    CHECK_FALSE(client.finished->error);
}
