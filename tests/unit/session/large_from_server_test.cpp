// Large objects of the server: chunks, and what may become of them.

#include "scripted.hpp"

#include <catch2/catch.hpp>

using namespace session;
using namespace scripted;
using Codes = std::vector<int>;
using Lines = std::vector<std::string>;

namespace {

const Counters& counted(const Client& client)
{
    return client.engine.statistics().at(0).from_server;
}

/// A client that waits for #4, with message 2 (Sync 3) sent.
struct Waiting : Client {
    explicit Waiting(Setup from = setup()) : Client(std::move(from)) { initialize(); }

    /// The server's next message.
    Reply next()
    {
        Reply reply("7", ++message_);
        reply.header_status(message_, 200);
        if (message_ == 2)
            reply.status(2, 3, "Sync", 200);
        return reply;
    }
    /// It brings one command and no Final.
    void chunk(syncml::ItemCommand command) { reply(next().sync("contacts", "card", {std::move(command)})); }
    void last(std::vector<syncml::SyncCommand> commands)
    {
        reply(next().sync("contacts", "card", std::move(commands)).final());
    }
    std::vector<Incoming> applied() const
    {
        std::vector<Incoming> result;
        for (const auto& apply : all<Apply>())
            result.insert(result.end(), apply.items.begin(), apply.items.end());
        return result;
    }

private:
    syncml::MsgId message_ = 1;
};

syncml::ItemCommand first_chunk(syncml::ItemCommand command, std::uint64_t size)
{
    command.items[0].meta.size = size;
    command.items[0].more_data = true;
    return command;
}

syncml::ItemCommand chunk_of(syncml::ItemCommand command)
{
    command.items[0].more_data = true;
    return command;
}

} // namespace

TEST_CASE("an item in chunks is carried out once, when its last chunk has come", "[session][large]")
{
    Waiting client;
    client.chunk(first_chunk(server_add("big", "one,"), 13));
    CHECK(outline(client.sent()) == Lines{"Status 2/0 SyncHdr 200", "Status 2/3 Sync 200", "Status 2/4 Add 213",
                                          "Alert 222 https://sync.example.net/ds"});
    client.chunk(chunk_of(server_add("big", "two,")));
    CHECK(outline(client.sent()).back() == "Alert 222 https://sync.example.net/ds");
    CHECK(codes(client.sent()) == Codes{200, 213});
    CHECK(client.applied().empty());
    CHECK(counted(client) == Counters{});

    client.last({server_add("big", "three")});
    CHECK(client.applied() ==
          std::vector<Incoming>{{IncomingKind::Add, "", "big", "text/vcard", "one,two,three", false}});
    CHECK(outline(client.sent()) ==
          Lines{"Status 4/0 SyncHdr 200", "Status 4/2 Sync 200", "Status 4/3 Add 201", "Map card [big=100]", "Final"});
    CHECK(counted(client) == Counters{1, 1, 0, 0, 0});
    CHECK(client.all<Note>().empty());
}

TEST_CASE("what the first chunk says of its data holds for all", "[session][large]")
{
    Waiting client;
    auto first = first_chunk(server_replace("17", "QkVH"), 16);
    first.items[0].meta.format = "b64";
    first.items[0].meta.type = "text/x-vcard";
    client.chunk(std::move(first));
    auto rest = server_replace("17", "SU46VkNBUkQ=");
    rest.meta.type = ""; // as Samsung's D600 does
    client.last({std::move(rest)});
    CHECK(client.applied() ==
          std::vector<Incoming>{{IncomingKind::Replace, "17", "", "text/x-vcard", "BEGIN:VCARD", false}});
}

TEST_CASE("a server may put a first chunk behind other items, and other items behind a last one", "[session][large]")
{
    Waiting client;
    client.reply(client.next().sync("contacts", "card", {server_add("a"), first_chunk(server_add("big", "one"), 6)}));
    CHECK(codes(client.sent()) == Codes{200, 201, 213});
    client.last({server_add("big", "two"), server_add("b")});
    CHECK(codes(client.sent()) == Codes{200, 201, 201});
    CHECK(client.applied().size() == 3);
    CHECK(counted(client) == Counters{3, 3, 0, 0, 0});
}

TEST_CASE("a Size that is repeated in every chunk begins nothing anew", "[session][large]")
{
    Waiting client;
    client.chunk(first_chunk(server_add("big", "one"), 6));
    auto last = server_add("big", "two");
    last.items[0].meta.size = 6;
    client.last({last});
    REQUIRE(client.applied().size() == 1);
    CHECK(client.applied()[0].data == "onetwo");
}

TEST_CASE("Size counts what was carried, whatever became of its line ends on the way", "[session][large]")
{
    Waiting client;
    const auto [size, first, second, whole] = GENERATE(table<std::uint64_t, std::string, std::string, std::string>({
        {12, "one\ntwo\n", "end\n", "one\ntwo\nend\n"},     // as it came
        {13, "one\ntwo\n", "end\n", "one\ntwo\nend\n"},     // one too high: the conformance suite
        {15, "one\ntwo\n", "end\n", "one\ntwo\nend\n"},     // CR LF each, which XML makes LF
        {15, "one\ntwo\n", "\nend\n", "one\ntwo\nend\n"},   // cut between the two
        {13, "one\ntwo\n", "\nend\n", "one\ntwo\n\nend\n"}, // an empty line
    }));
    CAPTURE(size, second);
    client.chunk(first_chunk(server_add("big", first), size));
    client.last({server_add("big", second)});
    REQUIRE(client.applied().size() == 1);
    CHECK(client.applied()[0].data == whole);
}

TEST_CASE("line ends that were cut in two, several of them, become one each", "[session][large]")
{
    Waiting client;
    // "one", "two", "three" and an empty line between the last, each line end CR LF: 3 + 2 + 3 + 4 + 5 + 2.
    client.chunk(first_chunk(server_add("big", "one\n"), 19));
    client.chunk(chunk_of(server_add("big", "\ntwo\n")));
    client.last({server_add("big", "\n\nthree\n")});
    REQUIRE(client.applied().size() == 1);
    CHECK(client.applied()[0].data == "one\ntwo\n\nthree\n");
}

TEST_CASE("an item that is not as long as it said is refused with 424 and counted once", "[session][large]")
{
    Waiting client;
    client.chunk(first_chunk(server_add("big", "one"), 8));
    SECTION("too short")
    {
        client.last({server_add("big", "two"), server_add("g-2")});
        CHECK(codes(client.sent()) == Codes{200, 424, 201});
    }
    SECTION("too long, which shows before the end")
    {
        client.chunk(chunk_of(server_add("big", "two,and more")));
        CHECK(codes(client.sent()) == Codes{200, 424});
        client.chunk(chunk_of(server_add("big", "and more")));
        CHECK(codes(client.sent()) == Codes{200, 424});
        client.last({server_add("big", "end"), server_add("g-2")});
        CHECK(codes(client.sent()) == Codes{200, 424, 201});
    }
    REQUIRE(client.applied().size() == 1);
    CHECK(client.applied()[0].guid == "g-2");
    CHECK(counted(client) == Counters{2, 1, 0, 0, 1});
    CHECK(client.all<Note>().size() == 1);
    CHECK(client.noted("item big of the server was not stored (status 424"));
}

TEST_CASE("a chunk without Size is refused with 411, and welcome with it", "[session][large]")
{
    Waiting client;
    client.chunk(chunk_of(server_add("big", "one")));
    CHECK(codes(client.sent()) == Codes{200, 411});
    client.chunk(first_chunk(server_add("big", "one"), 6));
    CHECK(codes(client.sent()) == Codes{200, 213});
    client.last({server_add("big", "two")});
    CHECK(codes(client.sent()) == Codes{200, 201});
    CHECK(counted(client) == Counters{2, 1, 0, 0, 1});
}

TEST_CASE("an item larger than we take is refused with 416 to its last chunk", "[session][large]")
{
    auto from = setup();
    from.max_obj_size = 100;
    Waiting client(std::move(from));
    client.chunk(first_chunk(server_add("fits", std::string(50, 'x')), 100));
    CHECK(codes(client.sent()) == Codes{200, 213});
    client.reply(client.next().sync(
        "contacts", "card",
        {server_add("fits", std::string(50, 'x')), first_chunk(server_add("big", std::string(50, 'x')), 101)}));
    CHECK(codes(client.sent()) == Codes{200, 201, 416});
    client.last({server_add("big", "rest")});
    CHECK(codes(client.sent()) == Codes{200, 416});
    CHECK(counted(client) == Counters{2, 1, 0, 0, 1});
}

TEST_CASE("an item whose end does not come is given up with Alert 223", "[session][large]")
{
    Waiting client;
    client.chunk(first_chunk(server_add("big", "one"), 6));
    SECTION("another item")
    {
        client.last({server_add("g-2", "whole")});
        CHECK(codes(client.sent()) == Codes{200, 201});
        CHECK(counted(client) == Counters{2, 1, 0, 0, 1});
    }
    SECTION("the same item for another command")
    {
        client.last({server_delete("4"), server_add("g-2", "whole")});
        CHECK(codes(client.sent()) == Codes{200, 200, 201});
        CHECK(counted(client) == Counters{3, 1, 0, 1, 1});
    }
    SECTION("the same item from its beginning")
    {
        client.chunk(first_chunk(server_add("big", "another"), 15));
        CHECK(codes(client.sent()) == Codes{200, 213});
        CHECK(outline(client.sent()) == Lines{"Status 3/0 SyncHdr 200", "Status 3/2 Sync 200", "Status 3/3 Add 213",
                                              "Alert 223 big", "Alert 222 https://sync.example.net/ds"});
        client.last({server_add("big", " version")});
        CHECK(client.applied().at(0).data == "another version");
        return;
    }
    SECTION("the end of the package")
    {
        client.reply(client.next().final());
        CHECK(counted(client) == Counters{1, 0, 0, 0, 1});
    }
    const auto alerts = commands<syncml::Alert>(client.sent());
    REQUIRE(alerts.size() == 1);
    CHECK(alerts[0].code == syncml::AlertCode::NoEndOfData);
    CHECK(alerts[0].items.at(0).source->uri == "big");
    CHECK(client.noted("item big of the server was not stored: its end did not come"));
    for (const auto& item : client.applied())
        CHECK(item.guid != "big");
}

TEST_CASE("messages with no item in them do not cut an object off", "[session][large]")
{
    Waiting client;
    client.chunk(first_chunk(server_add("big", "one"), 6));
    client.reply(client.next().alert(222));
    client.reply(client.next().sync("contacts", "card"));
    client.last({server_add("big", "two")});
    CHECK(client.applied().size() == 1);
    CHECK(client.all<Note>().empty());
}

TEST_CASE("the rest of an item that was given up is no item", "[session][large]")
{
    Waiting client;
    client.chunk(first_chunk(server_add("big", "one"), 9));
    client.chunk(server_add("g-2"));
    client.chunk(chunk_of(server_add("big", "two")));
    CHECK(codes(client.sent()) == Codes{200, 411});
    client.last({server_add("big", "six")});
    CHECK(codes(client.sent()) == Codes{200, 411});
    CHECK(client.applied().size() == 1);
}

TEST_CASE("two databases do not mix their chunks", "[session][large]")
{
    Client client(setup({contacts(), calendar()}));
    client.initialize();
    const auto header = [](syncml::MsgId message) { return Reply("7", message).header_status(message, 200); };
    client.reply(header(2)
                     .status(2, 4, "Sync", 200)
                     .status(2, 5, "Sync", 200)
                     .sync("contacts", "card", {first_chunk(server_add("1", "one"), 6)}));
    client.reply(header(3).sync("calendar", "cal", {server_add("1", "two")}).final());
    CHECK(codes(client.sent()) == Codes{200, 201});
    CHECK(commands<syncml::Alert>(client.sent()).size() == 1);
    CHECK(client.all<Apply>().size() == 1);
    CHECK(client.all<Apply>()[0].items[0].data == "two");
}

TEST_CASE("a client that only sends refuses all chunks", "[session][large]")
{
    Waiting client(setup({contacts(SyncType::OneWayFromClient)}));
    client.chunk(first_chunk(server_add("big", "one"), 6));
    CHECK(codes(client.sent()) == Codes{200, 403});
    client.last({server_add("big", "two")});
    CHECK(codes(client.sent()) == Codes{200, 403});
    CHECK(counted(client) == Counters{1, 0, 0, 0, 1});
    CHECK(client.all<Apply>().empty());
}

TEST_CASE("a server whose object never comes to its end does not hold us for ever", "[session][large]")
{
    Waiting client;
    const auto [size, data] = GENERATE(table<std::uint64_t, std::string>({{100, ""}, {4, "four"}}));
    client.chunk(first_chunk(server_add("big", data), size));
    int exchanges = 1;
    for (; client.send; ++exchanges)
        client.chunk(chunk_of(server_add("big", data)));
    CHECK(exchanges <= 110);
    REQUIRE(client.finished->error);
    CHECK(client.finished->error->code == base::Errc::Protocol);
    CHECK(client.all<Apply>().empty());
}

TEST_CASE("a session that breaks or is stopped leaves nothing of an item in chunks", "[session][large]")
{
    Waiting client;
    client.chunk(first_chunk(server_add("big", "one"), 6));
    SECTION("broken")
    {
        client.fail({base::Errc::Unreachable, "gone"});
    }
    SECTION("stopped")
    {
        client.engine.stop();
        client.chunk(chunk_of(server_add("big", "two")));
        client.fail({base::Errc::Unreachable, "gone"}); // the answer to the suspension
    }
    REQUIRE(client.finished);
    CHECK(client.all<Apply>().empty());
    CHECK(counted(client) == Counters{});
}
