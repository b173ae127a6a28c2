#include "transport/proxies.hpp"

#include "base/base64.hpp"

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <memory>
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

/// The parts of a proxy's URL. Not strict: a password may hold what it should not, and must not be taken for
/// anything else.
struct Parts {
    std::string scheme; ///< with `://`
    std::string login;  ///< USER:PASSWORD
    std::string place;
};

Parts parts_of(const std::string& proxy)
{
    const auto begin = proxy.find("://") + 3;
    const auto at = proxy.rfind('@');
    if (at == std::string::npos || at < begin)
        return {proxy.substr(0, begin), {}, proxy.substr(begin)};
    return {proxy.substr(0, begin), proxy.substr(begin, at - begin), proxy.substr(at + 1)};
}

bool is_socks(const Parts& parts)
{
    return parts.scheme.starts_with("socks");
}

/// What GIO gets to see, which warns of a URL that it cannot read by printing it.
std::string for_gio(const std::string& proxy)
{
    const auto parts = parts_of(proxy);
    const bool readable = g_uri_is_valid(proxy.c_str(), G_URI_FLAGS_HAS_PASSWORD, nullptr) != 0;
    return is_socks(parts) && readable ? proxy : parts.scheme + parts.place;
}

std::string unescaped(const std::string& text)
{
    const Owned<char> result(g_uri_unescape_string(text.c_str(), nullptr));
    return result != nullptr ? result.get() : text;
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
        g_simple_proxy_resolver_set_uri_proxy(simple, "http", for_gio(proxies.http).c_str());
    if (!proxies.https.empty())
        g_simple_proxy_resolver_set_uri_proxy(simple, "https", for_gio(proxies.https).c_str());
    return resolver;
}

bool is_proxied(GProxyResolver* resolver, GUri* uri)
{
    if (resolver == nullptr)
        return false;
    const Owned<char> text(g_uri_to_string(uri));
    const std::unique_ptr<char*, decltype(&g_strfreev)> proxies(
        g_proxy_resolver_lookup(resolver, text.get(), nullptr, nullptr), g_strfreev);
    return proxies != nullptr && std::string_view(*proxies.get()) != "direct://";
}

std::string proxy_authorization(const std::string& proxy)
{
    if (proxy.empty())
        return {};
    const auto parts = parts_of(proxy);
    if (parts.login.empty() || is_socks(parts))
        return {};
    const auto colon = parts.login.find(':');
    auto login = unescaped(parts.login.substr(0, colon)) + ':';
    if (colon != std::string::npos)
        login += unescaped(parts.login.substr(colon + 1));
    return "Basic " + base::encode_base64(login);
}

} // namespace transport
