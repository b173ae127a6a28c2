#include "schedule/interval.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace schedule {
namespace {

using namespace std::chrono;
using Time = Clock::Time;
using Duration = Time::duration;

constexpr std::array<std::pair<std::string_view, Interval>, 8> names{{
    {"5_MINUTES", Interval::Minutes5},
    {"15_MINUTES", Interval::Minutes15},
    {"1_HOUR", Interval::Hour1},
    {"4_HOURS", Interval::Hours4},
    {"12_HOURS", Interval::Hours12},
    {"1_DAY", Interval::Day1},
    {"1_WEEK", Interval::Week1},
    {"1_MONTH", Interval::Month1},
}};

Time advance_month(Time from)
{
    const auto day = floor<days>(from);
    const auto next = year_month_day(day) + months(1);
    const sys_days target = next.ok() ? sys_days(next) : sys_days(next.year() / next.month() / last);
    return target + (from - day);
}

Duration part(Duration whole, Jitter jitter)
{
    return duration_cast<Duration>(duration<double, Duration::period>(whole) * jitter);
}

} // namespace

std::string_view name(Interval interval)
{
    for (const auto& [word, value] : names)
        if (value == interval)
            return word;
    return {};
}

std::optional<Interval> find_interval(std::string_view name)
{
    for (const auto& [word, value] : names)
        if (word == name)
            return value;
    return std::nullopt;
}

Time advance(Time from, Interval interval)
{
    switch (interval) {
    case Interval::Minutes5: return from + minutes(5);
    case Interval::Minutes15: return from + minutes(15);
    case Interval::Hour1: return from + hours(1);
    case Interval::Hours4: return from + hours(4);
    case Interval::Hours12: return from + hours(12);
    case Interval::Day1: return from + days(1);
    case Interval::Week1: return from + weeks(1);
    case Interval::Month1: return advance_month(from);
    }
    return from;
}

Time next_due(Time last_end, Interval interval, Jitter jitter)
{
    const auto regular = advance(last_end, interval);
    return regular + part((regular - last_end) / 10, jitter);
}

Time catch_up(Time planned, Interval interval, Time now, Jitter jitter)
{
    if (planned <= now)
        return now + part(minutes(1), jitter);
    return planned > next_due(now, interval, 1.0) ? next_due(now, interval, jitter) : planned;
}

Time retry_due(Time failed_end, Interval interval, unsigned failures, Jitter jitter)
{
    // Twelve doublings of five minutes are longer than the longest waiting that helps.
    const Duration delay = minutes(5) * (1U << std::min(failures - 1, 12U));
    return std::min(failed_end + delay + part(delay / 10, jitter), next_due(failed_end, interval, jitter));
}

} // namespace schedule
