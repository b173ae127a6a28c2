#include "posting.hpp"

#include <fmt/format.h>

using base::Errc;
using Catch::Matchers::Contains;

namespace {

std::string moved(std::string_view line, std::string_view to)
{
    return status(line, fmt::format("Location: {}\r\n", to));
}

} // namespace

TEST_CASE("redirects are followed with the same message", "[transport][redirect]")
{
    for (const auto* line : {"301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"}) {
        ScriptedServer server({{moved(line, "/moved?a=1")}, {ok("there")}});
        const auto transport = transport::create_http_transport(options());
        CHECK(post(*transport, server.url(), "<SyncML>1</SyncML>").value().body == "there");
        const auto requests = server.requests();
        REQUIRE(requests.size() == 2);
        CHECK(requests[1].line == "POST /moved?a=1 HTTP/1.1");
        CHECK(requests[1].body == "<SyncML>1</SyncML>");
        CHECK(requests[1].header("content-type") == media_type);
    }
}

TEST_CASE("a redirect may lead to another host", "[transport][redirect]")
{
    ScriptedServer there({{ok("there")}});
    ScriptedServer here({{moved("307 Away", there.url("/x"))}});
    const auto transport = transport::create_http_transport(options());
    CHECK(post(*transport, here.url()).value().body == "there");
    CHECK(there.requests().at(0).line == "POST /x HTTP/1.1");
}

TEST_CASE("five redirects are followed, not six", "[transport][redirect]")
{
    const Turn again{moved("307 Again", "/ds")};
    ScriptedServer patient({again, again, again, again, again, {ok("at last")}});
    const auto transport = transport::create_http_transport(options());
    CHECK(post(*transport, patient.url()).value().body == "at last");

    ScriptedServer circle({again, again, again, again, again, again, {ok("never")}});
    const auto error = refused(circle.url());
    CHECK(error.code == Errc::HttpStatus);
    CHECK_THAT(error.message, Contains(circle.address()) && Contains("redirects"));
    CHECK(circle.requests().size() == 6);
}

TEST_CASE("a redirect to nowhere is an error", "[transport][redirect]")
{
    for (const auto* location : {"", "ftp://127.0.0.1/", "http://", "file:///etc/passwd", "http://["}) {
        ScriptedServer server({{moved("302 Found", location)}});
        CHECK(refused(server.url()).code == Errc::HttpStatus);
    }
    ScriptedServer silent({{status("302 Found")}});
    CHECK(refused(silent.url()).code == Errc::HttpStatus);
}
