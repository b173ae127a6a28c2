#include "transport/transport.hpp"
#include "transport/url.hpp"

#include <catch2/catch.hpp>

using transport::address;
using transport::is_https;
using transport::parse_url;

TEST_CASE("a URL has an address for people", "[transport][url]")
{
    const std::pair<const char*, const char*> addresses[] = {
        {"http://sync.example/ds", "sync.example"},   {"http://sync.example:80/ds", "sync.example"},
        {"https://sync.example:443", "sync.example"}, {"https://sync.example:80/", "sync.example:80"},
        {"http://127.0.0.1:8080/", "127.0.0.1:8080"}, {"https://[::1]/", "[::1]"},
        {"https://[::1]:8443/", "[::1]:8443"},        {"https://user:password@sync.example/ds?sid=5", "sync.example"},
    };
    for (const auto& [url, text] : addresses) {
        const auto uri = parse_url(url);
        REQUIRE(uri != nullptr);
        CHECK(address(uri.get()) == text);
        CHECK(address(url) == text);
        CHECK(is_https(uri.get()) == std::string(url).starts_with("https"));
    }
}

TEST_CASE("what is no URL is its own address", "[transport][url]")
{
    CHECK(address("nonsense") == "nonsense");
}

TEST_CASE("a relative URL is one only beside another", "[transport][url]")
{
    const auto base = parse_url("https://sync.example/a/b?c");
    const auto uri = parse_url("../d?e", base.get());
    REQUIRE(uri != nullptr);
    CHECK(std::string(transport::Owned<char>(g_uri_to_string(uri.get())).get()) == "https://sync.example/d?e");
    CHECK(parse_url("../d?e") == nullptr);
    CHECK(parse_url("ftp://sync.example/", base.get()) == nullptr);
}
