// SyncML 1.1 and 1.0: what a session in them says, and what it leaves out; and how a server objects to a version.
#include "scripted.hpp"

#include "syncml/credentials.hpp"

#include <catch2/catch.hpp>

using namespace session;
using namespace scripted;
using base::Errc;
using syncml::Version;

namespace {

const auto versions = {Version::V1_0, Version::V1_1, Version::V1_2};

Setup in(Version version)
{
    auto from = setup();
    from.version = version;
    return from;
}

/// A server that would take large objects and counts.
Setup with_able_server(Version version)
{
    auto from = in(version);
    auto& peer = from.peer_devinf.emplace();
    peer.large_objects = peer.number_of_changes = true;
    return from;
}

std::string digest(const Client& client)
{
    return std::string(client.sent().header.cred.value().data.reveal());
}

} // namespace

TEST_CASE("the header says the version and holds nothing that it does not know", "[session][version]")
{
    for (const auto version : versions) {
        Client client(in(version));
        client.start();
        const auto& header = client.sent().header;
        CHECK(header.ver_dtd == syncml::dtd(version));
        CHECK(header.ver_proto == syncml::protocol(version));
        CHECK(header.meta.max_msg_size == 65536);
        CHECK(header.meta.max_obj_size.has_value() == (version >= Version::V1_1));
    }
}

TEST_CASE("SyncML 1.0 has a digest of its own", "[session][version][authentication]")
{
    using syncml::md5_credentials;
    const base::Secret password("OhBehave");
    CHECK(md5_credentials("Bruce2", password, "Nonce", Version::V1_0).reveal() == "UmkqAAZhiQvXXhfaf/u+OQ==");
    CHECK(md5_credentials("Bruce2", password, "Nonce", Version::V1_1).reveal() == "Zz6EivR3yeaaENcRN6lpAQ==");

    for (const auto version : versions) {
        Client client(in(version));
        client.start();
        client.reply(Reply("7", 1).challenge(1, 407, "syncml:auth-md5", "Tm9uY2U=").final());
        CHECK(digest(client) == md5_credentials("alice", base::Secret("s3cret"), "Nonce", version).reveal());
    }
}

TEST_CASE("basic credentials are as much refused in an older version", "[session][version][authentication]")
{
    for (const auto version : versions) {
        auto from = in(version);
        from.may_send_basic = false;
        Client client(std::move(from));
        client.start();
        client.reply(Reply("7", 1).challenge(1, 401, "syncml:auth-basic", "").final());
        CHECK(client.finished.value().error.value().code == Errc::PlainCredentialsRefused);
        CHECK(client.finished->objection == Objection::None);
    }
}

TEST_CASE("device information has the place of its version", "[session][version]")
{
    for (const auto& [version, uri] : {std::pair(Version::V1_0, "./devinf10"), std::pair(Version::V1_1, "./devinf11"),
                                       std::pair(Version::V1_2, "./devinf12")}) {
        auto from = in(version);
        from.put_devinf = from.get_devinf = true;
        Client client(std::move(from));
        client.start();
        CHECK(commands<syncml::Put>(client.sent()).at(0).items.at(0).source->uri == uri);
        CHECK(commands<syncml::Get>(client.sent()).at(0).items.at(0).target->uri == uri);

        auto reply = agreed(client.sent());
        syncml::Get own, other;
        own.items.emplace_back().target = syncml::Location{uri, {}};
        other.items.emplace_back().target = syncml::Location{"./devinf13", {}};
        client.reply(reply.command(own).command(other));
        CHECK(commands<syncml::Results>(client.sent()).at(0).items.at(0).source->uri == uri);
        const auto answers = codes(client.sent());
        CHECK(std::vector(answers.end() - 2, answers.end()) == std::vector{200, 404});
    }
}

TEST_CASE("neither counts nor chunks go out in SyncML 1.0, whatever its server has said", "[session][version]")
{
    for (const auto version : versions) {
        const bool can = version >= Version::V1_1;
        Client client(with_able_server(version));
        client.changes[0] = {added("1", std::string(3000, 'x')), added("2")};
        client.start();
        auto reply = agreed(client.sent());
        reply.header().meta.max_msg_size = 2000;
        client.reply(reply);
        const auto sync = commands<syncml::Sync>(client.sent()).at(0);
        CHECK(sync.number_of_changes.has_value() == can);
        const auto& first = std::get<syncml::ItemCommand>(sync.commands.at(0)).items.at(0);
        CHECK(first.more_data == can);
        CHECK(first.source->uri == (can ? "1" : "2"));
        CHECK(client.noted("larger than the server accepts") == !can);
    }
}

TEST_CASE("what the server says in the session of large objects counts as little in SyncML 1.0", "[session][version]")
{
    auto from = in(Version::V1_0);
    Client client(std::move(from));
    client.changes[0] = {added("1")};
    client.start();
    syncml::Put put;
    syncml::DevInf devinf;
    devinf.number_of_changes = devinf.large_objects = true;
    auto& item = put.items.emplace_back();
    item.source = syncml::Location{"./devinf10", {}};
    item.data = devinf;
    client.reply(agreed(client.sent()).command(put));
    CHECK(client.all<SavePeerInfo>().size() == 1);
    CHECK_FALSE(commands<syncml::Sync>(client.sent()).at(0).number_of_changes);
}

TEST_CASE("a stop in an older version ends the session without a word", "[session][version][resume]")
{
    for (const auto version : {Version::V1_0, Version::V1_1}) {
        Client client(in(version));
        client.changes[0] = {added("1")};
        client.initialize();
        client.engine.stop();
        client.reply(Reply("7", 2)
                         .header_status(2)
                         .status(2, 3, "Sync", 200)
                         .status(2, 4, "Add", 201)
                         .sync("contacts", "card", {server_add("g-1")}));
        REQUIRE(client.finished);
        CHECK(client.finished->error->code == Errc::Stopped);
        CHECK(client.all<Confirm>().size() == 1);
        CHECK(client.all<Apply>().size() == 1);
        CHECK(client.all<Send>().size() == 2);
    }
}

TEST_CASE("an Alert to suspend has no meaning before SyncML 1.2", "[session][version][resume]")
{
    Client client(in(Version::V1_1));
    client.initialize();
    client.reply(
        Reply("7", 2).header_status(2).status(2, 3, "Sync", 200).alert(224).sync("contacts", "card", {}).final());
    CHECK(codes(client.sent()) == std::vector{406, 200});
}

TEST_CASE("a server that has not let us in objects to the version or to the message", "[session][version]")
{
    const auto [code, objection] = GENERATE(table<int, Objection>({{505, Objection::Version},
                                                                   {513, Objection::Version},
                                                                   {400, Objection::Message},
                                                                   {501, Objection::Message},
                                                                   {500, Objection::None},
                                                                   {503, Objection::None},
                                                                   {404, Objection::None}}));
    Client client(in(Version::V1_1));
    client.start();
    SECTION("at once")
    {
        client.reply(Reply("7", 1).header_status(1, code).final());
        REQUIRE(client.finished);
        CHECK(client.finished->objection == objection);
        CHECK((client.finished->error->message.find("SyncML 1.1") != std::string::npos) ==
              (objection == Objection::Version));
    }
    SECTION("after it has asked for credentials: of the message it has nothing to say any more")
    {
        client.reply(Reply("7", 1).challenge(1, 407, "syncml:auth-md5", "Tm9uY2U=").final());
        client.reply(Reply("7", 2).header_status(2, code).final());
        REQUIRE(client.finished);
        CHECK(client.finished->objection == (objection == Objection::Version ? objection : Objection::None));
    }
    SECTION("and later it is too late for that")
    {
        client.reply(agreed(client.sent()));
        client.reply(Reply("7", 2).header_status(2, code).final());
        REQUIRE(client.finished);
        CHECK(client.finished->error);
        CHECK(client.finished->objection == Objection::None);
    }
}

TEST_CASE("a reply in an unknown version is refused", "[session][version][header]")
{
    const auto [dtd, protocol, known] = GENERATE(table<std::string, std::string, bool>({{"1.2", "SyncML/1.2", true},
                                                                                        {"1.1", "SyncML/1.1", true},
                                                                                        {" 1.0\n", "syncml/1.0 ", true},
                                                                                        {"", "", true},
                                                                                        {"1.3", "SyncML/1.3", false},
                                                                                        {"1.2", "SyncML/2.0", false},
                                                                                        {"1.2", "DM/1.2", false},
                                                                                        {"x", "SyncML/1.2", false}}));
    CAPTURE(dtd, protocol);
    Client client(setup());
    client.start();
    const auto foreign = [&, dtd = dtd, protocol = protocol](Reply reply) {
        reply.header().ver_dtd = dtd;
        reply.header().ver_proto = protocol;
        return reply;
    };
    SECTION("the first one speaks of the version")
    {
        client.reply(foreign(agreed(client.sent())));
        CHECK(client.finished.has_value() == !known);
        if (!known) {
            CHECK(client.finished->error->code == Errc::Protocol);
            CHECK(client.finished->objection == Objection::Version);
            CHECK(client.all<Prepare>().empty());
        }
    }
    SECTION("a later one breaks the rules")
    {
        client.reply(agreed(client.sent()));
        client.reply(foreign(Reply("7", 2).header_status(2).status(2, 3, "Sync", 200)));
        CHECK(client.finished.has_value() == !known);
        if (!known) {
            CHECK(client.finished->error->code == Errc::Protocol);
            CHECK(client.finished->objection == Objection::None);
        }
    }
}
