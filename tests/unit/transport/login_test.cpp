#include "posting.hpp"

#include "transport/http_login.hpp"

#include <fmt/format.h>

using base::Errc;
using Catch::Matchers::Contains;
using transport::HttpLogin;
using transport::parse_challenges;
using Next = HttpLogin::Next;

namespace {

HttpLogin mufasa()
{
    return {"Mufasa", base::Secret("Circle of Life")};
}

/// Options of a profile with an HTTP login at this server.
transport::Options known_to(const std::string& url, bool allow_plain = true)
{
    auto result = options();
    result.server = url;
    result.http_user = "alice";
    result.http_password = base::Secret("s3:cret");
    result.allow_plain_credentials = allow_plain;
    return result;
}

const std::string basic = "Basic YWxpY2U6czM6Y3JldA=="; // alice:s3:cret

std::string unauthorized(std::string_view challenge)
{
    return status("401 Unauthorized", fmt::format("WWW-Authenticate: {}\r\n", challenge));
}

std::string digest_challenge(std::string_view nonce)
{
    return unauthorized(fmt::format(R"(Digest realm="sync", qop="auth", nonce="{}")", nonce));
}

} // namespace

// ---- what a server offers ---------------------------------------------------------------------

TEST_CASE("challenges are read however they are written", "[transport][login]")
{
    const auto challenges = parse_challenges(
        R"(, Newauth realm="apps, \"x\"", type=1 , title = "Login to",Basic realm="simple",NEGOTIATE abc==, Digest)");
    REQUIRE(challenges.size() == 4);
    CHECK(challenges[0].scheme == "newauth");
    CHECK(challenges[0].parameter("realm") == R"(apps, "x")");
    CHECK(challenges[0].parameter("type") == "1");
    CHECK(challenges[0].parameter("title") == "Login to");
    CHECK(challenges[1].scheme == "basic");
    CHECK(challenges[1].parameter("realm") == "simple");
    CHECK(challenges[2].scheme == "negotiate");
    CHECK(challenges[3].scheme == "digest");
    CHECK(challenges[3].parameters.empty());

    CHECK(parse_challenges("").empty());
    CHECK(parse_challenges(" , ,").empty());
    CHECK(parse_challenges("realm=x").empty());
    CHECK(parse_challenges("=").empty());
    CHECK(parse_challenges(R"(Basic realm="open)").at(0).parameter("realm") == "open");
    CHECK(parse_challenges(R"(Basic realm="\)").at(0).parameter("realm") == "\\");
    CHECK(parse_challenges("Digest nonce=a, nonce=b").at(0).parameter("nonce") == "a");
}

// ---- what it is answered ------------------------------------------------------------------------

TEST_CASE("nothing is said before anybody asks", "[transport][login]")
{
    CHECK(mufasa().authorization("POST", "/").empty());
}

TEST_CASE("Basic is user and password in UTF-8", "[transport][login]")
{
    HttpLogin login("Aladdin", base::Secret("open sesame")); // RFC 7617 §2
    CHECK(login.on_challenge(R"(Basic realm="WallyWorld")", true) == Next::Again);
    CHECK(login.authorization("POST", "/ds") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    HttpLogin pound("test", base::Secret("123\u00A3")); // §2.1
    CHECK(pound.on_challenge("basic", true) == Next::Again);
    CHECK(pound.authorization("POST", "/ds") == "Basic dGVzdDoxMjPCow==");
}

TEST_CASE("Digest is answered as RFC 2069 wants it when no quality is offered", "[transport][login]")
{
    auto login = HttpLogin("Mufasa", base::Secret("CircleOfLife")); // RFC 2069 §2.4, with its erratum 749
    CHECK(login.on_challenge(R"(Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", )"
                             R"(opaque="5ccc069c403ebaf9f0171e9517f40e41")",
                             false) == Next::Again);
    CHECK(
        login.authorization("GET", "/dir/index.html") ==
        R"(Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", )"
        R"(uri="/dir/index.html", response="1949323746fe6a43ef61f9606e7febea", opaque="5ccc069c403ebaf9f0171e9517f40e41")");
}

TEST_CASE("Digest counts its answers and mixes in a word of our own", "[transport][login]")
{
    auto login = mufasa();
    CHECK(login.on_challenge(R"(Digest realm="r", qop="auth-int, auth", algorithm=MD5, nonce="n")", false) ==
          Next::Again);
    std::string before;
    for (const auto* count : {"00000001", "00000002"}) {
        const auto answer = parse_challenges(login.authorization("POST", "/ds?a=1")).at(0);
        CHECK(answer.parameter("qop") == "auth");
        CHECK(answer.parameter("nc") == count);
        CHECK(answer.parameter("algorithm") == "MD5");
        CHECK(answer.parameter("uri") == "/ds?a=1");
        CHECK(answer.parameter("cnonce").size() == 32);
        CHECK(answer.parameter("cnonce") != before);
        before = answer.parameter("cnonce");
    }
}

TEST_CASE("the strongest way that is known is taken", "[transport][login]")
{
    const std::string sha = R"(Digest realm="r", nonce="new", qop="auth", algorithm=SHA-256)";
    const std::string md5 = R"(Digest realm="r", nonce="old", qop="auth")";
    for (const auto& offer : {"Basic realm=r, " + md5 + ", " + sha, sha + ", " + md5 + ", Negotiate"}) {
        auto login = mufasa();
        CHECK(login.on_challenge(offer, true) == Next::Again);
        const auto answer = parse_challenges(login.authorization("POST", "/")).at(0);
        CHECK(answer.parameter("nonce") == "new");
        CHECK(answer.parameter("response").size() == 64);
    }
    auto login = mufasa();
    CHECK(
        login.on_challenge("Digest nonce=n, algorithm=SHA-512-256, Digest nonce=n, qop=auth-int, Digest realm=r, Basic",
                           true) == Next::Again);
    CHECK_THAT(login.authorization("POST", "/"), Catch::Matchers::StartsWith("Basic "));
}

TEST_CASE("what is not known, or may not travel, is not answered", "[transport][login]")
{
    for (const auto* offer :
         {"", "Negotiate", "Digest", "Digest realm=r", "Digest nonce=n, algorithm=none", "NTLM abc="}) {
        auto login = mufasa();
        CHECK(login.on_challenge(offer, false) == Next::NoneKnown);
        CHECK(login.authorization("POST", "/").empty());
    }
    auto login = mufasa();
    CHECK(login.on_challenge("Basic realm=r", false) == Next::PlainOnly);
    CHECK(login.authorization("POST", "/").empty());
}

TEST_CASE("a server's words stay inside their quotes", "[transport][login]")
{
    HttpLogin login(R"(a"b\c)", base::Secret("x"));
    CHECK(login.on_challenge(R"(Digest realm="a\", evil=\"1", nonce="n\"", opaque="")", false) == Next::Again);
    const auto answer = parse_challenges(login.authorization("POST", R"(/"?)")).at(0);
    CHECK(answer.parameter("username") == R"(a"b\c)");
    CHECK(answer.parameter("realm") == R"(a", evil="1)");
    CHECK(answer.parameter("nonce") == R"(n")");
    CHECK(answer.parameter("uri") == R"(/"?)");
    CHECK(answer.parameters.count("evil") == 0);
}

// ---- over the line ---------------------------------------------------------------------------

TEST_CASE("a server that asks is told, and then knows", "[transport][login]")
{
    ScriptedServer server({{unauthorized("Basic realm=\"sync\"")}, {ok("1")}, {ok("2")}});
    const auto transport = transport::create_http_transport(known_to(server.url()));
    CHECK(post(*transport, server.url(), "<SyncML>1</SyncML>").value().body == "1");
    CHECK(post(*transport, server.url("/other?sid=1")).value().body == "2");
    const auto requests = server.requests();
    CHECK(requests.at(0).header("authorization") == std::nullopt);
    CHECK(requests.at(1).header("authorization") == basic);
    CHECK(requests.at(1).body == "<SyncML>1</SyncML>");
    CHECK(requests.at(2).header("authorization") == basic);
    CHECK(server.connections() == 1);
}

TEST_CASE("a page beside the challenge is not waited for", "[transport][login]")
{
    const std::string page = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=a\r\n\r\n";
    ScriptedServer server({{page, Turn::Then::Flood}, {ok("1")}});
    const auto transport = transport::create_http_transport(known_to(server.url()));
    CHECK(post(*transport, server.url()).value().body == "1");
    CHECK(server.flooded() < 64'000'000);
}

TEST_CASE("a wrong user or password is tried once", "[transport][login]")
{
    const auto challenge = GENERATE(unauthorized("Basic realm=a"), digest_challenge("n1"),
                                    unauthorized(R"(Digest realm="a", nonce="n", stale=true)"));
    ScriptedServer server({{challenge}, {challenge}, {ok("never")}});
    const auto error = refused(server.url(), known_to(server.url()));
    CHECK(error.code == Errc::Authentication);
    CHECK_THAT(error.message, Contains(server.address()) && Contains("Correct HttpId and HttpPassword"));
    CHECK(server.requests().size() == 2);
}

TEST_CASE("a nonce that has grown old is replaced, message by message", "[transport][login]")
{
    ScriptedServer server({{digest_challenge("n1")},
                           {ok("1")},
                           {digest_challenge("n2")},
                           {ok("2")},
                           {digest_challenge("n3")},
                           {digest_challenge("n4")},
                           {ok("never")}});
    const auto transport = transport::create_http_transport(known_to(server.url()));
    CHECK(post(*transport, server.url()).value().body == "1");
    CHECK(post(*transport, server.url()).value().body == "2");
    CHECK(post(*transport, server.url()).error().code == Errc::Authentication);
    std::string nonces;
    for (const auto& request : server.requests())
        if (const auto answer = request.header("authorization"))
            nonces += parse_challenges(*answer).at(0).parameter("nonce");
    CHECK(nonces == "n1n1n2n2n3");
}

TEST_CASE("Basic does not travel unencrypted unless the profile allows it", "[transport][login]")
{
    ScriptedServer server({{unauthorized("Basic realm=a")}, {ok("never")}});
    const auto error = refused(server.url(), known_to(server.url(), false));
    CHECK(error.code == Errc::PlainCredentialsRefused);
    CHECK_THAT(error.message, Contains(server.address()) && Contains("https"));
    CHECK(server.requests().size() == 1);

    ScriptedServer digest({{digest_challenge("n")}, {ok("1")}});
    const auto transport = transport::create_http_transport(known_to(digest.url(), false));
    CHECK(post(*transport, digest.url()));
}

TEST_CASE("a way to log in that is not known is named as such", "[transport][login]")
{
    ScriptedServer server({{unauthorized("Negotiate")}, {status("401 Unauthorized")}});
    for (int i = 0; i < 2; ++i) {
        const auto error = refused(server.url(), known_to(server.url()));
        CHECK(error.code == Errc::HttpStatus);
        CHECK_THAT(error.message,
                   Contains(server.address()) && Contains("401") && Contains("other than Basic and Digest"));
    }
}

TEST_CASE("nobody but the profile's server is told who we are", "[transport][login]")
{
    ScriptedServer other({{unauthorized("Basic realm=a")}, {unauthorized("Basic realm=a")}, {ok("never")}});
    ScriptedServer server({{unauthorized("Basic realm=a")},
                           {ok("1")},
                           {status("307 Away", fmt::format("Location: {}\r\n", other.url()))}});
    const auto transport = transport::create_http_transport(known_to(server.url()));
    CHECK(post(*transport, server.url()));
    for (const auto& url : {server.url(), other.url()}) { // by a redirect, and by RespURI
        const auto reply = post(*transport, url);
        REQUIRE_FALSE(reply);
        CHECK(reply.error().code == Errc::HttpStatus);
        CHECK_THAT(reply.error().message, Contains(other.address()) && Contains("for the host of its URL"));
    }
    for (const auto& request : other.requests())
        CHECK(request.header("authorization") == std::nullopt);
}
