#include "base/base64.hpp"
#include "codec/codec.hpp"
#include "notification/notification.hpp"
#include "syncml/credentials.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace notification;
using codec::Encoding;
using syncml::AlertCode;
using syncml::basic_credentials;
using syncml::md5_credentials;

namespace {

FindCredentials account(Credentials credentials)
{
    return [=](std::string_view id) { return id == "srv1" ? std::optional(credentials) : std::nullopt; };
}

const Credentials known{base::Secret("pushsecret"), {"nonce"}};

syncml::Alert alert(int code, std::vector<std::string> databases, std::string type = "")
{
    syncml::Alert alert;
    alert.cmd_id = 1;
    alert.code = static_cast<AlertCode>(code);
    for (auto& database : databases) {
        auto& item = alert.items.emplace_back();
        item.source = syncml::Location{std::move(database), {}};
        item.meta.type = type;
    }
    return alert;
}

syncml::Message message(std::vector<syncml::Command> body)
{
    syncml::Message message;
    message.header.ver_dtd = "1.1";
    message.header.ver_proto = "SyncML/1.1";
    message.header.session_id = "21";
    message.header.msg_id = 1;
    message.header.target.uri = "/";
    message.header.source.uri = "srv1";
    auto& cred = message.header.cred.emplace();
    cred.meta.type = "syncml:auth-md5";
    cred.data = md5_credentials("srv1", base::Secret("pushsecret"), "nonce");
    message.body = std::move(body);
    message.final = true;
    return message;
}

tl::expected<Notification, Refusal> reading(const syncml::Message& message, const Credentials& credentials = known)
{
    return read(codec::encode(message, Encoding::Xml), account(credentials));
}

} // namespace

TEST_CASE("a message of Alerts is a notification in either encoding", "[notification]")
{
    auto second = alert(210, {"note"});
    second.items[0].target = syncml::Location{"./note", {}};
    const auto sent = message({alert(206, {"./card", "./cal"}, "text/x-vcard"), second});
    for (const auto encoding : {Encoding::Xml, Encoding::Wbxml}) {
        const auto result = read(codec::encode(sent, encoding), account(known));
        REQUIRE(result);
        CHECK(*result == Notification{11,
                                      UiMode::NotSpecified,
                                      Initiator::Server,
                                      "21",
                                      "srv1",
                                      1,
                                      "/",
                                      {{AlertCode::TwoWayByServer, "./card", "text/x-vcard", 1, ""},
                                       {AlertCode::TwoWayByServer, "./cal", "text/x-vcard", 1, ""},
                                       {AlertCode::RefreshFromServerByServer, "note", "", 1, "./note"}},
                                      true});
    }
}

TEST_CASE("a message of Alerts proves itself by its credentials", "[notification]")
{
    auto sent = message({alert(206, {"card"})});
    CHECK(reading(sent)->authenticated);
    CHECK(reading(sent, {base::Secret("wrong"), {"nonce"}}).error() == Refusal::WrongDigest);
    CHECK(reading(sent, {base::Secret("pushsecret"), {}}).error() == Refusal::WrongDigest);
    CHECK_FALSE(reading(sent, {std::nullopt, {}})->authenticated);

    sent.header.cred->meta.type = "syncml:auth-basic";
    CHECK(reading(sent).error() == Refusal::WrongDigest);
    sent.header.cred->data = basic_credentials("srv1", base::Secret("pushsecret"));
    CHECK(reading(sent)->authenticated);
    CHECK(sent.header.cred->data == base::Secret("c3J2MTpwdXNoc2VjcmV0"));
    sent.header.cred->meta.type = "";
    CHECK(reading(sent).error() == Refusal::WrongDigest);

    sent.header.cred.reset();
    CHECK(reading(sent).error() == Refusal::Unsigned);
    sent.header.source.uri = "srv2";
    CHECK(reading(sent).error() == Refusal::UnknownServer);
}

TEST_CASE("the digest of a message of Alerts is that of its version", "[notification]")
{
    for (const auto version : {syncml::Version::V1_0, syncml::Version::V1_1, syncml::Version::V1_2}) {
        auto sent = message({alert(206, {"card"})});
        sent.header.ver_dtd = syncml::dtd(version);
        sent.header.ver_proto = syncml::protocol(version);
        sent.header.cred->data = md5_credentials("srv1", base::Secret("pushsecret"), "nonce", version);
        CHECK(reading(sent)->authenticated);
        const auto other = version == syncml::Version::V1_0 ? syncml::Version::V1_1 : syncml::Version::V1_0;
        sent.header.cred->data = md5_credentials("srv1", base::Secret("pushsecret"), "nonce", other);
        CHECK(reading(sent).error() == Refusal::WrongDigest);
    }
}

TEST_CASE("in WBXML the digest may be raw octets", "[notification]")
{
    const auto sent = message({alert(206, {"card"})});
    const std::string text(sent.header.cred->data.reveal());
    const auto raw = base::decode_base64(text).value();
    REQUIRE(raw.size() == 16);
    auto document = codec::encode(sent, Encoding::Wbxml);
    const auto place = document.find("\x03" + text + '\0');
    REQUIRE(place != std::string::npos);
    const auto with = [&](const std::string& octets) {
        auto changed = document;
        return changed.replace(place, text.size() + 2, "\xC3\x10" + octets);
    };
    CHECK(read(with(raw), account(known))->authenticated);
    auto wrong = raw;
    wrong.back() ^= 1;
    CHECK(read(with(wrong), account(known)).error() == Refusal::WrongDigest);
}

TEST_CASE("only Alerts of a server that name a database ask for something", "[notification]")
{
    for (const int code : {100, 200, 205, 211, 222})
        CHECK(reading(message({alert(code, {"card"})})).error() == Refusal::NothingToSync);
    CHECK(reading(message({})).error() == Refusal::NothingToSync);
    CHECK(reading(message({alert(206, {})})).error() == Refusal::NothingToSync);
    CHECK(reading(message({alert(206, {""})})).error() == Refusal::NothingToSync);
    CHECK(reading(message({alert(200, {"card"}), syncml::Sync(), alert(207, {"cal"})}))->syncs.size() == 1);
}

TEST_CASE("a message of Alerts is of a version of DS, and 0 is no session", "[notification]")
{
    auto sent = message({alert(206, {"card"})});
    for (const auto* bad : {"", "SyncML/2.0", "SyncML/1.3", "SyncML/1.", "SyncML/1.12", "DM/1.2"}) {
        sent.header.ver_proto = bad;
        CHECK(reading(sent).error() == Refusal::Version);
    }
    sent.header.ver_proto = "SyncML/1.2";
    sent.header.session_id = "0";
    CHECK(reading(sent)->version == 12);
    CHECK(reading(sent)->session_id.empty());
    sent.header.session_id = std::string(16, '9');
    CHECK(reading(sent)->session_id == std::string(16, '9'));
    sent.header.session_id += '9';
    CHECK(reading(sent)->session_id.empty());
}

TEST_CASE("what looks like a message and is none is no notification either", "[notification]")
{
    for (const auto* text : {"<SyncML>", "<SyncML/>", "<html></html>", "<!DOCTYPE a [<!ENTITY b 'c'>]><SyncML/>", "<"})
        CHECK(read(text, account(known)).error() == Refusal::Broken);
    const auto whole = codec::encode(message({alert(206, {"card"})}), Encoding::Wbxml);
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(read(whole.substr(0, size), account(known)));
}
