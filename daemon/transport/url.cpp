#include "transport/url.hpp"

#include "transport/transport.hpp"

#include <fmt/format.h>
#include <libsoup/soup.h>

#include <string_view>

namespace transport {

Owned<GUri> parse_url(const std::string& url, GUri* base)
{
    constexpr auto flags = static_cast<GUriFlags>(SOUP_HTTP_URI_FLAGS);
    Owned<GUri> uri(g_uri_parse_relative(base, url.c_str(), flags, nullptr));
    if (uri == nullptr)
        return nullptr;
    const std::string_view scheme = g_uri_get_scheme(uri.get());
    const char* host = g_uri_get_host(uri.get());
    if ((scheme != "http" && scheme != "https") || host == nullptr || *host == '\0')
        return nullptr;
    return uri;
}

bool is_https(GUri* uri)
{
    return std::string_view(g_uri_get_scheme(uri)) == "https";
}

std::string address(GUri* uri)
{
    std::string host = g_uri_get_host(uri);
    if (host.find(':') != std::string::npos)
        host = "[" + host + "]";
    const int port = g_uri_get_port(uri); // the scheme's when the URL names none
    return port == (is_https(uri) ? 443 : 80) ? host : fmt::format("{}:{}", host, port);
}

std::string address(const std::string& url)
{
    const auto uri = parse_url(url);
    return uri != nullptr ? address(uri.get()) : url;
}

} // namespace transport
