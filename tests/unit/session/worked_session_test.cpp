// The worked sessions of the protocol, message by message. What the client sends is
// compared as a whole; left out are TargetRef and SourceRef of the header's Status,
// which the examples spare themselves.

#include "scripted.hpp"

#include <catch2/catch.hpp>

using namespace session;
using namespace scripted;
using Lines = std::vector<std::string>;

namespace {

const syncml::Status& status_at(const syncml::Message& message, std::size_t index)
{
    return std::get<syncml::Status>(message.body.at(index));
}

std::string echoed_anchor(const syncml::Status& status)
{
    return std::get<syncml::Anchor>(status.items.at(0).data).next;
}

} // namespace

TEST_CASE("worked session A: two-way, two services, MD5 challenge, device information", "[session][worked]")
{
    auto from = setup({contacts(), calendar()});
    from.first_scheme = AuthScheme::None;
    from.put_devinf = true;
    from.get_devinf = true;
    Client client(std::move(from));
    client.changes[0] = {updated("17"), added("52")};
    client.changes[1] = {removed("9")};
    client.outcomes["g-3001"] = {syncml::StatusCode::ItemAdded, "53"};

    client.start();
    const auto first = client.sent();
    CHECK(outline(first) == Lines{"Alert 200 card", "Alert 200 cal", "Put", "Get", "Final"});
    CHECK(first.header.session_id == "7");
    CHECK(first.header.msg_id == 1);
    CHECK(first.header.target.uri == server);
    CHECK(first.header.source == syncml::Location{device, "alice"});
    CHECK(first.header.meta.max_msg_size == 65536);
    CHECK(first.header.meta.max_obj_size == 4194304);
    CHECK_FALSE(first.header.cred);
    const auto alerts = commands<syncml::Alert>(first);
    CHECK(alerts[0].cmd_id == 1);
    CHECK(alerts[0].items[0].meta.anchor == syncml::Anchor{"c41", "c42"});
    CHECK(alerts[1].items[0].meta.anchor == syncml::Anchor{"k41", "k42"});
    CHECK(alerts[1].items[0].source->uri == "calendar");

    client.reply(Reply("7", 1)
                     .challenge(1, 407, "syncml:auth-md5", "ABEiM0RVZneImaq7zN3u/w==")
                     .status(1, 1, "Alert", 407)
                     .status(1, 2, "Alert", 407)
                     .status(1, 3, "Put", 407)
                     .status(1, 4, "Get", 407)
                     .final());
    CHECK(client.sent().body == first.body);
    CHECK(client.sent().final);
    CHECK(client.sent().header.session_id == "7");
    CHECK(client.sent().header.msg_id == 2);
    CHECK(client.sent().header.cred->meta.type == "syncml:auth-md5");
    CHECK(client.sent().header.cred->meta.format == "b64");
    CHECK(client.sent().header.cred->data.reveal() == "8ILN4ezn6DpzB/JnrvSK1A==");

    Reply second("7", 2);
    second.challenge(2, 212, "syncml:auth-md5", "Dx4tPEtaaXiHlqW0w9Lh8A==")
        .status(2, 1, "Alert", 200)
        .status(2, 2, "Alert", 200)
        .status(2, 3, "Put", 200)
        .status(2, 4, "Get", 200);
    syncml::Results results;
    results.msg_ref = 2;
    results.cmd_ref = 4;
    syncml::DevInf devinf;
    devinf.model = "refserver";
    devinf.number_of_changes = true;
    results.items.emplace_back().source = syncml::Location{"./devinf12", {}};
    results.items.back().data = devinf;
    second.command(results)
        .alert(200, "contacts", "card", {"s900", "s901"})
        .alert(200, "calendar", "cal", {"s900", "s901"})
        .final();
    second.header().meta.max_msg_size = 65536;
    client.reply(second);
    CHECK(outline(client.sent()) == Lines{"Status 2/0 SyncHdr 200", "Status 2/6 Results 200", "Status 2/7 Alert 200",
                                          "Status 2/8 Alert 200", "Sync card [Replace 17, Add 52]",
                                          "Sync cal [Delete 9]", "Final"});
    CHECK(client.sent().header.msg_id == 3);
    CHECK_FALSE(client.sent().header.cred);
    CHECK(status_at(client.sent(), 1).source_refs == Lines{"./devinf12"});
    CHECK(status_at(client.sent(), 2).target_refs == Lines{"contacts"});
    CHECK(status_at(client.sent(), 2).source_refs == Lines{"card"});
    CHECK(echoed_anchor(status_at(client.sent(), 2)) == "s901");
    const auto syncs = commands<syncml::Sync>(client.sent());
    CHECK(syncs[0].cmd_id == 5);
    CHECK(syncs[0].source.uri == "contacts");
    CHECK(syncs[0].number_of_changes == 2);
    CHECK(std::get<syncml::ItemCommand>(syncs[0].commands[1]).cmd_id == 7);
    CHECK(std::get<syncml::ItemCommand>(syncs[0].commands[0]).meta.type == "text/vcard");
    CHECK(syncs[1].cmd_id == 8);
    CHECK(syncs[1].number_of_changes == 1);
    CHECK(client.send->luids == std::vector<std::pair<ServiceIndex, std::string>>{{0, "17"}, {0, "52"}, {1, "9"}});

    client.reply(Reply("7", 3)
                     .header_status(3, 200)
                     .status(3, 5, "Sync", 200)
                     .status(3, 6, "Replace", 200)
                     .status(3, 7, "Add", 201)
                     .status(3, 8, "Sync", 200)
                     .status(3, 9, "Delete", 200)
                     .sync("contacts", "card", {server_add("g-3001"), server_delete("23")}, 2)
                     .sync("calendar", "cal", {server_replace("4")}, 1)
                     .final());
    CHECK(outline(client.sent()) == Lines{"Status 3/0 SyncHdr 200", "Status 3/7 Sync 200", "Status 3/8 Add 201",
                                          "Status 3/9 Delete 200", "Status 3/10 Sync 200", "Status 3/11 Replace 200",
                                          "Map card [g-3001=53]", "Final"});
    CHECK(status_at(client.sent(), 2).source_refs == Lines{"g-3001"});
    CHECK(status_at(client.sent(), 2).target_refs.empty());
    CHECK(status_at(client.sent(), 3).target_refs == Lines{"23"});

    client.reply(Reply("7", 4).header_status(4, 200).status(4, 7, "Map", 200).final());
    REQUIRE(client.finished);
    CHECK_FALSE(client.finished->error);
    CHECK_FALSE(client.send);

    const auto concluded = client.all<Conclude>();
    REQUIRE(concluded.size() == 2);
    CHECK(concluded[0].own_next == "c42");
    CHECK(concluded[0].peer_next == "s901");
    CHECK(concluded[1].own_next == "k42");
    CHECK_FALSE(concluded[0].error);
    const auto nonces = client.all<SaveNonce>();
    REQUIRE(nonces.size() == 2);
    CHECK(nonces[1].nonce == "Dx4tPEtaaXiHlqW0w9Lh8A==");
    CHECK(client.all<SavePeerInfo>().at(0).devinf.model == "refserver");
    CHECK(client.all<ConfirmMaps>().at(0).maps == std::vector<syncml::MapItem>{{"g-3001", "53"}});

    const auto& statistics = client.engine.statistics();
    CHECK(statistics[0].to_server == Counters{2, 1, 1, 0, 0});
    CHECK(statistics[0].from_server == Counters{2, 1, 0, 1, 0});
    CHECK(statistics[1].to_server == Counters{1, 0, 0, 1, 0});
    CHECK(statistics[1].from_server == Counters{1, 0, 1, 0, 0});
}

TEST_CASE("worked session B: the server forces a slow sync", "[session][worked]")
{
    auto service = contacts();
    service.own_last = "c42";
    service.own_next = "c43";
    service.peer_last = "s901";
    service.pending_maps = {{"g-old", "1"}};
    auto from = setup({service});
    from.session_id = 8;
    from.nonce = "Dx4tPEtaaXiHlqW0w9Lh8A==";
    from.peer_devinf.emplace().number_of_changes = true;
    Client client(std::move(from));
    client.changes[0] = {added("17"), added("53")};
    client.outcomes["g-88"] = {syncml::StatusCode::ItemAdded, "54"};

    client.start();
    CHECK(client.sent().header.cred->data.reveal() == "L8ls6q/z0PwSoGpRdh3W5g==");
    CHECK(outline(client.sent()) == Lines{"Alert 200 card", "Final"});

    client.reply(Reply("8", 1)
                     .challenge(1, 212, "syncml:auth-md5", "oKGio6SlpqeoqaqrrK2urw==")
                     .status(1, 1, "Alert", 508)
                     .alert(201, "contacts", "card", {"s1", "s2"})
                     .final());
    CHECK(outline(client.sent()) ==
          Lines{"Status 1/0 SyncHdr 200", "Status 1/3 Alert 200", "Sync card [Replace 17, Replace 53]", "Final"});
    CHECK(echoed_anchor(status_at(client.sent(), 1)) == "s2");
    CHECK(commands<syncml::Sync>(client.sent())[0].number_of_changes == 2);
    CHECK(client.all<Prepare>().at(0).type == SyncType::Slow);
    CHECK(client.noted("slow sync, because the server asks for it"));

    client.reply(Reply("8", 2)
                     .header_status(2, 200)
                     .status(2, 3, "Sync", 200)
                     .status(2, 4, "Replace", 200)
                     .status(2, 5, "Replace", 207)
                     .sync("contacts", "card", {server_replace("53"), server_add("g-88")}, 2)
                     .final());
    CHECK(outline(client.sent()) == Lines{"Status 2/0 SyncHdr 200", "Status 2/5 Sync 200", "Status 2/6 Replace 200",
                                          "Status 2/7 Add 201", "Map card [g-88=54]", "Final"});

    client.reply(Reply("8", 3).header_status(3, 200).status(3, 5, "Map", 200).final());
    REQUIRE(client.finished);
    CHECK_FALSE(client.finished->error);
    CHECK(client.all<Conclude>().at(0).type == SyncType::Slow);
    CHECK(client.all<Conclude>().at(0).peer_next == "s2");
    CHECK(client.engine.statistics()[0].to_server == Counters{2, 0, 2, 0, 0});
    CHECK(client.engine.statistics()[0].from_server == Counters{2, 1, 1, 0, 0});
}

TEST_CASE("worked session C: refresh from the server, whose package comes in two messages", "[session][worked]")
{
    auto service = contacts(SyncType::RefreshFromServer);
    service.own_last = "c43";
    service.own_next = "c44";
    service.peer_last = "s2";
    auto from = setup({service});
    from.session_id = 9;
    from.nonce = "oKGio6SlpqeoqaqrrK2urw==";
    from.peer_devinf.emplace().number_of_changes = true;
    Client client(std::move(from));
    client.outcomes["g-88"] = {syncml::StatusCode::ItemAdded, "61"};
    client.outcomes["g-12"] = {syncml::StatusCode::ItemAdded, "62"};

    client.start();
    CHECK(client.sent().header.cred->data.reveal() == "VxJzTz2X0QC9XTuyJl+LZg==");
    CHECK(outline(client.sent()) == Lines{"Alert 205 card", "Final"});
    CHECK(commands<syncml::Alert>(client.sent())[0].items[0].meta.anchor == syncml::Anchor{"c43", "c44"});

    client.reply(Reply("9", 1)
                     .challenge(1, 212, "syncml:auth-md5", "wMHCw8TFxsfIycrLzM3Ozw==")
                     .status(1, 1, "Alert", 200)
                     .alert(205, "contacts", "card", {"s2", "s3"})
                     .final());
    CHECK(outline(client.sent()) == Lines{"Status 1/0 SyncHdr 200", "Status 1/3 Alert 200", "Sync card []", "Final"});
    CHECK(commands<syncml::Sync>(client.sent())[0].number_of_changes == 0);

    client.reply(Reply("9", 2)
                     .header_status(2, 200)
                     .status(2, 3, "Sync", 200)
                     .sync("contacts", "card", {server_add("g-88")}, 2));
    CHECK(outline(client.sent()) == Lines{"Status 2/0 SyncHdr 200", "Status 2/3 Sync 200", "Status 2/4 Add 201",
                                          std::string("Alert 222 ") + server});
    CHECK(commands<syncml::Alert>(client.sent())[0].items[0].source->uri == device);

    client.reply(Reply("9", 3)
                     .header_status(3, 200)
                     .status(3, 4, "Alert", 200)
                     .sync("contacts", "card", {server_add("g-12")})
                     .final());
    CHECK(outline(client.sent()) == Lines{"Status 3/0 SyncHdr 200", "Status 3/3 Sync 200", "Status 3/4 Add 201",
                                          "Map card [g-88=61, g-12=62]", "Final"});

    client.reply(Reply("9", 4).header_status(4, 200).status(4, 4, "Map", 200).final());
    REQUIRE(client.finished);
    CHECK_FALSE(client.finished->error);
    CHECK(client.engine.statistics()[0].from_server == Counters{2, 2, 0, 0, 0});
}
