#pragma once

#include "item/moment.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace item {

/// A rule by which an event repeats.
struct Recurrence {
    std::string frequency; ///< `DAILY` …
    unsigned interval = 1;
    std::optional<unsigned> count;         ///< neither this nor `until`: for ever
    std::string until;                     ///< as written
    std::map<std::string, std::string> by; ///< `BYDAY` and the like, `WKST`, and what is not known
    bool operator==(const Recurrence&) const = default;
};

/// RRULE of iCalendar 2.0.
std::optional<Recurrence> find_rule(std::string_view text);
/// RRULE of vCalendar 1.0: `W2 MO WE #10`. Nothing for what iCalendar has no words for: times of the day, rules
/// within rules.
std::optional<Recurrence> find_old_rule(std::string_view text);

/// RRULE of iCalendar 2.0. `begin`: of the event, whose kind of moment UNTIL has to be.
std::string to_rule(const Recurrence& rule, const Moment& begin);
/// RRULE of vCalendar 1.0; nothing for what it has no words for.
std::optional<std::string> to_old_rule(const Recurrence& rule, const Moment& begin);

/// As text, without what follows from the beginning of the event, in a fixed order. Of `until` the day counts: peers
/// make a time of it, or another one.
std::string normal_rule(const Recurrence& rule, const Moment& begin);

} // namespace item
