#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Items as text: what they are, whether they may be stored, what to call them. Text is
/// never rewritten but for its line ends.
namespace item {

enum class Form { VCard21, VCard30, VCard40, VCalendar10, ICalendar20 };
enum class Kind { Contact, Event };

/// The largest item that is stored.
constexpr std::size_t max_bytes = 4 * 1024 * 1024;
constexpr std::size_t max_lines = 100'000;     ///< of an item
constexpr std::size_t max_properties = 10'000; ///< of an item
constexpr std::size_t max_depth = 32;          ///< of components one in another

Kind kind(Form form);
/// `text/x-vcard`, `text/vcard`, `text/x-vcalendar` or `text/calendar`.
std::string_view media_type(Form form);
/// What a text says it is, from its first BEGIN and VERSION; the rest is not looked at.
std::optional<Form> find_form(std::string_view data);

struct Item {
    Form form = Form::VCard30;
    std::string data; ///< with CRLF line ends; otherwise as given
};

/// Takes `data` for the store: one vCard, or one calendar object with the events of one UID, whose BEGIN and
/// END match, in UTF-8 without characters that XML 1.0 forbids (so that it can travel as
/// text), within the limits above. Line ends become CRLF, blank lines around the item and a byte order mark go;
/// every other octet stays. Checking the result again changes nothing.
///
/// Error: InvalidValue, naming the line.
base::Result<Item> check(std::string_view data);

/// One line for people: a contact's name, an event's summary and beginning. Any text in, UTF-8
/// without control characters out; empty when there is nothing to say.
std::string summary(std::string_view data);

} // namespace item
