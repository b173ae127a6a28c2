#include "transport/url.hpp"

#include "base/utf8.hpp"
#include "transport/transport.hpp"

#include <fmt/format.h>
#include <libsoup/soup.h>

#include <string_view>

namespace transport {

namespace {

constexpr int http_port = 80;
constexpr int https_port = 443;

} // namespace

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

std::string path_and_query(GUri* uri)
{
    std::string result = g_uri_get_path(uri);
    if (result.empty())
        result = "/";
    if (const char* query = g_uri_get_query(uri))
        result.append("?").append(query);
    return result;
}

bool is_same_server(GUri* own, GUri* other)
{
    if (g_ascii_strcasecmp(g_uri_get_host(own), g_uri_get_host(other)) != 0 || (is_https(own) && !is_https(other)))
        return false;
    const int from = g_uri_get_port(own), to = g_uri_get_port(other);
    return from == to || (!is_https(own) && is_https(other) && from == http_port && to == https_port);
}

std::string address(GUri* uri)
{
    // A server chooses it when it redirects, and may write any octet in it as %XX.
    std::string host = base::legible(g_uri_get_host(uri));
    if (host.find(':') != std::string::npos)
        host = "[" + host + "]";
    const int port = g_uri_get_port(uri); // the scheme's when the URL names none
    return port == (is_https(uri) ? https_port : http_port) ? host : fmt::format("{}:{}", host, port);
}

std::string address(const std::string& url)
{
    const auto uri = parse_url(url);
    return uri != nullptr ? address(uri.get()) : base::legible(url);
}

std::string resolve(const std::string& reference, const std::string& url)
{
    if (const Owned<char> scheme(g_uri_parse_scheme(reference.c_str())); scheme != nullptr)
        return reference;
    const auto base = parse_url(url);
    const auto uri = base != nullptr ? parse_url(reference, base.get()) : nullptr;
    return uri != nullptr ? Owned<char>(g_uri_to_string(uri.get())).get() : reference;
}

} // namespace transport
