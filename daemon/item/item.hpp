#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Items as text: what they are, whether they may be stored, what to call them. Text is
/// never rewritten but for its line ends.
namespace item {

enum class Form { VCard21, VCard30, VCard40, VCalendar10, ICalendar20, PlainText };
/// A task is a VTODO. A note is a VJOURNAL of iCalendar 2.0, or plain text, whose first line is its summary and the
/// rest its description.
enum class Kind { Contact, Event, Task, Note };

/// No item is larger. What is taken in has the limit that the administrator sets below that (MaxObjectSize).
constexpr std::size_t max_bytes = 64 * 1024 * 1024;
constexpr std::size_t max_lines = 1'000'000;   ///< of an item: so many does the largest have when it is folded
constexpr std::size_t max_properties = 10'000; ///< of an item
constexpr std::size_t max_depth = 32;          ///< of components one in another

constexpr bool is_card(Form form)
{
    return form == Form::VCard21 || form == Form::VCard30 || form == Form::VCard40;
}
/// Whether there are items of this kind in this form.
constexpr bool holds(Form form, Kind kind)
{
    switch (kind) {
    case Kind::Contact: return is_card(form);
    case Kind::Event:
    case Kind::Task: return form == Form::VCalendar10 || form == Form::ICalendar20;
    case Kind::Note: return form == Form::ICalendar20 || form == Form::PlainText;
    }
    return false;
}
/// `text/x-vcard`, `text/vcard`, `text/x-vcalendar`, `text/calendar` or `text/plain`.
std::string_view media_type(Form form);
/// `3.0`; of plain text `1.0`.
std::string_view version(Form form);
/// `contact`: how people call an item of the kind.
std::string_view word(Kind kind);
/// `VEVENT`: what an item of the kind is in a calendar; empty for a contact.
std::string_view component_name(Kind kind);
/// What a text says it is, from its first BEGIN and VERSION; the rest is not looked at. What begins with neither is
/// plain text.
std::optional<Form> find_form(std::string_view data);
/// The same from the first component of a calendar that is one of those above.
std::optional<Kind> find_kind(std::string_view data);

struct Item {
    Form form = Form::VCard30;
    std::string data; ///< with CRLF line ends; otherwise as given
};

/// Takes `data` for the store: one vCard, or one calendar object with the events, tasks or notes of one UID, whose
/// BEGIN and END match, or a note in plain text that is not blank; in UTF-8 without characters that XML 1.0 forbids (so
/// that it can travel as text), within the limits above. Line ends become CRLF, also at the end, blank lines around an
/// object and a byte order mark go; every other octet stays. Checking the result again changes nothing.
///
/// `most`: the octets that it may have, both as given and as the result. Error: InvalidValue, naming the line, also for
/// an item of another kind than `wanted`. Who hands `data` over, with room for one octet more for each line, gets them
/// back without a copy.
base::Result<Item> check(std::string data, Kind wanted, std::size_t most = max_bytes);
/// An item of the kind that it says it is.
base::Result<Item> check(std::string data, std::size_t most = max_bytes);

/// A number of octets for people: `4 MiB`, `100 KiB`, `4097 octets`.
std::string in_octets(std::size_t size);

/// One line for people: a contact's name, an event's summary and beginning, a task's and when it is due, a note's first
/// line. Any text in, UTF-8 without control characters out; empty when there is nothing to say.
std::string summary(std::string_view data);

} // namespace item
