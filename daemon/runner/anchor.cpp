#include "runner/anchor.hpp"

#include <fmt/chrono.h>

namespace runner {

std::string next_anchor(std::string_view last, std::chrono::system_clock::time_point now)
{
    const auto format = [](std::chrono::system_clock::time_point time) {
        return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(time));
    };
    auto anchor = format(now);
    if (anchor == last)
        anchor = format(now + std::chrono::seconds(1));
    return anchor;
}

} // namespace runner
