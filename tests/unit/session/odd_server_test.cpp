// What servers leave out, repeat, change or put where it does not belong.

#include "crude_size.hpp"
#include "scripted.hpp"
#include "syncml/credentials.hpp"

#include <catch2/catch.hpp>

using namespace session;
using namespace scripted;
using Lines = std::vector<std::string>;

namespace {

/// The answer to message 1, open for more.
Reply first_answer()
{
    return Reply("7", 1).header_status(1).status(1, 1, "Alert", 200);
}

/// The limits of the first answer's header; 0: not stated.
void initialize_with(Client& client, std::optional<std::uint64_t> max_msg_size,
                     std::optional<std::uint64_t> max_obj_size)
{
    client.start();
    auto reply = agreed(client.sent());
    reply.header().meta.max_msg_size = max_msg_size;
    reply.header().meta.max_obj_size = max_obj_size;
    client.reply(reply);
}

std::string text(std::size_t octets)
{
    return std::string(octets, 'x');
}

} // namespace

// ---- ids ------------------------------------------------------------------------------

TEST_CASE("a command without CmdID is carried out, and gets no Status", "[session][odd]")
{
    Client client(setup());
    client.start();
    syncml::Put put;
    put.items.emplace_back().source = syncml::Location{"./devinf12", {}};
    put.items.back().data = syncml::DevInf{};
    syncml::Message reply = first_answer().command(put).alert(200, "contacts", "card", {"s900", "s901"}).final();
    std::get<syncml::Put>(reply.body.at(2)).cmd_id = 0;
    client.reply(reply);
    CHECK(client.all<SavePeerInfo>().size() == 1);
    CHECK(outline(client.sent()) == Lines{"Status 1/0 SyncHdr 200", "Status 1/4 Alert 200", "Sync card []", "Final"});
}

// ---- limits -----------------------------------------------------------------------------

TEST_CASE("a later MaxMsgSize takes the place of the earlier one", "[session][odd]")
{
    Client client(setup());
    client.changes[0] = {added("1", text(1000)), added("2", text(1000)), added("3", text(1000)),
                         added("4", text(1000))};
    initialize_with(client, 2500, {});
    CHECK(outline(client.sent()).back() == "Sync card [Add 1]");
    auto reply = Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200).status(2, 4, "Add", 201).alert(222);
    reply.header().meta.max_msg_size = 3500;
    client.reply(reply);
    CHECK(outline(client.sent()).back() == "Sync card [Add 2, Add 3]");
    CHECK(crude_size::of(client.sent()) <= 3500);
}

TEST_CASE("a known limit divides the first package, too", "[session][odd]")
{
    auto event = calendar();
    event.remote_uri = "cal/" + text(300);
    Client client(setup({contacts(), event}));
    client.start();
    auto challenge = Reply("7", 1).challenge(1, 407, "syncml:auth-md5", "bm9uY2U=").final();
    challenge.header().meta.max_msg_size = 1000;
    client.reply(challenge);
    CHECK(outline(client.sent()) == Lines{"Alert 200 card"});
    CHECK(crude_size::of(client.sent()) <= 1000);
    client.reply(Reply("7", 2).header_status(2).status(2, 1, "Alert", 200).alert(222));
    CHECK(outline(client.sent()).at(2) == "Alert 200 " + event.remote_uri);
    CHECK(client.sent().final);
}

TEST_CASE("an item larger than the server's MaxObjSize stays here", "[session][odd]")
{
    const auto limit =
        GENERATE(std::optional<std::uint64_t>(500), std::optional<std::uint64_t>(0), std::optional<std::uint64_t>());
    Client client(setup());
    client.changes[0] = {added("1", text(600)), added("2", text(400))};
    initialize_with(client, {}, limit);
    const bool limited = limit.value_or(0) > 0; // 0 and nothing at all mean no limit
    CHECK(item_commands(client.sent()).size() == (limited ? 1U : 2U));
    CHECK(client.noted("item 1 was not sent") == limited);
}

TEST_CASE("MaxObjSize in the server's Sync is that of its database", "[session][odd]")
{
    Client client(setup());
    client.changes[0] = {added("1", text(1000)), added("2", text(1600)), added("3", text(1000))};
    initialize_with(client, 2500, {});
    REQUIRE(outline(client.sent()).back() == "Sync card [Add 1]");
    syncml::Sync sync;
    sync.target.uri = "contacts";
    sync.source.uri = "card";
    sync.meta.max_obj_size = 1500;
    client.reply(Reply("7", 2)
                     .header_status(2, 200)
                     .status(2, 3, "Sync", 200)
                     .status(2, 4, "Add", 201)
                     .command(sync)
                     .alert(222));
    CHECK(client.noted("item 2 was not sent"));
    CHECK(item_commands(client.sent()).at(0).luid == "3");
}

// ---- credentials --------------------------------------------------------------------------

TEST_CASE("a nonce that is not Base64 is the octets themselves", "[session][odd]")
{
    Client client(setup());
    client.start();
    client.reply(Reply("7", 1).challenge(1, 407, "syncml:auth-md5", "n*nce!").final());
    CHECK(client.sent().header.cred.value().data.reveal() ==
          syncml::md5_credentials("alice", base::Secret("s3cret"), "n*nce!").reveal());
}

TEST_CASE("user and password go as they are, in UTF-8", "[session][odd]")
{
    auto from = setup();
    from.user = "Zoë";
    from.password = base::Secret("pässwort€");
    from.may_send_basic = true;
    Client client(std::move(from));
    client.start();
    CHECK(client.sent().header.source.name == "Zoë");
    client.reply(Reply("7", 1).challenge(1, 407, "syncml:auth-basic", "").final());
    CHECK(client.sent().header.cred.value().data.reveal() == "Wm/Dqzpww6Rzc3dvcnTigqw=");
}

// ---- Alerts ---------------------------------------------------------------------------------

TEST_CASE("a second Alert for a database is not allowed, and changes nothing", "[session][odd]")
{
    Client client(setup());
    client.start();
    client.reply(first_answer()
                     .alert(200, "contacts", "card", {"s900", "s901"})
                     .alert(201, "contacts", "card", {"s900", "s902"})
                     .final());
    CHECK(codes(client.sent()) == std::vector<int>{200, 405});
    CHECK(client.all<Prepare>().size() == 1);
    CHECK(client.all<Prepare>().at(0).type == SyncType::TwoWay);
}

TEST_CASE("an Alert of a sync that names no database is not supported", "[session][odd]")
{
    Client client(setup());
    client.start();
    client.reply(first_answer().alert(200).alert(200, "contacts", "card", {"s900", "s901"}).final());
    CHECK(codes(client.sent()) == std::vector<int>{406, 200});
    CHECK_FALSE(client.finished);
}

// ---- Status -----------------------------------------------------------------------------------

TEST_CASE("a server that answers the items and neither Alert nor Sync is believed", "[session][odd]")
{
    Client client(setup());
    client.changes[0] = {added("1")};
    client.start();
    client.reply(Reply("7", 1).header_status(1).alert(200, "contacts", "card", {"s900", "s901"}).final());
    client.reply(Reply("7", 2).header_status(2, 200).status(2, 4, "Add", 201).sync("contacts", "card").final());
    while (client.send && !client.finished)
        client.reply(Reply("7", client.sent().header.msg_id).header_status(client.sent().header.msg_id, 200).final());
    CHECK_FALSE(client.finished->error);
    CHECK_FALSE(client.engine.statistics().at(0).error);
    CHECK(client.engine.statistics().at(0).to_server.added == 1);
}

TEST_CASE("the Status of a Sync may come a message after those of its items", "[session][odd]")
{
    const auto [code, ends_well] = GENERATE(table<int, bool>({{200, true}, {403, false}}));
    Client client(setup());
    client.changes[0] = {added("1")};
    client.initialize();
    client.reply(Reply("7", 2).header_status(2, 200).status(2, 4, "Add", 201).alert(222));
    REQUIRE(client.send);
    const auto third = client.sent().header.msg_id;
    client.reply(
        Reply("7", third).header_status(third, 200).status(2, 3, "Sync", code).sync("contacts", "card").final());
    while (client.send && !client.finished)
        client.reply(Reply("7", client.sent().header.msg_id).header_status(client.sent().header.msg_id, 200).final());
    CHECK(client.engine.statistics().at(0).error.has_value() != ends_well);
}

TEST_CASE("any answer to our Get for device information will do", "[session][odd]")
{
    const auto code = GENERATE(404, 500, 501, 510);
    auto from = setup();
    from.get_devinf = true;
    Client client(std::move(from));
    client.start();
    REQUIRE(outline(client.sent()).at(1) == "Get");
    client.reply(Reply("7", 1)
                     .header_status(1)
                     .status(1, 1, "Alert", 200)
                     .status(1, 2, "Get", code)
                     .alert(200, "contacts", "card", {"s900", "s901"})
                     .final());
    CHECK(outline(client.sent()).back() == "Final");
    CHECK_FALSE(client.finished);
}

// ---- commands in the wrong place --------------------------------------------------------------------

TEST_CASE("a Sequence or Atomic outside of a Sync is not allowed, and neither is what it holds", "[session][odd]")
{
    Client client(setup());
    client.start();
    syncml::Group group;
    group.kind = GENERATE(syncml::GroupKind::Sequence, syncml::GroupKind::Atomic);
    group.commands.emplace_back(server_add("g-1"));
    std::get<syncml::ItemCommand>(group.commands.back()).cmd_id = 9;
    client.reply(first_answer().command(group).alert(200, "contacts", "card", {"s900", "s901"}).final());
    CHECK(codes(client.sent()) == std::vector<int>{405, 405, 200});
    CHECK(client.all<Apply>().empty());
    CHECK_FALSE(client.finished);
}

TEST_CASE("a query in the database's address goes as the profile has it", "[session][odd]")
{
    auto from = setup();
    from.services.at(0).remote_uri = "card?/dev=phone&cat=private";
    Client client(std::move(from));
    client.start();
    CHECK(commands<syncml::Alert>(client.sent()).at(0).items.at(0).target->uri == "card?/dev=phone&cat=private");
    client.reply(first_answer().alert(200, "contacts", "card?/dev=phone&cat=private", {"s900", "s901"}).final());
    CHECK(commands<syncml::Sync>(client.sent()).at(0).target.uri == "card?/dev=phone&cat=private");
}
