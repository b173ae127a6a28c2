// Large objects that were on their way when a sync broke off, in the session that goes on with it.
#include "scripted.hpp"

#include <catch2/catch.hpp>

using namespace session;
using namespace scripted;
using Codes = std::vector<int>;
using syncml::ItemVerb;

namespace {

constexpr std::uint64_t limit = 2000;

Setup interrupted(std::optional<PartReceived> part = {})
{
    auto service = contacts();
    service.interrupted = SyncType::TwoWay;
    service.part_received = std::move(part);
    auto from = setup({service});
    from.peer_devinf.emplace().large_objects = true;
    return from;
}

/// 5000 octets that differ everywhere, none of them a carriage return.
std::string large()
{
    std::string text = "BEGIN:VCARD\n";
    for (int i = 0; text.size() < 5000; ++i)
        text += "LINE" + std::to_string(i) + ":x\n";
    return text;
}

struct Resumed : Client {
    explicit Resumed(Setup from, std::vector<Change> items = {}, int answer = 225) : Client(std::move(from))
    {
        changes[0] = std::move(items);
        start();
        auto reply = Reply("7", 1)
                         .header_status(1)
                         .status(1, 1, "Alert", answer == 225 ? 200 : 509)
                         .alert(answer, "contacts", "card", {"s900", "s901"})
                         .final();
        reply.header().meta.max_msg_size = limit;
        this->reply(reply);
    }
};

Change half_sent(std::uint64_t octets, std::string data = large())
{
    auto change = updated("big", std::move(data));
    change.part = PartSent{ItemVerb::Add, "", octets};
    return change;
}

syncml::ItemCommand item_of(const syncml::Message& message)
{
    const auto sync = commands<syncml::Sync>(message).at(0);
    return std::get<syncml::ItemCommand>(sync.commands.at(0));
}

syncml::CmdId last_id(const syncml::Message& message)
{
    return item_commands(message).back().cmd_id;
}

PartReceived half_received(std::vector<std::string> chunks, std::uint64_t size)
{
    return {ItemVerb::Add, "", "big", "text/vcard", "", size, std::move(chunks)};
}

syncml::ItemCommand chunk(std::string data, bool more = true, std::optional<std::uint64_t> size = {})
{
    auto command = server_add("big", std::move(data));
    command.items.front().more_data = more;
    command.items.front().meta.size = size;
    return command;
}

} // namespace

TEST_CASE("a half-sent item goes on behind what the server has, before anything else", "[session][large][resume]")
{
    Resumed client(interrupted(), {added("1"), half_sent(3000)});
    auto first = item_of(client.sent());
    CHECK(first.verb == ItemVerb::Add); // as it began
    CHECK(first.items.at(0).source->uri == "big");
    CHECK(large().substr(3000).starts_with(first.items.at(0).text()));
    CHECK_FALSE(first.meta_of(first.items.at(0)).size);
    CHECK(first.items.at(0).more_data);
    CHECK(client.send->luids.empty()); // it was noted when it began

    // However much would fit, the first message leaves something: the server could take it for the whole.
    auto sent = 3000 + first.items.at(0).text().size();
    CHECK(sent < large().size());
    client.reply(Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200).status(2, 4, "Add", 213).alert(222));
    CHECK(client.all<NotePartSent>().back().part == PartSent{ItemVerb::Add, "", sent});
    std::string rest;
    for (syncml::MsgId message = 3; item_of(client.sent()).items.at(0).source->uri == "big"; ++message) {
        const auto next = item_of(client.sent()).items.at(0);
        rest += next.text();
        if (!next.more_data)
            break;
        client.reply(Reply("7", message)
                         .header_status(message, 200)
                         .status(message, last_id(client.sent()), "Add", 213)
                         .alert(222));
    }
    CHECK(rest == large().substr(sent));
}

TEST_CASE("an item of which the server has lost the beginning goes once more as a whole", "[session][large][resume]")
{
    const auto code = GENERATE(411, 412, 424, 500);
    Resumed client(interrupted(), {half_sent(3000)});
    client.reply(Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200).status(2, 4, "Add", code).alert(222));
    const auto first = item_of(client.sent());
    CHECK(first.verb == ItemVerb::Replace);
    CHECK(large().starts_with(first.items.at(0).text()));
    CHECK(first.meta_of(first.items.at(0)).size == large().size());
    CHECK(client.all<Confirm>().empty());
    CHECK(client.send->luids == std::vector<std::pair<ServiceIndex, std::string>>{{0, "big"}});
}

TEST_CASE("an item begins again where there is nothing to go on with", "[session][large][resume]")
{
    const auto begins = [](const Client& client) {
        const auto first = item_of(client.sent());
        return first.meta_of(first.items.at(0)).size == large().size() && large().starts_with(first.items.at(0).text());
    };
    SECTION("the server does not go on")
    {
        CHECK(begins(Resumed(interrupted(), {half_sent(3000)}, 200)));
    }
    SECTION("next to nothing is left")
    {
        CHECK(begins(Resumed(interrupted(), {half_sent(large().size() - 10)})));
    }
    SECTION("it travels in another form")
    {
        auto change = half_sent(3000);
        change.part->format = "b64";
        CHECK(begins(Resumed(interrupted(), {change})));
    }
}

TEST_CASE("a half-received item is put together with what comes of it now", "[session][large][resume]")
{
    const bool with_size = GENERATE(false, true);
    const auto size = with_size ? std::optional<std::uint64_t>(35) : std::nullopt;
    Resumed client(interrupted(half_received({"BEGIN:VCARD\nN:", "One\n"}, 35)));
    auto message = Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200);
    SECTION("behind our last 213")
    {
        client.reply(message.sync("contacts", "card", {chunk("FN:Two\nEND", true, size)}));
        CHECK(client.all<KeepChunk>().back().first == false);
        CHECK(client.all<KeepChunk>().back().part.chunks == std::vector<std::string>{"FN:Two\nEND"});
    }
    SECTION("with the chunk whose 213 was lost")
    {
        client.reply(message.sync("contacts", "card", {chunk("One\n", true, size)}));
        CHECK(codes(client.sent()).back() == 213);
        CHECK(client.all<KeepChunk>().back().first);
        CHECK(client.all<KeepChunk>().back().part.chunks == std::vector<std::string>{"BEGIN:VCARD\nN:", "One\n"});
        client.reply(Reply("7", 3).header_status(3, 200).sync("contacts", "card", {chunk("FN:Two\nEND")}));
    }
    SECTION("with that chunk, cut at another place")
    {
        const auto more = GENERATE(std::string("On"), std::string("One\nFN:"));
        client.reply(message.sync("contacts", "card", {chunk(more, true, size)}));
        CHECK(client.all<KeepChunk>().back().first);
        CHECK(client.all<KeepChunk>().back().part.chunks == std::vector<std::string>{"BEGIN:VCARD\nN:", more});
        client.reply(Reply("7", 3).header_status(3, 200).sync(
            "contacts", "card", {chunk(std::string("One\nFN:Two\nEND").substr(more.size()))}));
    }
    SECTION("from its beginning")
    {
        client.reply(message.sync("contacts", "card", {chunk("BEGIN:VCARD\nN:One\nFN:Two\nEND", true, 35)}));
        CHECK(client.all<KeepChunk>().back().first);
    }
    CHECK(codes(client.sent()).back() == 213);
    CHECK(client.all<DropPart>().empty());
    const auto last = client.sent().header.msg_id;
    client.reply(
        Reply("7", last).header_status(last, 200).sync("contacts", "card", {chunk(":VCARD\n", false)}).final());
    REQUIRE(client.all<Apply>().size() == 1);
    CHECK(client.all<Apply>().at(0).items.at(0).data == "BEGIN:VCARD\nN:One\nFN:Two\nEND:VCARD\n");
    CHECK(client.all<Apply>().at(0).items.at(0).type == "text/vcard");
    // Until the next message the server may not know.
    CHECK(client.all<KeepChunk>().back().part.chunks == std::vector<std::string>{":VCARD\n"});
    CHECK(client.all<DropPart>().empty());
    client.reply(Reply("7", last + 1).header_status(last + 1, 200).final());
    CHECK(client.all<DropPart>().size() == 1);
}

TEST_CASE("a last chunk that comes once more is not taken for the item", "[session][large][resume]")
{
    Resumed client(interrupted(half_received({"BEGIN:VCARD\nN:", "One\n", "END:VCARD\n"}, 28)));
    client.reply(Reply("7", 2)
                     .header_status(2, 200)
                     .status(2, 3, "Sync", 200)
                     .sync("contacts", "card", {chunk("END:VCARD\n", false)})
                     .final());
    CHECK(client.all<Apply>().at(0).items.at(0).data == "BEGIN:VCARD\nN:One\nEND:VCARD\n");
    CHECK(client.all<KeepChunk>().back().part.chunks.size() == 3);
}

TEST_CASE("its last chunk alone may be missing", "[session][large][resume]")
{
    Resumed client(interrupted(half_received({"BEGIN:VCARD\nN:", "One\n"}, 28)));
    client.reply(Reply("7", 2)
                     .header_status(2, 200)
                     .status(2, 3, "Sync", 200)
                     .sync("contacts", "card", {chunk("END:VCARD\n", false)})
                     .final());
    CHECK(client.all<Apply>().at(0).items.at(0).data == "BEGIN:VCARD\nN:One\nEND:VCARD\n");
}

TEST_CASE("what does not fit together is not stored", "[session][large][resume]")
{
    auto from = interrupted(half_received({"BEGIN:VCARD\nN:", "One\n"}, 28));
    SECTION("too much")
    {
        Resumed client(std::move(from));
        client.reply(Reply("7", 2)
                         .header_status(2, 200)
                         .status(2, 3, "Sync", 200)
                         .sync("contacts", "card", {chunk("what has nothing to do with it at all", false)})
                         .final());
        CHECK(codes(client.sent()).back() == 424);
        CHECK(client.all<Apply>().empty());
    }
    SECTION("its beginning is not here any more")
    {
        from.services.at(0).part_received.reset();
        Resumed client(std::move(from));
        client.reply(
            Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200).sync("contacts", "card", {chunk("One\n")}));
        CHECK(codes(client.sent()).back() == 412);
    }
    SECTION("another item has come in its place")
    {
        Resumed client(std::move(from));
        auto other = server_add("small");
        client.reply(
            Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200).sync("contacts", "card", {other}).final());
        CHECK(codes(client.sent()).back() == 201);
        CHECK(client.all<Apply>().at(0).items.at(0).guid == "small");
    }
    SECTION("the server does not go on")
    {
        Resumed client(std::move(from), {}, 200);
        client.reply(Reply("7", 2)
                         .header_status(2, 200)
                         .status(2, 3, "Sync", 200)
                         .sync("contacts", "card", {chunk("END:VCARD\n", true, 28)}));
        CHECK(client.all<KeepChunk>().back().first);
    }
}

TEST_CASE("an item that a suspension cuts off is not given up", "[session][large][resume]")
{
    auto from = setup();
    Client client(std::move(from));
    client.initialize();
    client.reply(Reply("7", 2)
                     .header_status(2, 200)
                     .status(2, 3, "Sync", 200)
                     .sync("contacts", "card", {chunk("BEGIN:VCARD\n", true, 28)})
                     .alert(224)
                     .final());
    CHECK(client.all<KeepChunk>().size() == 1);
    CHECK(client.all<DropPart>().empty());
    for (const auto& alert : commands<syncml::Alert>(client.sent()))
        CHECK(alert.code != syncml::AlertCode::NoEndOfData);
}
