#include "runner/notification_reader.hpp"

#include "notification/digest.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace std::string_literals;
using channel::Account;
using channel::Match;

namespace {

/// Of `srv1`, with two syncs and the digest that its password makes.
base::Secret alert(const std::string& nonce = "")
{
    const auto text =
        "\x03\x38\0\0\0\x01\x02\x04srv1"s + "\x20"s + "\x60\0\0\x07\x04"s + "card"s + "\xa0\0\x03\x05\x03"s + "cal"s;
    const auto digest = notification::digest("srv1", base::Secret("pushsecret"), nonce, text);
    return base::Secret(std::string(digest.reveal()) + text);
}

const Account knowing{"srv1", true, base::Secret("pushsecret"), {}};
const Account wrong{"srv1", true, base::Secret("wrong"), {}};
const Account ignorant{"srv1", false, {}, {}};
const Account other{"srv2", true, base::Secret("pushsecret"), {}};

channel::Verdict read(std::vector<Account> accounts, base::Secret octets = alert())
{
    return runner::read_notification({std::move(octets), std::move(accounts), "info"});
}

} // namespace

TEST_CASE("a verdict says what the notification says", "[notification]")
{
    const auto verdict = read({knowing});
    CHECK(verdict.refusal.empty());
    CHECK(verdict.matches == std::vector<Match>{{0, true}});
    CHECK(verdict.asks_user);
    CHECK(verdict.session == "258");
    CHECK(verdict.alerts == channel::Alerts{0,
                                            "",
                                            "srv1",
                                            {{"TWO_WAY", "card", "text/x-vcard", 0, ""},
                                             {"REFRESH_FROM_SERVER", "cal", "text/calendar", 0, ""}}});
}

TEST_CASE("a notification is for every account that its server has and its secret proves", "[notification]")
{
    CHECK(read({other, knowing, ignorant, wrong, knowing}).matches ==
          std::vector<Match>{{1, true}, {2, false}, {4, true}});
    CHECK(read({}).refusal == "UnknownServer");
    CHECK(read({other}).refusal == "UnknownServer");
    CHECK(read({wrong, other}).refusal == "WrongDigest");
    CHECK(read({knowing}, base::Secret("x")).refusal == "Broken");
}

TEST_CASE("a nonce that the server was given proves a notification", "[notification]")
{
    CHECK(read({knowing}, alert("nonce")).refusal == "WrongDigest");
    auto account = knowing;
    account.nonces = {"b3RoZXI=", "bm9uY2U="};
    CHECK(read({account}, alert("nonce")).matches == std::vector<Match>{{0, true}});
    CHECK(read({account}, alert()).matches == std::vector<Match>{{0, true}});
}
