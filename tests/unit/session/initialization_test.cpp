#include "scripted.hpp"

#include <catch2/catch.hpp>

using namespace session;
using namespace scripted;
using base::Errc;
using Lines = std::vector<std::string>;

namespace {

std::optional<base::Error> error_of(const Client& client, ServiceIndex service = 0)
{
    return client.engine.statistics().at(service).error;
}

/// Status for the Alert of message 1, the server's Alert, Final.
Reply alerted(int status, int code, syncml::Anchor anchor)
{
    return Reply("7", 1)
        .header_status(1)
        .status(1, 1, "Alert", status)
        .alert(code, "contacts", "card", std::move(anchor))
        .final();
}

} // namespace

TEST_CASE("every type is alerted with its code and our anchors", "[session][initialization]")
{
    const auto [type, code] = GENERATE(table<SyncType, int>({{SyncType::TwoWay, 200},
                                                             {SyncType::Slow, 201},
                                                             {SyncType::OneWayFromClient, 202},
                                                             {SyncType::RefreshFromClient, 203},
                                                             {SyncType::OneWayFromServer, 204},
                                                             {SyncType::RefreshFromServer, 205}}));
    Client client(setup({contacts(type)}));
    client.start();
    const auto alert = commands<syncml::Alert>(client.sent()).at(0);
    CHECK(static_cast<int>(*alert.code) == code);
    CHECK(alert.items.at(0).meta.anchor == syncml::Anchor{"c41", "c42"});
    CHECK(client.sent().final);
    CHECK(client.all<Note>().empty());
}

TEST_CASE("the first two-way sync is slow, and the report says why", "[session][initialization]")
{
    auto service = contacts();
    service.own_last.clear();
    service.peer_last.clear();
    Client client(setup({service}));
    client.start();
    CHECK(outline(client.sent()) == Lines{"Alert 201 card", "Final"});
    CHECK(commands<syncml::Alert>(client.sent()).at(0).items.at(0).meta.anchor == syncml::Anchor{"", "c42"});
    CHECK(client.noted("no completed sync to go on from"));
    client.reply(alerted(200, 201, {"", "s1"}));
    CHECK(client.all<Prepare>().at(0).type == SyncType::Slow);
    CHECK(client.engine.statistics()[0].type == SyncType::Slow);
}

TEST_CASE("the message of Alerts that asked for the session is answered first", "[session][initialization]")
{
    auto from = setup();
    from.server_alerts =
        session::ServerAlerts{1, "/", "srv1", {{2, "./contacts", "card"}, {2, "", "card2"}, {3, "", "cal"}}};
    Client client(std::move(from));
    client.start();
    CHECK(outline(client.sent()) ==
          Lines{"Status 1/0 SyncHdr 200", "Status 1/2 Alert 200", "Status 1/3 Alert 200", "Alert 200 card", "Final"});
    const auto statuses = commands<syncml::Status>(client.sent());
    CHECK(statuses.at(0).target_refs == std::vector<std::string>{"/"});
    CHECK(statuses.at(0).source_refs == std::vector<std::string>{"srv1"});
    CHECK(statuses.at(1).target_refs == std::vector<std::string>{"./contacts"});
    CHECK(statuses.at(1).source_refs == std::vector<std::string>{"card", "card2"});
    CHECK(statuses.at(2).source_refs == std::vector<std::string>{"cal"});

    // Refused, the whole message comes again.
    client.reply(scripted::Reply("7", 1).challenge(1, 407, "syncml:auth-md5", "bm9uY2U=").final());
    CHECK(client.sent().header.msg_id == 2);
    CHECK(outline(client.sent()).size() == 5);
    // From then on there is nothing left of it.
    client.reply(scripted::agreed(client.sent()));
    CHECK(commands<syncml::Status>(client.sent()).at(0).msg_ref == 2);
}

TEST_CASE("the server is given its nonce once, with the answer to its first header", "[session][initialization]")
{
    auto from = setup();
    from.server_nonce = "bm9uY2U=";
    Client client(std::move(from));
    client.start();
    client.reply(scripted::Reply("7", 1).challenge(1, 407, "syncml:auth-md5", "bm9uY2U=").final());
    CHECK(client.all<session::GiveServerNonce>().empty()); // there was no answer
    client.reply(scripted::agreed(client.sent()));
    const auto status = commands<syncml::Status>(client.sent()).at(0);
    REQUIRE(status.chal);
    CHECK(status.chal->type == "syncml:auth-md5");
    CHECK(status.chal->format == "b64");
    CHECK(status.chal->next_nonce == "bm9uY2U=");
    CHECK(client.all<session::GiveServerNonce>().size() == 1);
    for (const auto& other : commands<syncml::Status>(client.sent()))
        CHECK((other.cmd_ref == 0 || !other.chal));
}

TEST_CASE("device information goes out and is asked for when the setup says so", "[session][initialization]")
{
    auto from = setup();
    from.put_devinf = true;
    Client client(std::move(from));
    client.start();
    CHECK(outline(client.sent()) == Lines{"Alert 200 card", "Put", "Final"});
    const auto put = commands<syncml::Put>(client.sent()).at(0);
    CHECK(put.meta.type == "application/vnd.syncml-devinf+xml");
    CHECK(put.items.at(0).source->uri == "./devinf12");
    CHECK(std::get<syncml::DevInf>(put.items.at(0).data).device_id == device);
}

TEST_CASE("the server's Get of our device information is answered", "[session][initialization]")
{
    Client client(setup());
    client.start();
    auto reply = Reply("7", 1).header_status(1).status(1, 1, "Alert", 200);
    syncml::Get get;
    get.items.emplace_back().target = syncml::Location{"./devinf12", {}};
    reply.alert(200, "contacts", "card", {"s900", "s901"}).command(get).final();
    client.reply(reply);
    CHECK(outline(client.sent()) == Lines{"Status 1/0 SyncHdr 200", "Status 1/3 Alert 200", "Status 1/4 Get 200",
                                          "Results", "Sync card []", "Final"});
    const auto results = commands<syncml::Results>(client.sent()).at(0);
    CHECK(results.msg_ref == 1);
    CHECK(results.cmd_ref == 4);
    CHECK(std::get<syncml::DevInf>(results.items.at(0).data).device_id == device);
}

TEST_CASE("a Get of anything else is not found", "[session][initialization]")
{
    Client client(setup());
    client.start();
    auto reply = Reply("7", 1).header_status(1).status(1, 1, "Alert", 200);
    syncml::Get get;
    get.items.emplace_back().target = syncml::Location{"./phonebook", {}};
    client.reply(reply.command(get).alert(200, "contacts", "card", {"s900", "s901"}).final());
    CHECK(codes(client.sent()) == std::vector<int>{404, 200});
    CHECK(commands<syncml::Results>(client.sent()).empty());
}

TEST_CASE("device information that the server puts is kept and decides about NumberOfChanges",
          "[session][initialization]")
{
    const bool counts = GENERATE(true, false);
    Client client(setup());
    client.changes[0] = {added("1")};
    client.start();
    syncml::Put put;
    put.items.emplace_back().source = syncml::Location{"./devinf12", {}};
    syncml::DevInf devinf;
    devinf.number_of_changes = counts;
    put.items.back().data = devinf;
    client.reply(Reply("7", 1)
                     .header_status(1)
                     .status(1, 1, "Alert", 200)
                     .command(put)
                     .alert(200, "contacts", "card", {"s900", "s901"})
                     .final());
    CHECK(codes(client.sent()) == std::vector<int>{200, 200});
    CHECK(client.all<SavePeerInfo>().at(0).devinf == devinf);
    CHECK(commands<syncml::Sync>(client.sent()).at(0).number_of_changes.has_value() == counts);
}

TEST_CASE("a Put of anything else is refused", "[session][initialization]")
{
    Client client(setup());
    client.start();
    syncml::Put put;
    put.items.emplace_back().data = std::string("hello");
    client.reply(Reply("7", 1)
                     .header_status(1)
                     .status(1, 1, "Alert", 200)
                     .command(put)
                     .alert(200, "contacts", "card", {"s900", "s901"})
                     .final());
    CHECK(codes(client.sent()) == std::vector<int>{404, 200});
    CHECK(client.all<SavePeerInfo>().empty());
}

TEST_CASE("an unknown database fails its service by name, and the others go on", "[session][initialization]")
{
    Client client(setup({contacts(), calendar()}));
    client.start();
    client.reply(Reply("7", 1)
                     .header_status(1)
                     .status(1, 1, "Alert", 404)
                     .status(1, 2, "Alert", 200)
                     .alert(200, "calendar", "cal", {"s900", "s901"})
                     .final());
    CHECK(error_of(client)->code == Errc::DatabaseNotFound);
    CHECK(error_of(client)->message.find("\"card\"") != std::string::npos);
    CHECK(error_of(client)->message.find("ServerDatabaseUri") != std::string::npos);
    REQUIRE(client.send);
    CHECK(outline(client.sent()).at(2) == "Sync cal []");

    client.reply(Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200).final());
    REQUIRE(client.finished);
    CHECK(client.finished->error->code == Errc::DatabaseNotFound);
    const auto concluded = client.all<Conclude>();
    CHECK(concluded.at(0).error->code == Errc::DatabaseNotFound);
    CHECK_FALSE(concluded.at(1).error);
    CHECK(client.all<Prepare>().size() == 1);
}

TEST_CASE("with no service left the session ends without another message", "[session][initialization]")
{
    Client client(setup());
    client.start();
    client.reply(Reply("7", 1).header_status(1).status(1, 1, "Alert", 404).final());
    REQUIRE(client.finished);
    CHECK(client.all<Send>().size() == 1);
    CHECK(client.all<Conclude>().size() == 1);
}

TEST_CASE("a refused Alert fails its service", "[session][initialization]")
{
    const auto code = GENERATE(403, 406, 415, 500, 510, 512, 514);
    Client client(setup());
    client.start();
    client.reply(Reply("7", 1).header_status(1).status(1, 1, "Alert", code).final());
    CHECK(client.finished->error->code == Errc::Server);
    CHECK(client.finished->error->message.find(std::to_string(code)) != std::string::npos);
}

TEST_CASE("a server that accepts an Alert but sends none of its own breaks the protocol", "[session][initialization]")
{
    Client client(setup());
    client.start();
    client.reply(Reply("7", 1).header_status(1).status(1, 1, "Alert", 200).final());
    CHECK(client.finished->error->code == Errc::Protocol);
}

TEST_CASE("a two-way sync that the server makes slow is obeyed, whatever its Status says", "[session][initialization]")
{
    const auto status = GENERATE(508, 200);
    Client client(setup());
    client.changes[0] = {added("1")};
    client.start();
    client.reply(alerted(status, 201, {"", "s1"}));
    CHECK(outline(client.sent()) ==
          Lines{"Status 1/0 SyncHdr 200", "Status 1/3 Alert 200", "Sync card [Replace 1]", "Final"});
    CHECK(client.all<Prepare>().at(0).type == SyncType::Slow);
    CHECK(client.noted("slow sync"));
}

TEST_CASE("no other type than the one asked for is obeyed", "[session][initialization]")
{
    using T = SyncType;
    const auto [asked, proposed] = GENERATE(table<SyncType, int>({{T::TwoWay, 202},
                                                                  {T::TwoWay, 203},
                                                                  {T::TwoWay, 204},
                                                                  {T::TwoWay, 205},
                                                                  {T::OneWayFromClient, 200},
                                                                  {T::OneWayFromClient, 201},
                                                                  {T::OneWayFromClient, 203},
                                                                  {T::RefreshFromClient, 201},
                                                                  {T::OneWayFromServer, 201},
                                                                  {T::OneWayFromServer, 205},
                                                                  {T::RefreshFromServer, 201}}));
    Client client(setup({contacts(asked), calendar()}));
    client.start();
    client.reply(Reply("7", 1)
                     .header_status(1)
                     .status(1, 1, "Alert", 508)
                     .status(1, 2, "Alert", 200)
                     .alert(proposed, "contacts", "card", {"", "s1"})
                     .alert(200, "calendar", "cal", {"s900", "s901"})
                     .final());
    CHECK(error_of(client)->code == Errc::DirectionRefused);
    CHECK(codes(client.sent()) == std::vector<int>{403, 200});
    CHECK(client.all<Prepare>().size() == 1);
    CHECK(outline(client.sent()).at(3) == "Sync cal []");
}

TEST_CASE("the refusal of a replacement says what would have been lost and what to do", "[session][initialization]")
{
    const auto [type, code, words] =
        GENERATE(table<SyncType, int, std::string>({{SyncType::OneWayFromClient, 203, "replace its whole content"},
                                                    {SyncType::OneWayFromServer, 205, "replace our whole content"}}));
    auto service = contacts(type);
    service.own_last.clear();
    service.peer_last.clear();
    Client client(setup({service}));
    client.start();
    client.reply(alerted(508, code, {"", "s1"}));
    REQUIRE(client.finished);
    CHECK(client.finished->error->code == Errc::DirectionRefused);
    CHECK(client.finished->error->message.find(words) != std::string::npos);
    CHECK(client.finished->error->message.find("Run one SLOW sync") != std::string::npos);
    CHECK(client.all<Send>().size() == 1);
}

TEST_CASE("a one-way sync without anchors runs where the server agrees", "[session][initialization]")
{
    auto service = contacts(SyncType::OneWayFromClient);
    service.own_last.clear();
    service.peer_last.clear();
    Client client(setup({service}));
    client.changes[0] = {added("1")};
    client.start();
    client.reply(alerted(200, 202, {"", "s1"}));
    CHECK(outline(client.sent()).at(2) == "Sync card [Add 1]");
}

TEST_CASE("a server whose last session is not ours is told 508, and the sync becomes slow", "[session][initialization]")
{
    const auto last = GENERATE(std::string("s899"), std::string(), std::string("S900"));
    auto service = contacts();
    service.pending_maps = {{"g-1", "1"}};
    Client client(setup({service}));
    client.changes[0] = {added("1"), added("2")};
    client.start();
    client.reply(alerted(200, 200, {last, "s901"}));
    CHECK(outline(client.sent()) == Lines{"Status 1/0 SyncHdr 200", "Status 1/3 Alert 508", "Alert 201 card",
                                          "Sync card [Replace 1, Replace 2]", "Final"});
    CHECK(client.all<Prepare>().at(0).type == SyncType::Slow);
    CHECK(client.noted(last.empty() ? "does not tell which was its last session" : "not the one that we remember"));

    // SyncEvolution's server answers the second Alert with 403, and yet runs a slow sync.
    const auto second = GENERATE(200, 403, 405);
    auto reply = Reply("7", 2)
                     .header_status(2, 200)
                     .status(2, 3, "Alert", second)
                     .status(2, 4, "Sync", 200)
                     .status(2, 5, "Replace", 200)
                     .status(2, 6, "Replace", 201);
    client.reply(reply.sync("contacts", "card").final());
    REQUIRE(client.send);
    client.reply(Reply("7", 3).header_status(3, 200).final());
    CHECK_FALSE(client.finished->error);
    CHECK(client.all<Conclude>().at(0).peer_next == "s901");
}

TEST_CASE("the server may answer our second Alert with its own", "[session][initialization]")
{
    Client client(setup());
    client.start();
    client.reply(alerted(200, 200, {"other", "s901"}));
    client.reply(Reply("7", 2)
                     .header_status(2, 200)
                     .status(2, 3, "Alert", 200)
                     .status(2, 4, "Sync", 200)
                     .alert(201, "contacts", "card", {"", "s902"})
                     .sync("contacts", "card")
                     .final());
    CHECK(codes(client.sent()) == std::vector<int>{200, 200});
    client.reply(Reply("7", 3).header_status(3, 200).final());
    CHECK(client.all<Conclude>().at(0).peer_next == "s902");
}

TEST_CASE("a mismatch of anchors ends a one-way sync and does not matter to a refresh", "[session][initialization]")
{
    SECTION("one-way")
    {
        const auto [type, code] =
            GENERATE(table<SyncType, int>({{SyncType::OneWayFromClient, 202}, {SyncType::OneWayFromServer, 204}}));
        Client client(setup({contacts(type)}));
        client.start();
        client.reply(alerted(200, code, {"other", "s901"}));
        CHECK(client.finished->error->code == Errc::DirectionRefused);
    }
    SECTION("one-way beside another service")
    {
        // 508 would promise a slow sync or a refresh.
        Client client(setup({contacts(SyncType::OneWayFromClient), calendar()}));
        client.start();
        client.reply(Reply("7", 1)
                         .header_status(1)
                         .status(1, 1, "Alert", 200)
                         .status(1, 2, "Alert", 200)
                         .alert(202, "contacts", "card", {"other", "s901"})
                         .alert(200, "calendar", "cal", {"s900", "s901"})
                         .final());
        CHECK(codes(client.sent()) == std::vector<int>{403, 200});
        CHECK(commands<syncml::Alert>(client.sent()).empty());
    }
    SECTION("refresh")
    {
        const auto [type, code] = GENERATE(table<SyncType, int>(
            {{SyncType::Slow, 201}, {SyncType::RefreshFromClient, 203}, {SyncType::RefreshFromServer, 205}}));
        Client client(setup({contacts(type)}));
        client.start();
        client.reply(alerted(200, code, {"other", "s901"}));
        CHECK(codes(client.sent()) == std::vector<int>{200});
    }
}

TEST_CASE("a mismatch in a one-way sync is not answered by 508, which would have to come with an Alert",
          "[session][initialization]")
{
    Client client(setup({contacts(SyncType::OneWayFromServer), calendar()}));
    client.start();
    client.reply(Reply("7", 1)
                     .header_status(1)
                     .status(1, 1, "Alert", 200)
                     .status(1, 2, "Alert", 200)
                     .alert(204, "contacts", "card", {"other", "s901"})
                     .alert(200, "calendar", "cal", {"s900", "s901"})
                     .final());
    CHECK(codes(client.sent()) == std::vector<int>{403, 200});
}

TEST_CASE("a one-way sync whose last session the server alone has ended goes on from that", "[session][initialization]")
{
    const auto [type, code, other] = GENERATE(table<SyncType, int, int>({{SyncType::OneWayFromClient, 202, 203},
                                                                         {SyncType::OneWayFromServer, 204, 205},
                                                                         {SyncType::OneWayFromClient, 202, 202}}));
    auto service = contacts(type);
    service.tried_own = "c41b";
    service.tried_peer = "s900b";
    Client client(setup({service}));
    client.start();
    CHECK(commands<syncml::Alert>(client.sent()).at(0).items.at(0).meta.anchor == syncml::Anchor{"c41", "c42"});
    client.reply(alerted(other == code ? 200 : 508, other, {"s900b", "s901"}));
    // In another session, with the anchors of that one.
    REQUIRE_FALSE(client.finished);
    CHECK(client.sent().header.session_id == "8");
    CHECK(client.sent().header.msg_id == 1);
    CHECK(commands<syncml::Alert>(client.sent()).at(0).items.at(0).meta.anchor == syncml::Anchor{"c41b", "c42"});
    CHECK(client.noted("going on from that"));

    SECTION("which the server knows")
    {
        client.reply(Reply("8", 1)
                         .header_status(1)
                         .status(1, 1, "Alert", 200)
                         .alert(code, "contacts", "card", {"s900b", "s902"})
                         .final());
        CHECK(client.all<Prepare>().at(0).type == type);
        CHECK_FALSE(client.finished);
    }
    SECTION("which it does not know either")
    {
        client.reply(Reply("8", 1)
                         .header_status(1)
                         .status(1, 1, "Alert", 508)
                         .alert(code + 1, "contacts", "card", {"else", "s902"})
                         .final());
        REQUIRE(client.finished);
        CHECK(client.finished->error->code == Errc::DirectionRefused);
        CHECK(client.all<Prepare>().empty());
    }
}

TEST_CASE("anchors are kept before the server can take a one-way session for good", "[session][initialization]")
{
    SECTION("from the client: before anything is sent")
    {
        Client client(setup({contacts(SyncType::OneWayFromClient)}));
        client.initialize();
        const auto tried = client.all<TryAnchors>();
        REQUIRE(tried.size() == 1);
        CHECK(tried[0].own_next == "c42");
        CHECK(tried[0].peer_next == "s901");
    }
    SECTION("from the server: when all that came is stored")
    {
        Client client(setup({contacts(SyncType::OneWayFromServer)}));
        client.initialize();
        CHECK(client.all<TryAnchors>().empty());
        client.reply(Reply("7", 2)
                         .header_status(2, 200)
                         .status(2, 3, "Sync", 200)
                         .sync("contacts", "card", {server_add("g-1")})
                         .final());
        CHECK(client.all<TryAnchors>().size() == 1);
    }
    SECTION("not in a sync that can become slow")
    {
        Client client(setup());
        client.initialize();
        client.reply(Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200).sync("contacts", "card").final());
        CHECK(client.all<TryAnchors>().empty());
    }
}

TEST_CASE("an Alert without anchors is a mismatch", "[session][initialization]")
{
    Client client(setup());
    client.start();
    syncml::Alert alert;
    alert.code = syncml::AlertCode::TwoWay;
    alert.items.emplace_back().target = syncml::Location{"contacts", {}};
    client.reply(Reply("7", 1).header_status(1).status(1, 1, "Alert", 200).command(alert).final());
    CHECK(codes(client.sent()) == std::vector<int>{508});
}

TEST_CASE("a server that never has anchors is compared with each time", "[session][initialization]")
{
    auto service = contacts();
    service.peer_last.clear();
    Client client(setup({service}));
    client.changes[0] = {added("1")};
    client.start();
    client.reply(alerted(200, 200, {}));
    CHECK(outline(client.sent()) ==
          Lines{"Status 1/0 SyncHdr 200", "Status 1/3 Alert 508", "Alert 201 card", "Sync card [Replace 1]", "Final"});
    CHECK(client.noted("does not tell which was its last session"));
}

TEST_CASE("the server's Alert is understood with ./ and without Target", "[session][initialization]")
{
    Client client(setup());
    client.start();
    syncml::Alert alert;
    alert.code = syncml::AlertCode::TwoWay;
    auto& item = alert.items.emplace_back();
    item.meta.anchor = syncml::Anchor{"s900", "s901"};
    SECTION("./")
    {
        item.target = syncml::Location{"./contacts", {}};
        item.source = syncml::Location{"./card", {}};
    }
    SECTION("no Target")
    {
        item.source = syncml::Location{"card", {}};
    }
    client.reply(Reply("7", 1).header_status(1).status(1, 1, "Alert", 200).command(alert).final());
    CHECK(codes(client.sent()) == std::vector<int>{200});
    CHECK(client.all<Prepare>().size() == 1);
}

TEST_CASE("an Alert for a database that is not ours is not found", "[session][initialization]")
{
    Client client(setup());
    client.start();
    client.reply(Reply("7", 1)
                     .header_status(1)
                     .status(1, 1, "Alert", 200)
                     .alert(200, "notes", "note", {"", "1"})
                     .alert(200, "contacts", "card", {"s900", "s901"})
                     .final());
    CHECK(codes(client.sent()) == std::vector<int>{404, 200});
}

TEST_CASE("cached maps go first, but not into a slow sync", "[session][initialization]")
{
    auto service = contacts();
    service.pending_maps = {{"g-1", "11"}, {"g-2", "12"}};
    Client client(setup({service}));
    client.changes[0] = {updated("11")};
    client.start();
    SECTION("two-way")
    {
        client.reply(alerted(200, 200, {"s900", "s901"}));
        CHECK(outline(client.sent()) == Lines{"Status 1/0 SyncHdr 200", "Status 1/3 Alert 200",
                                              "Map card [g-1=11, g-2=12]", "Sync card [Replace 11]", "Final"});
        client.reply(Reply("7", 2)
                         .header_status(2, 200)
                         .status(2, 3, "Map", 200)
                         .status(2, 4, "Sync", 200)
                         .status(2, 5, "Replace", 200)
                         .final());
        CHECK(client.all<ConfirmMaps>().at(0).maps.size() == 2);
        CHECK_FALSE(client.finished->error);
    }
    SECTION("slow")
    {
        client.reply(alerted(508, 201, {"", "s1"}));
        CHECK(commands<syncml::Map>(client.sent()).empty());
    }
}

TEST_CASE("the server's package may come in several messages", "[session][initialization]")
{
    Client client(setup({contacts(), calendar()}));
    client.start();
    client.reply(
        Reply("7", 1).header_status(1).status(1, 1, "Alert", 200).alert(200, "contacts", "card", {"s900", "s901"}));
    CHECK(outline(client.sent()) ==
          Lines{"Status 1/0 SyncHdr 200", "Status 1/3 Alert 200", std::string("Alert 222 ") + server});
    CHECK(client.all<Prepare>().empty());
    client.reply(Reply("7", 2)
                     .header_status(2, 200)
                     .status(2, 3, "Alert", 200)
                     .status(1, 2, "Alert", 200)
                     .alert(200, "calendar", "cal", {"s900", "s901"})
                     .final());
    CHECK(outline(client.sent()) ==
          Lines{"Status 2/0 SyncHdr 200", "Status 2/4 Alert 200", "Sync card []", "Sync cal []", "Final"});
}
