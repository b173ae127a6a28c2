#pragma once

#include "schedule/clock.hpp"

#include <optional>
#include <string_view>

/// When is what due. Pure: every time, and the chance in it, comes from the caller.
namespace schedule {

enum class Interval { Minutes5, Minutes15, Hour1, Hours4, Hours12, Day1, Week1, Month1 };

std::string_view name(Interval interval); ///< `5_MINUTES` …
std::optional<Interval> find_interval(std::string_view name);

/// One interval after `from`. A month is a calendar month (UTC): the same day and
/// time of the next month, its last day when it is shorter.
Clock::Time advance(Clock::Time from, Interval interval);

/// Where in its spread an event falls, in [0, 1): a spread keeps many machines from
/// calling one server at the same moment.
using Jitter = double;

/// The session after one that ended at `last_end`: an interval later and up to a
/// tenth of it more.
Clock::Time next_due(Clock::Time last_end, Interval interval, Jitter jitter);

/// What becomes of a plan found at start: one run, within a minute, when its time
/// passed while nobody was there; a fresh interval when it lies further ahead than
/// any plan can, which tells that a clock was wrong; else the plan itself.
Clock::Time catch_up(Clock::Time planned, Interval interval, Clock::Time now, Jitter jitter);

/// The next try after `failures` (1, 2, …) automatic sessions in a row that failed
/// for a reason that passes by itself: 5 minutes, then twice as long each time, but
/// never later than `next_due`.
Clock::Time retry_due(Clock::Time failed_end, Interval interval, unsigned failures, Jitter jitter);

} // namespace schedule
