#include "item/moment.hpp"

#include "item/number.hpp"
#include "item/text.hpp"

#include <fmt/format.h>
#include <libical/ical.h>

#include <algorithm>
#include <chrono>
#include <map>

namespace item {
namespace {

std::chrono::year_month_day date_of(const Moment& moment)
{
    return std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(moment.seconds)));
}

/// Of all that go alike one, which most people know.
constexpr std::string_view well_known[] = {
    "Europe/Berlin",       "Europe/London",       "America/New_York",    "America/Chicago",
    "America/Denver",      "America/Los_Angeles", "Europe/Athens",       "Asia/Kolkata",
    "Asia/Tokyo",          "Asia/Shanghai",       "Australia/Sydney",    "Europe/Moscow",
    "Africa/Johannesburg", "America/Sao_Paulo",   "America/Halifax",     "America/Anchorage",
    "America/St_Johns",    "America/Phoenix",     "America/Bogota",      "America/Argentina/Buenos_Aires",
    "America/Santiago",    "America/Havana",      "America/Mexico_City", "Africa/Lagos",
    "Africa/Cairo",        "Africa/Casablanca",   "Asia/Jerusalem",      "Asia/Beirut",
    "Asia/Riyadh",         "Asia/Tehran",         "Asia/Dubai",          "Asia/Kabul",
    "Asia/Karachi",        "Asia/Kathmandu",      "Asia/Dhaka",          "Asia/Yangon",
    "Asia/Bangkok",        "Australia/Perth",     "Australia/Darwin",    "Australia/Adelaide",
    "Australia/Brisbane",  "Pacific/Auckland",    "Pacific/Honolulu",    "Atlantic/Azores",
    "Atlantic/Reykjavik",  "Pacific/Noumea",      "Pacific/Tongatapu"};

icaltimetype to_ical(const Moment& moment)
{
    auto time = icaltime_null_time();
    const auto date = date_of(moment);
    const auto of_day =
        static_cast<int>(moment.seconds - std::chrono::sys_days(date).time_since_epoch() / std::chrono::seconds(1));
    time.year = static_cast<int>(date.year());
    time.month = static_cast<int>(static_cast<unsigned>(date.month()));
    time.day = static_cast<int>(static_cast<unsigned>(date.day()));
    time.hour = of_day / 3600;
    time.minute = of_day / 60 % 60;
    time.second = of_day % 60;
    return time;
}

/// How far the zone is ahead of UTC when its own clocks show `local`.
std::optional<std::int64_t> offset_at(std::string_view tzid, const Moment& local)
{
    const auto name = zone_name(tzid);
    auto* zone = name.empty() ? nullptr : icaltimezone_get_builtin_timezone(name.c_str());
    if (zone == nullptr)
        return std::nullopt;
    auto time = to_ical(local);
    int is_daylight = 0;
    return icaltimezone_get_utc_offset(zone, &time, &is_daylight);
}

} // namespace

std::optional<Moment> find_moment(std::string_view text)
{
    std::string digits;
    for (const char c : trim(text)) {
        if (c != '-' && c != ':')
            digits += c;
    }
    Moment moment;
    if (digits.ends_with('Z') || digits.ends_with('z')) {
        moment.is_utc = true;
        digits.pop_back();
    }
    moment.is_date = digits.size() == 8;
    if (!moment.is_date && (digits.size() != 15 || (digits[8] != 'T' && digits[8] != 't')))
        return std::nullopt;
    const std::string_view view = digits;
    const auto date = number(view.substr(0, 8));
    const auto time = moment.is_date ? 0u : number(view.substr(9));
    if (!date || !time)
        return std::nullopt;
    const auto day = std::chrono::year(static_cast<int>(*date / 10000)) / static_cast<int>(*date / 100 % 100) /
                     static_cast<int>(*date % 100);
    const auto hours = *time / 10000, minutes = *time / 100 % 100, seconds = *time % 100;
    if (!day.ok() || hours > 24 || minutes > 59 || seconds > 60)
        return std::nullopt;
    moment.seconds =
        std::chrono::sys_days(day).time_since_epoch() / std::chrono::seconds(1) + hours * 3600 + minutes * 60 + seconds;
    return moment;
}

std::string to_text(const Moment& moment)
{
    const auto time = to_ical(moment);
    auto text = fmt::format("{:04}{:02}{:02}", time.year, time.month, time.day);
    if (!moment.is_date)
        text += fmt::format("T{:02}{:02}{:02}{}", time.hour, time.minute, time.second, moment.is_utc ? "Z" : "");
    return text;
}

std::string_view weekday(const Moment& moment)
{
    constexpr std::string_view names[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    return names[std::chrono::weekday(std::chrono::sys_days(date_of(moment))).c_encoding()];
}

unsigned day_of_month(const Moment& moment)
{
    return static_cast<unsigned>(date_of(moment).day());
}

unsigned month(const Moment& moment)
{
    return static_cast<unsigned>(date_of(moment).month());
}

int year(const Moment& moment)
{
    return static_cast<int>(date_of(moment).year());
}

Moment on_day(const Moment& date, const Moment& clock)
{
    const auto day = std::chrono::sys_days(date_of(date)).time_since_epoch() / std::chrono::seconds(1);
    const auto of_clock = std::chrono::sys_days(date_of(clock)).time_since_epoch() / std::chrono::seconds(1);
    return {day + clock.seconds - of_clock, clock.is_date, clock.is_utc};
}

std::optional<std::int64_t> find_offset(std::string_view text)
{
    text = trim(text);
    const bool behind = text.starts_with('-');
    if (behind || text.starts_with('+'))
        text.remove_prefix(1);
    std::string digits;
    for (const char c : text) {
        if (c != ':')
            digits += c;
    }
    const auto value = digits.size() <= 4 ? number(digits) : std::nullopt;
    if (!value)
        return std::nullopt;
    const auto seconds = digits.size() <= 2 ? *value * 3600 : *value / 100 * 3600 + *value % 100 * 60;
    return behind ? -std::int64_t{seconds} : std::int64_t{seconds};
}

std::optional<std::int64_t> find_duration(std::string_view text)
{
    text = trim(text);
    const bool back = text.starts_with('-');
    if (back || text.starts_with('+'))
        text.remove_prefix(1);
    if (!text.starts_with('P') || text.size() < 3)
        return std::nullopt;
    text.remove_prefix(1);
    std::int64_t seconds = 0;
    while (!text.empty()) {
        if (text.front() == 'T') {
            text.remove_prefix(1);
            continue;
        }
        const auto unit = text.find_first_not_of("0123456789");
        const auto count = unit != std::string_view::npos && unit <= 9 ? number(text.substr(0, unit)) : std::nullopt;
        if (!count)
            return std::nullopt;
        switch (text[unit]) {
        case 'W': seconds += *count * 7 * seconds_of_day; break;
        case 'D': seconds += *count * seconds_of_day; break;
        case 'H': seconds += *count * std::int64_t{3600}; break;
        case 'M': seconds += *count * std::int64_t{60}; break;
        case 'S': seconds += *count; break;
        default: return std::nullopt;
        }
        if (seconds > 1000 * 366 * seconds_of_day)
            return std::nullopt;
        text.remove_prefix(unit + 1);
    }
    return back ? -seconds : seconds;
}

namespace {

/// Whether the database has it. The name of another file there (`zone.tab`) is an error for libical, on which it ends
/// the process unless told otherwise.
bool is_zone(const std::string& name)
{
    static const bool told = (icalerror_set_errors_are_fatal(0), true);
    (void)told;
    // Looking for a file that is not there takes long, and a peer may name one for each date.
    constexpr std::size_t most = 1000;
    static thread_local std::map<std::string, bool> known;
    const auto found = known.find(name);
    if (found != known.end())
        return found->second;
    if (known.size() == most)
        known.clear();
    return known[name] = !name.empty() && icaltimezone_get_builtin_timezone(name.c_str()) != nullptr;
}

} // namespace

std::string zone_name(std::string_view tzid)
{
    constexpr std::size_t most = 100;
    if (tzid.size() > most)
        return {};
    // libical takes it for the name of a file when its table does not have it.
    const bool harmless = std::all_of(tzid.begin(), tzid.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '+' || c == '/' || c == '.';
    });
    if (!harmless || tzid.find("..") != std::string_view::npos)
        return {};
    // `/freeassociation.sourceforge.net/Tzfile/Europe/Berlin`: the longest end of the path that is a zone. No zone's
    // own name has more than three parts.
    while (std::count(tzid.begin(), tzid.end(), '/') > 2)
        tzid.remove_prefix(tzid.find('/') + 1);
    for (;; tzid.remove_prefix(tzid.find('/') + 1)) {
        std::string name(tzid);
        if (is_zone(name))
            return name;
        if (tzid.find('/') == std::string_view::npos)
            return {};
    }
}

Zones::Zones(const Document& calendar)
{
    if (calendar.form != Form::VCalendar10)
        return;
    for (const auto& property : calendar.root.properties) {
        if (property.name == "TZ") {
            standard_ = find_offset(property.value);
        } else if (property.name == "DAYLIGHT") { // TRUE;+02:00;20260329T020000;20261025T030000;CET;CEST
            const auto parts = property.parts(';');
            if (parts.size() < 4 || to_upper(parts[0]) != "TRUE")
                continue;
            const auto offset = find_offset(parts[1]);
            const auto begin = find_moment(parts[2]);
            const auto end = find_moment(parts[3]);
            constexpr std::size_t most = 100; // one a year
            if (offset && begin && end && daylight_.size() < most)
                daylight_.push_back({*offset, begin->seconds, end->seconds});
        }
    }
}

std::optional<std::int64_t> Zones::old_offset(std::int64_t seconds) const
{
    const auto summer = std::find_if(daylight_.begin(), daylight_.end(),
                                     [&](const Daylight& one) { return seconds >= one.begin && seconds < one.end; });
    return summer == daylight_.end() ? standard_ : std::optional(summer->offset);
}

std::string Zones::find_like(const Moment& local) const
{
    if (!standard_)
        return {};
    // What clocks show in the hours around a change depends on who reads it.
    constexpr std::int64_t around = 3 * 3600;
    std::vector<std::int64_t> times{local.seconds};
    for (const auto& one : daylight_) {
        for (const auto change : {one.begin, one.end}) {
            times.push_back(change - around);
            times.push_back(change + around);
        }
    }
    // It has no summer time: half a year on it is the same.
    if (daylight_.empty())
        times.push_back(local.seconds + 183 * seconds_of_day);
    // libical works all changes out up to a late year, for each zone: that takes seconds.
    constexpr int latest = 2200;
    if (year({std::ranges::max(times), false, false}) > latest)
        return {};
    for (const auto name : well_known) {
        const bool is_like = std::all_of(times.begin(), times.end(), [&](std::int64_t time) {
            return offset_at(name, {time, false, false}) == old_offset(time);
        });
        if (is_like)
            return std::string(name);
    }
    return {};
}

std::optional<Moment> Zones::find(const Property& property, std::string_view text) const
{
    auto moment = find_moment(text);
    if (!moment || moment->is_date || moment->is_utc)
        return moment;
    const auto* tzid = property.find("TZID");
    const auto offset = tzid == nullptr || tzid->values.empty() ? old_offset(moment->seconds)
                                                                : offset_at(tzid->values.front(), *moment);
    if (offset) {
        moment->seconds -= *offset;
        moment->is_utc = true;
    }
    return moment;
}

std::string Zones::unknown_zone(const Property& property)
{
    const auto* tzid = property.find("TZID");
    if (tzid == nullptr || tzid->values.empty() || !zone_name(tzid->values.front()).empty())
        return {};
    return tzid->values.front();
}

std::string Zones::offsets(const Property& property) const
{
    const auto moment = find_moment(property.value);
    if (!moment || moment->is_date)
        return {};
    if (moment->is_utc)
        return "0 0";
    const auto date = date_of(*moment);
    const auto at = [&](std::chrono::month month) -> std::optional<std::int64_t> {
        const auto day = std::chrono::sys_days(date.year() / month / 1);
        const Moment local{day.time_since_epoch() / std::chrono::seconds(1), false, false};
        const auto tzid = property.parameter("TZID");
        return tzid.empty() ? old_offset(local.seconds) : offset_at(tzid, local);
    };
    const auto winter = at(std::chrono::January);
    const auto summer = at(std::chrono::July);
    return winter && summer ? fmt::format("{} {}", *winter, *summer) : property.parameter("TZID");
}

} // namespace item
