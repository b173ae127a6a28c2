// Packages of several messages, and when a session is over.

#include "crude_size.hpp"
#include "scripted.hpp"

#include <catch2/catch.hpp>

using namespace session;
using namespace scripted;
using base::Errc;
using Lines = std::vector<std::string>;

namespace {

const auto next_message = std::string("Alert 222 ") + server;

/// The server accepts messages of so many octets only.
void initialize_with_limit(Client& client, std::uint64_t limit)
{
    client.start();
    auto reply = agreed(client.sent());
    reply.header().meta.max_msg_size = limit;
    client.reply(reply);
}

} // namespace

TEST_CASE("a server that asks for the next message gets Status 200 and the message", "[session][package]")
{
    Client client(setup());
    client.changes[0] = {added("1", std::string(1000, 'x')), added("2", std::string(1000, 'x'))};
    initialize_with_limit(client, 2500);
    CHECK(outline(client.sent()) == Lines{"Status 1/0 SyncHdr 200", "Status 1/3 Alert 200", "Sync card [Add 1]"});
    client.reply(Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200).status(2, 4, "Add", 201).alert(222));
    CHECK(outline(client.sent()) ==
          Lines{"Status 2/0 SyncHdr 200", "Status 2/4 Alert 200", "Sync card [Add 2]", "Final"});
}

TEST_CASE("smaller changes take the room that is too small for the next one, which follows them", "[session][package]")
{
    Client client(setup());
    SECTION("so that fewer messages go")
    {
        client.changes[0] = {added("1", std::string(1000, 'x')), added("2", std::string(1300, 'x')),
                             added("3", std::string(1200, 'x')), added("4", std::string(10, 'x')), removed("5")};
        initialize_with_limit(client, 2500);
        CHECK(outline(client.sent()).back() == "Sync card [Add 1, Add 4, Delete 5]");
        CHECK(crude_size::of(client.sent()) <= 2500);
        client.reply(Reply("7", 2)
                         .header_status(2, 200)
                         .status(2, 3, "Sync", 200)
                         .status(2, 4, "Add", 201)
                         .status(2, 5, "Add", 201)
                         .status(2, 6, "Delete", 200)
                         .alert(222));
        CHECK(outline(client.sent()).back() == "Sync card [Add 2]");
        client.reply(Reply("7", 3).header_status(3, 200).status(3, 3, "Sync", 200).status(3, 4, "Add", 201).alert(222));
        CHECK(outline(client.sent()) ==
              Lines{"Status 3/0 SyncHdr 200", "Status 3/4 Alert 200", "Sync card [Add 3]", "Final"});
        client.reply(Reply("7", 4).header_status(4, 200).status(4, 3, "Sync", 200).status(4, 4, "Add", 201).final());
        CHECK(client.engine.statistics().at(0).to_server.total == 5);
    }
    SECTION("but none goes before a deletion, of the item that it replaces perhaps")
    {
        client.changes[0] = {added("1", std::string(1000, 'x')), added("2", std::string(1300, 'x')), removed("3"),
                             added("4", std::string(10, 'x'))};
        initialize_with_limit(client, 2500);
        CHECK(outline(client.sent()).back() == "Sync card [Add 1, Delete 3, Add 4]");
    }
}

TEST_CASE("a server that only confirms gets the next message all the same", "[session][package]")
{
    Client client(setup());
    client.changes[0] = {added("1", std::string(1000, 'x')), added("2", std::string(1000, 'x'))};
    initialize_with_limit(client, 2500);
    client.reply(Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200).status(2, 4, "Add", 201));
    CHECK(outline(client.sent()) == Lines{"Status 2/0 SyncHdr 200", "Sync card [Add 2]", "Final"});
}

TEST_CASE("a Final of the server before ours ends nothing", "[session][package]")
{
    Client client(setup());
    client.changes[0] = {added("1", std::string(1000, 'x')), added("2", std::string(1000, 'x'))};
    initialize_with_limit(client, 2500);
    client.reply(
        Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200).status(2, 4, "Add", 201).alert(222).final());
    CHECK(outline(client.sent()).at(2) == "Sync card [Add 2]");
    CHECK_FALSE(client.finished);
}

TEST_CASE("items that the server sends before our Final are carried out on arrival", "[session][package]")
{
    Client client(setup());
    client.changes[0] = {added("1", std::string(1000, 'x')), added("2", std::string(1000, 'x'))};
    initialize_with_limit(client, 2500);
    client.reply(Reply("7", 2)
                     .header_status(2, 200)
                     .status(2, 3, "Sync", 200)
                     .status(2, 4, "Add", 201)
                     .sync("contacts", "card", {server_add("g-1")}));
    CHECK(outline(client.sent()) == Lines{"Status 2/0 SyncHdr 200", "Status 2/4 Sync 200", "Status 2/5 Add 201",
                                          "Map card [g-1=100]", "Sync card [Add 2]", "Final"});
    client.reply(Reply("7", 3)
                     .header_status(3, 200)
                     .status(3, 4, "Map", 200)
                     .status(3, 5, "Sync", 200)
                     .status(3, 6, "Add", 201)
                     .sync("contacts", "card", {server_add("g-2")})
                     .final());
    CHECK(outline(client.sent()).at(3) == "Map card [g-2=101]");
    client.reply(Reply("7", 4).header_status(4, 200).status(4, 4, "Map", 200).final());
    CHECK_FALSE(client.finished->error);
    CHECK(client.engine.statistics()[0].from_server == Counters{2, 2, 0, 0, 0});
}

TEST_CASE("a Status may come messages late", "[session][package]")
{
    Client client(setup());
    client.changes[0] = {added("1")};
    client.initialize();
    client.reply(Reply("7", 2).header_status(2, 200));
    CHECK(outline(client.sent()) == Lines{"Status 2/0 SyncHdr 200", next_message});
    client.reply(Reply("7", 3)
                     .header_status(3, 200)
                     .status(2, 3, "Sync", 200)
                     .status(2, 4, "Add", 201)
                     .status(3, 2, "Alert", 200)
                     .sync("contacts", "card")
                     .final());
    client.reply(Reply("7", 4).header_status(4, 200).final());
    CHECK_FALSE(client.finished->error);
    CHECK(client.engine.statistics()[0].to_server.added == 1);
}

TEST_CASE("Status that do not fit are carried over, in order and below the limit", "[session][package]")
{
    Client client(setup());
    initialize_with_limit(client, 2500);
    std::vector<syncml::SyncCommand> commands;
    for (int i = 0; i < 40; ++i)
        commands.push_back(server_delete(std::to_string(i)));
    auto reply =
        Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200).sync("contacts", "card", commands).final();
    client.reply(reply);

    Lines order;
    syncml::MsgId message = 3;
    while (client.send) {
        CHECK(crude_size::of(client.sent()) <= 2500);
        CHECK(outline(client.sent()).at(0) == "Status " + std::to_string(message - 1) + "/0 SyncHdr 200");
        for (const auto& status : scripted::commands<syncml::Status>(client.sent())) {
            if (status.cmd == "Delete")
                order.push_back(status.target_refs.at(0));
        }
        CHECK(client.sent().final == (order.size() == 40));
        client.reply(Reply("7", message).header_status(message, 200).final());
        ++message;
    }
    CHECK(message > 5);
    REQUIRE(order.size() == 40);
    for (int i = 0; i < 40; ++i)
        CHECK(order[static_cast<std::size_t>(i)] == std::to_string(i));
    CHECK_FALSE(client.finished->error);
}

TEST_CASE("maps are divided among messages", "[session][package]")
{
    Client client(setup());
    initialize_with_limit(client, 2500);
    std::vector<syncml::SyncCommand> commands;
    for (int i = 0; i < 40; ++i)
        commands.push_back(server_add("g-" + std::to_string(i)));
    client.reply(
        Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200).sync("contacts", "card", commands).final());
    std::size_t mapped = 0;
    syncml::MsgId message = 3;
    while (client.send) {
        CHECK(crude_size::of(client.sent()) <= 2500);
        Reply reply("7", message);
        reply.header_status(message, 200);
        for (const auto& map : scripted::commands<syncml::Map>(client.sent())) {
            mapped += map.items.size();
            reply.status(message, map.cmd_id, "Map", 200);
        }
        if (client.sent().final)
            reply.final();
        client.reply(reply);
        ++message;
    }
    CHECK(mapped == 40);
    std::size_t confirmed = 0;
    for (const auto& confirm : client.all<ConfirmMaps>())
        confirmed += confirm.maps.size();
    CHECK(confirmed == 40);
    CHECK_FALSE(client.finished->error);
}

TEST_CASE("maps that the server does not take stay cached, and the data is not failed", "[session][package]")
{
    Client client(setup());
    client.initialize();
    client.reply(Reply("7", 2)
                     .header_status(2, 200)
                     .status(2, 3, "Sync", 200)
                     .sync("contacts", "card", {server_add("g-1")})
                     .final());
    SECTION("refused, or done in part or in name only")
    {
        const auto code = GENERATE(206, 213, 215, 216, 500);
        client.reply(Reply("7", 3).header_status(3, 200).status(3, 4, "Map", code).final());
    }
    SECTION("not answered")
    {
        client.reply(Reply("7", 3).header_status(3, 200).final());
    }
    REQUIRE(client.finished);
    CHECK_FALSE(client.finished->error);
    CHECK(client.all<ConfirmMaps>().empty());
}

TEST_CASE("the last package is not sent when it would say nothing", "[session][package]")
{
    Client client(setup({contacts(SyncType::OneWayFromClient)}));
    client.changes[0] = {added("1")};
    client.initialize();
    client.reply(Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200).status(2, 4, "Add", 201).final());
    REQUIRE(client.finished);
    CHECK_FALSE(client.finished->error);
    CHECK(client.all<Send>().size() == 2);
}

TEST_CASE("a last reply without Final ends the session when nothing is left to come", "[session][package]")
{
    Client client(setup());
    client.initialize();
    client.reply(Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200).sync("contacts", "card").final());
    SECTION("nothing but the header's Status")
    {
        client.reply(Reply("7", 3).header_status(3, 200));
    }
    SECTION("and asks for more")
    {
        client.reply(Reply("7", 3).header_status(3, 200).alert(222));
    }
    REQUIRE(client.finished);
    CHECK_FALSE(client.finished->error);
}

TEST_CASE("a map that is still to be answered is waited for", "[session][package]")
{
    Client client(setup());
    client.initialize();
    client.reply(Reply("7", 2)
                     .header_status(2, 200)
                     .status(2, 3, "Sync", 200)
                     .sync("contacts", "card", {server_add("g-1")})
                     .final());
    client.reply(Reply("7", 3).header_status(3, 200));
    REQUIRE(client.send);
    CHECK(outline(client.sent()) == Lines{"Status 3/0 SyncHdr 200", next_message});
    client.reply(Reply("7", 4).header_status(4, 200).status(3, 4, "Map", 200).final());
    CHECK(client.all<ConfirmMaps>().size() == 1);
    CHECK_FALSE(client.finished->error);
}

TEST_CASE("a server that prepares its data slowly is waited for", "[session][package]")
{
    Client client(setup());
    client.initialize();
    syncml::MsgId message = 2;
    for (; message < 80; ++message) {
        client.reply(Reply("7", message).header_status(message, 200).alert(222));
        REQUIRE(client.send);
        CHECK(outline(client.sent()).back() == next_message);
    }
    client.reply(
        Reply("7", message).header_status(message, 200).status(2, 3, "Sync", 200).sync("contacts", "card").final());
    client.reply(Reply("7", message + 1).header_status(message + 1, 200).final());
    CHECK_FALSE(client.finished->error);
}

TEST_CASE("a server that never comes to an end is left", "[session][package]")
{
    const bool with_sync = GENERATE(true, false); // an empty Sync is no progress either
    Client client(setup());
    client.changes[0] = {added("1")};
    client.initialize();
    syncml::MsgId message = 2;
    while (client.send) {
        REQUIRE(message < 1000);
        auto reply = Reply("7", message).header_status(message, 200);
        if (with_sync)
            reply.sync("contacts", "card");
        client.reply(reply);
        ++message;
    }
    CHECK(client.finished->error->code == Errc::Protocol);
    CHECK(client.finished->error->message.find("keeps the session open") != std::string::npos);
    CHECK(client.all<Conclude>().at(0).error);
}
