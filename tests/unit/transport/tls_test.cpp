#include "posting.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <sstream>

using base::Errc;
using Catch::Matchers::Contains;

namespace {

/// A file that make-certificates has made.
std::string made(std::string_view name)
{
    const char* directory = std::getenv("CERTIFICATES");
    REQUIRE(directory != nullptr);
    return fmt::format("{}/{}", directory, name);
}

transport::Options trusting(std::string_view ca_file = "ca.pem")
{
    auto result = options();
    result.ca_file = made(ca_file);
    return result;
}

std::string contents(std::string_view name)
{
    std::ostringstream text;
    text << std::ifstream(made(name)).rdbuf();
    return text.str();
}

/// Trusting, with a client certificate (PEM) for this server.
transport::Options showing(const std::string& pem, const std::string& url)
{
    auto result = trusting();
    result.server = url;
    result.client_certificate = base::Secret(pem);
    return result;
}

} // namespace

TEST_CASE("a certificate of the profile's authority is accepted", "[transport][tls]")
{
    ScriptedServer server({{ok("1")}, {ok("2")}}, made("good.pem"));
    const auto transport = transport::create_http_transport(trusting());
    CHECK(post(*transport, server.url()).value().body == "1");
    CHECK(post(*transport, server.url()).value().body == "2");
    CHECK(server.connections() == 1);
    CHECK(server.protocol() == "http/1.1");
}

TEST_CASE("a certificate of an unknown authority is refused", "[transport][tls]")
{
    const auto with = GENERATE(options(), trusting("other-ca.pem"));
    ScriptedServer server({{ok("never")}}, made("good.pem"));
    const auto error = refused(server.url(), with);
    CHECK(error.code == Errc::Tls);
    CHECK_THAT(error.message, Contains(server.address()) && Contains("not trusted here") && Contains("CA file"));
    CHECK(server.requests().empty());
}

TEST_CASE("a certificate of another host is refused", "[transport][tls]")
{
    ScriptedServer server({{ok("never")}}, made("elsewhere.pem"));
    const auto error = refused(server.url(), trusting());
    CHECK(error.code == Errc::Tls);
    CHECK_THAT(error.message, Contains(server.address()) && Contains("belongs to another host"));
    CHECK(server.requests().empty());
}

TEST_CASE("an expired certificate is refused", "[transport][tls]")
{
    ScriptedServer server({{ok("never")}}, made("expired.pem"));
    const auto error = refused(server.url(), trusting());
    CHECK(error.code == Errc::Tls);
    CHECK_THAT(error.message, Contains(server.address()) && Contains("it has expired") && Contains("clock"));
    CHECK(server.requests().empty());
}

TEST_CASE("every flaw of a certificate is named", "[transport][tls]")
{
    ScriptedServer server({{ok("never")}}, made("expired-elsewhere.pem"));
    CHECK_THAT(refused(server.url(), trusting()).message, Contains("expired") && Contains("another host"));
}

TEST_CASE("TLS and its absence are told apart", "[transport][tls]")
{
    ScriptedServer plain({}, {}, "220 mail.example ESMTP\r\n");
    const auto error = refused("https://" + plain.address() + "/ds", trusting());
    CHECK(error.code == Errc::Tls);
    CHECK_THAT(error.message, Contains(plain.address()) && Contains("HTTPS"));

    ScriptedServer secure({{ok("never")}}, made("good.pem"));
    CHECK(refused("http://" + secure.address() + "/ds").code == Errc::Unreachable);
}

TEST_CASE("a CA file that cannot be used says so, and not why", "[transport][tls]")
{
    ScriptedServer server({{ok("never")}}, made("good.pem"));
    for (const auto* file : {"no-such-file.pem", "log", "good.key", ".", "ca.pem/x"}) {
        const auto error = refused(server.url(), trusting(file));
        CHECK(error.code == Errc::Tls);
        CHECK(error.message == fmt::format("The CA file {} cannot be used: it must be a file that everybody may read, "
                                           "with a certificate in PEM. Correct CaFile of the profile.",
                                           made(file)));
    }
    CHECK(server.connections() == 0);
    // Without TLS nobody looks at it.
    ScriptedServer plain({{ok("1")}});
    const auto transport = transport::create_http_transport(trusting("no-such-file.pem"));
    CHECK(post(*transport, plain.url()));
}

TEST_CASE("a redirect may lead into TLS and never out of it", "[transport][tls][redirect]")
{
    ScriptedServer plain({{ok("never")}});
    ScriptedServer secure({{status("307 Out", fmt::format("Location: {}\r\n", plain.url()))}, {ok("in")}},
                          made("good.pem"));
    const auto error = refused(secure.url(), trusting());
    CHECK(error.code == Errc::Tls);
    CHECK_THAT(error.message, Contains(secure.address()) && Contains(plain.address()) && Contains("refused"));
    CHECK(plain.connections() == 0);

    ScriptedServer door({{status("308 In", fmt::format("Location: {}\r\n", secure.url()))}, {ok("still open")}});
    const auto transport = transport::create_http_transport(trusting());
    CHECK(post(*transport, door.url()).value().body == "in");
    CHECK(post(*transport, door.url()).value().body == "still open");
}

TEST_CASE("a session that began with https does not go on without", "[transport][tls]")
{
    ScriptedServer plain({{ok("never")}});
    ScriptedServer secure({{ok("1")}, {ok("2")}}, made("good.pem"));
    const auto transport = transport::create_http_transport(trusting());
    CHECK(post(*transport, secure.url()));
    const auto reply = post(*transport, plain.url());
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == Errc::Tls);
    CHECK(plain.connections() == 0);
    CHECK(post(*transport, secure.url()).value().body == "2");
}

TEST_CASE("limits and interruption hold within TLS", "[transport][tls]")
{
    ScriptedServer flood({{"HTTP/1.1 200 OK\r\n\r\n", Turn::Then::Flood}}, made("good.pem"));
    CHECK(refused(flood.url(), trusting()).code == Errc::ReplyTooLarge);
    CHECK(flood.flooded() < 64'000'000);

    std::unique_ptr<transport::Transport> transport;
    ScriptedServer silent({{"", Turn::Then::Hold, [&] { transport->interrupt(); }}}, made("good.pem"));
    transport = transport::create_http_transport(trusting());
    CHECK(post(*transport, silent.url()).error().code == Errc::Stopped);
}

// ---- certificates of ours ---------------------------------------------------------------------

TEST_CASE("a server that wants a certificate gets the profile's", "[transport][tls][client]")
{
    ScriptedServer server({{ok("1"), Turn::Then::Close}, {ok("2")}}, made("good.pem"), {}, made("ca.pem"));
    const auto transport = transport::create_http_transport(showing(contents("client.pem"), server.url()));
    CHECK(post(*transport, server.url()).value().body == "1");
    CHECK(post(*transport, server.url()).value().body == "2");
    CHECK(server.known_clients() == 2);
}

TEST_CASE("a server that wants no certificate gets none", "[transport][tls][client]")
{
    ScriptedServer server({{ok("1")}}, made("good.pem"));
    const auto transport = transport::create_http_transport(showing(contents("client.pem"), server.url()));
    CHECK(post(*transport, server.url()).value().body == "1");
    CHECK(server.known_clients() == 0);
}

TEST_CASE("a server that wants a certificate, and gets none or a foreign one, is named", "[transport][tls][client]")
{
    ScriptedServer server({{ok("never")}}, made("good.pem"), {}, made("ca.pem"));
    const auto none = refused(server.url(), trusting());
    CHECK(none.code == Errc::Tls);
    CHECK_THAT(none.message, Contains(server.address()) && Contains("client certificate"));
    const auto foreign = refused(server.url(), showing(contents("foreign-client.pem"), server.url()));
    CHECK(foreign.code == Errc::Tls);
    CHECK_THAT(foreign.message, Contains(server.address()) && Contains("client certificate"));
    CHECK(server.requests().empty());
}

TEST_CASE("a client certificate that cannot be used is not tried", "[transport][tls][client]")
{
    ScriptedServer server({{ok("never")}}, made("good.pem"), {}, made("ca.pem"));
    const std::pair<std::string, const char*> certificates[] = {
        {contents("expired-client.pem"), "has expired on 20"},
        {"nonsense", "cannot be used"},
        {contents("client.key"), "cannot be used"},
        {contents("client.crt"), "has no private key"},
    };
    for (const auto& [pem, text] : certificates) {
        const auto error = refused(server.url(), showing(pem, server.url()));
        CHECK(error.code == Errc::Tls);
        CHECK_THAT(error.message, Contains("The client certificate of the profile") && Contains(text) &&
                                      Contains("Give the profile another"));
        CHECK_THAT(error.message, !Contains("BEGIN"));
    }
    CHECK(server.connections() == 0);
}

TEST_CASE("nobody but the profile's server sees its client certificate", "[transport][tls][client]")
{
    ScriptedServer other({{ok("never")}}, made("good.pem"), {}, made("ca.pem"));
    ScriptedServer server({{ok("1")}, {status("307 Away", fmt::format("Location: {}\r\n", other.url()))}},
                          made("good.pem"), {}, made("ca.pem"));
    const auto transport = transport::create_http_transport(showing(contents("client.pem"), server.url()));
    CHECK(post(*transport, server.url()));
    for (const auto& url : {server.url(), other.url()})
        CHECK(post(*transport, url).error().code == Errc::Tls);
    CHECK(other.known_clients() == 0);
}

TEST_CASE("HTTP's Basic may travel within TLS", "[transport][tls][login]")
{
    ScriptedServer server({{status("401 Who", "WWW-Authenticate: Basic realm=a\r\n")}, {ok("1")}}, made("good.pem"));
    auto with = trusting();
    with.server = server.url();
    with.http_user = "alice";
    with.http_password = base::Secret("secret");
    const auto transport = transport::create_http_transport(with);
    CHECK(post(*transport, server.url()).value().body == "1");
    CHECK(server.requests().at(1).header("authorization") == "Basic YWxpY2U6c2VjcmV0");
}
