#pragma once

#include "notification/notification.hpp"

#include <cstddef>
#include <string_view>

namespace notification {

constexpr std::size_t digest_octets = 16;

/// Reads the form of DS 1.2 behind its digest, which the caller checks. Refusals: Broken, Version, NothingToSync.
tl::expected<Notification, Refusal> parse_san(std::string_view octets);

} // namespace notification
