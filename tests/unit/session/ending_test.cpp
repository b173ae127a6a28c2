// How a session ends: stopped, broken, or well; and what is said of each service.

#include "scripted.hpp"

#include <catch2/catch.hpp>

using namespace session;
using namespace scripted;
using base::Errc;
using base::Error;

namespace {

const Error unreachable{Errc::Unreachable, "no route"};
const Error disk{Errc::Local, "disk full"};

/// #4 that answers our Sync 4 and 5 of two services and brings an item for each.
Reply fourth()
{
    return Reply("7", 2)
        .header_status(2, 200)
        .status(2, 4, "Sync", 200)
        .status(2, 5, "Sync", 200)
        .sync("contacts", "card", {server_add("g-1")})
        .sync("calendar", "cal", {server_replace("4")})
        .final();
}

} // namespace

TEST_CASE("a broken connection fails every service with its error", "[session][ending]")
{
    Client client(setup({contacts(), calendar()}));
    client.initialize();
    client.fail(unreachable);
    REQUIRE(client.finished);
    CHECK(client.finished->error == unreachable);
    const auto concluded = client.all<Conclude>();
    REQUIRE(concluded.size() == 2);
    CHECK(concluded[0].error == unreachable);
    CHECK(concluded[1].error == unreachable);
    CHECK(client.engine.statistics()[0].error == unreachable);
    CHECK(client.engine.statistics()[0].concluded);
}

TEST_CASE("a connection that breaks at the first message fails services that were never prepared", "[session][ending]")
{
    Client client(setup());
    client.start();
    client.fail(unreachable);
    CHECK(client.finished->error == unreachable);
    CHECK(client.all<Prepare>().empty());
    CHECK(client.all<Conclude>().size() == 1);
}

TEST_CASE("an earlier error of a service is not covered by a later one", "[session][ending]")
{
    Client client(setup({contacts(), calendar()}));
    client.start();
    client.reply(Reply("7", 1)
                     .header_status(1)
                     .status(1, 1, "Alert", 404)
                     .status(1, 2, "Alert", 200)
                     .alert(200, "calendar", "cal", {"s900", "s901"})
                     .final());
    client.fail(unreachable);
    CHECK(client.all<Conclude>().at(0).error->code == Errc::DatabaseNotFound);
    CHECK(client.all<Conclude>().at(1).error == unreachable);
    CHECK(client.finished->error == unreachable);
}

TEST_CASE("what was confirmed before the connection broke stays confirmed", "[session][ending]")
{
    Client client(setup());
    client.changes[0] = {added("1"), added("2")};
    client.initialize();
    client.reply(Reply("7", 2).header_status(2, 200).status(2, 4, "Add", 201));
    client.fail(unreachable);
    CHECK(client.all<Confirm>().at(0).entries.size() == 1);
    CHECK(client.engine.statistics()[0].to_server == Counters{1, 1, 0, 0, 0});
}

TEST_CASE("a store that cannot be prepared fails its service alone", "[session][ending]")
{
    Client client(setup({contacts(), calendar()}));
    client.prepare_breaks[0] = disk;
    client.initialize();
    REQUIRE(client.send);
    CHECK(outline(client.sent()).at(3) == "Sync cal []");
    CHECK(client.engine.statistics()[0].error == disk);
    client.reply(Reply("7", 2)
                     .header_status(2, 200)
                     .status(2, 4, "Sync", 200)
                     .sync("contacts", "card", {server_add("g-1")})
                     .sync("calendar", "cal")
                     .final());
    CHECK(codes(client.sent()) == std::vector<int>{510, 510, 200});
    client.reply(Reply("7", 3).header_status(3, 200).final());
    CHECK(client.finished->error == disk);
    CHECK_FALSE(client.all<Conclude>().at(1).error);
}

TEST_CASE("a store that cannot be read fails its service alone", "[session][ending]")
{
    Client client(setup({contacts(), calendar()}));
    client.read_breaks[0] = disk;
    client.changes[1] = {added("1")};
    client.initialize();
    CHECK(outline(client.sent()).at(3) == "Sync cal [Add 1]");
    CHECK(client.engine.statistics()[0].error == disk);
}

TEST_CASE("a store without room says 420, so that the server sends the item again", "[session][ending]")
{
    Client client(setup({contacts(), calendar()}));
    client.apply_breaks[0] = disk;
    client.is_full = true;
    client.initialize();
    client.reply(fourth());
    CHECK(codes(client.sent()) == std::vector<int>{200, 420, 200, 200});
    client.reply(Reply("7", 3).header_status(3, 200).final());
    CHECK(client.all<Conclude>().at(0).error == disk);
    CHECK_FALSE(client.all<Conclude>().at(1).error);
}

TEST_CASE("a store that cannot be written fails its service alone and says so to the server", "[session][ending]")
{
    Client client(setup({contacts(), calendar()}));
    client.apply_breaks[0] = disk;
    client.initialize();
    client.reply(fourth());
    CHECK(codes(client.sent()) == std::vector<int>{200, 510, 200, 200});
    CHECK(client.engine.statistics()[0].from_server == Counters{1, 0, 0, 0, 1});
    client.reply(Reply("7", 3).header_status(3, 200).final());
    CHECK(client.all<Conclude>().at(0).error == disk);
    CHECK_FALSE(client.all<Conclude>().at(1).error);
}

TEST_CASE("a store that cannot commit has failed, though the session went well", "[session][ending]")
{
    Client client(setup({contacts(), calendar()}));
    client.conclude_breaks[0] = disk;
    client.initialize();
    client.reply(fourth());
    client.reply(Reply("7", 3).header_status(3, 200).status(3, 6, "Map", 200).final());
    REQUIRE(client.finished);
    CHECK(client.finished->error == disk);
    CHECK(client.all<Conclude>().size() == 2);
    CHECK_FALSE(client.all<Conclude>().at(0).error); // it was asked to commit
    CHECK(client.engine.statistics()[0].error == disk);
    CHECK_FALSE(client.engine.statistics()[1].error);
}

TEST_CASE("a driver that cannot go on ends the session", "[session][ending]")
{
    Engine engine(setup());
    auto effects = engine.start();
    effects = engine.step(Received{agreed(std::get<Send>(effects.back()).message)});
    REQUIRE(std::holds_alternative<Prepare>(effects.back()));
    effects = engine.step(Broke{disk, {}});
    CHECK(std::get<Conclude>(effects.back()).error == disk);
    effects = engine.step(Concluded{});
    CHECK(std::get<Finished>(effects.back()).error == disk);
    CHECK(engine.finished());
}

TEST_CASE("every service is concluded once and before the end, with its anchors when it went well", "[session][ending]")
{
    Client client(setup({contacts(), calendar()}));
    client.initialize();
    client.reply(fourth());
    client.reply(Reply("7", 3).header_status(3, 200).status(3, 6, "Map", 200).final());
    const auto concluded = client.all<Conclude>();
    REQUIRE(concluded.size() == 2);
    CHECK(concluded[0].service == 0);
    CHECK(concluded[0].type == SyncType::TwoWay);
    CHECK(concluded[0].own_next == "c42");
    CHECK(concluded[0].peer_next == "s901");
    CHECK(concluded[1].service == 1);
    CHECK(concluded[1].own_next == "k42");
    CHECK(std::holds_alternative<Finished>(client.log.back()));
    CHECK(std::holds_alternative<Conclude>(client.log.at(client.log.size() - 2)));
    CHECK_FALSE(client.finished->error);
    CHECK(client.engine.finished());
}

TEST_CASE("a stop before the first message ends without one", "[session][ending]")
{
    Client client(setup());
    client.engine.stop();
    client.start();
    REQUIRE(client.finished);
    CHECK(client.finished->error->code == Errc::Stopped);
    CHECK(client.all<Send>().empty());
    CHECK(client.all<Conclude>().at(0).error->code == Errc::Stopped);
}

TEST_CASE("a stop while the store works counts what the store did", "[session][ending]")
{
    Engine engine(setup());
    auto effects = engine.start();
    effects = engine.step(Received{agreed(std::get<Send>(effects.back()).message)});
    effects = engine.step(Prepared{0});
    effects = engine.step(Changes{});
    REQUIRE(std::holds_alternative<Send>(effects.back()));
    effects = engine.step(
        Received{Reply("7", 2).header_status(2, 200).sync("contacts", "card", {server_add("g-1")}).final()});
    REQUIRE(std::holds_alternative<Apply>(effects.back()));
    engine.stop();
    effects = engine.step(Applied{{{syncml::StatusCode::ItemAdded, "100"}}});
    CHECK(engine.statistics()[0].from_server == Counters{1, 1, 0, 0, 0});
    REQUIRE(std::holds_alternative<Send>(effects.back())); // to suspend
    effects = engine.step(Received{Reply("7", 3).header_status(3, 200)});
    CHECK(std::get<Conclude>(effects.back()).error->code == Errc::Stopped);
}

TEST_CASE("a stop after the last reply changes nothing", "[session][ending]")
{
    Engine engine(setup({contacts(SyncType::OneWayFromClient)}));
    auto effects = engine.start();
    effects = engine.step(Received{agreed(std::get<Send>(effects.back()).message)});
    effects = engine.step(Prepared{0});
    effects = engine.step(Changes{});
    effects = engine.step(Received{Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200).final()});
    REQUIRE(std::holds_alternative<Conclude>(effects.back()));
    engine.stop();
    effects = engine.step(Concluded{});
    CHECK_FALSE(std::get<Finished>(effects.back()).error);
}

TEST_CASE("equal events have equal effects", "[session][ending]")
{
    const auto run = [] {
        Client client(setup({contacts(), calendar()}));
        client.changes[0] = {added("1"), updated("2")};
        client.initialize();
        client.reply(fourth());
        client.reply(Reply("7", 3).header_status(3, 200).status(3, 6, "Map", 200).final());
        std::vector<syncml::Message> messages;
        for (const auto& send : client.all<Send>())
            messages.push_back(send.message);
        return std::pair(messages, client.log.size());
    };
    CHECK(run() == run());
}
