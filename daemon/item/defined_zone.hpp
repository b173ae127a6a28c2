#pragma once

#include "item/property.hpp"

#include <optional>
#include <string>

/// Zones that an item defines itself (VTIMEZONE) and the time zone database does not know by their names, such as
/// Outlook's `W. Europe Standard Time`.
namespace item {

/// The zone of the database, of those that go alike the one that most people know, whose clocks go in `year` and the
/// years after it like those of a definition. Empty: there is none, or the definition is not the usual one, of standard
/// time and of summer time, if there is one, with one rule each.
std::string find_zone_like(const Component& definition, int year);

/// The calendar with the names of the database for its own zones, as far as they are found. Nothing: there are none.
std::optional<Document> with_known_zones(const Document& calendar);

} // namespace item
