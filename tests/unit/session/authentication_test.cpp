#include "syncml/credentials.hpp"

#include "scripted.hpp"

#include <catch2/catch.hpp>

using namespace session;
using namespace scripted;
using base::Errc;
using syncml::basic_credentials;
using syncml::md5_credentials;

namespace {

constexpr auto md5 = "syncml:auth-md5";
constexpr auto basic = "syncml:auth-basic";

std::string cred_type(const Client& client)
{
    const auto& cred = client.sent().header.cred;
    return cred ? cred->meta.type : "none";
}

std::string_view cred_data(const Client& client)
{
    return client.sent().header.cred.value().data.reveal();
}

Errc outcome(const Client& client)
{
    return client.finished.value().error.value().code;
}

} // namespace

TEST_CASE("the digest is the one of the specification's example", "[session][authentication]")
{
    CHECK(md5_credentials("Bruce2", base::Secret("OhBehave"), "Nonce").reveal() == "Zz6EivR3yeaaENcRN6lpAQ==");
    CHECK(basic_credentials("Bruce2", base::Secret("OhBehave")).reveal() == "QnJ1Y2UyOk9oQmVoYXZl");
}

TEST_CASE("a nonce may hold NUL, and an empty password is one", "[session][authentication]")
{
    const std::string nonce("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff", 16);
    CHECK(md5_credentials("alice", base::Secret("s3cret"), nonce).reveal() == "8ILN4ezn6DpzB/JnrvSK1A==");
    CHECK(basic_credentials("alice", base::Secret()).reveal() == "YWxpY2U6");
}

TEST_CASE("without an account nothing about authentication is sent", "[session][authentication]")
{
    auto from = setup();
    from.user.clear();
    Client client(std::move(from));
    client.start();
    CHECK(cred_type(client) == "none");
    CHECK(client.sent().header.source.name.empty());

    SECTION("and a challenge says that the profile needs one")
    {
        client.reply(Reply("7", 1).challenge(1, 407, md5, "bm9uY2U=").final());
        CHECK(outcome(client) == Errc::Authentication);
        CHECK(client.finished->error->message.find("the profile has none") != std::string::npos);
    }
}

TEST_CASE("first contact with MD5 uses the empty nonce", "[session][authentication]")
{
    Client client(setup());
    client.start();
    CHECK(cred_type(client) == md5);
    CHECK(cred_data(client) == md5_credentials("alice", base::Secret("s3cret"), "").reveal());
}

TEST_CASE("212 ends the sending of credentials, and its nonce is kept for the next session",
          "[session][authentication]")
{
    Client client(setup());
    client.start();
    auto reply = agreed(client.sent());
    reply = Reply("7", 1)
                .challenge(1, 212, md5, "bmV4dA==")
                .status(1, 1, "Alert", 200)
                .alert(200, "contacts", "card", {"s900", "s901"})
                .final();
    client.reply(reply);
    CHECK(cred_type(client) == "none");
    CHECK(client.all<SaveNonce>().at(0).nonce == "bmV4dA==");
}

TEST_CASE("200 means credentials with every message, signed with the newest nonce", "[session][authentication]")
{
    Client client(setup());
    client.start();
    client.reply(Reply("7", 1)
                     .challenge(1, 200, md5, "c2Vjb25k")
                     .status(1, 1, "Alert", 200)
                     .alert(200, "contacts", "card", {"s900", "s901"})
                     .final());
    CHECK(cred_data(client) == md5_credentials("alice", base::Secret("s3cret"), "second").reveal());
    CHECK(client.all<SaveNonce>().at(0).nonce == "c2Vjb25k");
}

TEST_CASE("a server that takes credentials at its first address alone is met there", "[session][authentication]")
{
    Client client(setup());
    client.start();
    auto challenge = Reply("7", 1).challenge(1, 407, md5, "bm9uY2U=").final();
    challenge.header().resp_uri = "https://sync.example.net/ds?sid=1";
    client.reply(challenge);
    CHECK(client.send->url == "https://sync.example.net/ds?sid=1");
    SECTION("after an HTTP error, once")
    {
        client.fail({Errc::HttpStatus, "404"});
        CHECK(client.send->url == server);
        CHECK(client.sent().header.session_id == "8");
        CHECK(client.sent().header.msg_id == 1);
        CHECK(cred_data(client) == md5_credentials("alice", base::Secret("s3cret"), "nonce").reveal());
        client.fail({Errc::HttpStatus, "404"});
        CHECK(outcome(client) == Errc::HttpStatus);
    }
    SECTION("not when the connection broke")
    {
        client.fail({Errc::Unreachable, "broken"});
        CHECK(outcome(client) == Errc::Unreachable);
    }
    SECTION("not when it had let us in")
    {
        client.reply(agreed(client.sent()));
        client.fail({Errc::HttpStatus, "404"});
        CHECK(outcome(client) == Errc::HttpStatus);
    }
}

TEST_CASE("a nonce that the server lost costs one round and looks like nothing else", "[session][authentication]")
{
    auto from = setup();
    from.nonce = "c3RhbGU=";
    Client client(std::move(from));
    client.start();
    CHECK(cred_data(client) == md5_credentials("alice", base::Secret("s3cret"), "stale").reveal());

    client.reply(Reply("7", 1).challenge(1, 401, md5, "ZnJlc2g=").status(1, 1, "Alert", 401).final());
    REQUIRE(client.send);
    CHECK(client.sent().header.session_id == "7");
    CHECK(client.sent().header.msg_id == 2);
    CHECK(cred_data(client) == md5_credentials("alice", base::Secret("s3cret"), "fresh").reveal());
    CHECK(outline(client.sent()) == std::vector<std::string>{"Alert 200 card", "Final"}); // and no Status
    CHECK(client.all<SaveNonce>().at(0).nonce == "ZnJlc2g=");

    client.reply(agreed(client.sent()));
    CHECK_FALSE(client.finished);
}

TEST_CASE("a server that forgets the session with its challenge is met by a new one", "[session][authentication]")
{
    Client client(setup());
    client.start();
    client.reply(Reply("7", 1).challenge(1, 401, md5, "b25l").final());
    auto second = Reply("7", 2).challenge(2, 401, md5, "dHdv").final();
    second.header().resp_uri = "https://sync.example.net/elsewhere";
    client.reply(second);
    REQUIRE(client.send);
    CHECK(client.sent().header.session_id == "8");
    CHECK(client.sent().header.msg_id == 1);
    CHECK(client.send->url == server);
    CHECK(cred_data(client) == md5_credentials("alice", base::Secret("s3cret"), "two").reveal());

    SECTION("in which it is accepted")
    {
        client.reply(agreed(client.sent()));
        CHECK_FALSE(client.finished);
        CHECK(client.sent().header.session_id == "8");
        CHECK(client.sent().header.msg_id == 2);
    }
    SECTION("and the third refusal is the last")
    {
        client.reply(Reply("8", 1).challenge(1, 401, md5, "dGhyZWU=").final());
        CHECK(outcome(client) == Errc::Authentication);
        CHECK(client.all<SaveNonce>().size() == 3);
    }
}

TEST_CASE("the repetition after a challenge goes to the RespURI that came with it", "[session][authentication]")
{
    Client client(setup());
    client.start();
    auto reply = Reply("7", 1).challenge(1, 401, md5, "b25l").final();
    reply.header().resp_uri = "https://sync.example.net/ds?s=1";
    client.reply(reply);
    CHECK(client.send->url == "https://sync.example.net/ds?s=1");
}

TEST_CASE("credentials that the same challenge refuses are wrong at once", "[session][authentication]")
{
    auto from = setup();
    from.first_scheme = AuthScheme::Basic;
    Client client(std::move(from));
    client.start();
    CHECK(cred_type(client) == basic);
    client.reply(Reply("7", 1).challenge(1, 401, basic, "").final());
    CHECK(outcome(client) == Errc::Authentication);
    CHECK(client.finished->error->message.find("Correct Id and Password") != std::string::npos);
}

TEST_CASE("a server that wants basic gets it only where the profile allows it", "[session][authentication]")
{
    auto from = setup();
    SECTION("allowed")
    {
        Client client(std::move(from));
        client.start();
        client.reply(Reply("7", 1).challenge(1, 401, basic, "").final());
        CHECK(cred_type(client) == basic);
        CHECK(cred_data(client) == "YWxpY2U6czNjcmV0");
    }
    SECTION("not allowed")
    {
        from.may_send_basic = false;
        Client client(std::move(from));
        client.start();
        client.reply(Reply("7", 1).challenge(1, 407, basic, "").final());
        CHECK(outcome(client) == Errc::PlainCredentialsRefused);
        CHECK_FALSE(client.send);
    }
    SECTION("not allowed, though the profile begins with it")
    {
        from.first_scheme = AuthScheme::Basic;
        from.may_send_basic = false;
        Client client(std::move(from));
        client.start();
        CHECK(outcome(client) == Errc::PlainCredentialsRefused);
        CHECK(client.all<Send>().empty());
    }
    SECTION("not allowed, and MD5 is not supported")
    {
        from.may_send_basic = false;
        Client client(std::move(from));
        client.start();
        client.reply(Reply("7", 1).header_status(1, 406).final());
        CHECK(outcome(client) == Errc::Authentication);
    }
    SECTION("allowed, and MD5 is not supported")
    {
        Client client(std::move(from));
        client.start();
        client.reply(Reply("7", 1).header_status(1, 415).final());
        CHECK(cred_type(client) == basic);
    }
}

TEST_CASE("a challenge without nonce, or none at all, means the empty nonce", "[session][authentication]")
{
    auto from = setup();
    from.nonce = "c3RhbGU=";
    Client client(std::move(from));
    client.start();
    SECTION("no nonce")
    {
        client.reply(Reply("7", 1).challenge(1, 401, md5, "").final());
    }
    SECTION("no challenge")
    {
        client.reply(Reply("7", 1).header_status(1, 401).final());
    }
    CHECK(cred_data(client) == md5_credentials("alice", base::Secret("s3cret"), "").reveal());
    CHECK(client.all<SaveNonce>().empty());
}

TEST_CASE("what authentication cannot mend ends the session with its reason", "[session][authentication]")
{
    const auto code = GENERATE(402, 403);
    Client client(setup());
    client.start();
    client.reply(Reply("7", 1).header_status(1, code).final());
    CHECK(outcome(client) == Errc::Authentication);
}

TEST_CASE("an unknown scheme is named", "[session][authentication]")
{
    Client client(setup());
    client.start();
    client.reply(Reply("7", 1).challenge(1, 407, "syncml:auth-MAC", "").final());
    CHECK(outcome(client) == Errc::Authentication);
    CHECK(client.finished->error->message.find("syncml:auth-MAC") != std::string::npos);
}

TEST_CASE("a server that takes its acceptance back ends the session", "[session][authentication]")
{
    Client client(setup());
    client.initialize();
    client.reply(Reply("7", 2).challenge(2, 401, md5, "bGF0ZQ==").final());
    CHECK(outcome(client) == Errc::Authentication);
    CHECK(client.all<SaveNonce>().at(0).nonce == "bGF0ZQ==");
}

TEST_CASE("the credentials of a single database stand in its Alert", "[session][authentication]")
{
    auto guarded = contacts();
    guarded.user = "owner";
    guarded.password = base::Secret("door");
    auto from = setup({guarded, calendar()});
    Client client(std::move(from));
    client.start();
    const auto alerts = commands<syncml::Alert>(client.sent());
    REQUIRE(alerts[0].cred);
    CHECK(alerts[0].cred->meta.type == basic);
    CHECK(alerts[0].cred->data.reveal() == basic_credentials("owner", base::Secret("door")).reveal());
    CHECK_FALSE(alerts[1].cred);

    client.reply(Reply("7", 1)
                     .header_status(1)
                     .status(1, 1, "Alert", 401)
                     .status(1, 2, "Alert", 200)
                     .alert(200, "calendar", "cal", {"s900", "s901"})
                     .final());
    REQUIRE(client.send);
    CHECK(outline(client.sent()).at(2) == "Sync cal []");
    const auto& error = client.engine.statistics()[0].error;
    CHECK(error->code == Errc::Authentication);
    CHECK(error->message.find("CONTACT") != std::string::npos);
}

namespace {

Setup guarded(bool may_send_basic)
{
    auto one = contacts();
    one.user = "owner";
    one.password = base::Secret("door");
    auto from = setup({one, calendar()});
    from.may_send_basic = may_send_basic;
    return from;
}

/// The contacts are refused; the calendar is agreed, as the header is.
Reply refused(int code, std::string type, std::string nonce)
{
    syncml::Status status;
    status.msg_ref = 1;
    status.cmd_ref = 1;
    status.cmd = "Alert";
    status.code = static_cast<syncml::StatusCode>(code);
    auto& chal = status.chal.emplace();
    chal.type = std::move(type);
    chal.format = "b64";
    chal.next_nonce = std::move(nonce);
    return Reply("7", 1)
        .header_status(1)
        .command(status)
        .status(1, 2, "Alert", 200)
        .alert(200, "calendar", "cal", {"s900", "s901"})
        .final();
}

std::string alert_digest(const Client& client)
{
    return std::string(commands<syncml::Alert>(client.sent()).at(0).cred.value().data.reveal());
}

} // namespace

TEST_CASE("the challenge of a single database is answered in the next message", "[session][authentication]")
{
    const auto code = GENERATE(401, 407);
    Client client(guarded(false));
    client.start();
    CHECK(alert_digest(client) == md5_credentials("owner", base::Secret("door"), "").reveal());
    client.reply(refused(code, md5, "AQIDBA=="));
    // The other one waits.
    CHECK(outline(client.sent()) ==
          std::vector<std::string>{"Status 1/0 SyncHdr 200", "Status 1/4 Alert 200", "Alert 200 card", "Final"});
    CHECK(alert_digest(client) == md5_credentials("owner", base::Secret("door"), "\x01\x02\x03\x04").reveal());

    auto accepted = Reply("7", 2).header_status(2, 200);
    SECTION("accepted for the session")
    {
        accepted.status(2, 3, "Alert", 212);
    }
    SECTION("accepted for one command")
    {
        syncml::Status status;
        status.msg_ref = 2;
        status.cmd_ref = 3;
        status.cmd = "Alert";
        status.chal.emplace().type = md5;
        status.chal->next_nonce = "BQYHCA==";
        accepted.command(status);
    }
    client.reply(accepted.alert(200, "contacts", "card", {"s900", "s901"}).final());
    const auto syncs = commands<syncml::Sync>(client.sent());
    REQUIRE(syncs.size() == 2);
    const bool each = std::get<syncml::Status>(syncml::Message(accepted).body.at(1)).code == syncml::StatusCode::Ok;
    REQUIRE(syncs[0].cred.has_value() == each);
    CHECK_FALSE(syncs[1].cred);
    if (each)
        CHECK(syncs[0].cred->data.reveal() ==
              md5_credentials("owner", base::Secret("door"), "\x05\x06\x07\x08").reveal());
}

TEST_CASE("a database that goes on refusing fails its service alone, and soon", "[session][authentication]")
{
    Client client(guarded(GENERATE(true, false)));
    client.start();
    client.reply(refused(401, md5, "AQIDBA=="));
    REQUIRE(commands<syncml::Alert>(client.sent()).size() == 1);
    syncml::Status status;
    status.msg_ref = 2;
    status.cmd_ref = 3;
    status.cmd = "Alert";
    status.code = syncml::StatusCode::InvalidCredentials;
    SECTION("the same challenge again")
    {
        status.chal.emplace().type = md5;
        status.chal->next_nonce = "AQIDBA==";
        client.reply(Reply("7", 2).header_status(2, 200).command(status).final());
    }
    SECTION("another one each time")
    {
        status.chal.emplace().type = md5;
        status.chal->next_nonce = "BQYHCA==";
        client.reply(Reply("7", 2).header_status(2, 200).command(status).final());
        REQUIRE(commands<syncml::Alert>(client.sent()).size() == 1);
        status.msg_ref = 3;
        status.cmd_ref = 2;
        status.chal->next_nonce = "CQoLDA==";
        client.reply(Reply("7", 3).header_status(3, 200).command(status).final());
    }
    CHECK(commands<syncml::Alert>(client.sent()).empty());
    CHECK(commands<syncml::Sync>(client.sent()).at(0).target.uri == "cal");
    const auto& error = client.engine.statistics()[0].error;
    CHECK(error->code == Errc::Authentication);
    CHECK(error->message.find("CONTACT") != std::string::npos);
    CHECK_FALSE(client.engine.statistics()[1].error);
}

TEST_CASE("a database gets basic credentials only where the profile allows it", "[session][authentication]")
{
    Client client(guarded(false));
    client.start();
    client.reply(refused(401, basic, ""));
    CHECK(commands<syncml::Alert>(client.sent()).empty());
    CHECK(client.engine.statistics()[0].error->code == Errc::PlainCredentialsRefused);
}

TEST_CASE("a database that refuses the credentials of a Sync fails its service", "[session][authentication]")
{
    Client client(guarded(true));
    client.changes[0] = {added("1")};
    client.initialize();
    REQUIRE(commands<syncml::Sync>(client.sent()).at(0).cred);
    client.reply(Reply("7", 2)
                     .header_status(2, 200)
                     .status(2, 4, "Sync", 401)
                     .status(2, 5, "Add", 401)
                     .status(2, 6, "Sync", 200)
                     .sync("calendar", "cal")
                     .final());
    CHECK(client.engine.statistics()[0].error->code == Errc::Authentication);
    for (const auto& confirm : client.all<Confirm>())
        for (const auto& entry : confirm.entries)
            CHECK(entry.verdict == Verdict::PutOff);
    CHECK_FALSE(client.engine.statistics()[1].error);
}
