#include "item/property.hpp"

#include "item/object.hpp"
#include "item/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace item {
namespace {

struct Entry {
    std::string_view name;
    ValueKind kind;
};

/// In order of their names.
constexpr Entry value_kinds[] = {
    {"ACTION", ValueKind::Text},
    {"ANNIVERSARY", ValueKind::Raw},
    {"ATTACH", ValueKind::Raw},
    {"ATTENDEE", ValueKind::Raw},
    {"BDAY", ValueKind::Raw},
    {"CALADRURI", ValueKind::Raw},
    {"CALSCALE", ValueKind::Text},
    {"CALURI", ValueKind::Raw},
    {"CATEGORIES", ValueKind::List},
    {"CLASS", ValueKind::Text},
    {"COMMENT", ValueKind::Text},
    {"COMPLETED", ValueKind::Raw},
    {"CONTACT", ValueKind::Text},
    {"CREATED", ValueKind::Raw},
    {"DCREATED", ValueKind::Raw},
    {"DESCRIPTION", ValueKind::Text},
    {"DTEND", ValueKind::Raw},
    {"DTSTAMP", ValueKind::Raw},
    {"DTSTART", ValueKind::Raw},
    {"DUE", ValueKind::Raw},
    {"DURATION", ValueKind::Raw},
    {"EMAIL", ValueKind::Text},
    {"EXDATE", ValueKind::Raw},
    {"EXRULE", ValueKind::Raw},
    {"FBURL", ValueKind::Raw},
    {"FN", ValueKind::Text},
    {"FREEBUSY", ValueKind::Raw},
    {"GEO", ValueKind::Raw},
    {"IMPP", ValueKind::Raw},
    {"KEY", ValueKind::Text},
    {"KIND", ValueKind::Text},
    {"LABEL", ValueKind::Text},
    {"LANG", ValueKind::Text},
    {"LAST-MODIFIED", ValueKind::Raw},
    {"LOCATION", ValueKind::Text},
    {"LOGO", ValueKind::Raw},
    {"MAILER", ValueKind::Text},
    {"MEMBER", ValueKind::Raw},
    {"METHOD", ValueKind::Text},
    {"NICKNAME", ValueKind::List},
    {"NOTE", ValueKind::Text},
    {"ORGANIZER", ValueKind::Raw},
    {"PERCENT-COMPLETE", ValueKind::Raw},
    {"PHOTO", ValueKind::Raw},
    {"PRIORITY", ValueKind::Raw},
    {"PRODID", ValueKind::Text},
    {"RDATE", ValueKind::Raw},
    {"RECURRENCE-ID", ValueKind::Raw},
    {"RELATED", ValueKind::Raw},
    {"RELATED-TO", ValueKind::Text},
    {"REPEAT", ValueKind::Raw},
    {"RESOURCES", ValueKind::List},
    {"REV", ValueKind::Raw},
    {"ROLE", ValueKind::Text},
    {"RRULE", ValueKind::Raw},
    {"SEQUENCE", ValueKind::Raw},
    {"SORT-STRING", ValueKind::Text},
    {"SOUND", ValueKind::Raw},
    {"SOURCE", ValueKind::Raw},
    {"STATUS", ValueKind::Text},
    {"SUMMARY", ValueKind::Text},
    {"TEL", ValueKind::Text},
    {"TITLE", ValueKind::Text},
    {"TRANSP", ValueKind::Text},
    {"TRIGGER", ValueKind::Raw},
    {"TZID", ValueKind::Text},
    {"TZNAME", ValueKind::Text},
    {"TZOFFSETFROM", ValueKind::Raw},
    {"TZOFFSETTO", ValueKind::Raw},
    {"TZURL", ValueKind::Raw},
    {"UID", ValueKind::Text},
    {"URL", ValueKind::Raw},
    {"VERSION", ValueKind::Text},
    {"XML", ValueKind::Text},
};

constexpr bool is_sorted()
{
    for (std::size_t i = 1; i < std::size(value_kinds); ++i) {
        if (value_kinds[i - 1].name >= value_kinds[i].name)
            return false;
    }
    return true;
}
static_assert(is_sorted());

std::string unescape(std::string_view text)
{
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\\' || at + 1 == text.size())
            plain += text[at];
        else if (const auto c = text[++at]; c == 'n' || c == 'N')
            plain += '\n';
        else
            plain += c;
    }
    return plain;
}

} // namespace

ValueKind value_kind(std::string_view upper_name)
{
    const auto* found = std::lower_bound(std::begin(value_kinds), std::end(value_kinds), upper_name,
                                         [](const Entry& entry, std::string_view name) { return entry.name < name; });
    return found != std::end(value_kinds) && found->name == upper_name ? found->kind : ValueKind::Structured;
}

Kind kind(const Document& document)
{
    if (is_card(document.form))
        return Kind::Contact;
    for (const auto& component : document.root.components) {
        if (const auto kind = find_component(component.name))
            return *kind;
    }
    return Kind::Event;
}

bool is_old(Form form)
{
    return form == Form::VCard21 || form == Form::VCalendar10;
}

std::string escape(std::string_view text)
{
    std::string escaped;
    escaped.reserve(text.size());
    for (const char c : text) {
        if (c == '\n') {
            escaped += "\\n";
        } else if (c != '\r') {
            if (c == '\\' || c == ',' || c == ';')
                escaped += '\\';
            escaped += c;
        }
    }
    return escaped;
}

const Parameter* Property::find(std::string_view upper_name) const
{
    const auto found = std::find_if(parameters.begin(), parameters.end(),
                                    [&](const Parameter& one) { return one.name == upper_name; });
    return found == parameters.end() ? nullptr : &*found;
}

std::string Property::parameter(std::string_view upper_name) const
{
    const auto* found = find(upper_name);
    return found == nullptr || found->values.empty() ? std::string() : found->values.front();
}

std::vector<std::string> Property::types() const
{
    std::vector<std::string> types;
    for (const auto& one : parameters) {
        if (one.name == "TYPE") {
            for (std::string_view rest : one.values) { // "work,voice" in quotes is a list as well
                for (auto end = rest.find(','); end != std::string_view::npos; end = rest.find(',')) {
                    types.push_back(to_upper(trim(rest.substr(0, end))));
                    rest.remove_prefix(end + 1);
                }
                types.push_back(to_upper(trim(rest)));
            }
        }
    }
    return types;
}

std::string Property::text() const
{
    return value_kind(name) == ValueKind::Raw || is_binary ? value : unescape(value);
}

std::vector<std::string> Property::parts(char separator) const
{
    std::vector<std::string> parts;
    std::size_t begin = 0;
    const auto end_part = [&](std::size_t at) {
        parts.push_back(unescape(std::string_view(value).substr(begin, at - begin)));
        begin = at + 1;
    };
    for (std::size_t at = 0; at < value.size(); ++at) {
        if (value[at] == separator && parts.size() + 1 == max_parts)
            break;
        if (value[at] == separator)
            end_part(at);
        else if (value[at] == '\\')
            ++at;
    }
    if (parts.size() + 1 == max_parts)
        parts.push_back(value.substr(begin));
    else
        end_part(value.size());
    return parts;
}

const Property* Component::find(std::string_view upper_name) const
{
    const auto found =
        std::find_if(properties.begin(), properties.end(), [&](const Property& one) { return one.name == upper_name; });
    return found == properties.end() ? nullptr : &*found;
}

} // namespace item
