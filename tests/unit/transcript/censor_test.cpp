#include "transcript/censor.hpp"

#include "codec/codec.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace transcript;

constexpr const char* password = "YWxpY2U6czNjcmV0";
constexpr const char* nonce = "bm9uY2U=";
constexpr const char* card = "BEGIN:VCARD\r\nFN:Bruce Wayne\r\nEND:VCARD\r\n";

syncml::Meta meta()
{
    syncml::Meta meta;
    meta.next_nonce = nonce;
    return meta;
}

syncml::Credentials credentials()
{
    return {meta(), base::Secret(password)};
}

syncml::Item item(syncml::Data data)
{
    syncml::Item item;
    item.source = {"7", ""};
    item.data = std::move(data);
    item.meta = meta();
    return item;
}

/// A command with secrets wherever it can hold them.
template <class Command>
Command command(syncml::Data data)
{
    Command command;
    if constexpr (requires { command.cred; })
        command.cred = credentials();
    if constexpr (requires { command.meta; })
        command.meta = meta();
    if constexpr (requires { command.items.push_back(item({})); })
        command.items.push_back(item(std::move(data)));
    return command;
}

syncml::Message message()
{
    syncml::Message message;
    message.header.msg_id = 1;
    message.header.cred = credentials();
    message.header.meta = meta();
    message.header.target.uri = "http://alice:s3cret@sync.example.org/ds?x=a@b";
    message.header.resp_uri = "http://alice:s3cret@sync.example.org/ds";
    auto status = command<syncml::Status>(card);
    status.target_refs = {"http://alice:s3cret@sync.example.org/ds"};
    status.chal = meta();
    auto devinf = syncml::DevInf();
    devinf.manufacturer = "Acme";
    const auto add = command<syncml::ItemCommand>(card);
    auto group = command<syncml::Group>({});
    group.commands = {add};
    auto sync = command<syncml::Sync>({});
    sync.commands = {add, group};
    message.body = {add,
                    status,
                    command<syncml::Alert>("Hello there"),
                    command<syncml::Put>(devinf),
                    command<syncml::Results>(card),
                    command<syncml::Get>({}),
                    command<syncml::Map>({}),
                    sync,
                    group};
    return message;
}

std::string text(const syncml::Message& message)
{
    std::string text;
    codec::write_readable(message, [&](std::string_view piece) { text += piece; });
    return text;
}

TEST_CASE("no secret is left in a censored message, wherever it stood")
{
    for (const bool keeps_items : {false, true}) {
        const auto censored = text(censor(message(), keeps_items));
        for (const auto* secret : {password, nonce, "s3cret"})
            CHECK_THAT(censored, !Catch::Contains(secret));
        CHECK_THAT(censored, Catch::Contains("http://(masked)@sync.example.org/ds?x=a@b"));
        CHECK_THAT(censored, Catch::Contains("Acme"));
        CHECK_THAT(censored, Catch::Contains("Hello there"));
    }
}

TEST_CASE("items are kept when that is asked for, and else are a size and a hash")
{
    CHECK_THAT(text(censor(message(), true)), Catch::Contains("Bruce Wayne"));
    const auto hashed = text(censor(message(), false));
    CHECK_THAT(hashed, !Catch::Contains("Bruce Wayne"));
    CHECK_THAT(hashed, Catch::Contains("(" + std::to_string(std::string_view(card).size()) + " octets, SHA-256 " +
                                       sha256(card) + ")"));
}

TEST_CASE("a digest is that of sha256sum")
{
    CHECK(digest_of("abc") == "(3 octets, SHA-256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad)");
    CHECK(find_digested_size(digest_of("abc")) == 3U);
    CHECK_FALSE(find_digested_size("(3 octets)"));
    CHECK_FALSE(find_digested_size("(99999999999999999999999 octets, SHA-256 )"));
    CHECK_FALSE(find_digested_size(""));
}

TEST_CASE("a text that XML cannot hold is a size and a hash in any case")
{
    auto with_octets = message();
    std::get<syncml::ItemCommand>(with_octets.body[0]).items[0].data = std::string("a\0b", 3);
    CHECK_THAT(text(censor(with_octets, true)), Catch::Contains("(3 octets, SHA-256 "));
}

TEST_CASE("an address without a login stays as it is")
{
    for (const auto* address : {"http://sync.example.org/a@b", "./devinf12", "", "http://", "https://host?x=y@z"})
        CHECK(censor_address(address) == address);
    CHECK(censor_address("http://a:b@c@host/") == "http://(masked)@host/");
}

} // namespace
