#include "item/conversion_parts.hpp"
#include "item/normal_lines.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace item {

Document plain_note(const Document& calendar)
{
    Component note;
    note.name = component_name(Kind::Note);
    const auto& entries = calendar.root.components;
    const auto is_note = [&](const Component& one) { return one.name == note.name; };
    // Of a journal that repeats the changed days follow it.
    const auto entry = std::find_if(entries.begin(), entries.end(), is_note);
    const auto text_of = [&](const char* name) {
        const auto* property = entry == entries.end() ? nullptr : entry->find(name);
        return property == nullptr ? std::string() : property->text();
    };
    const auto summary = text_of("SUMMARY");
    const auto description = text_of("DESCRIPTION");
    const auto rest = without_summary(description, summary);
    const auto add = [&](const char* name, std::string_view text) {
        Property property;
        property.name = name;
        property.value = escape(text);
        note.properties.push_back(std::move(property));
    };
    if (!summary.empty())
        add("SUMMARY", summary);
    if (!rest.empty())
        add(summary.empty() ? "SUMMARY" : "DESCRIPTION", rest);
    Document plain{Form::PlainText, {}};
    plain.root.name = "VCALENDAR";
    plain.root.components.push_back(std::move(note));
    return plain;
}

} // namespace item
