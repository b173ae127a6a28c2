#include "transport/proxies.hpp"

#include "posting.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <map>

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
