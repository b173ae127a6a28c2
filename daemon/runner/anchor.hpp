#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace runner {

/// Our Next anchor: `now` as ISO 8601 basic UTC, `20260131T235959Z`, or a later
/// second when that would repeat `last`. The server compares bytes only, but an
/// equal pair would hide that a session lies between.
std::string next_anchor(std::string_view last, std::chrono::system_clock::time_point now);

} // namespace runner
