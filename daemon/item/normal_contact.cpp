#include "item/normal_lines.hpp"
#include "item/text.hpp"
#include "item/transfer.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace item {
namespace {

/// Servers write their own, or none. FILE-AS follows from the name, and Evolution writes it for each contact.
constexpr std::string_view written_anew[] = {"VERSION",
                                             "PRODID",
                                             "REV",
                                             "UID",
                                             "X-EVOLUTION-FILE-AS",
                                             "X-ABUID",
                                             "X-COUCHDB-UUID",
                                             "X-EVOLUTION-WEBDAV-ETAG",
                                             "X-EVOLUTION-WEBDAV-HREF"};

struct Alias {
    std::string_view name, stands_for;
};
/// Names of one thing in several programs, and in vCard 4.0.
constexpr Alias aliases[] = {
    {"ANNIVERSARY", "X-ANNIVERSARY"},
    {"GENDER", "X-GENDER"},
    {"X-ABDATE", "X-ANNIVERSARY"},
    {"X-EVOLUTION-ANNIVERSARY", "X-ANNIVERSARY"},
    {"X-EVOLUTION-ASSISTANT", "X-ASSISTANT"},
    {"X-EVOLUTION-MANAGER", "X-MANAGER"},
    {"X-EVOLUTION-SPOUSE", "X-SPOUSE"},
    {"X-NICKNAME", "NICKNAME"}, // iSync, in vCard 2.1
};

/// Values that say no more than the absence of the property.
constexpr Alias defaults[] = {{"CLASS", "PUBLIC"}, {"KIND", "INDIVIDUAL"}, {"X-MOZILLA-HTML", "FALSE"}};

/// TYPEs that peers add to every number and address, or that say that it is none in particular.
constexpr std::string_view idle_types[] = {"INTERNET", "INTL", "OTHER", "PARCEL", "POSTAL", "TEXT", "VOICE"};

template <class Range>
bool contains(const Range& range, std::string_view name)
{
    return std::find(std::begin(range), std::end(range), name) != std::end(range);
}

} // namespace

std::string_view contact_name(const Property& property)
{
    const auto* found = std::find_if(std::begin(aliases), std::end(aliases),
                                     [&](const Alias& one) { return one.name == property.name; });
    return found == std::end(aliases) ? std::string_view(property.name) : found->stands_for;
}

namespace {

bool is_default(std::string_view name, std::string_view value)
{
    return std::any_of(std::begin(defaults), std::end(defaults),
                       [&](const Alias& one) { return one.name == name && to_upper(value) == one.stands_for; });
}

/// `2006-01-08`, `20060108` and `2006-01-08T00:00:00Z` are one day.
std::string normal_day(std::string_view text)
{
    std::string day;
    for (const char c : trim(text)) {
        if (c != '-' && c != ':')
            day += c;
    }
    const auto time = day.find_first_of("Tt");
    if (time == 8 && day.find_first_not_of("0Zz", time + 1) == std::string::npos)
        day.resize(time);
    return day;
}

bool is_day(std::string_view name)
{
    return name == "BDAY" || name == "X-ANNIVERSARY";
}

/// Of a day whose year is not known vCard 4.0 has no year, and Apple one that a parameter names.
std::string day_of(const Property& property)
{
    auto day = normal_day(property.text());
    if (const auto none = property.parameter("X-APPLE-OMIT-YEAR"); none.size() == 4 && day.starts_with(none))
        day.erase(0, none.size());
    return day;
}

std::string normal_number(std::string_view text)
{
    if (to_upper(text.substr(0, 4)) == "TEL:")
        text.remove_prefix(4);
    std::string number;
    for (const char c : text) {
        constexpr std::string_view punctuation = " \t-./()";
        if (punctuation.find(c) == std::string_view::npos)
            number += c;
    }
    return number;
}

/// The part behind the sign is the same in upper and lower case for every mail server.
std::string normal_address(std::string_view text)
{
    auto address = std::string(trim(text));
    const auto sign = address.rfind('@');
    for (auto at = sign; at < address.size(); ++at) {
        if (address[at] >= 'A' && address[at] <= 'Z')
            address[at] = static_cast<char>(address[at] - 'A' + 'a');
    }
    return address;
}

/// A picture as octets, whichever way it was written.
std::string normal_picture(const Property& property)
{
    if (property.is_binary)
        return normal_octets(property.value);
    const std::string_view text = property.value;
    const auto comma = text.find(',');
    if (to_upper(text.substr(0, 5)) == "DATA:" && comma != std::string_view::npos &&
        to_upper(text.substr(0, comma)).ends_with(";BASE64")) {
        if (const auto octets = decode_base64(text.substr(comma + 1)))
            return normal_octets(*octets);
    }
    return normal_words(text);
}

std::string joined(const std::vector<std::string_view>& words)
{
    std::string text;
    for (const auto word : words) {
        if (!word.empty())
            text += (text.empty() ? "" : " ") + std::string(word);
    }
    return text;
}

/// The formatted names that a program makes of the parts of N by itself.
std::vector<std::string> formatted_names(const Property& property)
{
    auto n = property.parts(';');
    n.resize(5);
    for (auto& part : n)
        part = normal_words(part);
    const auto& family = n[0];
    const auto& given = n[1];
    const auto& middle = n[2];
    const auto& prefix = n[3];
    const auto& suffix = n[4];
    const auto with_comma = family + ",";
    return {joined({prefix, given, middle, family, suffix}),
            joined({given, family}),
            joined({given, middle, family}),
            joined({prefix, given, family}),
            joined({family, given}),
            joined({with_comma, given}),
            joined({with_comma, given, middle})};
}

bool is_list(std::string_view name)
{
    return name == "CATEGORIES" || name == "NICKNAME";
}

std::string normal_value(const Property& property, std::string_view name)
{
    if (name == "PHOTO" || name == "LOGO" || name == "SOUND" || name == "KEY")
        return normal_picture(property);
    if (property.is_binary)
        return normal_octets(property.value);
    if (name == "TEL")
        return normal_number(property.text());
    if (name == "EMAIL")
        return normal_address(property.text());
    if (is_day(name))
        return day_of(property);
    if (is_list(name))
        return normal_list(property.parts(','));
    if (name == "GEO") {
        auto text = property.value;
        if (to_upper(std::string_view(text).substr(0, 4)) == "GEO:") // vCard 4.0
            text.erase(0, 4);
        std::replace(text.begin(), text.end(), ';', ',');
        return text.find_first_not_of(", ") == std::string::npos ? std::string() : text;
    }
    if (value_kind(property.name) == ValueKind::Structured)
        return normal_parts(property.parts(';'));
    return normal_words(property.text());
}

/// Apple's way of naming a number: `item1.TEL`, `item1.X-ABLabel`.
using Labels = std::map<std::string, std::string>;

Labels labels_of(const Component& card)
{
    Labels labels;
    for (const auto& property : card.properties) {
        if (property.name == "X-ABLABEL" && !property.group.empty())
            labels[to_upper(property.group)] = short_text(normal_words(property.text()));
    }
    return labels;
}

std::vector<std::string> details_of(const Property& property, std::string_view name, const Labels& labels)
{
    auto details = normal_parameters(property);
    // What other forms have as properties, below.
    std::erase_if(details, [&](const std::string& detail) {
        return (name == "ADR" && detail.starts_with("LABEL=")) || (name == "N" && detail.starts_with("SORT-AS=")) ||
               (is_day(name) && detail.starts_with("X-APPLE-OMIT-YEAR="));
    });
    if (property.find("PREF") != nullptr) // of vCard 4.0, whose number nobody else knows
        details.emplace_back("PREF");
    // The kind of a picture shows in its octets.
    const bool has_types = !property.is_binary && name != "PHOTO" && name != "LOGO" && name != "SOUND" && name != "KEY";
    for (auto& type : has_types ? property.types() : std::vector<std::string>()) {
        if (!contains(idle_types, type))
            details.push_back(std::move(type));
    }
    if (const auto label = labels.find(to_upper(property.group)); label != labels.end() && !property.group.empty())
        details.push_back("LABEL=" + label->second);
    return details;
}

/// `source`: what it is a part of; null for a card that stands alone.
void add_card(NormalLines& lines, const Component& card, const std::string& place, const Component* source)
{
    const auto labels = labels_of(card);
    const auto* n = card.find("N");
    const auto names = n == nullptr ? std::vector<std::string>() : formatted_names(*n);
    for (const auto& property : card.properties) {
        const auto name = contact_name(property);
        lines.about(source != nullptr ? static_cast<const void*>(source) : &property);
        if (property.name.empty()) // not understood, yet said
            lines.add(place, normal_words(property.raw));
        if (property.name.empty() || contains(written_anew, name))
            continue;
        if (name == "X-ABLABEL" && !property.group.empty())
            continue;
        if (name == "FN" && contains(names, normal_words(property.text())))
            continue;
        auto details = details_of(property, name, labels);
        if (name == "ADR")
            lines.add(place + "LABEL", normal_words(property.parameter("LABEL")), details);
        if (name == "N")
            lines.add(place + "SORT-STRING", normal_words(property.parameter("SORT-AS")));
        // One line for each member, whichever of them share a property; not with very much to repeat.
        constexpr std::size_t most_details = 10;
        if (is_list(name) && source == nullptr && details.size() <= most_details) {
            std::transform(details.begin(), details.end(), details.begin(), short_text);
            for (const auto& member : property.parts(',')) {
                lines.about(&property, member);
                lines.add(place + std::string(name), normal_words(member), details);
            }
            continue;
        }
        auto value = normal_value(property, name);
        if (!is_default(name, value))
            lines.add(place + std::string(name), std::move(value), std::move(details));
    }
    for (const auto& inner : card.components) // AGENT
        add_card(lines, inner, place + inner.name + "/", source != nullptr ? source : &inner);
}

} // namespace

void add_contact(NormalLines& lines, const Component& card)
{
    add_card(lines, card, {}, nullptr);
}

std::string formatted_name(const Property& n)
{
    return formatted_names(n).at(2);
}

NormalForm normal_contact(const Document& document)
{
    NormalLines lines;
    add_contact(lines, document.root);
    return {Kind::Contact, lines.take()};
}

} // namespace item
