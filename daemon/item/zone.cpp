#include "item/zone.hpp"

#include "item/moment.hpp"

#include <fmt/format.h>
#include <libical/ical.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace item {
namespace {

constexpr int most_years = 20;

icaltimezone* find_zone(const std::string& name)
{
    return zone_name(name) == name ? icaltimezone_get_builtin_timezone(name.c_str()) : nullptr;
}

std::int64_t offset_at(icaltimezone* zone, std::int64_t utc)
{
    auto time = icaltime_from_timet_with_zone(utc, 0, icaltimezone_get_utc_timezone());
    int is_daylight = 0;
    return icaltimezone_get_utc_offset_of_utc_time(zone, &time, &is_daylight);
}

std::int64_t first_of(int year, std::chrono::month month)
{
    return std::chrono::sys_days(std::chrono::year(year) / month / 1).time_since_epoch() / std::chrono::seconds(1);
}

/// When, between two moments of different offsets, the clocks change.
std::int64_t change_between(icaltimezone* zone, std::int64_t before, std::int64_t after)
{
    const auto offset = offset_at(zone, before);
    while (after - before > 1) {
        const auto middle = before + (after - before) / 2;
        (offset_at(zone, middle) == offset ? before : after) = middle;
    }
    return after;
}

std::string offset_text(std::int64_t offset)
{
    const auto minutes = (offset < 0 ? -offset : offset) / 60;
    return fmt::format("{}{:02}:{:02}", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

Property property_of(const char* name, std::string value)
{
    Property property;
    property.name = name;
    property.value = std::move(value);
    return property;
}

std::string local_text(std::int64_t seconds)
{
    return to_text({seconds, false, false});
}

} // namespace

std::optional<std::int64_t> zone_offset(const std::string& name, std::int64_t utc)
{
    auto* zone = find_zone(name);
    return zone == nullptr ? std::nullopt : std::optional(offset_at(zone, utc));
}

std::optional<std::vector<Property>> old_zone(const std::string& name, int first_year, int last_year)
{
    auto* zone = find_zone(name);
    constexpr int earliest = 1900;
    constexpr int latest = 2200; // libical knows no changes beyond, and looks for them for long
    if (zone == nullptr || first_year < earliest || first_year > latest)
        return std::nullopt;
    last_year = std::min({std::max(last_year, first_year), first_year + most_years - 1, latest});
    struct Change {
        std::int64_t at, before, after;
    };
    // A summer that the years begin or end in is told of as a whole.
    const auto from = first_of(first_year, std::chrono::January);
    const auto to = first_of(last_year + 1, std::chrono::January);
    const auto begin = from - 400 * seconds_of_day;
    const auto end = to + 400 * seconds_of_day;
    std::vector<Change> changes;
    auto offset = offset_at(zone, begin);
    auto standard = offset, summer = offset;
    for (auto day = begin; day < end; day += seconds_of_day) {
        const auto next = offset_at(zone, day + seconds_of_day);
        if (next == offset)
            continue;
        changes.push_back({change_between(zone, day, day + seconds_of_day), offset, next});
        standard = std::min(standard, next);
        summer = std::max(summer, next);
        offset = next;
    }
    for (const auto& change : changes) {
        for (const auto one : {change.before, change.after}) {
            if (one != standard && one != summer)
                return std::nullopt;
        }
    }
    std::vector<Property> properties{property_of("TZ", offset_text(standard))};
    std::optional<std::int64_t> since;
    for (const auto& change : changes) {
        if (change.after == summer) {
            since = change.at;
        } else if (since && change.at > from && *since < to) {
            // Both as the clocks show it that are about to change.
            properties.push_back(
                property_of("DAYLIGHT", fmt::format("TRUE;{};{};{};;", offset_text(summer),
                                                    local_text(*since + standard), local_text(change.at + summer))));
        }
    }
    if (properties.size() == 1)
        properties.push_back(property_of("DAYLIGHT", "FALSE"));
    return properties;
}

std::optional<Component> zone_definition(const std::string& name)
{
    auto* zone = find_zone(name);
    auto* component = zone == nullptr ? nullptr : icaltimezone_get_component(zone);
    if (component == nullptr)
        return std::nullopt;
    const std::unique_ptr<char, void (*)(void*)> text(icalcomponent_as_ical_string_r(component),
                                                      icalmemory_free_buffer);
    if (!text)
        return std::nullopt;
    auto document = parse("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + std::string(text.get()) + "END:VCALENDAR\r\n");
    if (!document || document->root.components.size() != 1)
        return std::nullopt;
    auto definition = std::move(document->root.components.front());
    for (auto& property : definition.properties) {
        if (property.name == "TZID")
            property = property_of("TZID", name);
    }
    return definition;
}

} // namespace item
