#include "session/redirection.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "session/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace session {
namespace {

using base::Errc;

struct Address {
    std::string scheme, authority, rest;
};

/// Nothing for what is no http or https URL, or names a user.
std::optional<Address> parse(std::string_view url)
{
    const auto colon = url.find("://");
    if (colon == std::string_view::npos)
        return std::nullopt;
    const auto begin = colon + 3;
    const auto end = std::min(url.find_first_of("/?#", begin), url.size());
    Address address{base::lower(url.substr(0, colon)), base::lower(url.substr(begin, end - begin)),
                    std::string(url.substr(end))};
    const bool legible = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (!legible || (address.scheme != "http" && address.scheme != "https") || address.authority.empty() ||
        address.authority.find('@') != std::string::npos)
        return std::nullopt;
    return address;
}

/// Servers write it as Target, as Source or as Data.
std::string address_in(const syncml::Status& status)
{
    if (status.items.size() != 1)
        return {};
    const auto& item = status.items.front();
    return item.target ? item.target->uri : item.source ? item.source->uri : item.text();
}

} // namespace

base::Result<std::string> follow(const syncml::Status& status, const std::string& from)
{
    // 304 says that nothing has changed, and 305 names a proxy, which is the administrator's to choose.
    const bool names_new_address = static_cast<int>(status.code) <= 303;
    const auto old = parse(from);
    auto to = names_new_address ? address_in(status) : std::string();
    if (old && to.starts_with('/') && !to.starts_with("//"))
        to = old->scheme + "://" + old->authority + to;
    if (to.empty())
        return base::fail(
            Errc::Server,
            fmt::format("The server wants to be asked at another address ({}), and does not say at which. "
                        "Ask its operator, and correct Url of the profile.",
                        words(status.code)));
    const auto next = parse(to);
    if (next && old && next->authority == old->authority && (next->scheme == "https" || old->scheme == "http"))
        return to;
    return base::fail(Errc::Server,
                      fmt::format("The server wants to be asked at \"{}\" ({}). That is {}, so it was not followed. If "
                                  "you trust that address, set Url of the profile to it.",
                                  base::legible(to), words(status.code),
                                  next && old && next->authority == old->authority
                                      ? "less safe than the present address"
                                      : "another host"));
}

} // namespace session
