#pragma once

#include "item/property.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the time zone database knows of a zone, as items have it. `name`: as the database has it (`zone_name`).
namespace item {

/// By how much the zone's clocks are ahead of UTC at that moment, in seconds since 1970; nothing: there is no such
/// zone.
std::optional<std::int64_t> zone_offset(const std::string& name, std::int64_t utc);

/// TZ and DAYLIGHT of vCalendar 1.0 for these years, at most twenty. Nothing when the zone's clocks did more in them
/// than to go back and forth.
std::optional<std::vector<Property>> old_zone(const std::string& name, int first_year, int last_year);

/// A VTIMEZONE of iCalendar 2.0.
std::optional<Component> zone_definition(const std::string& name);

} // namespace item
