#pragma once

#include "item/property.hpp"

/// The parts of `convert`, for a document in a form of the same kind.
namespace item {

Document converted_contact(const Document& contact, Form to);
/// Into vCalendar 1.0 or iCalendar 2.0.
Document converted_calendar(const Document& calendar, Form to);
/// A note as plain text.
Document plain_note(const Document& calendar);

} // namespace item
