#include "posting.hpp"

#include <fmt/format.h>

using Then = Turn::Then;

TEST_CASE("the server's cookies come back within the session", "[transport][cookies]")
{
    ScriptedServer server({{ok("1", media_type, "Set-Cookie: SID=abc; Path=/\r\nSet-Cookie: ROUTE=n1\r\n")},
                           {ok("2", media_type, "Set-Cookie: SID=def; Path=/\r\n")},
                           {ok("3", media_type, "Set-Cookie: ROUTE=; Max-Age=0\r\n"), Then::Close},
                           {ok("4")}});
    const auto transport = transport::create_http_transport(options());
    for (int i = 0; i < 4; ++i)
        CHECK(post(*transport, server.url()));
    CHECK(server.requests().at(0).header("cookie") == std::nullopt);
    CHECK(server.requests().at(1).header("cookie") == "SID=abc; ROUTE=n1");
    CHECK(server.requests().at(2).header("cookie") == "SID=def; ROUTE=n1");
    CHECK(server.requests().at(3).header("cookie") == "SID=def"); // on another connection
}

TEST_CASE("a cookie that comes with a redirect or an error counts", "[transport][cookies]")
{
    ScriptedServer server({{status("307 Moved", "Set-Cookie: ROUTE=n1\r\nLocation: /there\r\n")},
                           {status("503 Busy", "Set-Cookie: SID=abc\r\n")},
                           {ok("1")}});
    const auto transport = transport::create_http_transport(options());
    CHECK_FALSE(post(*transport, server.url("/ds")));
    CHECK(server.requests().at(1).header("cookie") == "ROUTE=n1");
    CHECK(post(*transport, server.url("/ds")));
    CHECK(server.requests().at(2).header("cookie") == "ROUTE=n1; SID=abc");
}

TEST_CASE("a cookie does not outlive its session", "[transport][cookies]")
{
    ScriptedServer server({{ok("1", media_type, "Set-Cookie: SID=abc; Max-Age=1000000\r\n")}, {ok("2")}});
    for (int i = 0; i < 2; ++i) {
        const auto transport = transport::create_http_transport(options());
        CHECK(post(*transport, server.url()));
    }
    CHECK(server.requests().at(1).header("cookie") == std::nullopt);
}

TEST_CASE("a cookie goes to no other host", "[transport][cookies]")
{
    ScriptedServer other({{ok("there")}, {ok("there")}});
    const auto elsewhere = fmt::format("http://localhost{}/ds", other.address().substr(other.address().find(':')));
    const auto redirect = fmt::format("Location: {}\r\nSet-Cookie: SID=abc\r\n", elsewhere);
    ScriptedServer server({{status("307 Away", redirect)},
                           {ok("here", media_type, "Set-Cookie: A=b; Domain=localhost\r\nSet-Cookie: C=d\r\n")}});
    const auto transport = transport::create_http_transport(options());
    CHECK(post(*transport, server.url()).value().body == "there");
    CHECK(post(*transport, server.url()).value().body == "here");
    CHECK(server.requests().at(1).header("cookie") == "SID=abc");
    CHECK(post(*transport, elsewhere));
    for (const auto& request : other.requests())
        CHECK(request.header("cookie") == std::nullopt);
}
