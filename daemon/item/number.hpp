#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace item {

/// What digits say, and nothing for anything else.
inline std::optional<unsigned> number(std::string_view digits)
{
    unsigned value = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && stop == digits.data() + digits.size() ? std::optional(value) : std::nullopt;
}

} // namespace item
