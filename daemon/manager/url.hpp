#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace manager {

/// Where a URL points, for comparison.
struct Origin {
    bool secure = false; ///< https
    std::string host;    ///< lower case
    std::uint16_t port = 0;
};

/// The origin of a server's URL. Strict on purpose, so that every reader of the URL
/// finds the same host in it: http or https, a host, printable ASCII only, no user or
/// password, no fragment, at most 2048 bytes. Error: InvalidValue, naming the key `Url`.
base::Result<Origin> parse_url(std::string_view url);

/// Whether a password that was meant for `from` may not go to `to` unasked: another
/// host or port, or encryption lost. From http to https, each at its own port, is no move.
bool is_move(const Origin& from, const Origin& to);

} // namespace manager
