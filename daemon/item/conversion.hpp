#pragma once

#include "item/item.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace item {

/// What an item says and another form, or its reader, has no words for.
struct Loss {
    std::string field; ///< `RRULE`; that of a changed occurrence has its moment before it
    std::string value; ///< for people
    bool operator==(const Loss&) const = default;
};

struct Conversion {
    std::string data;
    std::vector<Loss> losses; ///< everything that the normal form of the item says and that of `data` does not
};

/// Writes an item in another form of its kind, with as little loss as there can be. What is in the form already stays
/// as it is, octet by octet; the same item is always written the same.
///
/// A time zone goes with an item that repeats, of vCalendar 1.0 as TZ and DAYLIGHT; other moments are in UTC. A whole
/// day is a date, or goes from midnight to midnight. Of changed occurrences vCalendar 1.0 has none: the series stays
/// whole. What a form does not define and does not contradict is written all the same, for readers pass over what they
/// do not know.
///
/// Of a note plain text has the words alone, and of those that are in the summary and again at the beginning of the
/// description, as programs write them, one.
///
/// Errors: InvalidValue when the item cannot be read, or one is a contact and the other form is not for those;
/// NotSupported when the form has no such items (notes in vCalendar 1.0), or has no words for all of this one.
base::Result<Conversion> convert(std::string_view data, Form to);

} // namespace item
