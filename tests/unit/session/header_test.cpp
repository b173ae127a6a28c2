// What holds for every message: addresses, ids, limits, and the Status for the header.

#include "scripted.hpp"
#include "session/wording.hpp"

#include <catch2/catch.hpp>

using namespace session;
using namespace scripted;
using base::Errc;

TEST_CASE("a reply of another session, for another device or of old is not taken in", "[session][header]")
{
    Client client(setup());
    client.initialize();
    auto reply = Reply("7", 2).header_status(2, 200).final();
    SECTION("session")
    {
        reply.header().session_id = "8";
    }
    SECTION("device")
    {
        reply.header().target.uri = "urn:uuid:other";
    }
    SECTION("message")
    {
        reply.header().msg_id = 1;
    }
    client.reply(reply);
    CHECK(client.finished->error->code == Errc::Protocol);
    CHECK(client.finished->error->message.ends_with(ask_the_operator));
    CHECK(client.all<Conclude>().at(0).error->code == Errc::Protocol);
}

TEST_CASE("a SessionID may come back with leading zeros, and MsgIDs may leave gaps", "[session][header]")
{
    Client client(setup());
    client.start();
    auto reply = agreed(client.sent());
    reply.header().session_id = "0007";
    reply.header().msg_id = 5;
    client.reply(reply);
    REQUIRE(client.send);
    CHECK(outline(client.sent()).at(0) == "Status 5/0 SyncHdr 200");
}

TEST_CASE("the Status for the header names both sides as it did", "[session][header]")
{
    Client client(setup());
    client.start();
    auto reply = agreed(client.sent());
    reply.header().source.uri = "https://node3.example.net/ds";
    client.reply(reply);
    const auto status = commands<syncml::Status>(client.sent()).at(0);
    CHECK(status.target_refs == std::vector<std::string>{device});
    CHECK(status.source_refs == std::vector<std::string>{"https://node3.example.net/ds"});
}

TEST_CASE("RespURI is where everything goes from then on, the last one wins", "[session][header]")
{
    Client client(setup());
    client.start();
    CHECK(client.send->url == server);
    auto reply = agreed(client.sent());
    reply.header().resp_uri = "https://sync.example.net/ds?sessionid=1";
    client.reply(reply);
    CHECK(client.send->url == "https://sync.example.net/ds?sessionid=1");
    CHECK(client.sent().header.target.uri == "https://sync.example.net/ds?sessionid=1");

    auto second = Reply("7", 2).header_status(2, 200).status(2, 3, "Sync", 200).sync("contacts", "card").final();
    second.header().resp_uri = "https://sync.example.net/ds?sessionid=2";
    client.reply(second);
    CHECK(client.send->url == "https://sync.example.net/ds?sessionid=2");
}

TEST_CASE("RespURI does not lead to a less safe place", "[session][header]")
{
    const auto uri = GENERATE(std::string("http://sync.example.net/ds"), std::string("HTTP://x"), std::string("ds?s=1"),
                              std::string("file:///etc/passwd"));
    Client client(setup());
    client.start();
    auto reply = agreed(client.sent());
    reply.header().resp_uri = uri;
    client.reply(reply);
    CHECK(client.finished->error->code == Errc::Protocol);
    CHECK(client.all<Send>().size() == 1);
}

TEST_CASE("from http RespURI may lead to http and to https", "[session][header]")
{
    const auto uri = GENERATE(std::string("http://sync.example.net/2"), std::string("HTTPS://sync.example.net/2"));
    auto from = setup();
    from.server_uri = "http://sync.example.net/ds";
    Client client(std::move(from));
    client.start();
    auto reply = agreed(client.sent());
    reply.header().resp_uri = uri;
    client.reply(reply);
    CHECK(client.send->url == uri);
}

TEST_CASE("a failure of the whole message ends the session with its reason", "[session][header]")
{
    const auto [code, expected, words] = GENERATE(table<int, Errc, std::string>({{417, Errc::Server, "busy"},
                                                                                 {503, Errc::Server, "busy"},
                                                                                 {500, Errc::Server, "operator"},
                                                                                 {511, Errc::Server, "failed"},
                                                                                 {302, Errc::Server, "Url"},
                                                                                 {408, Errc::Timeout, "again"},
                                                                                 {400, Errc::Protocol, "operator"},
                                                                                 {404, Errc::Protocol, "404"}}));
    Client client(setup());
    client.initialize();
    client.reply(Reply("7", 2).header_status(2, code));
    REQUIRE(client.finished);
    CHECK(client.finished->error->code == expected);
    CHECK(client.finished->error->message.find(words) != std::string::npos);
    CHECK(client.all<Conclude>().at(0).error->code == expected);
}

TEST_CASE("NoResp in the header spares all Status", "[session][header]")
{
    Client client(setup());
    client.start();
    auto reply = agreed(client.sent());
    reply.header().no_resp = true;
    client.reply(reply);
    CHECK(outline(client.sent()) == std::vector<std::string>{"Sync card []", "Final"});
}

TEST_CASE("a Status for a command that was never sent ends the session", "[session][header]")
{
    Client client(setup());
    client.changes[0] = {added("1")};
    client.initialize(); // Status 1, 2, Sync 3, Add 4
    const auto [message, command] = GENERATE(table<syncml::MsgId, syncml::CmdId>({{2, 5}, {3, 1}, {9, 9}, {1, 2}}));
    auto reply =
        Reply("7", 2).header_status(2, 200).status(2, 4, "Add", 201).status(message, command, "Add", 200).final();
    client.reply(reply);
    CHECK(client.finished->error->code == Errc::Protocol);
    CHECK(client.finished->error->message.find("never sent") != std::string::npos);
    CHECK(client.all<Confirm>().empty()); // nothing of that message is believed
}

TEST_CASE("a second Status for the same command is ignored", "[session][header]")
{
    Client client(setup());
    client.changes[0] = {added("1")};
    client.initialize();
    client.reply(Reply("7", 2)
                     .header_status(2, 200)
                     .status(2, 3, "Sync", 200)
                     .status(2, 4, "Add", 201)
                     .status(2, 4, "Add", 500)
                     .status(1, 1, "Alert", 404)
                     .final());
    REQUIRE(client.finished);
    CHECK_FALSE(client.finished->error);
    CHECK(client.engine.statistics()[0].to_server == Counters{1, 1, 0, 0, 0});
}

TEST_CASE("a Status without MsgRef is one for our last message", "[session][header]")
{
    Client client(setup());
    client.changes[0] = {added("1")};
    client.initialize();
    client.reply(Reply("7", 2).header_status(0, 200).status(0, 3, "Sync", 200).status(0, 4, "Add", 201).final());
    REQUIRE(client.finished);
    CHECK_FALSE(client.finished->error);
}

namespace {

Reply moved(int code, std::string to, std::string session = "7")
{
    syncml::Status status;
    status.msg_ref = 1;
    status.cmd = "SyncHdr";
    status.code = static_cast<syncml::StatusCode>(code);
    if (!to.empty())
        status.items.emplace_back().data = std::move(to);
    return Reply(std::move(session), 1).command(std::move(status));
}

} // namespace

TEST_CASE("a server that has moved is asked at its new address, in a new session", "[session][header]")
{
    const auto code = GENERATE(300, 301, 302, 303);
    const auto to = GENERATE(std::string("https://sync.example.net/new"), std::string("/new"),
                             std::string("HTTPS://SYNC.example.net/new"));
    CAPTURE(code, to);
    Client client(setup());
    client.start();
    client.reply(moved(code, to));
    const auto url = to == "/new" ? "https://sync.example.net/new" : to;
    CHECK(client.send->url == url);
    CHECK(client.sent().header.target.uri == url);
    CHECK(client.sent().header.session_id == "8");
    CHECK(client.sent().header.msg_id == 1);
    CHECK(client.sent().header.cred);
    CHECK(client.noted("Set Url of the profile"));
    client.reply(agreed(client.sent()));
    CHECK(client.send->url == url);
}

TEST_CASE("a new address that may not be meant for us is named and not followed", "[session][header]")
{
    const auto [code, to, words] = GENERATE(
        table<int, std::string, std::string>({{301, "https://other.example.net/ds", "other.example.net"},
                                              {301, "https://sync.example.net:8443/ds", "another host"},
                                              {301, "https://sync.example.net@other.example.net/", "another host"},
                                              {301, "//other.example.net/ds", "another host"},
                                              {301, "http://sync.example.net/ds", "less safe"},
                                              {301, "ftp://sync.example.net/ds", "another host"},
                                              {301, "", "does not say at which"},
                                              {304, "https://sync.example.net/new", "does not say at which"},
                                              {305, "https://sync.example.net/new", "does not say at which"}}));
    CAPTURE(code, to);
    Client client(setup());
    client.start();
    client.reply(moved(code, to));
    REQUIRE(client.finished);
    CHECK(client.finished->error->code == Errc::Server);
    CHECK(client.finished->error->message.find(words) != std::string::npos);
    CHECK(client.finished->error->message.find("Url of the profile") != std::string::npos);
}

TEST_CASE("a RespURI makes no other host the one to move to", "[session][header]")
{
    Client client(setup());
    client.start();
    auto message = syncml::Message(moved(301, "https://other.example.net/ds"));
    message.header.resp_uri = "https://other.example.net/session";
    client.reply(message);
    REQUIRE(client.finished);
    CHECK(client.finished->error->code == Errc::Server);
    CHECK(client.finished->error->message.find("another host") != std::string::npos);
}

TEST_CASE("a server that has moved again and again is not followed for ever, nor once the session has begun",
          "[session][header]")
{
    Client client(setup());
    client.start();
    SECTION("again and again")
    {
        for (int session = 7; session < 10; ++session)
            client.reply(moved(301, "/new" + std::to_string(session), std::to_string(session)));
        REQUIRE(client.send);
        client.reply(moved(301, "/new", "10"));
    }
    SECTION("begun")
    {
        client.reply(agreed(client.sent()));
        auto late = syncml::Message(moved(301, "/new"));
        late.header.msg_id = 2;
        std::get<syncml::Status>(late.body.front()).msg_ref = 2;
        client.reply(late);
    }
    CHECK(client.finished->error->code == Errc::Server);
    CHECK(client.finished->error->message.find("Correct Url") != std::string::npos);
}
