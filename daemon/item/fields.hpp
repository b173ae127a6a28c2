#pragma once

#include "item/normal_lines.hpp"
#include "item/property.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

/// What an item says, taken apart into fields that can be compared and exchanged one by one.
namespace item {

/// One value of a field.
struct FieldValue {
    std::string meaning;                  ///< in the normal form
    std::string bare;                     ///< that without what the parameters say
    const Property* property = nullptr;   ///< that says it
    const Component* component = nullptr; ///< or this
    std::string element;                  ///< of a list: the member, as the property has it
    bool is_element = false;              ///< the property may say more than this
};

struct Field {
    std::vector<FieldValue> values;           ///< in the item's order; empty: it says nothing
    std::vector<const Property*> properties;  ///< also those that say nothing
    std::vector<const Component*> components; ///< within the event or card

    /// All that it says, in an order that depends on nothing else; empty when that is nothing.
    std::string meaning() const;
};

/// By name. An event's beginning, end and rule are one field, `DTSTART`, and so is what says how far a task is,
/// `STATUS`; alarms are `VALARM` in every form; people have a field each, `ATTENDEE a@example.org`.
using Fields = std::map<std::string, Field>;

/// What is said in one place: by a contact, or by one event, task or note among those of its UID.
struct Statement {
    const Component* component = nullptr;
    Fields fields;
    Occasion occasion; ///< of an entry of a calendar
};

Statement contact_statement(const Document& contact);
/// `entry`: a component of the calendar.
Statement entry_statement(const Document& calendar, const Zones& zones, const Component& entry);

/// Whether an item has one value of a field, so that two of them contradict each other.
bool is_single(Kind kind, std::string_view field);
/// Whether the property is one of those that say when an event is.
bool says_when(std::string_view upper_name);
/// Whether the property is an alarm of vCalendar 1.0.
bool is_old_alarm(std::string_view upper_name);

/// For people. `meaning`: of a field or a value.
std::string in_words(std::string_view meaning);

} // namespace item
