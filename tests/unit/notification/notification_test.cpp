#include "notification/notification.hpp"

#include "notification/digest.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace notification;
using namespace std::string_literals;
using syncml::AlertCode;

namespace {

std::string octets(std::string_view hex)
{
    std::string result;
    std::string digits;
    for (const char c : hex) {
        if (c == ' ')
            continue;
        digits += c;
        if (digits.size() == 2)
            result += static_cast<char>(std::stoi(std::exchange(digits, {}), nullptr, 16));
    }
    return result;
}

// As a phone's desktop suite sent it: no password, no nonce, one two-way synchronization.
const std::string captured =
    octets("0179ab671b68f26698269b4ca78222ad 0318000000 0000 12 504320537569746520446174612053796e63"
           "10 60 000000 08 436f6e7461637473");
// Everything that a notification can hold. Password `pushsecret`, and a nonce.
const std::string full = octets("e4dcf4c175d72ee8768e6e52ff2664c7 0328000000 0102 04 73727631"
                                "20 60 000007 0a 2e2f636f6e7461637473 a0 000305 05 2e2f63616c");
const std::string nonce = octets("00112233445566778899aabbccddeeff");

FindCredentials account(std::string server, Credentials credentials)
{
    return [=](std::string_view id) { return id == server ? std::optional(credentials) : std::nullopt; };
}

const auto captured_account = account("PC Suite Data Sync", {base::Secret(), {}});
const auto full_account = account("srv1", {base::Secret("pushsecret"), {"another", nonce}});

/// `body` with its digest before it.
std::string with_digest(const std::string& body, const std::string& password = "pushsecret", const std::string& by = "")
{
    const auto digest = notification::digest("srv1", base::Secret(password), by, body);
    return std::string(digest.reveal()) + body;
}

Refusal refusal(std::string_view notification, const FindCredentials& find = full_account)
{
    const auto result = read(notification, find);
    REQUIRE_FALSE(result);
    CHECK_FALSE(name(result.error()).empty());
    return result.error();
}

} // namespace

TEST_CASE("a captured notification is read and proves itself", "[notification]")
{
    const auto result = read(captured, captured_account);
    REQUIRE(result);
    CHECK(*result == Notification{12,
                                  UiMode::Background,
                                  Initiator::Server,
                                  "",
                                  "PC Suite Data Sync",
                                  0,
                                  "",
                                  {{AlertCode::TwoWayByServer, "Contacts", "", 0, ""}},
                                  true});
}

TEST_CASE("a notification with all that it can hold is read", "[notification]")
{
    const auto result = read(full, full_account);
    REQUIRE(result);
    CHECK(*result == Notification{12,
                                  UiMode::Informative,
                                  Initiator::Server,
                                  "258",
                                  "srv1",
                                  0,
                                  "",
                                  {{AlertCode::TwoWayByServer, "./contacts", "text/x-vcard", 0, ""},
                                   {AlertCode::RefreshFromServerByServer, "./cal", "text/calendar", 0, ""}},
                                  true});
}

TEST_CASE("the digest is made with the password, and with a nonce that is known or the empty one", "[notification]")
{
    CHECK(refusal(full, account("srv1", {base::Secret("wrong"), {nonce}})) == Refusal::WrongDigest);
    CHECK(refusal(full, account("srv1", {base::Secret(), {nonce}})) == Refusal::WrongDigest);
    CHECK(refusal(full, account("srv1", {base::Secret("pushsecret"), {"another"}})) == Refusal::WrongDigest);
    const auto body = full.substr(16);
    CHECK(read(with_digest(body), full_account)->authenticated);
    CHECK(read(with_digest(body, "pushsecret", "another"), full_account)->authenticated);
    CHECK(refusal(with_digest(body, "wrong")) == Refusal::WrongDigest);
    CHECK(refusal(full, captured_account) == Refusal::UnknownServer);
}

TEST_CASE("without a secret a notification is a hint, with one it must be signed", "[notification]")
{
    const auto unsigned_one = std::string(16, '\0') + full.substr(16);
    CHECK(refusal(unsigned_one) == Refusal::Unsigned);
    const auto ignorant = account("srv1", {std::nullopt, {}});
    CHECK_FALSE(read(unsigned_one, ignorant)->authenticated);
    CHECK_FALSE(read(full, ignorant)->authenticated);
}

TEST_CASE("every cut of a notification is refused", "[notification]")
{
    for (std::size_t size = 0; size < full.size(); ++size) {
        INFO(size);
        const std::string cut = full.substr(0, size); // a block of its own, so that nothing can be read behind it
        CHECK(refusal(cut) == Refusal::Broken);
    }
}

TEST_CASE("no octet of a notification can be changed", "[notification]")
{
    for (std::size_t at = 0; at < full.size(); ++at) {
        for (const int bit : {0x01, 0x08, 0x80}) {
            auto changed = full;
            changed[at] = static_cast<char>(changed[at] ^ bit);
            CHECK_FALSE(read(changed, full_account));
        }
    }
    CHECK(refusal(full + "x") == Refusal::WrongDigest); // also behind it
}

TEST_CASE("what is the vendor's, reserved or of an unknown type is passed over", "[notification]")
{
    const auto syncs = [](std::string_view hex) {
        return read(with_digest(octets("033F FFFFFF 0000 04 73727631") + octets(hex)), full_account);
    };
    CHECK(syncs("00")->syncs.empty());
    CHECK(syncs("0F 56454e444f52")->syncs.empty());
    CHECK(syncs("1F 8F 123456 01 61")->syncs ==
          std::vector<Sync>{{AlertCode::RefreshFromClientByServer, "a", "", 0, ""}});
    CHECK(syncs("40 60 000006 01 61 00 000000 01 62 B0 000000 01 63 10 000003 00")->syncs ==
          std::vector<Sync>{{AlertCode::TwoWayByServer, "a", "text/x-vcalendar", 0, ""},
                            {AlertCode::SlowSync, "", "text/plain", 0, ""}});
    CHECK(syncs("10 50 000000 01 61").error() == Refusal::NothingToSync);
    CHECK(syncs("20 60 000000 01 61").error() == Refusal::Broken);
    CHECK(syncs("00")->initiator == Initiator::Server);
    CHECK(syncs("00")->ui_mode == UiMode::UserInteraction);
}

TEST_CASE("a notification is of a version of DS and has an end", "[notification]")
{
    const auto version = [](std::string_view hex) {
        return read(with_digest(octets(hex) + octets("000000 0000 04 73727631 00")), full_account);
    };
    CHECK(version("0280")->version == 10);
    CHECK(version("02D0")->version == 11);
    CHECK(version("02D0")->ui_mode == UiMode::Background);
    CHECK(version("02D0")->initiator == Initiator::User);
    CHECK(version("0240").error() == Refusal::Version);
    CHECK(version("0340").error() == Refusal::Version);
    CHECK(version("FFFF").error() == Refusal::Version);
    const auto body = octets("0318 000000 0000 04 73727631 00");
    CHECK(read(with_digest(body + std::string(max_octets - 16 - body.size(), 'v')), full_account));
    CHECK(refusal(with_digest(body + std::string(max_octets - 15 - body.size(), 'v'))) == Refusal::TooLarge);
}
