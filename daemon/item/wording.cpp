#include "item/wording.hpp"

#include "item/recurrence.hpp"
#include "item/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace item {
namespace {

/// The zone that vCalendar 1.0 has for all times of an item.
std::string zone_of_all(const Document& calendar)
{
    std::string zone;
    for (const auto& property : calendar.root.properties) {
        if (property.name == "TZ" || property.name == "DAYLIGHT")
            zone += property.name + ':' + property.value + '\n';
    }
    return zone;
}

Property property_of(std::string_view name, std::string value)
{
    Property property;
    property.name = name;
    property.value = std::move(value);
    return property;
}

void set_parameter(Property& property, std::string_view name, std::string value)
{
    property.parameters.push_back({std::string(name), {std::move(value)}, false});
}

std::string replaced(std::string text, char one, char by)
{
    std::replace(text.begin(), text.end(), one, by);
    return text;
}

} // namespace

std::optional<std::int64_t> alarm_offset(std::string_view bare)
{
    const auto blank = bare.rfind(' ');
    auto digits = bare.substr(blank == std::string_view::npos ? bare.size() : blank + 1);
    if (!digits.starts_with('+') && !digits.starts_with('-'))
        return std::nullopt;
    if (digits.starts_with('+'))
        digits.remove_prefix(1);
    std::int64_t offset = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), offset);
    return error == std::errc() && stop == digits.data() + digits.size() ? std::optional(offset) : std::nullopt;
}

Wording::Wording(const Document& from, const Zones& zones, const Document& to)
    : from_(from), zones_(zones), to_(to), to_old_(to.form == Form::VCalendar10),
      differs_(from.form != to.form || (to_old_ && zone_of_all(from) != zone_of_all(to)))
{
}

Property Wording::copy(const Property& property) const
{
    auto copied = property;
    if (from_.form != to_.form) {
        copied.raw.clear();
        if (is_card(to_.form) && to_.form != Form::VCard40)
            copied.name = contact_name(property);
        if (copied.name.empty()) // no property; it has no other form
            copied.raw = property.raw;
    }
    return copied;
}

std::optional<Words> Wording::say(const Statement& statement, std::string_view key, const Field& field) const
{
    Words words;
    if (!is_card(to_.form) && differs_) {
        if (key == "DTSTART")
            return say_when(statement);
        if (key == "STATUS") { // of a task several properties say it
            for (const auto* property : field.properties) {
                if (auto said = say(*property))
                    words.properties.push_back(std::move(*said));
            }
            return words;
        }
        for (const auto& value : field.values) {
            auto said = say(statement, key, value);
            if (!said)
                return std::nullopt;
            words.properties.insert(words.properties.end(), said->properties.begin(), said->properties.end());
            words.components.insert(words.components.end(), said->components.begin(), said->components.end());
        }
        return words;
    }
    for (const auto* property : field.properties)
        words.properties.push_back(copy(*property));
    for (const auto* component : field.components)
        words.components.push_back(*component);
    return words;
}

std::optional<Words> Wording::say(const Statement& statement, std::string_view key, const FieldValue& value) const
{
    if (!is_card(to_.form) && differs_ && key == "VALARM")
        return say_alarm(statement, value);
    if (value.component != nullptr)
        return Words{{}, {*value.component}};
    if (!is_card(to_.form) && differs_) {
        const bool is_date = value.is_element && (key == "EXDATE" || key == "RDATE");
        auto said = is_date ? say_date(value) : say(*value.property);
        if (said && value.is_element && !is_date)
            said->value = escape(value.element);
        return said ? std::optional(Words{{std::move(*said)}, {}}) : std::nullopt;
    }
    auto copied = copy(*value.property);
    if (value.is_element) {
        copied.raw.clear();
        copied.value = value_kind(copied.name) == ValueKind::Raw ? value.element : escape(value.element);
    }
    return Words{{std::move(copied)}, {}};
}

Property Wording::moment(std::string_view name, const Moment& moment) const
{
    auto said = moment;
    if (to_old_)
        said.is_date = false; // it has no dates
    auto property = property_of(name, to_text(said));
    if (said.is_date)
        set_parameter(property, "VALUE", "DATE");
    return property;
}

std::optional<Words> Wording::say_when(const Statement& statement) const
{
    const auto& [place, begin, end, summary] = statement.occasion;
    const bool is_task = statement.component->name == component_name(Kind::Task);
    const auto* start = statement.component->find("DTSTART");
    const auto* due = statement.component->find("DUE");
    const auto is_known = [](const Property* one) { return one == nullptr || Zones::unknown_zone(*one).empty(); };
    if ((!begin && !(is_task && start == nullptr)) || !is_known(start) || !is_known(due))
        return std::nullopt;
    Words words;
    if (begin)
        words.properties.push_back(moment("DTSTART", *begin));
    if (end && is_task)
        words.properties.push_back(moment("DUE", *end));
    else if (end && (*end != *begin || begin->is_date))
        words.properties.push_back(moment("DTEND", *end));
    if (start == nullptr)
        return words;
    const auto local = find_moment(start->value);
    for (const auto& property : statement.component->properties) {
        if (property.name == "EXRULE")
            return std::nullopt;
        if (property.name != "RRULE" || property.value.empty())
            continue;
        // In UTC it would follow no summer time.
        const auto offsets = zones_.offsets(*start);
        if (!offsets.empty() && offsets != "0 0")
            return std::nullopt;
        const auto rule = to_old_ ? find_rule(property.value) : find_old_rule(property.value);
        const auto text = !rule || !local ? std::nullopt
                          : to_old_       ? to_old_rule(*rule, *local)
                                          : std::optional(to_rule(*rule, *begin));
        if (!text)
            return std::nullopt;
        words.properties.push_back(property_of("RRULE", *text));
    }
    return words;
}

std::optional<Property> Wording::say_date(const FieldValue& value) const
{
    const auto found = zones_.find(*value.property, value.element);
    if (!found || !Zones::unknown_zone(*value.property).empty())
        return std::nullopt;
    return moment(value.property->name, *found);
}

std::optional<Words> Wording::say_alarm(const Statement& statement, const FieldValue& value) const
{
    const auto action = value.bare.substr(0, value.bare.find(' '));
    const auto offset = alarm_offset(value.bare);
    auto at = find_moment(value.bare.substr(std::min(value.bare.size(), action.size() + 1)));
    if (offset && statement.occasion.begin)
        at = Moment{statement.occasion.begin->seconds + *offset, false, statement.occasion.begin->is_utc};
    if (!at || (action != "DISPLAY" && action != "AUDIO"))
        return std::nullopt;
    auto text = statement.occasion.summary;
    std::string again, pause; // how often, and after how long
    auto rest = std::string_view(value.meaning).substr(value.bare.size());
    while (!rest.empty()) {
        rest.remove_prefix(1); // the separator
        const auto detail = rest.substr(0, rest.find(detail_separator));
        rest.remove_prefix(detail.size());
        const auto equals = std::min(detail.find('='), detail.size());
        const auto name = detail.substr(0, equals);
        auto* said = name == "DESCRIPTION" ? &text : name == "REPEAT" ? &again : name == "DURATION" ? &pause : nullptr;
        if (said == nullptr || equals == detail.size())
            return std::nullopt;
        *said = detail.substr(equals + 1);
    }
    if (to_old_)
        return Words{
            {property_of(action == "AUDIO" ? "AALARM" : "DALARM",
                         fmt::format("{};{};{};{}", to_text(*at), escape(pause), escape(again), escape(text)))},
            {}};
    if (text.empty())
        text = "alarm";
    Component alarm;
    alarm.name = "VALARM";
    alarm.properties = {property_of("ACTION", action), property_of("DESCRIPTION", escape(text))};
    if (offset) {
        const auto seconds = *offset < 0 ? -*offset : *offset;
        alarm.properties.push_back(property_of("TRIGGER", fmt::format("{}PT{}S", *offset < 0 ? "-" : "", seconds)));
    } else {
        auto trigger = property_of("TRIGGER", to_text(*at));
        set_parameter(trigger, "VALUE", "DATE-TIME");
        alarm.properties.push_back(std::move(trigger));
    }
    if (!again.empty() && !pause.empty()) {
        alarm.properties.push_back(property_of("REPEAT", again));
        alarm.properties.push_back(property_of("DURATION", pause));
    }
    return Words{{}, {std::move(alarm)}};
}

Property Wording::say_person(const Property& property) const
{
    Property person;
    person.name = property.name;
    auto name = property.parameter("CN");
    auto address = property.value;
    if (const auto open = address.rfind('<'); open != std::string::npos && address.ends_with('>')) {
        if (name.empty())
            name = trim(std::string_view(address).substr(0, open));
        address = address.substr(open + 1, address.size() - open - 2);
    }
    if (to_upper(std::string_view(address).substr(0, 7)) == "MAILTO:")
        address.erase(0, 7);
    if (to_old_)
        person.value = name.empty() ? address : name + " <" + address + '>';
    else
        person.value = address.find('@') == std::string::npos ? address : "mailto:" + address;
    for (const auto& parameter : property.parameters) {
        if (parameter.name == "CN" || parameter.values.empty())
            continue;
        auto said = parameter;
        said.alone = false;
        const auto word = to_upper(parameter.values.front());
        if (parameter.name == "PARTSTAT" && to_old_) {
            said = {"STATUS", {replaced(word, '-', ' ')}, false};
        } else if (parameter.name == "STATUS" && !to_old_) {
            const auto modern = replaced(replaced(word, ' ', '-'), '_', '-');
            said = {"PARTSTAT",
                    {modern == "CONFIRMED" ? "ACCEPTED"
                     : modern == "SENT"    ? "NEEDS-ACTION"
                                           : modern},
                    false};
        } else if (parameter.name == "ROLE" && word == (to_old_ ? "REQ-PARTICIPANT" : "ATTENDEE")) {
            continue;
        } else if (parameter.name == "ENCODING" || parameter.name == "CHARSET") {
            continue;
        }
        person.parameters.push_back(std::move(said));
    }
    if (!to_old_ && !name.empty())
        set_parameter(person, "CN", name);
    return person;
}

std::optional<Property> Wording::say(const Property& property) const
{
    auto said = property;
    if (from_.form == to_.form)
        return said;
    if (!property.name.empty())
        said.raw.clear();
    const auto word = to_upper(trim(property.text()));
    if (property.name == "ATTENDEE" || property.name == "ORGANIZER")
        return say_person(property);
    if (property.name == "STATUS") {
        said.value = to_old_ ? replaced(word, '-', ' ') : replaced(replaced(word, ' ', '-'), '_', '-');
    } else if (property.name == "TRANSP") {
        said.value = to_old_                                ? (word == "TRANSPARENT" ? "1" : "0")
                     : word == "1" || word == "TRANSPARENT" ? "TRANSPARENT"
                                                            : "OPAQUE";
    } else if (property.name == "PRIORITY" && to_old_) {
        if (word == "2" || word == "3")
            return std::nullopt;
        said.value = word == "5" ? "2" : word == "7" ? "3" : word;
    } else if (property.name == "PRIORITY") {
        said.value = word == "2" ? "5" : word == "3" ? "7" : word;
    } else if (property.name == "GEO") {
        const auto middle = property.value.find_first_of(",;");
        if (middle == std::string::npos)
            return std::nullopt;
        said.value = property.value.substr(middle + 1) + (to_old_ ? ',' : ';') + property.value.substr(0, middle);
    }
    return said;
}

} // namespace item
