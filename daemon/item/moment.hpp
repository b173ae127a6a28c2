#pragma once

#include "item/property.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace item {

/// A date, or a date and time, as calendars write it.
struct Moment {
    std::int64_t seconds = 0; ///< since 1970, as its clock shows them
    bool is_date = false;
    bool is_utc = false;
    bool operator==(const Moment&) const = default;
};

/// `20260105`, `20260105T090000`, `20260105T090000Z`, with or without hyphens and colons. `T240000` is the next day.
std::optional<Moment> find_moment(std::string_view text);
/// In the basic format.
std::string to_text(const Moment& moment);
constexpr std::int64_t seconds_of_day = 24 * 3600;
/// `MO` …
std::string_view weekday(const Moment& moment);
unsigned day_of_month(const Moment& moment);
unsigned month(const Moment& moment);

int year(const Moment& moment);
/// The day of `date` at the time that `clock` shows.
Moment on_day(const Moment& date, const Moment& clock);

/// The seconds of `+01:00`, `-0530`, `+1`.
std::optional<std::int64_t> find_offset(std::string_view text);

/// The seconds of `P1DT2H`, `-PT15M` (RFC 5545 §3.3.6), up to a thousand years.
std::optional<std::int64_t> find_duration(std::string_view text);

/// What the clocks of a calendar's time zones show. Zones go by the names of the time zone database; the
/// definitions in an item are not looked at, for a peer may write any (but see defined_zone.hpp).
class Zones {
public:
    explicit Zones(const Document& calendar);
    /// A summer: how far its clocks are ahead of UTC, and what they show when they are about to be changed.
    struct Daylight {
        std::int64_t offset = 0, begin = 0, end = 0;
    };
    /// Without names.
    Zones(std::int64_t standard, std::vector<Daylight> summers) : standard_(standard), daylight_(std::move(summers)) {}

    /// The moment that `property` gives, in UTC where its zone is known. `text`: one of its values.
    std::optional<Moment> find(const Property& property, std::string_view text) const;
    /// The name of its zone when that is not known; else empty.
    static std::string unknown_zone(const Property& property);
    /// By how much its clock is ahead of UTC, in the winter and in the summer of a year; empty when it has no zone.
    std::string offsets(const Property& property) const;
    /// A zone of the database whose clocks go like those of vCalendar 1.0 at that moment and at all changes that the
    /// calendar tells of; empty: there is none.
    std::string find_like(const Moment& local) const;

private:
    std::optional<std::int64_t> old_offset(std::int64_t seconds) const;

    std::optional<std::int64_t> standard_; ///< vCalendar 1.0 has one zone for all, without a name
    std::vector<Daylight> daylight_;
};

/// The name by which the time zone database has a zone: programs put paths and versions before it. Empty: not there.
std::string zone_name(std::string_view tzid);

} // namespace item
