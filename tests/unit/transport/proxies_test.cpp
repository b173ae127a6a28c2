#include "transport/proxies.hpp"

#include "posting.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <map>

using base::Errc;
using Catch::Matchers::Contains;
using transport::Proxies;
using transport::read_proxies;

namespace {

Proxies read(const std::map<std::string, std::string>& variables)
{
    return read_proxies([&](const char* name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found != variables.end() ? std::optional(found->second) : std::nullopt;
    });
}

/// A variable of the environment while this lives.
class Variable {
public:
    Variable(const char* name, const std::string& value) : name_(name) { setenv(name, value.c_str(), 1); }
    ~Variable() { unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

private:
    const char* name_;
};

} // namespace

TEST_CASE("proxies are read from the environment as others read them", "[transport][proxy]")
{
    CHECK(read({}) == Proxies{});
    CHECK(read({{"http_proxy", "http://p:3128"}}) == Proxies{.http = "http://p:3128", .https = "", .direct = {}});
    CHECK(read({{"https_proxy", "p:3128"}}) == Proxies{.http = "", .https = "http://p:3128", .direct = {}});
    CHECK(read({{"HTTPS_PROXY", "p"}, {"https_proxy", ""}}).https == "http://p");
    CHECK(read({{"HTTP_PROXY", "http://evil"}}) == Proxies{});
    CHECK(read({{"all_proxy", "socks5://s"}, {"https_proxy", "http://p"}}) ==
          Proxies{.http = "socks5://s", .https = "http://p", .direct = {}});
    CHECK(read({{"http_proxy", "p"}, {"no_proxy", " localhost,.example.org  10.0.0.0/8,"}}).direct ==
          std::vector<std::string>{"localhost", ".example.org", "10.0.0.0/8"});
    CHECK(read({{"http_proxy", "p"}, {"NO_PROXY", "a,*"}}) == Proxies{});
}

TEST_CASE("a message goes through the proxy that the environment names", "[transport][proxy]")
{
    ScriptedServer proxy({{ok("by proxy"), Turn::Then::Close},
                          {"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", Turn::Then::Close}});
    const Variable http("http_proxy", proxy.address());
    const Variable https("https_proxy", "http://" + proxy.address());
    const auto transport = transport::create_http_transport(options());
    CHECK(post(*transport, "http://sync.example/ds?a=1").value().body == "by proxy");
    CHECK(proxy.requests().at(0).line == "POST http://sync.example/ds?a=1 HTTP/1.1");

    // TLS goes through the proxy unread.
    const auto tunnel = post(*transport, "https://sync.example/ds");
    REQUIRE_FALSE(tunnel);
    CHECK(proxy.requests().at(1).line == "CONNECT sync.example:443 HTTP/1.1");
}

TEST_CASE("a proxy is told the user and password of its URL, and nobody else is", "[transport][proxy]")
{
    ScriptedServer proxy(
        {{ok("by proxy")}, {ok("by proxy"), Turn::Then::Close}, {status("502 Bad Gateway"), Turn::Then::Close}});
    ScriptedServer server({{ok("directly")}});
    const Variable http("http_proxy", "http://us%3Aer:p%40ss:word@" + proxy.address());
    const Variable https("https_proxy", "http://alice:a/b#c@d@" + proxy.address());
    const Variable none("no_proxy", "127.0.0.1");
    const auto transport = transport::create_http_transport(options());
    CHECK(post(*transport, "http://sync.example/ds"));
    CHECK(post(*transport, "http://sync.example/ds"));
    CHECK_FALSE(post(*transport, "https://sync.example/ds"));
    CHECK(post(*transport::create_http_transport(options()), server.url()));
    CHECK(proxy.requests().at(0).header("proxy-authorization") == "Basic dXM6ZXI6cEBzczp3b3Jk"); // us:er:p@ss:word
    CHECK(proxy.requests().at(1).header("proxy-authorization") == "Basic dXM6ZXI6cEBzczp3b3Jk");
    CHECK(proxy.requests().at(2).line == "CONNECT sync.example:443 HTTP/1.1");
    CHECK(proxy.requests().at(2).header("proxy-authorization") == "Basic YWxpY2U6YS9iI2NAZA=="); // alice:a/b#c@d
    CHECK(server.requests().at(0).header("proxy-authorization") == std::nullopt);
}

TEST_CASE("a proxy that refuses its user is named, and no password is", "[transport][proxy]")
{
    const auto* challenge =
        GENERATE("Proxy-Authenticate: Basic realm=p\r\n", "Proxy-Authenticate: Digest nonce=n\r\n", "");
    const Turn refusal{status("407 Proxy Authentication Required", challenge), Turn::Then::Close};
    ScriptedServer proxy({refusal, refusal, refusal});
    const Variable http("http_proxy", "http://alice:hidden@" + proxy.address());
    const Variable https("https_proxy", "http://alice:hidden@" + proxy.address());
    for (const auto* url : {"http://sync.example/ds", "https://sync.example/ds"}) {
        const auto error = refused(url);
        CHECK(error.code == Errc::HttpStatus);
        CHECK_THAT(error.message, Contains("407") && Contains("The proxy wants another user and password"));
        CHECK_THAT(error.message, !Contains("hidden"));
    }
    CHECK(proxy.requests().size() == 2);
}

TEST_CASE("a proxy that cannot be reached keeps its password, too", "[transport][proxy]")
{
    const auto* proxy = GENERATE("http://alice:hidden@127.0.0.1:1", "http://alice:hid[den@127.0.0.1:1",
                                 "http://alice:hidden@", "alice:hidden@127.0.0.1:1",
                                 "http://alice:hidden@127.0.0.1:99999", "nonsense://alice:hidden@127.0.0.1:1",
                                 "socks5://alice:hidden@127.0.0.1:1", "socks5://alice:hidden@127.0.0.1:99999");
    const Variable http("http_proxy", proxy);
    const Variable https("https_proxy", proxy);
    for (const auto* url : {"http://sync.example/ds", "https://sync.example/ds"}) {
        const auto error = refused(url);
        CHECK((error.code == Errc::Unreachable || error.code == Errc::HostNotFound));
        CHECK_THAT(error.message, Contains("sync.example") && !Contains("hid"));
    }
}

TEST_CASE("an endless page of a proxy that lets nobody through comes to an end", "[transport][proxy][size]")
{
    ScriptedServer proxy({{"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", Turn::Then::Flood}});
    const Variable https("https_proxy", proxy.address());
    auto with = options();
    with.connect_timeout = std::chrono::milliseconds(300);
    CHECK(refused("https://sync.example/ds", with).code == Errc::Timeout);
}

TEST_CASE("no_proxy names what is reached without", "[transport][proxy]")
{
    ScriptedServer proxy({{ok("by proxy")}});
    ScriptedServer server({{ok("directly")}});
    const Variable http("http_proxy", proxy.address());
    const Variable none("no_proxy", "localhost,127.0.0.0/8");
    const auto transport = transport::create_http_transport(options());
    CHECK(post(*transport, server.url()).value().body == "directly");
    CHECK(proxy.connections() == 0);
}
