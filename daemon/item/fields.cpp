#include "item/fields.hpp"

#include "item/text.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace item {
namespace {

template <class Range>
bool contains(const Range& range, std::string_view name)
{
    return std::find(std::begin(range), std::end(range), name) != std::end(range);
}

/// Of contacts. Phones and servers have room for one of each, vCard 4.0 for more; which is right is not ours to say.
constexpr std::string_view single_of_contacts[] = {
    "N",           "FN",    "BDAY",  "X-ANNIVERSARY", "X-GENDER", "X-SPOUSE", "X-MANAGER",
    "X-ASSISTANT", "CLASS", "KIND",  "MAILER",        "NOTE",     "PHOTO",    "LOGO",
    "SOUND",       "ORG",   "TITLE", "ROLE",          "GEO",      "TZ",       "SORT-STRING"};

constexpr std::string_view single_of_entries[] = {"DTSTART",   "SUMMARY", "DESCRIPTION", "LOCATION", "STATUS",
                                                  "CLASS",     "TRANSP",  "PRIORITY",    "GEO",      "URL",
                                                  "ORGANIZER", "COLOR",   "CONFERENCE"};

constexpr std::string_view of_when[] = {"DTSTART", "DTEND", "DUE", "DURATION", "RRULE", "EXRULE"};

std::string entry_key(const Component& entry, const Property& property)
{
    if (says_when(property.name))
        return "DTSTART";
    const bool is_task = entry.name == component_name(Kind::Task);
    if (is_task && (property.name == "COMPLETED" || property.name == "PERCENT-COMPLETE"))
        return "STATUS"; // each of the three says how far it is
    return is_old_alarm(property.name) ? "VALARM" : property.name;
}

class Collector {
public:
    Collector(Kind kind, const Component& component, std::string place)
        : kind_(kind), component_(component), place_(std::move(place))
    {
    }

    Fields collect(std::vector<SaidLine> lines);

private:
    std::string key_of(const Property& property) const
    {
        return kind_ == Kind::Contact ? std::string(contact_name(property)) : entry_key(component_, property);
    }
    std::string meaning_of(const SaidLine& line, std::string_view key, bool bare) const;
    void add_values(const std::vector<SaidLine>& lines, const Property* property, const Component* component,
                    const std::string& name);

    const Kind kind_;
    const Component& component_;
    const std::string place_;
    Fields fields_;
};

std::string Collector::meaning_of(const SaidLine& line, std::string_view key, bool bare) const
{
    std::string_view name = line.line.name;
    if (name.starts_with(place_))
        name.remove_prefix(place_.size());
    std::string text = name == key ? std::string() : std::string(name) + ' ';
    return text + line.line.value.substr(0, bare ? line.bare : std::string::npos);
}

void Collector::add_values(const std::vector<SaidLine>& lines, const Property* property, const Component* component,
                           const std::string& name)
{
    auto key = name;
    // An event without a summary has its description for one.
    if (kind_ != Kind::Contact && name == "DESCRIPTION" && !lines.empty() &&
        lines.front().line.name == place_ + "SUMMARY")
        key = "SUMMARY";
    if (kind_ != Kind::Contact && name == "ATTENDEE" && !lines.empty())
        key += ' ' + lines.front().line.value.substr(0, lines.front().bare);
    auto& field = fields_[key];
    if (property != nullptr)
        field.properties.push_back(property);
    if (component != nullptr && component != &component_)
        field.components.push_back(component);
    if (lines.empty())
        return;
    const bool is_list =
        std::all_of(lines.begin(), lines.end(), [](const SaidLine& one) { return !one.element.empty(); });
    if (is_list) {
        for (const auto& line : lines)
            field.values.push_back(
                {meaning_of(line, key, false), meaning_of(line, key, true), property, component, line.element, true});
        return;
    }
    FieldValue value{{}, {}, property, component, {}, false};
    for (const auto& line : lines) {
        value.meaning += (value.meaning.empty() ? "" : "\n") + meaning_of(line, key, false);
        value.bare += (value.bare.empty() ? "" : "\n") + meaning_of(line, key, true);
    }
    field.values.push_back(std::move(value));
}

Fields Collector::collect(std::vector<SaidLine> lines)
{
    std::map<const void*, std::vector<SaidLine>> said;
    for (auto& line : lines)
        said[line.source].push_back(std::move(line));
    const auto find = [&](const void* source) {
        const auto found = said.find(source);
        return found == said.end() ? std::vector<SaidLine>() : std::move(found->second);
    };
    if (auto when = find(&component_); !when.empty())
        add_values(when, nullptr, &component_, "DTSTART");
    for (const auto& property : component_.properties)
        add_values(find(&property), &property, nullptr, key_of(property));
    for (const auto& inner : component_.components)
        add_values(find(&inner), nullptr, &inner, inner.name);
    return std::move(fields_);
}

} // namespace

std::string Field::meaning() const
{
    std::vector<std::string_view> all;
    for (const auto& value : values)
        all.push_back(value.meaning);
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    std::string text;
    for (const auto one : all)
        text += (text.empty() ? "" : "\n") + std::string(one);
    return text;
}

Statement contact_statement(const Document& contact)
{
    NormalLines lines;
    add_contact(lines, contact.root);
    return {&contact.root, Collector(Kind::Contact, contact.root, {}).collect(lines.take_said()), {}};
}

Statement entry_statement(const Document& calendar, const Zones& zones, const Component& entry)
{
    NormalLines lines;
    auto occasion = add_entry(lines, calendar, zones, entry);
    auto fields = Collector(kind(calendar), entry, occasion.place).collect(lines.take_said());
    return {&entry, std::move(fields), std::move(occasion)};
}

bool is_single(Kind kind, std::string_view field)
{
    if (kind == Kind::Contact)
        return contains(single_of_contacts, field);
    return contains(single_of_entries, field) || field.starts_with("ATTENDEE ");
}

bool says_when(std::string_view upper_name)
{
    return contains(of_when, upper_name);
}

bool is_old_alarm(std::string_view upper_name)
{
    return upper_name == "DALARM" || upper_name == "AALARM" || upper_name == "PALARM" || upper_name == "MALARM";
}

std::string in_words(std::string_view meaning)
{
    std::string words;
    for (const char c : meaning) {
        if (c == value_separator)
            words += ';';
        else if (c == detail_separator)
            words += ' ';
        else
            words += c;
    }
    // Of octets only their number says something to people.
    if (const auto octets = words.find(" octets "); octets != std::string::npos && octets < 10)
        words.resize(octets + std::string_view(" octets").size());
    return words;
}

} // namespace item
