// A server that has not come to an answer yet: Status 101 for the header, and Alert 221.
#include "scripted.hpp"

#include <catch2/catch.hpp>

#include <numeric>

using namespace session;
using namespace scripted;
using base::Errc;
using Outline = std::vector<std::string>;

namespace {

Reply busy(syncml::MsgId message)
{
    return Reply("7", message).header_status(message, 101);
}

std::vector<int> waits(const Client& client)
{
    std::vector<int> seconds;
    for (const auto& wait : client.all<Wait>())
        seconds.push_back(static_cast<int>(wait.time.count()));
    return seconds;
}

} // namespace

TEST_CASE("a busy server is asked for its answer after a while", "[session][busy]")
{
    Client client(setup());
    client.changes[0] = {added("1")};
    client.initialize();
    client.reply(busy(2));
    CHECK(waits(client) == std::vector{2});
    CHECK(outline(client.sent()) == Outline{"Status 2/0 SyncHdr 200", "Alert 221 " + std::string(server)});
    CHECK(client.noted("The server is busy"));
    client.reply(busy(3));
    client.reply(busy(4));
    CHECK(waits(client) == std::vector{2, 4, 8});

    // All that it owes comes at once; an answered command is not answered for again.
    client.reply(Reply("7", 5)
                     .header_status(5, 200)
                     .status(2, 3, "Sync", 200)
                     .status(2, 4, "Add", 201)
                     .sync("contacts", "card", {server_add("g-1")})
                     .final());
    CHECK(client.all<Confirm>().size() == 1);
    client.reply(Reply("7", 6).header_status(6, 200).status(6, 4, "Map", 200).final());
    REQUIRE(client.finished);
    CHECK(!client.finished->error);
}

TEST_CASE("a server that was busy may be so again, and is waited for as long", "[session][busy]")
{
    Client client(setup());
    client.start();
    client.reply(busy(1));
    client.reply(busy(2));
    // It has not looked at our credentials before.
    CHECK(client.sent().header.cred);
    auto reply = agreed(client.sent());
    reply.header().msg_id = 3;
    auto message = syncml::Message(reply);
    std::get<syncml::Status>(message.body.at(1)).msg_ref = 1;
    CHECK(outline(client.sent()).back() == "Alert 221 " + std::string(server));
    client.reply(Reply("7", 3)
                     .header_status(3)
                     .status(1, 1, "Alert", 200)
                     .alert(200, "contacts", "card", {"s900", "s901"})
                     .final());
    CHECK(outline(client.sent()) == Outline{"Status 3/0 SyncHdr 200", "Status 3/3 Alert 200", "Sync card []", "Final"});
    client.reply(busy(4));
    CHECK(waits(client) == std::vector{2, 4, 2});
}

TEST_CASE("a server that stays busy for ten minutes is given up", "[session][busy]")
{
    Client client(setup());
    client.initialize();
    for (syncml::MsgId message = 2; !client.finished; ++message) {
        REQUIRE(message < 60);
        client.reply(busy(message));
    }
    const auto all = waits(client);
    CHECK(std::accumulate(all.begin(), all.end(), 0) == 600);
    CHECK(*std::max_element(all.begin(), all.end()) == 30);
    CHECK(client.finished->error->code == Errc::Server);
    CHECK(client.finished->error->message.find("10 minutes") != std::string::npos);
    CHECK(client.all<Note>().size() == 1);
}

TEST_CASE("a Final of a busy server ends nothing", "[session][busy]")
{
    Client client(setup());
    client.start();
    client.reply(busy(1).final());
    REQUIRE(client.send);
    CHECK(outline(client.sent()).back() == "Alert 221 " + std::string(server));
}

TEST_CASE("a stop does not wait for a busy server", "[session][busy]")
{
    Client client(setup());
    SECTION("before anything was agreed there is nothing to say")
    {
        client.start();
        client.engine.stop();
        client.reply(busy(1));
        REQUIRE(client.finished);
    }
    SECTION("later it is told")
    {
        client.initialize();
        client.engine.stop();
        client.reply(busy(2));
        CHECK(outline(client.sent()) == Outline{"Status 2/0 SyncHdr 200", "Alert 224 " + std::string(server), "Final"});
        client.reply(busy(3));
        REQUIRE(client.finished);
    }
    CHECK(client.finished->error->code == Errc::Stopped);
    CHECK(waits(client).empty());
}

TEST_CASE("an empty Sync without Final is a sign of life, and is answered by Alert 222", "[session][busy]")
{
    Client client(setup());
    client.initialize();
    client.reply(Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200).sync("contacts", "card"));
    CHECK(outline(client.sent()) ==
          Outline{"Status 2/0 SyncHdr 200", "Status 2/3 Sync 200", "Alert 222 " + std::string(server)});
    CHECK(waits(client).empty());
    client.reply(Reply("7", 3).header_status(3, 200).sync("contacts", "card", {server_add("g-1")}).final());
    CHECK(client.all<Apply>().size() == 1);
}
