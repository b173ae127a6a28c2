#include "transport/proxies.hpp"

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <string_view>

namespace transport {

namespace {

std::string first_of(const Environment& environment, std::initializer_list<const char*> names)
{
    for (const auto* name : names)
        if (auto value = environment(name); value && !value->empty())
            return *value;
    return {};
}

std::string proxy_url(std::string value)
{
    if (value.empty() || value.find("://") != std::string::npos)
        return value;
    return "http://" + value;
}

std::vector<std::string> split(std::string_view list)
{
    constexpr std::string_view separators = ", \t";
    std::vector<std::string> parts;
    while (true) {
        list.remove_prefix(std::min(list.find_first_not_of(separators), list.size()));
        if (list.empty())
            return parts;
        const auto end = std::min(list.find_first_of(separators), list.size());
        parts.emplace_back(list.substr(0, end));
        list.remove_prefix(end);
    }
}

} // namespace

std::optional<std::string> process_environment(const char* name)
{
    const char* value = std::getenv(name);
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

Proxies read_proxies(const Environment& environment)
{
    Proxies proxies;
    proxies.direct = split(first_of(environment, {"no_proxy", "NO_PROXY"}));
    for (const auto& host : proxies.direct)
        if (host == "*")
            return {};
    proxies.http = proxy_url(first_of(environment, {"http_proxy", "all_proxy", "ALL_PROXY"}));
    proxies.https = proxy_url(first_of(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}));
    return proxies;
}

Owned<GProxyResolver> create_proxy_resolver(const Proxies& proxies)
{
    if (proxies.http.empty() && proxies.https.empty())
        return nullptr;
    std::vector<char*> direct; // GLib copies the list it is given, constant or not
    for (const auto& host : proxies.direct)
        direct.push_back(const_cast<char*>(host.c_str()));
    direct.push_back(nullptr);
    Owned<GProxyResolver> resolver(g_simple_proxy_resolver_new("direct://", direct.data()));
    auto* simple = G_SIMPLE_PROXY_RESOLVER(resolver.get());
    if (!proxies.http.empty())
        g_simple_proxy_resolver_set_uri_proxy(simple, "http", proxies.http.c_str());
    if (!proxies.https.empty())
        g_simple_proxy_resolver_set_uri_proxy(simple, "https", proxies.https.c_str());
    return resolver;
}

} // namespace transport
