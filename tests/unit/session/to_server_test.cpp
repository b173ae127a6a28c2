// Our changes on their way to the server.

#include "crude_size.hpp"
#include "scripted.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace session;
using namespace scripted;
using base::Errc;
using Lines = std::vector<std::string>;

namespace {

const Counters& counted(const Client& client)
{
    return client.engine.statistics().at(0).to_server;
}

/// Answers every command of the message just sent, items with `code`, and ends the package.
Reply answered(const Client& client, int code)
{
    const auto& message = client.sent();
    Reply reply(message.header.session_id, message.header.msg_id);
    reply.header_status(message.header.msg_id, 200);
    for (const auto& sync : commands<syncml::Sync>(message))
        reply.status(message.header.msg_id, sync.cmd_id, "Sync", 200);
    for (const auto& item : item_commands(message))
        reply.status(message.header.msg_id, item.cmd_id, "Replace", code);
    if (message.final)
        reply.final();
    return reply;
}

/// An update that came incomplete before.
Change again(std::string luid)
{
    auto change = updated(std::move(luid));
    change.again = true;
    return change;
}

} // namespace

TEST_CASE("changes travel as Add, Replace and Delete with our ids and their type", "[session][to-server]")
{
    Client client(setup());
    client.changes[0] = {added("1", "one"), updated("2", "two"), removed("3")};
    client.changes[0][1].format = "b64";
    client.initialize();
    CHECK(outline(client.sent()).at(2) == "Sync card [Add 1, Replace 2, Delete 3]");
    const auto sync = commands<syncml::Sync>(client.sent()).at(0);
    CHECK_FALSE(sync.number_of_changes);
    const auto& replace = std::get<syncml::ItemCommand>(sync.commands.at(1));
    CHECK(replace.meta.type == "text/vcard");
    CHECK(replace.meta.format == "b64");
    CHECK(replace.items.at(0).text() == "two");
    const auto& remove = std::get<syncml::ItemCommand>(sync.commands.at(2));
    CHECK(std::holds_alternative<std::monostate>(remove.items.at(0).data));
}

TEST_CASE("a slow sync sends Replace, a refresh from the client Add", "[session][to-server]")
{
    const auto [type, expected] = GENERATE(table<SyncType, std::string>(
        {{SyncType::Slow, "Sync card [Replace 1]"}, {SyncType::RefreshFromClient, "Sync card [Add 1]"}}));
    Client client(setup({contacts(type)}));
    client.changes[0] = {added("1")};
    client.initialize();
    CHECK(outline(client.sent()).at(2) == expected);
}

TEST_CASE("where the client does not send, an empty Sync still goes out", "[session][to-server]")
{
    const auto type = GENERATE(SyncType::OneWayFromServer, SyncType::RefreshFromServer);
    Client client(setup({contacts(type)}));
    client.changes[0] = {added("1")};
    client.initialize();
    CHECK(outline(client.sent()).at(2) == "Sync card []");
    CHECK(client.all<ReadChanges>().empty());
}

TEST_CASE("each answer counts as what it says", "[session][to-server]")
{
    using C = Counters; // total, added, updated, removed, failed
    const auto [change, type, code, expected] = GENERATE(table<Change, SyncType, int, Counters>({
        {added("1"), SyncType::TwoWay, 201, C{1, 1, 0, 0, 0}},
        {added("1"), SyncType::TwoWay, 200, C{1, 1, 0, 0, 0}},
        {added("1"), SyncType::TwoWay, 202, C{1, 1, 0, 0, 0}},
        {added("1"), SyncType::TwoWay, 299, C{1, 1, 0, 0, 0}},
        {added("1"), SyncType::TwoWay, 207, C{1, 0, 1, 0, 0}},
        {added("1"), SyncType::TwoWay, 208, C{1, 0, 1, 0, 0}},
        {added("1"), SyncType::TwoWay, 209, C{1, 1, 0, 0, 0}},
        {added("1"), SyncType::TwoWay, 419, C{1, 0, 0, 0, 0}},
        {added("1"), SyncType::TwoWay, 418, C{1, 0, 0, 0, 1}},
        {added("1"), SyncType::TwoWay, 206, C{1, 0, 0, 0, 1}},
        {added("1"), SyncType::TwoWay, 415, C{1, 0, 0, 0, 1}},
        {added("1"), SyncType::TwoWay, 599, C{1, 0, 0, 0, 1}},
        {added("1"), SyncType::RefreshFromClient, 201, C{1, 1, 0, 0, 0}},
        {updated("1"), SyncType::TwoWay, 200, C{1, 0, 1, 0, 0}},
        {updated("1"), SyncType::TwoWay, 201, C{1, 1, 0, 0, 0}},
        {updated("1"), SyncType::TwoWay, 409, C{1, 0, 0, 0, 1}},
        {updated("1"), SyncType::TwoWay, 404, C{1, 0, 0, 0, 1}},
        {removed("1"), SyncType::TwoWay, 200, C{1, 0, 0, 1, 0}},
        {removed("1"), SyncType::TwoWay, 210, C{1, 0, 0, 1, 0}},
        {removed("1"), SyncType::TwoWay, 211, C{1, 0, 0, 0, 0}},
        {removed("1"), SyncType::TwoWay, 404, C{1, 0, 0, 0, 0}},
        {removed("1"), SyncType::TwoWay, 410, C{1, 0, 0, 0, 0}},
        {removed("1"), SyncType::TwoWay, 419, C{1, 0, 0, 0, 0}},
        {removed("1"), SyncType::TwoWay, 403, C{1, 0, 0, 0, 1}},
        {added("1"), SyncType::Slow, 200, C{1, 0, 1, 0, 0}},
        {added("1"), SyncType::Slow, 201, C{1, 1, 0, 0, 0}},
        {added("1"), SyncType::Slow, 418, C{1, 0, 1, 0, 0}},
    }));
    CAPTURE(code, static_cast<int>(change.kind), syncml::name(type));
    Client client(setup({contacts(type)}));
    client.changes[0] = {change};
    client.initialize();
    client.reply(answered(client, code));
    CHECK(counted(client) == expected);
}

TEST_CASE("what the server has the last word on is confirmed, the rest stays a change", "[session][to-server]")
{
    constexpr Verdict taken = Verdict::Taken, refused = Verdict::Refused, missing = Verdict::Missing,
                      once = Verdict::OnceMore, off = Verdict::PutOff;
    const auto [change, code, verdict] = GENERATE_REF(table<Change, int, Verdict>({
        {added("1"), 201, taken},     {added("1"), 209, taken},     {added("1"), 419, taken},
        {added("1"), 400, once},      {again("1"), 400, refused},   {updated("1"), 412, once},
        {again("1"), 412, refused},   {added("1"), 426, once},      {again("1"), 426, refused},
        {added("1"), 411, off},       {updated("1"), 423, missing}, {removed("1"), 423, taken},
        {removed("1"), 400, once},    {added("1"), 403, refused},   {added("1"), 413, refused},
        {added("1"), 415, refused},   {added("1"), 501, refused},   {updated("1"), 405, refused},
        {updated("1"), 414, refused}, {updated("1"), 416, refused}, {removed("1"), 425, refused},
        {added("1"), 1415, refused},  {added("1"), 206, off},       {added("1"), 215, off},
        {added("1"), 216, off},       {added("1"), 408, off},       {added("1"), 409, off},
        {added("1"), 417, off},       {added("1"), 418, off},       {added("1"), 420, missing},
        {added("1"), 424, off},       {added("1"), 500, off},       {added("1"), 502, off},
        {added("1"), 503, off},       {added("1"), 504, off},       {added("1"), 506, off},
        {added("1"), 510, off},       {added("1"), 514, off},       {added("1"), 404, off},
        {updated("1"), 404, missing}, {updated("1"), 410, missing}, {removed("1"), 404, taken},
        {removed("1"), 410, taken},   {removed("1"), 211, taken},   {removed("1"), 500, off},
    }));
    CAPTURE(code, static_cast<int>(change.kind));
    Client client(setup());
    client.changes[0] = {change};
    client.initialize();
    client.reply(answered(client, code));
    const auto confirms = client.all<Confirm>();
    REQUIRE(confirms.size() == 1);
    REQUIRE(confirms[0].entries.size() == 1);
    CHECK(confirms[0].service == 0);
    CHECK(confirms[0].entries[0].luid == "1");
    CHECK(confirms[0].entries[0].kind == change.kind);
    CHECK(static_cast<int>(confirms[0].entries[0].status) == code);
    CHECK(confirms[0].entries[0].verdict == verdict);
    // One item that fails does not fail its service.
    REQUIRE(client.finished);
    CHECK_FALSE(client.finished->error);
}

TEST_CASE("a failed item is told by name, and many only as a number", "[session][to-server]")
{
    Client client(setup());
    for (int i = 0; i < 30; ++i)
        client.changes[0].push_back(added("item-" + std::to_string(i)));
    client.initialize();
    client.reply(answered(client, 415));
    CHECK(client.noted("did not take item item-0 (status 415: content type not supported)"));
    CHECK(client.noted("item-9 "));
    CHECK_FALSE(client.noted("item-10 "));
    CHECK(client.noted("more items failed"));
    CHECK(client.all<Note>().size() == 11);
    CHECK(counted(client) == Counters{30, 0, 0, 0, 30});
}

TEST_CASE("a slow sync or refresh in which no item went through has failed", "[session][to-server]")
{
    const auto type = GENERATE(SyncType::Slow, SyncType::RefreshFromClient);
    Client client(setup({contacts(type)}));
    client.changes[0] = {added("1"), added("2")};
    client.initialize();
    client.reply(answered(client, 500));
    CHECK(client.finished->error->code == Errc::Server);
    CHECK(client.all<Conclude>().at(0).error);
}

TEST_CASE("a change without answer fails its service, and the other goes on", "[session][to-server]")
{
    Client client(setup({contacts(), calendar()}));
    client.changes[0] = {added("1"), added("2")};
    client.changes[1] = {added("3")};
    client.initialize(); // Status 1-3, Sync 4, Add 5, 6, Sync 7, Add 8
    client.reply(Reply("7", 2)
                     .header_status(2, 200)
                     .status(2, 4, "Sync", 200)
                     .status(2, 5, "Add", 201)
                     .status(2, 7, "Sync", 200)
                     .status(2, 8, "Add", 201)
                     .final());
    REQUIRE(client.finished);
    const auto concluded = client.all<Conclude>();
    CHECK(concluded.at(0).error->code == Errc::Protocol);
    CHECK(concluded.at(0).error->message.find("1 of our changes of CONTACT") != std::string::npos);
    CHECK_FALSE(concluded.at(1).error);
    CHECK(client.all<Confirm>().at(0).entries.size() == 1);
    CHECK(counted(client) == Counters{1, 1, 0, 0, 0});
}

TEST_CASE("a refused Sync fails its service", "[session][to-server]")
{
    const auto [code, expected] =
        GENERATE(table<int, Errc>({{404, Errc::DatabaseNotFound}, {403, Errc::Server}, {510, Errc::Server}}));
    Client client(setup());
    client.initialize();
    client.reply(Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", code).final());
    CHECK(client.finished->error->code == expected);
}

TEST_CASE("where the whole Sync is refused nothing is known of its items", "[session][to-server]")
{
    const int code = GENERATE(403, 404, 415, 510);
    Client client(setup());
    client.changes[0] = {added("1"), updated("2"), removed("3")};
    client.initialize();
    Reply reply("7", 2);
    reply.header_status(2, 200).status(2, 3, "Sync", code);
    for (const auto& item : item_commands(client.sent()))
        reply.status(2, item.cmd_id, "Replace", code);
    client.reply(reply.final());
    REQUIRE(client.finished);
    CHECK(client.finished->error);
    for (const auto& confirm : client.all<Confirm>())
        for (const auto& entry : confirm.entries)
            CHECK(entry.verdict == Verdict::PutOff);
}

TEST_CASE("a full server gets no more Adds, and one that processes no more gets nothing more", "[session][to-server]")
{
    const auto [code, sent] = GENERATE(table<int, std::vector<std::string>>({{420, {"update", "delete"}}, {214, {}}}));
    Client client(setup());
    client.read_at_once = 1; // so that they stay in order
    for (int i = 0; i < 50; ++i)
        client.changes[0].push_back(added(std::to_string(i), std::string(300, 'x')));
    client.changes[0].push_back(updated("update"));
    client.changes[0].push_back(removed("delete"));
    client.start();
    auto reply = agreed(client.sent());
    reply.header().meta.max_msg_size = 2048;
    client.reply(reply);
    const auto first = item_commands(client.sent()).size();
    CHECK(first < 10);
    client.reply(answered(client, code));
    std::vector<std::string> after;
    while (client.send) {
        for (const auto& item : item_commands(client.sent()))
            after.push_back(item.luid);
        client.reply(answered(client, 200));
    }
    CHECK_FALSE(client.finished->error);
    CHECK(after == sent);
    CHECK(counted(client).total == 52);
    CHECK(client.noted(code == 420 ? "has no room for more items" : "takes no more in this session"));
}

TEST_CASE("no message exceeds what the server accepts, and the changes keep their order", "[session][to-server]")
{
    const std::uint64_t limit = GENERATE(2048, 3000, 5000, 20000);
    auto from = setup();
    from.peer_devinf.emplace().number_of_changes = true;
    Client client(std::move(from));
    client.read_at_once = 7;
    for (int i = 0; i < 50; ++i)
        client.changes[0].push_back(added(std::to_string(i), std::string(static_cast<std::size_t>(10 + i * 7), 'x')));
    client.start();
    auto reply = agreed(client.sent());
    reply.header().meta.max_msg_size = limit;
    client.reply(reply);

    std::vector<std::string> order;
    int messages = 0;
    while (client.send) {
        const auto& message = client.sent();
        ++messages;
        CHECK(crude_size::of(message) <= limit);
        const auto items = item_commands(message);
        const auto syncs = commands<syncml::Sync>(message);
        REQUIRE(syncs.size() == 1);
        CHECK(syncs[0].number_of_changes.has_value() == (messages == 1));
        if (messages == 1)
            CHECK(syncs[0].number_of_changes == 50);
        std::vector<std::pair<ServiceIndex, std::string>> luids;
        for (const auto& item : items) {
            order.push_back(item.luid);
            luids.emplace_back(0, item.luid);
        }
        CHECK(client.send->luids == luids);
        CHECK(message.final == (order.size() == 50));
        client.reply(answered(client, 201));
    }
    CHECK(messages > (limit < 10000 ? 3 : 0));
    REQUIRE(order.size() == 50);
    for (int i = 0; i < 50; ++i)
        CHECK(order[static_cast<std::size_t>(i)] == std::to_string(i));
    CHECK(counted(client) == Counters{50, 50, 0, 0, 0});
    CHECK_FALSE(client.finished->error);
}

TEST_CASE("an item larger than any message is left out, counted and named", "[session][to-server]")
{
    Client client(setup());
    client.changes[0] = {added("1"), added("big", std::string(5000, 'x')), added("3")};
    client.start();
    auto reply = agreed(client.sent());
    reply.header().meta.max_msg_size = 4000;
    client.reply(reply);
    std::vector<std::string> sent;
    while (client.send) {
        for (const auto& item : item_commands(client.sent()))
            sent.push_back(item.luid);
        client.reply(answered(client, 201));
    }
    CHECK(sent == std::vector<std::string>{"1", "3"});
    CHECK(counted(client) == Counters{3, 2, 0, 0, 1});
    CHECK(client.noted("item big was not sent: with 5000 octets"));
    for (const auto& confirm : client.all<Confirm>()) {
        for (const auto& entry : confirm.entries)
            CHECK(entry.luid != "big");
    }
    CHECK_FALSE(client.finished->error);
}

TEST_CASE("MaxObjSize is honoured wherever the server states it", "[session][to-server]")
{
    Client client(setup());
    client.changes[0] = {added("1", std::string(101, 'x')), added("2", std::string(100, 'x'))};
    client.start();
    auto reply = Reply("7", 1).header_status(1).status(1, 1, "Alert", 200);
    syncml::Alert alert;
    alert.code = syncml::AlertCode::TwoWay;
    auto& item = alert.items.emplace_back();
    item.target = syncml::Location{"contacts", {}};
    item.meta.anchor = syncml::Anchor{"s900", "s901"};
    SECTION("in the header")
    {
        reply.header().meta.max_obj_size = 100;
    }
    SECTION("in the Alert, above the header")
    {
        reply.header().meta.max_obj_size = 4000;
        item.meta.max_obj_size = 100;
    }
    client.reply(reply.command(alert).final());
    CHECK(outline(client.sent()).at(2) == "Sync card [Add 2]");
    CHECK(counted(client).failed == 1);
}

TEST_CASE("without a limit of the server's a message is filled up to our own", "[session][to-server]")
{
    auto from = setup();
    from.max_msg_size = 4000;
    Client client(std::move(from));
    client.read_at_once = 1;
    client.changes[0] = {added("1", std::string(1200, 'x')), added("huge", std::string(9000, 'x')),
                         added("3", std::string(1200, 'x')), added("4", std::string(1200, 'x'))};
    client.initialize();
    std::vector<std::string> sent;
    while (client.send) {
        std::string ids;
        for (const auto& item : item_commands(client.sent()))
            ids += item.luid + ' ';
        sent.push_back(ids);
        client.reply(answered(client, 201));
    }
    CHECK(sent == std::vector<std::string>{"1 ", "huge ", "3 4 "});
}

TEST_CASE("smaller changes are read to fill a message behind one that does not fit", "[session][to-server]")
{
    Client client(setup());
    client.read_at_once = 2;
    client.changes[0] = {added("1", std::string(1200, 'x')),    added("large", std::string(2500, 'x')),
                         added("vast", std::string(2600, 'x')), added("4", std::string(500, 'x')),
                         added("5", std::string(200, 'x')),     added("6", std::string(200, 'x'))};
    client.start();
    auto reply = agreed(client.sent());
    reply.header().meta.max_msg_size = 4000;
    client.reply(reply);
    CHECK(outline(client.sent()).back() == "Sync card [Add 1, Add 4]"); // enough for a message is waiting
    client.reply(answered(client, 201));
    CHECK(outline(client.sent()).back() == "Sync card [Add large, Add 5, Add 6]");
    const auto reads = client.all<ReadChanges>();
    REQUIRE(reads.size() == 3);
    CHECK(reads[1].bytes == 4000);
}

TEST_CASE("a change without room in a message is the first of the next one", "[session][to-server]")
{
    // Some of these sizes leave room for the data of one more, and none for its command.
    const auto small = GENERATE(range<std::size_t>(200, 700, 10));
    CAPTURE(small);
    Client client(setup());
    client.read_at_once = 2;
    client.changes[0] = {added("first", std::string(small, 'x')), added("large", std::string(2900, 'x'))};
    for (int number = 1; number <= 40; ++number)
        client.changes[0].push_back(added(std::to_string(number), std::string(small, 'x')));
    client.start();
    auto reply = agreed(client.sent());
    reply.header().meta.max_msg_size = 4000;
    client.reply(reply);
    std::multiset<std::string> sent;
    std::vector<std::string> begun;
    for (; client.send; client.reply(answered(client, 201))) {
        const auto items = item_commands(client.sent());
        if (!items.empty())
            begun.push_back(items.front().luid);
        for (const auto& item : items)
            sent.insert(item.luid);
    }
    REQUIRE(begun.size() > 2);
    CHECK(begun[1] == "large");
    CHECK(sent.size() == 42);
    CHECK(std::set<std::string>(sent.begin(), sent.end()).size() == 42);
}

TEST_CASE("the datastore is asked for what the message still holds", "[session][to-server]")
{
    Client client(setup());
    client.read_at_once = 1;
    client.changes[0] = {added("1", std::string(1000, 'x')), added("2", std::string(1000, 'x'))};
    client.start();
    auto reply = agreed(client.sent());
    reply.header().meta.max_msg_size = 10000;
    client.reply(reply);
    const auto reads = client.all<ReadChanges>();
    REQUIRE(reads.size() == 2);
    CHECK(reads[0].bytes < 10000);
    CHECK(reads[0].bytes > 9000);
    CHECK(reads[1].bytes < reads[0].bytes - 1000);
}

TEST_CASE("progress tells what was confirmed of how much", "[session][to-server]")
{
    Client client(setup());
    client.changes[0] = {added("1"), added("2"), removed("3")};
    client.initialize();
    client.reply(answered(client, 200));
    const auto progress = client.all<Progress>();
    REQUIRE(progress.size() == 2);
    CHECK(progress[0].total == 3);
    CHECK(progress[0].done == 0);
    CHECK(progress[1].total == 3);
    CHECK(progress[1].done == 3);
    CHECK_FALSE(progress[1].from_server);
}

TEST_CASE("device information that does not fit goes without its properties, or not at all", "[session][to-server]")
{
    auto from = setup();
    auto& store = from.devinf.datastores.emplace_back();
    store.source_ref = "contacts";
    auto& capability = store.capabilities.emplace_back();
    for (int i = 0; i < 100; ++i)
        capability.properties.emplace_back().name = "X-PROPERTY-" + std::to_string(i);
    Client client(std::move(from));
    client.start();
    syncml::Get get;
    get.items.emplace_back().target = syncml::Location{"devinf12", {}};
    auto reply = Reply("7", 1)
                     .header_status(1)
                     .status(1, 1, "Alert", 200)
                     .alert(200, "contacts", "card", {"s900", "s901"})
                     .command(get)
                     .final();
    const auto [limit, expected] = GENERATE(table<std::uint64_t, int>({{100000, 2}, {2500, 1}, {1000, 0}}));
    CAPTURE(limit);
    reply.header().meta.max_msg_size = limit;
    client.reply(reply);
    int found = 0;
    while (client.send) {
        CHECK(crude_size::of(client.sent()) <= limit);
        for (const auto& results : commands<syncml::Results>(client.sent())) {
            const auto& devinf = std::get<syncml::DevInf>(results.items.at(0).data);
            found = devinf.datastores.at(0).capabilities.empty() ? 1 : 2;
        }
        client.reply(answered(client, 200));
    }
    CHECK(found == expected);
    CHECK_FALSE(client.finished->error);
}

TEST_CASE("what must not reach the server twice is told", "[session][to-server]")
{
    Client client(setup());
    SECTION("changes, deletions and the beginning may")
    {
        client.changes[0] = {updated("1"), removed("2")};
        client.start();
        CHECK(client.send->repeatable);
        client.reply(agreed(client.sent()));
        CHECK(client.send->repeatable);
    }
    SECTION("an Add must not, what follows may")
    {
        client.changes[0] = {updated("1"), added("2")};
        client.initialize();
        CHECK_FALSE(client.send->repeatable);
        client.reply(Reply("7", 2)
                         .header_status(2, 200)
                         .status(2, 3, "Sync", 200)
                         .status(2, 4, "Replace", 200)
                         .status(2, 5, "Add", 201)
                         .sync("contacts", "card", {server_add("g-1")})
                         .final());
        CHECK(client.send->repeatable);
    }
}
