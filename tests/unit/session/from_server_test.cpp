// The server's changes on their way to us.

#include "scripted.hpp"

#include <catch2/catch.hpp>

using namespace session;
using namespace scripted;
using base::Errc;
using Lines = std::vector<std::string>;
using syncml::StatusCode;

namespace {

const Counters& counted(const Client& client)
{
    return client.engine.statistics().at(0).from_server;
}

/// A client that waits for #4, with message 2 (Sync 3) sent.
struct Waiting : Client {
    explicit Waiting(SyncType type = SyncType::TwoWay) : Client(setup({contacts(type)})) { initialize(); }
};

/// #4 so far: our Sync is answered.
Reply fourth()
{
    return Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200);
}

syncml::ItemCommand several(syncml::ItemVerb verb, std::vector<std::string> luids)
{
    syncml::ItemCommand command;
    command.verb = verb;
    for (auto& luid : luids) {
        auto& item = command.items.emplace_back();
        item.target = syncml::Location{std::move(luid), {}};
        item.data = std::string("BEGIN:VCARD");
    }
    return command;
}

} // namespace

TEST_CASE("the commands of a message are carried out in order, in one Apply per service", "[session][from-server]")
{
    Client client(setup({contacts(), calendar()}));
    client.initialize(); // Sync 4, Sync 5
    client.reply(Reply("7", 2)
                     .header_status(2, 200)
                     .status(2, 4, "Sync", 200)
                     .status(2, 5, "Sync", 200)
                     .sync("calendar", "cal", {server_delete("4")})
                     .sync("contacts", "card", {server_add("g-1", "one"), server_replace("2", "two")})
                     .sync("contacts", "card", {server_delete("3")})
                     .final());
    const auto applied = client.all<Apply>();
    REQUIRE(applied.size() == 2);
    CHECK(applied[0].service == 0);
    CHECK(applied[0].items == std::vector<Incoming>{{IncomingKind::Add, "", "g-1", "text/vcard", "one", false},
                                                    {IncomingKind::Replace, "2", "", "text/vcard", "two", false},
                                                    {IncomingKind::Delete, "3", "", "", "", false}});
    CHECK(applied[1].service == 1);
    CHECK(outline(client.sent()) == Lines{"Status 2/0 SyncHdr 200", "Status 2/4 Sync 200", "Status 2/5 Delete 200",
                                          "Status 2/6 Sync 200", "Status 2/7 Add 201", "Status 2/8 Replace 200",
                                          "Status 2/9 Sync 200", "Status 2/10 Delete 200", "Map card [g-1=100]",
                                          "Final"});
    CHECK(counted(client) == Counters{3, 1, 1, 1, 0});
    CHECK(client.engine.statistics()[1].from_server == Counters{1, 0, 0, 1, 0});
}

TEST_CASE("each outcome is told to the server and counted as what it says", "[session][from-server]")
{
    using C = Counters;
    const auto [command, code, expected] = GENERATE(table<syncml::ItemCommand, int, Counters>({
        {server_add("x"), 201, C{1, 1, 0, 0, 0}},
        {server_add("x"), 200, C{1, 1, 0, 0, 0}},
        {server_add("x"), 415, C{1, 0, 0, 0, 1}},
        {server_add("x"), 420, C{1, 0, 0, 0, 1}},
        {server_replace("x"), 200, C{1, 0, 1, 0, 0}},
        {server_replace("x"), 201, C{1, 1, 0, 0, 0}},
        {server_replace("x"), 404, C{1, 0, 0, 0, 1}},
        {server_replace("x"), 409, C{1, 0, 0, 0, 1}},
        {server_delete("x"), 200, C{1, 0, 0, 1, 0}},
        {server_delete("x"), 211, C{1, 0, 0, 0, 0}},
        {server_delete("x"), 404, C{1, 0, 0, 0, 0}},
        {server_delete("x"), 409, C{1, 0, 0, 0, 1}},
    }));
    Waiting client;
    client.outcomes["x"] = {static_cast<StatusCode>(code), {}};
    client.reply(fourth().sync("contacts", "card", {command}).final());
    CHECK(counted(client) == expected);
    CHECK(client.noted("CONTACT: item x of the server was not stored (status " + std::to_string(code)) ==
          (expected.failed == 1));
    CHECK(codes(client.sent()) == std::vector<int>{200, code});
    client.reply(Reply("7", 3).header_status(3, 200).final());
    CHECK_FALSE(client.finished->error); // an item does not fail its service
}

TEST_CASE("base64 is undone, and what cannot be read is refused", "[session][from-server]")
{
    auto command = server_add("g-1", "QkVHSU46VkNB\r\nUkQ=");
    command.meta.format = "b64";
    Waiting client;
    SECTION("on the command")
    {
        client.reply(fourth().sync("contacts", "card", {command}).final());
        CHECK(client.all<Apply>().at(0).items.at(0).data == "BEGIN:VCARD");
    }
    SECTION("on the Item, over the command's")
    {
        command.meta.format = "chr";
        command.items[0].meta.format = "b64";
        command.items[0].meta.type = "text/x-vcard";
        client.reply(fourth().sync("contacts", "card", {command}).final());
        CHECK(client.all<Apply>().at(0).items.at(0).data == "BEGIN:VCARD");
        CHECK(client.all<Apply>().at(0).items.at(0).type == "text/x-vcard");
    }
    SECTION("not base64")
    {
        command.items[0].data = std::string("***");
        client.reply(fourth().sync("contacts", "card", {command}).final());
        CHECK(codes(client.sent()) == std::vector<int>{200, 400});
        CHECK(client.noted("CONTACT: item g-1 of the server was not stored (status 400"));
    }
    SECTION("unknown format")
    {
        command.meta.format = "float";
        client.reply(fourth().sync("contacts", "card", {command}).final());
        CHECK(codes(client.sent()) == std::vector<int>{200, 415});
        CHECK(counted(client) == Counters{1, 0, 0, 0, 1});
        CHECK(client.all<Apply>().empty());
    }
}

TEST_CASE("incomplete items are refused and the others carried out", "[session][from-server]")
{
    auto without_data = server_add("g-1");
    without_data.items[0].data = std::monostate{};
    auto without_id = server_delete("1");
    without_id.items[0].target.reset();
    syncml::ItemCommand without_items;
    without_items.verb = syncml::ItemVerb::Replace;
    Waiting client;
    client.reply(
        fourth()
            .sync("contacts", "card", {without_data, without_id, without_items, server_add("g-2"), server_add("", "x")})
            .final());
    CHECK(codes(client.sent()) == std::vector<int>{200, 412, 412, 412, 201, 412});
    CHECK(client.all<Apply>().at(0).items.size() == 1);
}

TEST_CASE("a Replace or Delete with nothing but the server's id goes to the datastore", "[session][from-server]")
{
    Waiting client;
    auto replace = server_replace("");
    replace.items[0].target.reset();
    replace.items[0].source = syncml::Location{"g-7", {}};
    client.outcomes["g-7"] = {StatusCode::ItemAdded, "77"};
    client.reply(fourth().sync("contacts", "card", {replace}).final());
    CHECK(client.all<Apply>().at(0).items.at(0).kind == IncomingKind::Replace);
    CHECK(client.all<Apply>().at(0).items.at(0).guid == "g-7");
    CHECK(outline(client.sent()).at(3) == "Map card [g-7=77]"); // it was added after all
    CHECK(counted(client) == Counters{1, 1, 0, 0, 0});
}

TEST_CASE("a failed addition is not mapped", "[session][from-server]")
{
    Waiting client;
    client.outcomes["g-1"] = {StatusCode::UnsupportedMediaType, ""};
    client.reply(fourth().sync("contacts", "card", {server_add("g-1")}).final());
    CHECK(commands<syncml::Map>(client.sent()).empty());
}

TEST_CASE("a soft delete is handed on as a delete", "[session][from-server]")
{
    Waiting client;
    auto command = server_delete("1");
    command.soft_delete = true;
    client.reply(fourth().sync("contacts", "card", {command}).final());
    CHECK(client.all<Apply>().at(0).items.at(0) == Incoming{IncomingKind::Delete, "1", "", "", "", true});
    CHECK(counted(client).removed == 1);
}

TEST_CASE("several Items of a command get one Status when their codes agree, else one each", "[session][from-server]")
{
    Waiting client;
    client.outcomes["2"] = {StatusCode::NotFound, ""};
    client.reply(
        fourth()
            .sync("contacts", "card",
                  {several(syncml::ItemVerb::Delete, {"4", "5"}), several(syncml::ItemVerb::Replace, {"1", "2", "3"})})
            .final());
    CHECK(outline(client.sent()) == Lines{"Status 2/0 SyncHdr 200", "Status 2/3 Sync 200", "Status 2/4 Delete 200",
                                          "Status 2/5 Replace 200", "Status 2/5 Replace 404", "Status 2/5 Replace 200",
                                          "Final"});
    const auto statuses = commands<syncml::Status>(client.sent());
    CHECK(statuses[2].target_refs == Lines{"4", "5"});
    CHECK(statuses[3].target_refs == Lines{"1"});
    CHECK(statuses[4].target_refs == Lines{"2"});
    CHECK(counted(client) == Counters{5, 0, 2, 2, 1});
}

TEST_CASE("NoResp spares the Status of its command only", "[session][from-server]")
{
    Waiting client;
    auto silent = server_replace("1");
    silent.no_resp = true;
    client.reply(fourth().sync("contacts", "card", {silent, server_replace("2")}).final());
    CHECK(outline(client.sent()) ==
          Lines{"Status 2/0 SyncHdr 200", "Status 2/3 Sync 200", "Status 2/5 Replace 200", "Final"});
    CHECK(client.all<Apply>().at(0).items.size() == 2);
}

TEST_CASE("a Sequence is carried out in order", "[session][from-server]")
{
    syncml::Group sequence;
    sequence.commands = {server_add("g-1"), server_delete("2")};
    Waiting client;
    client.reply(fourth().sync("contacts", "card", {sequence, server_replace("3")}).final());
    CHECK(outline(client.sent()) == Lines{"Status 2/0 SyncHdr 200", "Status 2/3 Sync 200", "Status 2/4 Sequence 200",
                                          "Status 2/5 Add 201", "Status 2/6 Delete 200", "Status 2/7 Replace 200",
                                          "Map card [g-1=100]", "Final"});
}

TEST_CASE("an Atomic is refused as a whole and none of it is carried out", "[session][from-server]")
{
    syncml::Group inner;
    inner.commands = {server_delete("9")};
    syncml::Group atomic;
    atomic.kind = syncml::GroupKind::Atomic;
    atomic.commands = {server_add("g-1"), inner};
    Waiting client;
    client.reply(fourth().sync("contacts", "card", {atomic, server_replace("3")}).final());
    CHECK(codes(client.sent()) == std::vector<int>{200, 406, 215, 215, 215, 200});
    CHECK(client.all<Apply>().at(0).items.size() == 1);
    CHECK(counted(client) == Counters{3, 0, 1, 0, 2});
}

TEST_CASE("what a client does not do is refused, each in its way", "[session][from-server]")
{
    Waiting client;
    auto field_level = server_replace("1");
    field_level.meta.field_level = true;
    syncml::Unsupported search;
    search.name = "Search";
    syncml::Map map;
    client.reply(fourth()
                     .sync("contacts", "card",
                           {several(syncml::ItemVerb::Copy, {"1"}), several(syncml::ItemVerb::Move, {"1"}), field_level,
                            syncml::Unsupported{0, false, "Exec"}})
                     .command(search)
                     .command(map)
                     .command(server_add("outside"))
                     .final());
    CHECK(codes(client.sent()) == std::vector<int>{200, 406, 406, 406, 501, 501, 406, 405});
    CHECK(client.all<Apply>().empty());
    client.reply(Reply("7", 3).header_status(3, 200).final());
    CHECK_FALSE(client.finished->error);
}

TEST_CASE("alerts in the middle of a session are answered by what they are", "[session][from-server]")
{
    const auto [code, expected] =
        GENERATE(table<int, int>({{100, 200}, {222, 200}, {223, 200}, {206, 406}, {221, 406}, {225, 406}, {299, 406}}));
    Waiting client;
    client.reply(fourth().alert(code).sync("contacts", "card").final());
    CHECK(codes(client.sent()) == std::vector<int>{expected, 200});
}

TEST_CASE("the text of a display alert reaches the report", "[session][from-server]")
{
    Waiting client;
    syncml::Alert alert;
    alert.code = syncml::AlertCode::Display;
    alert.items.emplace_back().data = std::string("closed on Sunday");
    client.reply(fourth().command(alert).sync("contacts", "card").final());
    CHECK(client.noted("The server says: closed on Sunday"));
}

TEST_CASE("what a server says for people to read is made legible and has an end", "[session][from-server]")
{
    Waiting client;
    syncml::Alert alert;
    alert.code = syncml::AlertCode::Display;
    alert.items.resize(1000);
    alert.items.at(0).data = "closed\non \xFF\x1B[31m" + std::string(10'000, 'x');
    client.reply(fourth().command(alert).sync("contacts", "card").final());
    const auto notes = client.all<Note>();
    REQUIRE(notes.size() == 100);
    CHECK(notes.front().text.starts_with("The server says: closed on \xEF\xBF\xBD [31mxxx"));
    CHECK(notes.front().text.size() < 1100);
}

TEST_CASE("an error that quotes the server is legible", "[session][from-server]")
{
    Waiting client;
    auto reply = fourth();
    reply.header().session_id = "7\n8" + std::string(10'000, '9');
    client.reply(reply);
    REQUIRE(client.finished);
    const auto& text = client.finished->error.value().message;
    CHECK(text.starts_with("The server's reply belongs to another session (\"7 8999"));
    CHECK(text.ends_with("tell the server's operator."));
    CHECK(text.size() < 1100);
    CHECK(client.all<Conclude>().at(0).error.value().message == text);
}

TEST_CASE("an Alert that is no number is malformed, and a sync Alert comes too late", "[session][from-server]")
{
    Waiting client;
    client.reply(
        fourth().command(syncml::Alert{}).alert(205, "contacts", "card", {"", "s1"}).sync("contacts", "card").final());
    CHECK(codes(client.sent()) == std::vector<int>{400, 405, 200});
    CHECK(client.engine.statistics()[0].type == SyncType::TwoWay);
}

TEST_CASE("a client that only sends lets nothing be written", "[session][from-server]")
{
    const auto type = GENERATE(SyncType::OneWayFromClient, SyncType::RefreshFromClient);
    Waiting client(type);
    client.reply(fourth().sync("contacts", "card", {server_add("g-1"), server_delete("1")}).final());
    CHECK(codes(client.sent()) == std::vector<int>{200, 403, 403});
    CHECK(client.all<Apply>().empty());
    CHECK(counted(client) == Counters{2, 0, 0, 0, 2});
}

TEST_CASE("a Sync for an unknown database, or before the types are agreed, is refused with its items",
          "[session][from-server]")
{
    SECTION("unknown")
    {
        Waiting client;
        client.reply(fourth().sync("notes", "note", {server_add("g-1")}).final());
        CHECK(codes(client.sent()) == std::vector<int>{404, 404});
    }
    SECTION("too early")
    {
        Client client(setup());
        client.start();
        client.reply(Reply("7", 1)
                         .header_status(1)
                         .status(1, 1, "Alert", 200)
                         .alert(200, "contacts", "card", {"s900", "s901"})
                         .sync("contacts", "card", {server_add("g-1")})
                         .final());
        CHECK(codes(client.sent()) == std::vector<int>{200, 405, 405});
    }
}

TEST_CASE("a refresh is staged as such, and its items are mapped", "[session][from-server]")
{
    Waiting client(SyncType::RefreshFromServer);
    CHECK(client.all<Prepare>().at(0).type == SyncType::RefreshFromServer);
    client.reply(fourth().sync("contacts", "card", {server_add("g-1"), server_add("g-2")}).final());
    CHECK(outline(client.sent()).at(4) == "Map card [g-1=100, g-2=101]");
}

TEST_CASE("a server that sends nothing at all does not empty our store", "[session][from-server]")
{
    Waiting client(SyncType::RefreshFromServer);
    SECTION("no Sync: failed")
    {
        client.reply(fourth().final());
        CHECK(client.finished->error->code == Errc::Protocol);
        CHECK(client.all<Conclude>().at(0).error);
    }
    SECTION("an empty Sync: it is empty")
    {
        client.reply(fourth().sync("contacts", "card").final());
        client.reply(Reply("7", 3).header_status(3, 200).final());
        CHECK_FALSE(client.finished->error);
    }
}

TEST_CASE("a refresh of which no item could be stored has failed", "[session][from-server]")
{
    Waiting client(SyncType::RefreshFromServer);
    client.outcomes["g-1"] = {StatusCode::UnsupportedMediaType, ""};
    client.reply(fourth().sync("contacts", "card", {server_add("g-1")}).final());
    client.reply(Reply("7", 3).header_status(3, 200).final());
    CHECK(client.finished->error->code == Errc::Local);
}

TEST_CASE("a slow sync in which one side takes an item has not failed", "[session][from-server]")
{
    Waiting client(SyncType::Slow);
    client.outcomes["g-1"] = {StatusCode::UnsupportedMediaType, ""};
    client.reply(fourth().sync("contacts", "card", {server_add("g-1"), server_add("g-2")}).final());
    client.reply(Reply("7", 3).header_status(3, 200).final());
    CHECK_FALSE(client.finished->error);
    const auto refused = client.all<session::Quarantine>();
    REQUIRE(refused.size() == 1);
    REQUIRE(refused[0].items.size() == 1);
    const auto& item = refused[0].items[0];
    CHECK(item.from_server);
    CHECK(item.id == "g-1");
    CHECK(item.status == StatusCode::UnsupportedMediaType);
    CHECK(item.size > 0);
}

TEST_CASE("progress tells what was carried out of what the server announced", "[session][from-server]")
{
    Waiting client;
    client.reply(fourth().sync("contacts", "card", {server_add("g-1")}, 3));
    client.reply(
        Reply("7", 3).header_status(3, 200).sync("contacts", "card", {server_add("g-2"), server_add("g-3")}).final());
    const auto progress = client.all<Progress>();
    REQUIRE(progress.size() == 2);
    CHECK(progress[0].from_server);
    CHECK(progress[0].total == 3);
    CHECK(progress[0].done == 1);
    CHECK(progress[1].total == 3);
    CHECK(progress[1].done == 3);
}

TEST_CASE("NumberOfChanges is information: neither more nor less than announced does harm", "[session][from-server]")
{
    const auto announced = GENERATE(0, 1, 9);
    Waiting client;
    client.reply(
        fourth()
            .sync("contacts", "card", {server_add("g-1"), server_add("g-2")}, static_cast<std::uint64_t>(announced))
            .final());
    CHECK(client.all<Progress>().at(0).done == 2);
    CHECK(client.all<Progress>().at(0).total == (announced == 0 ? 0 : announced == 1 ? 2 : 9));
    client.reply(Reply("7", 3).header_status(3, 200).status(3, 5, "Map", 200).final());
    CHECK_FALSE(client.finished->error);
}
