#pragma once

#include <optional>
#include <string>
#include <string_view>

/// What the server understands of vCard, iCalendar and notes in plain text: enough to see that two
/// items are the same thing, and no more.
namespace testserver {

/// The item with everything removed that does not make it another one: folding,
/// order of properties, properties without a value, REV, PRODID, DTSTAMP; of plain text line ends.
std::string canonical(std::string_view data);

/// What names the thing an item is about: UID (and RECURRENCE-ID), else N or FN,
/// else SUMMARY and DTSTART; of plain text its first line. Empty when it has none of these.
std::string key(std::string_view data);

/// Whether it passes a record filter in the CGI grammar: of that, conditions by &EQ; &NE; &CON; or &NCON; that are
/// joined by &AND;. Nothing: the filter is another one.
std::optional<bool> passes(std::string_view data, std::string_view filter);

/// REV or LAST-MODIFIED as digits; empty when absent.
std::string changed_at(std::string_view data);

} // namespace testserver
