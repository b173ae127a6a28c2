// The server proves who it is, where the profile wants that.
#include "base/base64.hpp"
#include "syncml/credentials.hpp"

#include "scripted.hpp"

#include <catch2/catch.hpp>

using namespace session;
using namespace scripted;
using base::Errc;
using syncml::basic_credentials;
using syncml::md5_credentials;
using Outline = std::vector<std::string>;

namespace {

const base::Secret password("ours");

Setup doubting()
{
    auto from = setup();
    from.authenticates_server = true;
    from.server_id = "calendar.example.net";
    from.server_password = password;
    from.server_nonces = {"bGFzdA=="}; // last
    from.server_nonce = "bmV4dA==";    // next
    from.server_challenge = "bm93";    // now
    return from;
}

Reply with(Reply reply, base::Secret data, std::string type = "syncml:auth-md5", std::string format = "b64")
{
    auto& cred = reply.header().cred.emplace();
    cred.meta.type = std::move(type);
    cred.meta.format = std::move(format);
    cred.data = std::move(data);
    return reply;
}

base::Secret digest(std::string_view nonce)
{
    return md5_credentials("calendar.example.net", password, nonce);
}

Reply second(const Client& client)
{
    auto reply = Reply("7", 2)
                     .header_status(2, 200)
                     .header_status(1)
                     .status(1, 1, "Alert", 200)
                     .alert(200, "contacts", "card", {"s900", "s901"})
                     .final();
    REQUIRE(client.send);
    return reply;
}

syncml::Status header_answer(const Client& client)
{
    return commands<syncml::Status>(client.sent()).at(0);
}

} // namespace

TEST_CASE("a server that shows no credentials is asked for them, and nothing else happens", "[session][authentication]")
{
    Client client(doubting());
    client.start();
    client.reply(agreed(client.sent()));
    CHECK(outline(client.sent()) == Outline{"Status 1/0 SyncHdr 407", "Status 1/3 Alert 407"});
    CHECK(header_answer(client).chal->next_nonce == "bm93");
    CHECK(header_answer(client).chal->type == "syncml:auth-md5");
    CHECK(client.all<Prepare>().empty());
    CHECK(client.all<GiveServerNonce>().empty());

    client.reply(with(second(client), digest("now")));
    CHECK(outline(client.sent()) == Outline{"Status 2/0 SyncHdr 212", "Status 2/4 Alert 200", "Sync card []", "Final"});
    CHECK(header_answer(client).chal->next_nonce == "bmV4dA==");
    CHECK(client.all<GiveServerNonce>().size() == 1);

    // That was for the whole session.
    client.reply(Reply("7", 3).header_status(3, 200).status(3, 3, "Sync", 200).sync("contacts", "card").final());
    CHECK(outline(client.sent()).at(0) == "Status 3/0 SyncHdr 200");
}

TEST_CASE("a server may prove itself at once, by a nonce that it has from us", "[session][authentication]")
{
    Client client(doubting());
    client.start();
    const auto raw = base::decode_base64(std::string(digest("last").reveal())).value();
    const auto good = GENERATE_COPY(0, 1, 2);
    const auto reply = agreed(client.sent());
    client.reply(good == 0   ? with(reply, digest("last"))
                 : good == 1 ? with(reply, basic_credentials("calendar.example.net", password), "syncml:auth-basic")
                             : with(reply, base::Secret(raw), "syncml:auth-md5", "bin")); // as in WBXML
    CHECK(outline(client.sent()).at(0) == "Status 1/0 SyncHdr 212");
    CHECK(client.all<Prepare>().size() == 1);
}

TEST_CASE("a raw digest needs no format to be known", "[session][authentication]")
{
    Client client(doubting());
    client.start();
    const auto raw = base::decode_base64(std::string(digest("last").reveal())).value();
    client.reply(with(agreed(client.sent()), base::Secret(raw), "syncml:auth-md5", ""));
    CHECK(outline(client.sent()).at(0) == "Status 1/0 SyncHdr 212");
}

TEST_CASE("a server that cannot prove itself gets nothing", "[session][authentication]")
{
    Client client(doubting());
    client.changes[0] = {added("1")};
    client.start();
    std::string expected;
    SECTION("wrong credentials")
    {
        client.reply(with(agreed(client.sent()), digest("")));
        CHECK(outline(client.sent()).at(0) == "Status 1/0 SyncHdr 401");
        client.reply(with(second(client), digest("bm93")));
        client.reply(with(Reply("7", 3).header_status(3, 200), digest("another")));
        expected = "ServerPassword";
    }
    SECTION("none")
    {
        client.reply(agreed(client.sent()));
        client.reply(second(client));
        client.reply(Reply("7", 3).header_status(3, 200));
        expected = "AuthenticateServer";
    }
    REQUIRE(client.finished);
    CHECK(client.finished->error->code == Errc::Authentication);
    CHECK(client.finished->error->message.find(expected) != std::string::npos);
    CHECK(client.all<Prepare>().empty());
    CHECK(client.all<GiveServerNonce>().empty());
}
