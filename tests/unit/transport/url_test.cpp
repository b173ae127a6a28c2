#include "transport/transport.hpp"
#include "transport/url.hpp"

#include <catch2/catch.hpp>

using transport::address;
using transport::is_https;
using transport::parse_url;
using transport::resolve;

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

TEST_CASE("an address for people is legible, whatever octets a server writes into it", "[transport][url]")
{
    CHECK(address("http://sync.%15example.net:8080/") == "sync. example.net:8080");
    CHECK(address("https://sync%0Aexample/") == "sync example");
    CHECK(address("\xFF\x1B") == "\xEF\xBF\xBD ");
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

TEST_CASE("a reference stands for an address beside the one it came from", "[transport][url]")
{
    const std::string url = "https://sync.example:8443/a/b?sid=1";
    const std::pair<const char*, const char*> references[] = {
        {"?sid=2", "https://sync.example:8443/a/b?sid=2"},
        {"c?sid=2", "https://sync.example:8443/a/c?sid=2"},
        {"/c", "https://sync.example:8443/c"},
        {"../c", "https://sync.example:8443/c"},
        {"./c/./d/../e", "https://sync.example:8443/a/c/e"},
        {"//other.example/c", "https://other.example/c"},
        {"//[::1]:81/c", "https://[::1]:81/c"},
        {"http://other.example/a/../c", "http://other.example/a/../c"}, // the server's very words
        {"HTTPS://Other.example", "HTTPS://Other.example"},
        {"ftp://other.example/", "ftp://other.example/"},
        {"//", "//"},
    };
    for (const auto& [reference, meant] : references)
        CHECK(resolve(reference, url) == meant);
    CHECK(resolve("c", "") == "c");
    CHECK(resolve("c", "nonsense") == "c");
}

TEST_CASE("the server of a URL is its host and port, and no less safe", "[transport][url]")
{
    const auto same = [](const char* own, const char* other) {
        return transport::is_same_server(parse_url(own).get(), parse_url(other).get());
    };
    CHECK(same("https://sync.example/ds", "https://SYNC.example:443/other?a"));
    CHECK(same("http://sync.example/ds", "https://sync.example/ds"));
    CHECK(same("http://[::1]:8080/", "http://[::1]:8080/ds"));
    CHECK_FALSE(same("https://sync.example/", "http://sync.example/"));
    CHECK_FALSE(same("https://sync.example/", "http://sync.example:443/"));
    CHECK_FALSE(same("http://sync.example:8080/", "https://sync.example/"));
    CHECK_FALSE(same("http://sync.example/", "http://sync.example:8080/"));
    CHECK_FALSE(same("https://sync.example/", "https://other.example/"));
    CHECK_FALSE(same("https://sync.example/", "https://sync.example.evil/"));
}

TEST_CASE("a request names path and query", "[transport][url]")
{
    const auto of = [](const char* url) { return transport::path_and_query(parse_url(url).get()); };
    CHECK(of("http://sync.example") == "/");
    CHECK(of("http://sync.example/a%20b") == "/a%20b");
    CHECK(of("http://sync.example/ds?a=%26&b") == "/ds?a=%26&b");
}
