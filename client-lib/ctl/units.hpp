#pragma once

#include <syncd/profile.hpp>

#include <chrono>
#include <cstdint>
#include <string>

/// Quantities for people.
namespace ctl {

/// Local time to the second, or `never`.
std::string format_time(syncd::Time time);
/// `1.2 s`, `2 min 5 s`, `1 h 3 min`.
std::string format_duration(std::chrono::microseconds duration);
/// `17 B`, `1.2 KiB`, `34 MiB`.
std::string format_bytes(std::uint64_t bytes);

/// As JSON has them: microseconds since 1970.
std::int64_t microseconds(syncd::Time time);

} // namespace ctl
