#include "manager/url.hpp"

#include <catch2/catch.hpp>

using manager::is_move;
using manager::Origin;
using manager::parse_url;

namespace {

std::string error_of(std::string_view url)
{
    const auto origin = parse_url(url);
    REQUIRE_FALSE(origin);
    CHECK(origin.error().code == base::Errc::InvalidValue);
    CHECK(origin.error().message.starts_with("Url: "));
    return origin.error().message;
}

bool moves(std::string_view from, std::string_view to)
{
    return is_move(parse_url(from).value(), parse_url(to).value());
}

} // namespace

TEST_CASE("the origin of a URL is its scheme, host and port", "[manager][url]")
{
    const auto origin = parse_url("HTTPS://Sync.Example.ORG:8443/ds?x=a@b:c").value();
    CHECK(origin.secure);
    CHECK(origin.host == "sync.example.org");
    CHECK(origin.port == 8443);

    CHECK(parse_url("http://h")->port == 80);
    CHECK(parse_url("https://h")->port == 443);
    CHECK_FALSE(parse_url("http://h/")->secure);
    CHECK(parse_url("http://127.0.0.1:9000/")->host == "127.0.0.1");
    CHECK(parse_url("http://h?q")->host == "h");
}

TEST_CASE("an IPv6 address stands in brackets, with or without a port", "[manager][url]")
{
    CHECK(parse_url("http://[::1]/x")->host == "[::1]");
    CHECK(parse_url("http://[::1]/x")->port == 80);
    CHECK(parse_url("http://[FE80::1]:8080/x")->host == "[fe80::1]");
    CHECK(parse_url("http://[fe80::1]:8080/x")->port == 8080);
    for (const auto* url :
         {"http://[]/", "http://[::1", "http://::1/", "http://[::1]x/", "http://a]b/", "http://[::g%25]/"})
        CHECK_FALSE(parse_url(url));
}

TEST_CASE("only http and https are spoken", "[manager][url]")
{
    for (const auto* url : {"", "example.org", "ftp://example.org", "://example.org", "https:/example.org",
                            "https:example.org", "file:///etc/passwd", "httpsx://h"})
        CHECK(error_of(url) == "Url: must begin with http:// or https://");
}

TEST_CASE("a URL without a valid host is refused", "[manager][url]")
{
    for (const auto* url : {"https://", "https:///path", "https://:443/", "https://?q", "https://ex%61mple.org/",
                            "https://a,b/", "https://a!b/"})
        CHECK(error_of(url) == "Url: names no valid host");
}

TEST_CASE("a port is a number from 1 to 65535", "[manager][url]")
{
    CHECK(parse_url("http://h:65535/")->port == 65535);
    for (const auto* url :
         {"http://h:/", "http://h:0/", "http://h:65536/", "http://h:-1/", "http://h:80x/", "http://h:8:0/"})
        CHECK(error_of(url) == "Url: names no valid port");
}

TEST_CASE("credentials do not belong into a URL", "[manager][url]")
{
    for (const auto* url :
         {"https://anna@h/", "https://anna:secret@h/", "https://@h/", "https://good.org:80@evil.org/"})
        CHECK(error_of(url) == "Url: must not hold a user or password; give them as Id and Password");
    CHECK(parse_url("https://h/path@x:y")->host == "h");
}

TEST_CASE("a URL has no fragment, no white space and nothing that readers take in different ways", "[manager][url]")
{
    CHECK(error_of("https://h/#x") == "Url: must not have a fragment (#)");
    for (const auto* url :
         {"https://h /", " https://h/", "https://h/\n", "https://h/\t", "https://good.org\\@evil.org/",
          "https://b\xc3\xbc"
          "cher.example/",
          "https://h/<x>", "https://h/\x7f", "https://h/\"", "https://h/^"})
        CHECK(error_of(url) == "Url: holds a character that a URL cannot have; write it as %XX");
    CHECK_FALSE(parse_url(std::string_view("https://h/\0", 11)));
}

TEST_CASE("a URL is at most 2048 bytes long", "[manager][url]")
{
    const std::string begin = "https://h/";
    CHECK(parse_url(begin + std::string(2048 - begin.size(), 'x')));
    CHECK(error_of(begin + std::string(2049 - begin.size(), 'x')) == "Url: longer than 2048 bytes");
}

TEST_CASE("another host, another port or lost encryption is a move", "[manager][url]")
{
    CHECK(moves("https://a.org/", "https://b.org/"));
    CHECK(moves("https://a.org/", "https://a.org.evil.org/"));
    CHECK(moves("https://a.org/", "https://a.org:444/"));
    CHECK(moves("https://a.org/", "http://a.org/"));
    CHECK(moves("https://a.org:8443/", "http://a.org:8443/"));
    CHECK(moves("http://a.org:8080/", "https://a.org/"));
}

TEST_CASE("another path, another case or gained encryption is no move", "[manager][url]")
{
    CHECK_FALSE(moves("https://a.org/x", "https://a.org/y?z"));
    CHECK_FALSE(moves("https://A.org/", "HTTPS://a.ORG:443/"));
    CHECK_FALSE(moves("http://a.org/", "https://a.org/"));
    CHECK_FALSE(moves("http://a.org:8080/", "https://a.org:8080/"));
}
