// Our large objects on their way to the server.

#include "crude_size.hpp"
#include "scripted.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace session;
using namespace scripted;
using base::Errc;
using syncml::MsgId;

namespace {

constexpr std::uint64_t limit = 2000;

const Counters& counted(const Client& client)
{
    return client.engine.statistics().at(0).to_server;
}

Setup with_large_objects(std::vector<ServiceSetup> services = {contacts()})
{
    auto from = setup(std::move(services));
    from.peer_devinf.emplace().large_objects = true;
    return from;
}

/// 5000 octets that differ everywhere, with line ends.
std::string large()
{
    std::string text;
    for (int i = 0; text.size() < 5000; ++i)
        text += "LINE" + std::to_string(i) + ":é&<x\r\n";
    return text;
}

struct Part {
    MsgId message = 0;
    syncml::CmdId command = 0;
    syncml::ItemVerb verb = syncml::ItemVerb::Add;
    std::string luid, type, data;
    std::optional<std::uint64_t> size;
    bool more = false;
};

std::vector<Part> parts_of(const syncml::Message& message)
{
    std::vector<Part> result;
    for (const auto& sync : commands<syncml::Sync>(message)) {
        for (const auto& inner : sync.commands) {
            const auto& command = std::get<syncml::ItemCommand>(inner);
            const auto& item = command.items.at(0);
            const auto meta = command.meta_of(item);
            result.push_back({message.header.msg_id, command.cmd_id, command.verb, item.source->uri, meta.type,
                              item.text(), meta.size, item.more_data});
        }
    }
    return result;
}

/// A client whose server takes messages of `limit` octets and answers as `code` says for each item or chunk.
struct Sending : Client {
    explicit Sending(std::vector<Change> items, Setup from = with_large_objects()) : Client(std::move(from))
    {
        changes[0] = std::move(items);
        start();
        auto reply = agreed(sent());
        reply.header().meta.max_msg_size = limit;
        this->reply(reply);
    }

    /// 213 for what is to go on, 201 for what is whole; `instead`, when not 0, for everything in the message.
    Reply answer(int instead = 0)
    {
        const auto& message = sent();
        CHECK(crude_size::of(message) <= limit);
        const auto id = message.header.msg_id;
        Reply reply("7", id);
        reply.header_status(id, 200);
        for (const auto& alert : commands<syncml::Alert>(message))
            reply.status(id, alert.cmd_id, "Alert", 200);
        for (const auto& map : commands<syncml::Map>(message))
            reply.status(id, map.cmd_id, "Map", 200);
        for (const auto& sync : commands<syncml::Sync>(message))
            reply.status(id, sync.cmd_id, "Sync", 200);
        for (const auto& part : parts_of(message)) {
            parts.push_back(part);
            reply.status(id, part.command, std::string(syncml::name(part.verb)), code(part, instead));
        }
        if (!message.final)
            return reply.alert(222);
        finals_ += 1;
        if (finals_ == 1)
            for (const auto& service : engine.statistics())
                reply.sync(&service == &engine.statistics()[0] ? "contacts" : "calendar",
                           &service == &engine.statistics()[0] ? "card" : "cal");
        return reply.final();
    }
    void finish()
    {
        while (send)
            reply(answer());
    }

    std::vector<Part> parts; ///< all that was answered

private:
    static int code(const Part& part, int instead)
    {
        if (instead != 0)
            return instead;
        return part.more ? 213 : part.verb == syncml::ItemVerb::Add ? 201 : 200;
    }
    int finals_ = 0;
};

std::string without_returns(std::string text)
{
    std::erase(text, '\r');
    return text;
}

} // namespace

TEST_CASE("an item that fits no message goes in chunks, and counts when its last chunk is confirmed",
          "[session][large]")
{
    Sending client({added("1"), updated("big", large()), added("3")});
    CHECK(parts_of(client.sent()).size() == 2); // what room there is behind others is used
    client.reply(client.answer());
    client.reply(client.answer());
    CHECK(counted(client) == Counters{1, 1, 0, 0, 0});
    client.finish();
    CHECK_FALSE(client.finished->error);
    CHECK(counted(client) == Counters{3, 2, 1, 0, 0});

    std::vector<Part> chunks;
    for (const auto& part : client.parts) {
        if (part.luid == "big")
            chunks.push_back(part);
    }
    REQUIRE(chunks.size() > 3);
    const auto whole = without_returns(large());
    std::string data;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        CAPTURE(i);
        const bool last = i + 1 == chunks.size();
        CHECK(chunks[i].message == chunks[0].message + i);
        CHECK(chunks[i].verb == syncml::ItemVerb::Replace);
        CHECK(chunks[i].type == "text/vcard");
        CHECK(chunks[i].more == !last);
        CHECK(chunks[i].size == (i == 0 ? std::optional<std::uint64_t>(whole.size()) : std::nullopt));
        // Nothing is behind a chunk.
        const auto behind = std::find_if(client.parts.begin(), client.parts.end(), [&](const Part& part) {
            return part.message == chunks[i].message && part.command > chunks[i].command;
        });
        CHECK(behind == client.parts.end());
        CHECK((i == 0 || last || chunks[i].data.size() > 600));
        data += chunks[i].data;
    }
    CHECK(data == whole);
}

TEST_CASE("the item is remembered as sent with its first chunk and confirmed with its last", "[session][large]")
{
    Sending client({added("big", large())});
    client.finish();
    std::vector<std::string> luids;
    for (const auto& send : client.all<Send>()) {
        for (const auto& [service, luid] : send.luids)
            luids.push_back(luid + "@" + std::to_string(send.message.header.msg_id));
    }
    CHECK(luids == std::vector<std::string>{"big@2"});
    const auto confirmed = client.all<Confirm>();
    REQUIRE(confirmed.size() == 1);
    CHECK(confirmed[0].entries.size() == 1);
    CHECK(confirmed[0].entries[0].luid == "big");
}

TEST_CASE("the last chunk may end the package", "[session][large]")
{
    Sending client({added("big", large())});
    while (!client.sent().final)
        client.reply(client.answer());
    CHECK(parts_of(client.sent()).size() == 1);
    CHECK_FALSE(parts_of(client.sent())[0].more);
}

TEST_CASE("chunks begin with the first octet that a message has no room for", "[session][large]")
{
    // How much an item may have to go whole.
    Sending probe({added("1", "x")});
    const auto room = 1 + limit - crude_size::of(probe.sent());
    const auto excess = GENERATE(-1, 0, 1);
    Sending client({added("1", std::string(static_cast<std::size_t>(static_cast<int>(room) + excess), 'x'))});
    CAPTURE(room, excess);
    const auto parts = parts_of(client.sent());
    REQUIRE(parts.size() == 1);
    CHECK(parts[0].more == (excess > 0));
    CHECK(parts[0].size.has_value() == (excess > 0));
    CHECK((excess == 0) == (crude_size::of(client.sent()) == limit && !parts[0].more));
    client.finish();
    CHECK(counted(client) == Counters{1, 1, 0, 0, 0});
}

TEST_CASE("base64 text goes in chunks of its own octets", "[session][large]")
{
    auto change = added("big", std::string(6000, 'A'));
    change.format = "b64";
    Sending client({change});
    client.finish();
    REQUIRE(client.parts.size() > 2);
    CHECK(client.parts[0].size == 6000);
    std::size_t octets = 0;
    for (const auto& part : client.parts) {
        CHECK(part.data.size() % 4 == 0);
        octets += part.data.size();
    }
    CHECK(octets == 6000);
}

TEST_CASE("without SupportLargeObjs, or above MaxObjSize, an item stays a local change", "[session][large]")
{
    auto from = with_large_objects();
    SECTION("not declared")
    {
        from.peer_devinf->large_objects = false;
    }
    SECTION("nothing known")
    {
        from.peer_devinf.reset();
    }
    SECTION("larger than the server takes")
    {
        Client client(with_large_objects());
        client.changes[0] = {added("big", large())};
        client.start();
        auto reply = agreed(client.sent());
        reply.header().meta.max_msg_size = limit;
        reply.header().meta.max_obj_size = 4000;
        client.reply(reply);
        CHECK(outline(client.sent()).at(2) == "Sync card []");
        CHECK(client.noted("item big was not sent"));
        return;
    }
    Sending client({added("big", large())}, std::move(from));
    client.finish();
    CHECK(client.parts.empty());
    CHECK(counted(client) == Counters{1, 0, 0, 0, 1});
    CHECK(client.noted("item big was not sent"));
    CHECK(client.all<Confirm>().empty());
}

TEST_CASE("device information that came in this session decides about chunks", "[session][large]")
{
    Client client(setup());
    client.changes[0] = {added("big", large())};
    client.start();
    syncml::Put put;
    syncml::DevInf devinf;
    devinf.large_objects = true;
    put.items.emplace_back().data = devinf;
    auto reply = Reply("7", 1)
                     .header_status(1)
                     .status(1, 1, "Alert", 200)
                     .alert(200, "contacts", "card", {"s900", "s901"})
                     .command(put)
                     .final();
    reply.header().meta.max_msg_size = limit;
    client.reply(reply);
    REQUIRE(parts_of(client.sent()).size() == 1);
    CHECK(parts_of(client.sent())[0].more);
}

TEST_CASE("what the server answers instead of 213 ends the item, and the others go on", "[session][large]")
{
    const auto [code, refused] = GENERATE(table<int, bool>({
        {413, true},
        {416, true},
        {415, true}, // only a change helps
        {424, false},
        {426, true}, // whole, once more
        {411, false},
        {412, false},
        {420, false},
        {500, false}, // whole in the next session
        {200, false},
        {201, false},
        {206, false}, // has it stored the part?
    }));
    const auto at = GENERATE(0, 1);
    CAPTURE(code, at);
    Sending client({updated("big", large()), added("2")});
    for (int i = 0; i < at; ++i)
        client.reply(client.answer());
    client.reply(client.answer(code));
    CHECK(parts_of(client.sent()).at(0).luid == "2");
    client.finish();
    CHECK_FALSE(client.finished->error);
    CHECK(client.parts.size() == static_cast<std::size_t>(at) + 2);
    CHECK(counted(client) == Counters{2, 1, 0, 0, 1});
    bool confirmed = false;
    for (const auto& confirm : client.all<Confirm>()) {
        for (const auto& entry : confirm.entries)
            confirmed = confirmed || (entry.luid == "big" && entry.verdict != Verdict::PutOff);
    }
    CHECK(confirmed == refused);
    CHECK(client.noted("the server did not take item big (status " + std::to_string(code)));
}

TEST_CASE("a last chunk that is answered by a lost state has the item sent again", "[session][large]")
{
    const auto code = GENERATE(411, 412, 424, 213);
    Sending client({added("big", large())});
    while (parts_of(client.sent()).at(0).more)
        client.reply(client.answer());
    client.reply(client.answer(code));
    client.finish();
    CHECK_FALSE(client.finished->error);
    CHECK(counted(client) == Counters{1, 0, 0, 0, 1});
    CHECK(client.all<Confirm>().at(0).entries.at(0).verdict == Verdict::PutOff);
}

TEST_CASE("Alert 223 ends the item that it names", "[session][large]")
{
    Sending client({added("big", large()), added("2")});
    client.reply(client.answer());
    auto answer = client.answer();
    syncml::Alert alert;
    alert.code = syncml::AlertCode::NoEndOfData;
    SECTION("by its id")
    {
        alert.items.emplace_back().source = syncml::Location{"big", {}};
    }
    SECTION("by none") {}
    SECTION("instead of a Status")
    {
        const auto message = client.sent().header.msg_id;
        answer = Reply("7", message).header_status(message, 200).status(message, 3, "Sync", 200);
    }
    SECTION("but no other")
    {
        alert.items.emplace_back().source = syncml::Location{"2", {}};
        client.reply(answer.command(alert));
        CHECK(parts_of(client.sent()).at(0).luid == "big");
        client.finish();
        CHECK(counted(client) == Counters{2, 2, 0, 0, 0});
        return;
    }
    client.reply(answer.command(alert));
    CHECK(codes(client.sent()).back() == 200);
    CHECK(parts_of(client.sent()).at(0).luid == "2");
    client.finish();
    CHECK_FALSE(client.finished->error);
    CHECK(counted(client) == Counters{2, 1, 0, 0, 1});
    CHECK(client.noted("the server has lost the beginning of item big"));
}

TEST_CASE("a Status that comes after the item was given up is ignored", "[session][large]")
{
    Sending client({added("big", large()), added("2")});
    const auto chunk = parts_of(client.sent()).at(0);
    const auto message = client.sent().header.msg_id;
    client.reply(Reply("7", message).header_status(message, 200).alert(223));
    REQUIRE(parts_of(client.sent()).at(0).luid == "2");
    client.reply(client.answer().status(message, chunk.command, "Add", GENERATE(213, 413)));
    client.finish();
    CHECK(counted(client) == Counters{2, 1, 0, 0, 1});
}

TEST_CASE("the next chunk waits for the Status of the last", "[session][large]")
{
    Sending client({added("big", large())});
    const auto chunk = parts_of(client.sent()).at(0);
    const auto message = client.sent().header.msg_id;
    client.reply(Reply("7", message).header_status(message, 200).alert(222));
    CHECK(parts_of(client.sent()).empty());
    CHECK(outline(client.sent()).back() == "Alert 222 https://sync.example.net/ds");
    client.reply(Reply("7", message + 1).header_status(message + 1, 200).status(message, chunk.command, "Add", 213));
    CHECK(parts_of(client.sent()).size() == 1);
    client.finish();
    CHECK(counted(client) == Counters{1, 1, 0, 0, 0});
}

TEST_CASE("a server that never answers for a chunk does not hold us for ever", "[session][large]")
{
    const bool final = GENERATE(false, true);
    Sending client({added("big", large())});
    int exchanges = 0;
    for (; client.send && exchanges < 200; ++exchanges) {
        const auto message = client.sent().header.msg_id;
        auto reply = Reply("7", message).header_status(message, 200).alert(222);
        client.reply(final ? reply.final() : reply);
    }
    CHECK(exchanges <= 110);
    REQUIRE(client.finished->error);
    CHECK(client.finished->error->code == Errc::Protocol);
    CHECK(client.all<Confirm>().empty());
}

TEST_CASE("nothing is put between chunks, also of another database", "[session][large]")
{
    Sending client({added("big", large())}, with_large_objects({contacts(), calendar()}));
    std::vector<std::string> syncs;
    while (client.send && !client.sent().final) {
        for (const auto& sync : commands<syncml::Sync>(client.sent()))
            syncs.push_back(sync.target.uri);
        CHECK(commands<syncml::Sync>(client.sent()).size() == 1);
        client.reply(client.answer());
    }
    CHECK(std::count(syncs.begin(), syncs.end(), "cal") == 0);
    CHECK(outline(client.sent()).at(outline(client.sent()).size() - 2) == "Sync cal []");
    client.finish();
    CHECK_FALSE(client.finished->error);
}

TEST_CASE("a stop between two chunks leaves the item to the next session", "[session][large]")
{
    Sending client({added("big", large())});
    client.reply(client.answer());
    client.engine.stop();
    client.reply(client.answer());
    CHECK(outline(client.sent()).back() == "Final");
    client.fail({Errc::Unreachable, "gone"}); // the answer to the suspension
    REQUIRE(client.finished);
    CHECK(client.finished->error->code == Errc::Stopped);
    CHECK(client.all<Confirm>().empty());
    CHECK(counted(client) == Counters{});
}
