#include "posting.hpp"

#include <fmt/format.h>

using base::Errc;
using Catch::Matchers::Contains;
using Then = Turn::Then;

TEST_CASE("a message is posted with the headers of the HTTP binding", "[transport]")
{
    ScriptedServer server({{ok("<SyncML>reply</SyncML>", "Application/vnd.SyncML+XML; charset=UTF-8")}});
    const auto transport = transport::create_http_transport(options());
    const std::string body = "<SyncML>\0\xFF binary</SyncML>" + std::string(100'000, 'b');
    const auto reply = post(*transport, server.url("/ds?user=a%20b"), body);
    REQUIRE(reply);
    CHECK(reply->body == "<SyncML>reply</SyncML>");
    CHECK(reply->content_type == "application/vnd.syncml+xml");

    REQUIRE(server.requests().size() == 1);
    const auto request = server.requests()[0];
    CHECK(request.line == "POST /ds?user=a%20b HTTP/1.1");
    CHECK(request.body == body);
    CHECK(request.header("host") == server.address());
    CHECK(request.header("content-type") == media_type);
    CHECK(request.header("content-length") == std::to_string(body.size()));
    CHECK(request.header("accept") == media_type);
    CHECK(request.header("accept-charset") == "UTF-8");
    CHECK(request.header("accept-encoding") == "gzip, deflate");
    CHECK(request.header("cache-control") == "no-store");
    CHECK(request.header("user-agent") == "syncd/test");
    for (const auto* absent : {"transfer-encoding", "expect", "cookie", "authorization", "proxy-authorization"})
        CHECK(request.header(absent) == std::nullopt);
}

TEST_CASE("one connection carries all messages of a session", "[transport]")
{
    ScriptedServer server({{ok("1")}, {ok("2")}, {ok("3")}});
    const auto transport = transport::create_http_transport(options());
    CHECK(post(*transport, server.url()).value().body == "1");
    CHECK(post(*transport, server.url("/ds?sid=5")).value().body == "2");
    CHECK(post(*transport, server.url("/ds?sid=5")).value().body == "3");
    CHECK(server.connections() == 1);
}

TEST_CASE("a connection that the server closed between two messages is opened again", "[transport]")
{
    // Whether its end is seen before the second message is sent, or after.
    ScriptedServer server({{ok("1"), Then::Close}, {ok("2"), Then::Close}, {ok("3")}});
    const auto transport = transport::create_http_transport(options());
    CHECK(post(*transport, server.url()).value().body == "1");
    CHECK(post(*transport, server.url()).value().body == "2");
    CHECK(post(*transport, server.url()).value().body == "3");
    CHECK(server.connections() == 3);
}

TEST_CASE("a message lost with its connection is sent again, twice at most, where it may be", "[transport]")
{
    const auto loss = GENERATE(Then::Close, Then::Reset);
    ScriptedServer server({{ok("1")},
                           {"", loss},
                           {ok("2")},
                           {"", loss},
                           {"", loss},
                           {"", loss},
                           {"", loss},
                           {ok("4")},
                           {"", loss},
                           {ok("never")}});
    const auto transport = transport::create_http_transport(options());
    CHECK(post(*transport, server.url(), "first").value().body == "1");
    CHECK(post(*transport, server.url(), "second").value().body == "2");
    CHECK(post(*transport, server.url(), "third").error().code == base::Errc::Unreachable);
    CHECK(post(*transport, server.url(), "fourth").value().body == "4");
    CHECK(post(*transport, server.url(), "fifth", transport::Repeat::Never).error().code == base::Errc::Unreachable);
    std::string bodies;
    for (const auto& request : server.requests())
        bodies += request.body + " ";
    CHECK(bodies == "first second second third third third fourth fourth fifth ");
}

TEST_CASE("an open connection that the server has closed meanwhile is not used", "[transport]")
{
    ScriptedServer server({{ok("1"), Then::Close}, {ok("2")}});
    const auto transport = transport::create_http_transport(options());
    CHECK(post(*transport, server.url(), "first").value().body == "1");
    server.await_close();
    CHECK(post(*transport, server.url(), "second", transport::Repeat::Never).value().body == "2");
    CHECK(server.connections() == 2);
}

TEST_CASE("the end of a transport closes its connection", "[transport]")
{
    ScriptedServer server({{ok("1"), Then::Hold}});
    auto transport = transport::create_http_transport(options());
    CHECK(post(*transport, server.url()));
    transport.reset();
    CHECK(server.flooded() == 0);
}

TEST_CASE("a reply may be chunked, or end with the connection", "[transport]")
{
    ScriptedServer server({{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<Sy\r\n4\r\nncML\r\n0\r\n\r\n"},
                           {"HTTP/1.1 200 OK\r\n\r\n<SyncML/>", Then::Close},
                           {"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n<a/>", Then::Close},
                           {"HTTP/1.1 100 Continue\r\n\r\n" + ok("after")}});
    const auto transport = transport::create_http_transport(options());
    CHECK(post(*transport, server.url()).value().body == "<SyncML");
    const auto untyped = post(*transport, server.url());
    CHECK(untyped.value().body == "<SyncML/>");
    CHECK(untyped.value().content_type.empty());
    CHECK(post(*transport, server.url()).value().content_type == "text/xml");
    CHECK(post(*transport, server.url()).value().body == "after");
}

TEST_CASE("every HTTP status but 200 is an error with its number and advice", "[transport]")
{
    const std::pair<const char*, const char*> answers[] = {
        {"201 Created", "201 (Created)"},
        {"204 No Content", "no reply to give"},
        {"303 See Other", "303 (See Other)"},
        {"401 Unauthorized", "give the profile HttpId and HttpPassword"},
        {"404 whatever", "404 (Not Found). There is no synchronization service at this address"},
        {"407 Proxy Authentication Required", "The proxy wants another user and password"},
        {"417 Expectation Failed", "a proxy before it"},
        {"421 Misdirected Request", "check the host name in the URL"},
        {"503 Service Unavailable", "try again later"},
        {"599 Odd", "599"},
    };
    for (const auto& [line, text] : answers) {
        ScriptedServer server({{status(line, "WWW-Authenticate: Basic realm=a\r\nLocation: /other\r\n")}});
        const auto error = refused(server.url());
        CHECK(error.code == Errc::HttpStatus);
        CHECK_THAT(error.message, Contains(server.address()) && Contains(text));
        CHECK(server.requests().size() == 1);
    }
}

TEST_CASE("a server that is busy says when to come back", "[transport]")
{
    const std::pair<std::string, const char*> times[] = {
        {"0", "left alone for 0 seconds; try again then"},
        {"120", "left alone for 120 seconds"},
        {"121", "left alone for 3 minutes"},
        {"86400", "left alone for 24 hours"},
        {"Sun, 06 Nov 1994 08:49:37 GMT", "left alone for 0 seconds"},
        {"Fri, 31 Dec 2286 23:59:59 GMT", "hours; try again then"},
        {"soon", "too busy or being serviced; try again later"},
        {"-5", "try again later"},
        {"99999999999999999999", "try again later"},
    };
    for (const auto* line : {"503 Service Unavailable", "429 Too Many Requests"})
        for (const auto& [value, text] : times) {
            ScriptedServer server({{status(line, "Retry-After: " + value + "\r\n")}});
            const auto error = refused(server.url());
            CHECK(error.code == Errc::HttpStatus);
            CHECK_THAT(error.message, Contains(server.address()) && Contains(text));
        }
}

TEST_CASE("how long a server wants to be left alone is that of its last reply", "[transport]")
{
    using namespace std::chrono_literals;
    ScriptedServer server({{status("503 Service Unavailable", "Retry-After: 120\r\n")},
                           {"HTTP/1.1 200 OK\r\nRetry-After: 30\r\nContent-Length: 1\r\n\r\nx"},
                           {ok("2")},
                           {status("429 Too Many Requests", "Retry-After: 5\r\n")}});
    const auto transport = transport::create_http_transport(options());
    CHECK(transport->retry_after() == std::nullopt);
    CHECK_FALSE(post(*transport, server.url()));
    CHECK(transport->retry_after() == 120s);
    CHECK(post(*transport, server.url()));
    CHECK(transport->retry_after() == 30s);
    CHECK(post(*transport, server.url()));
    CHECK(transport->retry_after() == std::nullopt);
    CHECK_FALSE(post(*transport, server.url()));
    CHECK(transport->retry_after() == 5s);
    CHECK_FALSE(post(*transport, "http://127.0.0.1:1/"));
    CHECK(transport->retry_after() == std::nullopt);
}

TEST_CASE("a reply tells which address it came from", "[transport]")
{
    ScriptedServer server({{status("307 Moved", "Location: ../there?a=1\r\n")}, {ok("1")}, {ok("2")}});
    const auto transport = transport::create_http_transport(options());
    CHECK(post(*transport, server.url("/a/b")).value().url == server.url("/there?a=1"));
    CHECK(post(*transport, server.url("/a/b?sid=1")).value().url == server.url("/a/b?sid=1"));
}

TEST_CASE("a body that is empty or a web page is not SyncML", "[transport]")
{
    ScriptedServer server({{ok("")},
                           {ok("<html>Log in</html>", "Text/HTML; charset=utf-8")},
                           {ok("<?xml version='1.0'?><html/>", "application/xhtml+xml")}});
    for (const auto* text : {"empty", "web page", "web page"}) {
        const auto error = refused(server.url());
        CHECK(error.code == Errc::NotSyncML);
        CHECK_THAT(error.message, Contains(server.address()) && Contains(text));
    }
}

TEST_CASE("SyncML that is labelled as a web page is taken all the same", "[transport]")
{
    const std::string wbxml("\x02\xA4\x01\x6A", 4);
    ScriptedServer server({{ok("<?xml version='1.0'?>\n<SyncML/>", "text/html")}, {ok(wbxml, "text/html")}});
    const auto transport = transport::create_http_transport(options());
    CHECK(post(*transport, server.url()).value().content_type == "text/html");
    CHECK(post(*transport, server.url()).value().body == wbxml);
}

TEST_CASE("what is no web server is not SyncML", "[transport]")
{
    ScriptedServer server({{"SSH-2.0-OpenSSH_9.2\r\n\r\n", Then::Close}});
    const auto error = refused(server.url());
    CHECK(error.code == Errc::NotSyncML);
    CHECK_THAT(error.message, Contains(server.address()) && Contains("no web server"));
}

// ---- size -------------------------------------------------------------------------------------

TEST_CASE("a reply may be as large as the limit and no larger", "[transport][size]")
{
    auto limited = options();
    limited.max_reply_bytes = 100'000;
    const std::string fits(100'000, 'x');
    ScriptedServer server({{ok(fits)}, {ok(fits + "x")}});
    const auto transport = transport::create_http_transport(limited);
    CHECK(post(*transport, server.url()).value().body == fits);
    CHECK(post(*transport, server.url()).error().code == Errc::ReplyTooLarge);
}

TEST_CASE("an announced reply over the limit is refused unread", "[transport][size]")
{
    ScriptedServer server({{"HTTP/1.1 200 OK\r\nContent-Length: 209715200\r\n\r\n", Then::Hold}});
    const auto error = refused(server.url());
    CHECK(error.code == Errc::ReplyTooLarge);
    CHECK_THAT(error.message, Contains(server.address()) && Contains("1000000"));
    CHECK(server.flooded() == 0);
}

TEST_CASE("an endless reply is left at the limit", "[transport][size]")
{
    const auto* head =
        GENERATE("HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n");
    ScriptedServer server({{head, Then::Flood}});
    CHECK(refused(server.url()).code == Errc::ReplyTooLarge);
    // What had been sent by then filled the sockets' buffers, no more.
    CHECK(server.flooded() < 64'000'000);
}

TEST_CASE("an endless body of an error or a redirect is not read", "[transport][size]")
{
    const auto* head =
        GENERATE("HTTP/1.1 404 Not Found\r\n\r\n", "HTTP/1.1 307 Away\r\nLocation: http://127.0.0.1:1/\r\n\r\n");
    ScriptedServer server({{head, Then::Flood}});
    const auto error = refused(server.url());
    CHECK((error.code == Errc::HttpStatus || error.code == Errc::Unreachable));
    CHECK(server.flooded() < 64'000'000);
}

TEST_CASE("an endless page beside a challenge is not gathered", "[transport][size]")
{
    const auto* line = GENERATE("401 Unauthorized", "407 Proxy Authentication Required", "421 Misdirected Request");
    const auto* length = GENERATE("", "Content-Length: 4000000000\r\n", "Transfer-Encoding: chunked\r\n");
    ScriptedServer server({{fmt::format("HTTP/1.1 {}\r\n{}\r\nFFFFFFF\r\n", line, length), Then::Flood}});
    const auto error = refused(server.url());
    CHECK(error.code == Errc::HttpStatus);
    CHECK_THAT(error.message, Contains(std::string(line).substr(0, 3)));
    CHECK(server.flooded() < 64'000'000);
}

TEST_CASE("a header without end is given up", "[transport][size]")
{
    ScriptedServer server({{"HTTP/1.1 200 OK\r\nX: ", Then::Flood}});
    const auto error = refused(server.url());
    CHECK((error.code == Errc::NotSyncML || error.code == Errc::Unreachable));
    CHECK(server.flooded() < 64'000'000);
}
