#pragma once

#include "transport/glib.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace transport {

/// The proxies that the environment names, in the way of curl and most others:
/// `http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`, in lower or upper case
/// (not `HTTP_PROXY`, which a web server sets from a request's header).
struct Proxies {
    std::string http; ///< URL of the proxy for http://, empty: none
    std::string https;
    std::vector<std::string> direct; ///< hosts, domains and networks to reach without
    bool operator==(const Proxies&) const = default;
};

using Environment = std::function<std::optional<std::string>(const char* name)>;
std::optional<std::string> process_environment(const char* name);

Proxies read_proxies(const Environment& environment);

/// Empty when there is no proxy. It knows no user and password but of SOCKS proxies, to which GIO speaks itself.
Owned<GProxyResolver> create_proxy_resolver(const Proxies& proxies);

/// Whether a request goes through a proxy; `resolver` may be empty.
bool is_proxied(GProxyResolver* resolver, GUri* uri);

/// The value of Proxy-Authorization (Basic) by the user and password in a proxy's URL,
/// `http://USER:PASSWORD@HOST:PORT`, percent-encoded or not; empty when it has none.
std::string proxy_authorization(const std::string& proxy);

} // namespace transport
