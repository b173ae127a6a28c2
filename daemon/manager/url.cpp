#include "manager/url.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <charconv>

namespace manager {
namespace {

constexpr std::size_t max_bytes = 2048;
constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;

tl::unexpected<base::Error> refuse(const char* why)
{
    return base::fail(base::Errc::InvalidValue, std::string("Url: ") + why);
}

bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool consists_of(std::string_view text, std::string_view others)
{
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return is_alnum(c) || others.find(c) != std::string_view::npos; });
}

/// A name or an address; IPv6 in brackets.
bool is_host(std::string_view host)
{
    if (host.starts_with('['))
        return host.size() > 2 && host.ends_with(']') && consists_of(host.substr(1, host.size() - 2), ":.");
    return !host.empty() && consists_of(host, "-._");
}

std::uint16_t default_port(bool secure)
{
    return secure ? https_port : http_port;
}

} // namespace

base::Result<Origin> parse_url(std::string_view url)
{
    if (url.size() > max_bytes)
        return refuse("longer than 2048 bytes");
    // RFC 3986 §2; anything else must be written as %XX, a host in its xn-- form.
    if (!consists_of(url, "-._~:/?#[]@!$&'()*+,;=%"))
        return refuse("holds a character that a URL cannot have; write it as %XX");
    if (url.find('#') != std::string_view::npos)
        return refuse("must not have a fragment (#)");

    const auto colon = url.find("://");
    const auto scheme = base::lower(url.substr(0, colon == std::string_view::npos ? 0 : colon));
    Origin origin;
    origin.secure = scheme == "https";
    if (!origin.secure && scheme != "http")
        return refuse("must begin with http:// or https://");

    auto authority = url.substr(colon + 3);
    authority = authority.substr(0, authority.find_first_of("/?"));
    if (authority.find('@') != std::string_view::npos)
        return refuse("must not hold a user or password; give them as Id and Password");
    const auto bracket = authority.rfind(']');
    const auto port_at = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    const auto host = authority.substr(0, port_at);
    if (!is_host(host))
        return refuse("names no valid host");
    origin.host = base::lower(host);
    origin.port = default_port(origin.secure);
    if (port_at != std::string_view::npos) {
        const auto port = authority.substr(port_at + 1);
        const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), origin.port);
        if (error != std::errc() || end != port.data() + port.size() || origin.port == 0)
            return refuse("names no valid port");
    }
    return origin;
}

bool is_move(const Origin& from, const Origin& to)
{
    const bool downgrade = from.secure && !to.secure;
    const bool same_port =
        from.port == to.port || (from.port == default_port(from.secure) && to.port == default_port(to.secure));
    return downgrade || from.host != to.host || !same_port;
}

} // namespace manager
