#include "units.hpp"

#include <fmt/format.h>

#include <array>
#include <ctime>

namespace ctl {

std::string format_time(syncd::Time time)
{
    if (time == syncd::Time())
        return "never";
    const std::time_t seconds =
        std::chrono::system_clock::to_time_t(std::chrono::time_point_cast<std::chrono::seconds>(time));
    std::tm local{};
    std::array<char, 32> text{};
    if (!localtime_r(&seconds, &local) || std::strftime(text.data(), text.size(), "%F %T", &local) == 0)
        return fmt::format("{} µs", microseconds(time)); // beyond what a calendar can name
    return text.data();
}

std::string format_duration(std::chrono::microseconds duration)
{
    // Rounded first, so that 59.96 s is a minute and not "60.0 s".
    const auto tenths = (duration.count() + 50'000) / 100'000;
    if (tenths < 600)
        return fmt::format("{}.{} s", tenths / 10, tenths % 10);
    const auto seconds = (tenths + 5) / 10;
    if (seconds < 3600)
        return fmt::format("{} min {} s", seconds / 60, seconds % 60);
    const auto minutes = (seconds + 30) / 60;
    return fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

std::string format_bytes(std::uint64_t bytes)
{
    if (bytes < 1024)
        return fmt::format("{} B", bytes);
    constexpr std::array units = {"KiB", "MiB", "GiB", "TiB"};
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    while (value >= 1023.5 && unit + 1 < units.size()) { // 1023.9 would round to 1024
        value /= 1024;
        ++unit;
    }
    return value < 9.95 ? fmt::format("{:.1f} {}", value, units[unit]) : fmt::format("{:.0f} {}", value, units[unit]);
}

std::int64_t microseconds(syncd::Time time)
{
    return time.time_since_epoch().count();
}

} // namespace ctl
