#include "item/conversion_parts.hpp"
#include "item/defined_zone.hpp"
#include "item/fields.hpp"
#include "item/recurrence.hpp"
#include "item/text.hpp"
#include "item/wording.hpp"
#include "item/zone.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <utility>

namespace item {
namespace {

constexpr std::string_view program = "-//syncd//syncd//EN";

Property property_of(std::string_view name, std::string value)
{
    Property property;
    property.name = name;
    property.value = std::move(value);
    return property;
}

/// The moments that a property lists, as it has them.
std::vector<std::string_view> members_of(const Property& property)
{
    std::vector<std::string_view> members;
    std::string_view rest = property.value;
    while (!rest.empty()) {
        const auto end = std::min(rest.find_first_of(",;"), rest.size());
        members.push_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return members;
}

bool is_occurrence(const Component& entry)
{
    return entry.find("RECURRENCE-ID") != nullptr || entry.find("X-RECURRENCE-ID") != nullptr;
}

bool is_cancelled(const Component& entry)
{
    const auto* status = entry.find("STATUS");
    return status != nullptr && to_upper(trim(status->text())) == "CANCELLED";
}

/// 1 to 9 of iCalendar as 1 to 3.
std::string old_priority(std::string_view level)
{
    if (level.size() != 1 || level[0] < '1' || level[0] > '9')
        return "0";
    return level[0] < '5' ? "1" : level[0] == '5' ? "2" : "3";
}

/// One calendar in the other form.
class CalendarConversion {
public:
    CalendarConversion(const Document& from, Form to)
        : from_(from), zones_(from), to_old_(to == Form::VCalendar10), to_{to, {}}, wording_(from_, zones_, to_)
    {
    }

    Document run();

private:
    void choose_zone();
    void add_head();
    void add_entry(const Component& entry);
    void add_times(Component& said, const Statement& statement) const;
    void add_end(Component& said, const Statement& statement) const;
    void add_rules(Component& said, const Statement& statement) const;
    void add_dates(Component& said, const Statement& statement, std::string_view name) const;
    void add_alarms(Component& said, const Statement& statement) const;
    void add_other(Component& said, const Property& property) const;
    void add_what_must_be(Component& said, const Component& entry) const;
    Property at(std::string_view name, const Property& property, std::string_view text, bool is_day) const;
    Property at(std::string_view name, const Moment& moment, bool is_day) const;

    const Document& from_;
    const Zones zones_;
    const bool to_old_;
    Document to_;
    const Wording wording_;
    std::string zone_;              ///< whose clock the moments that repeat have; empty: none
    std::vector<Property> clock_;   ///< of vCalendar 1.0: it
    std::vector<std::string> gone_; ///< the occurrences that were cancelled, where there are no others
};

Document CalendarConversion::run()
{
    to_.root.name = "VCALENDAR";
    const auto& entries = from_.root.components;
    const auto own = component_name(kind(from_));
    choose_zone();
    add_head();
    const bool has_series = std::any_of(entries.begin(), entries.end(),
                                        [&](const Component& one) { return one.name == own && !is_occurrence(one); });
    bool has_one = false;
    for (const auto& entry : entries) {
        // Of those that know no occurrences some would take it for the whole.
        const bool is_too_much = to_old_ && is_occurrence(entry) && (has_series || has_one);
        const bool is_unknown = to_old_ && entry.name == component_name(Kind::Note);
        if (entry.name == "VTIMEZONE" || is_too_much || is_unknown)
            continue;
        has_one = has_one || entry.name == own;
        add_entry(entry);
    }
    if (auto definition = to_old_ || zone_.empty() ? std::nullopt : zone_definition(zone_)) {
        definition->place = to_.root.properties.size();
        to_.root.components.insert(to_.root.components.begin(), std::move(*definition));
    }
    return std::move(to_);
}

/// A rule is about a clock on the wall: in UTC it would follow no summer time.
void CalendarConversion::choose_zone()
{
    int first = std::numeric_limits<int>::max();
    int last = 0;
    const auto see = [&](const std::optional<Moment>& moment) {
        if (!moment)
            return;
        first = std::min(first, year(*moment));
        last = std::max(last, year(*moment));
    };
    constexpr int ahead = 10; // of a rule without an end
    for (const auto& entry : from_.root.components) {
        const auto* begin = entry.find("DTSTART");
        const auto* rule = entry.find("RRULE");
        const auto local = begin == nullptr ? std::nullopt : find_moment(begin->value);
        if (rule == nullptr || !local || local->is_date || local->is_utc || entry.name == "VTIMEZONE")
            continue;
        if (zone_.empty())
            zone_ = to_old_ ? zone_name(begin->parameter("TZID")) : zones_.find_like(*local);
        see(local);
        const auto read = to_old_ ? find_rule(rule->value) : std::nullopt;
        const auto until = read ? find_moment(read->until) : std::nullopt;
        see(until ? until : Moment{local->seconds + ahead * 366 * seconds_of_day, false, false});
    }
    if (zone_.empty() || !to_old_)
        return;
    if (auto clock = old_zone(zone_, first, last))
        clock_ = std::move(*clock);
    else
        zone_.clear();
}

void CalendarConversion::add_head()
{
    auto& head = to_.root.properties;
    head.push_back(property_of("VERSION", to_old_ ? "1.0" : "2.0"));
    if (!to_old_ && from_.root.find("PRODID") == nullptr)
        head.push_back(property_of("PRODID", escape(program)));
    for (const auto& property : from_.root.properties) {
        constexpr std::string_view own[] = {"VERSION", "TZ", "DAYLIGHT", "CALSCALE"};
        if (!property.name.empty() && std::find(std::begin(own), std::end(own), property.name) == std::end(own))
            add_other(to_.root, property);
    }
    head.insert(head.end(), clock_.begin(), clock_.end());
    for (const auto& entry : from_.root.components) {
        const auto* occurrence = entry.find("RECURRENCE-ID");
        if (to_old_ && occurrence != nullptr && is_cancelled(entry))
            gone_.push_back(at("EXDATE", *occurrence, occurrence->value, false).value);
    }
}

/// A moment of the item, as the other form has it. `is_day`: of an event that takes whole days.
Property CalendarConversion::at(std::string_view name, const Moment& moment, bool is_day) const
{
    auto said = moment;
    if (is_day && !to_old_)
        said = {moment.seconds - moment.seconds % seconds_of_day, true, false};
    if (to_old_)
        said.is_date = false; // it has no dates
    auto property = property_of(name, to_text(said));
    if (said.is_date)
        property.parameters.push_back({"VALUE", {"DATE"}, false});
    return property;
}

Property CalendarConversion::at(std::string_view name, const Property& property, std::string_view text,
                                bool is_day) const
{
    const auto local = find_moment(text);
    if (!local)
        return property_of(name, std::string(text)); // what is not understood stays
    if (is_day || local->is_date || local->is_utc)
        return at(name, *local, is_day);
    const bool is_of_zone = !zone_.empty() && (!to_old_ || zone_name(property.parameter("TZID")) == zone_);
    if (!is_of_zone)
        return at(name, zones_.find(property, text).value_or(*local), false);
    auto said = at(name, *local, false);
    if (!to_old_)
        said.parameters.push_back({"TZID", {zone_}, false});
    return said;
}

void CalendarConversion::add_entry(const Component& entry)
{
    const auto statement = entry_statement(from_, zones_, entry);
    Component said;
    said.name = entry.name;
    add_what_must_be(said, entry);
    add_times(said, statement);
    for (const auto& property : entry.properties) {
        constexpr std::string_view elsewhere[] = {"EXDATE", "RDATE", "RECURRENCE-ID", "X-RECURRENCE-ID"};
        const bool is_said =
            says_when(property.name) || is_old_alarm(property.name) ||
            std::find(std::begin(elsewhere), std::end(elsewhere), property.name) != std::end(elsewhere);
        if (!property.name.empty() && !is_said)
            add_other(said, property);
    }
    add_alarms(said, statement);
    for (auto& alarm : said.components)
        alarm.place = said.properties.size();
    said.place = to_.root.properties.size();
    to_.root.components.push_back(std::move(said));
}

void CalendarConversion::add_times(Component& said, const Statement& statement) const
{
    const auto& entry = *statement.component;
    const auto* begin = entry.find("DTSTART");
    const bool is_day = entry.name == "VEVENT" && statement.occasion.begin && statement.occasion.begin->is_date;
    for (const auto* name : {"RECURRENCE-ID", "X-RECURRENCE-ID"}) {
        if (const auto* occurrence = entry.find(name))
            said.properties.push_back(
                at(to_old_ ? "X-RECURRENCE-ID" : "RECURRENCE-ID", *occurrence, occurrence->value, is_day));
    }
    if (begin != nullptr && is_day)
        said.properties.push_back(at("DTSTART", *statement.occasion.begin, true));
    else if (begin != nullptr)
        said.properties.push_back(at("DTSTART", *begin, begin->value, false));
    add_end(said, statement);
    add_rules(said, statement);
    add_dates(said, statement, "EXDATE");
    add_dates(said, statement, "RDATE");
}

void CalendarConversion::add_end(Component& said, const Statement& statement) const
{
    const auto& entry = *statement.component;
    const auto& [place, begin, end, summary] = statement.occasion;
    const auto* name = entry.name == "VTODO" ? "DUE" : "DTEND";
    const auto* written = entry.find(name);
    if (entry.name == "VEVENT" && begin && begin->is_date && end)
        said.properties.push_back(at(name, *end, true));
    else if (written != nullptr)
        said.properties.push_back(at(name, *written, written->value, false));
    else if (end && entry.find("DURATION") != nullptr) // some servers fail at one
        said.properties.push_back(at(name, *end, false));
}

void CalendarConversion::add_rules(Component& said, const Statement& statement) const
{
    const auto& entry = *statement.component;
    const auto* begin = entry.find("DTSTART");
    const auto local = begin == nullptr ? std::nullopt : find_moment(begin->value);
    if (!local)
        return;
    for (const auto& property : entry.properties) {
        if ((property.name != "RRULE" && property.name != "EXRULE") || property.value.empty())
            continue;
        auto rule = to_old_ ? find_rule(property.value) : find_old_rule(property.value);
        if (!rule)
            continue;
        if (const auto until = find_moment(rule->until); until && until->is_date && to_old_) {
            // The whole of that day, of which vCalendar 1.0 has the time.
            const auto rest = local->is_date ? 0 : seconds_of_day - 1;
            rule->until = to_text({until->seconds + rest, false, false});
        }
        // RFC 5545 §3.3.10: UNTIL is in UTC where the beginning has a zone.
        if (const auto until = find_moment(rule->until); until && !to_old_ && !zone_.empty() && !until->is_date)
            rule->until = to_text(zones_.find(*begin, rule->until).value_or(*until));
        auto first = *local;
        first.is_date = statement.occasion.begin && statement.occasion.begin->is_date;
        if (auto text = to_old_ ? to_old_rule(*rule, first) : std::optional(to_rule(*rule, first)))
            said.properties.push_back(property_of(property.name, std::move(*text)));
    }
}

void CalendarConversion::add_dates(Component& said, const Statement& statement, std::string_view name) const
{
    const auto& entry = *statement.component;
    const bool is_day = statement.occasion.begin && statement.occasion.begin->is_date;
    const auto* begin = entry.find("DTSTART");
    const auto clock = begin == nullptr ? std::nullopt : find_moment(begin->value);
    std::map<std::vector<std::string>, Property> lists; // iCalendar has one for each kind
    const auto take = [&](Property one) {
        std::vector<std::string> kind;
        for (const auto& parameter : one.parameters)
            kind.push_back(parameter.name + '=' + parameter.values.front());
        auto [list, is_new] = lists.try_emplace(std::move(kind), std::move(one));
        if (!is_new)
            list->second.value += (to_old_ ? ';' : ',') + one.value;
    };
    for (const auto& property : entry.properties) {
        if (property.name != name)
            continue;
        for (const auto member : members_of(property)) {
            const auto moment = find_moment(member);
            // The occurrence on that day.
            if (moment && moment->is_date && clock && !is_day && name == "EXDATE")
                take(at(name, *begin, to_text(on_day(*moment, *clock)), false));
            else
                take(at(name, property, member, is_day));
        }
    }
    if (name == "EXDATE" && !is_occurrence(entry)) {
        for (const auto& gone : gone_)
            take(property_of(name, gone));
    }
    for (auto& [kind, list] : lists)
        said.properties.push_back(std::move(list));
}

void CalendarConversion::add_alarms(Component& said, const Statement& statement) const
{
    const auto alarms = statement.fields.find("VALARM");
    if (alarms == statement.fields.end())
        return;
    for (const auto& alarm : alarms->second.values) {
        auto words = wording_.say(statement, "VALARM", alarm);
        if (!words) { // that it rings is most of it
            auto plain = alarm;
            plain.meaning = plain.bare;
            words = wording_.say(statement, "VALARM", plain);
        }
        if (!words)
            continue;
        std::move(words->properties.begin(), words->properties.end(), std::back_inserter(said.properties));
        std::move(words->components.begin(), words->components.end(), std::back_inserter(said.components));
    }
}

void CalendarConversion::add_other(Component& said, const Property& property) const
{
    auto copy = property;
    copy.raw.clear();
    if (to_old_ && property.name == "PRIORITY")
        copy.value = old_priority(trim(property.value));
    else if (to_old_ && property.name == "CREATED")
        copy.name = "DCREATED";
    else if (!to_old_ && property.name == "DCREATED")
        copy.name = "CREATED";
    else if (to_old_ && property.name == "DTSTAMP")
        return;
    else if (auto words = wording_.say(property))
        copy = std::move(*words);
    if (property.name == "COMPLETED" || property.name == "DCREATED")
        copy.value = at(copy.name, property, property.value, false).value;
    std::erase_if(copy.parameters, [&](const Parameter& one) {
        return one.name == "ENCODING" || one.name == "CHARSET" ||
               (to_old_ && (one.name == "ALTREP" || one.name == "FMTTYPE" || one.name == "TZID"));
    });
    for (auto& parameter : copy.parameters) {
        parameter.alone = false;
        if (parameter.name == "VALUE" && !parameter.values.empty()) {
            const auto kind = to_upper(parameter.values.front());
            if (kind == "URI" || kind == "URL")
                parameter.values = {to_old_ ? "URL" : "URI"};
            else
                parameter.values.clear();
        }
        if (to_old_) {
            for (auto& value : parameter.values) // which has no quotes
                std::replace_if(
                    value.begin(), value.end(), [](char c) { return c == ';' || c == ':' || c == ',' || c == '"'; },
                    ' ');
        }
    }
    std::erase_if(copy.parameters, [](const Parameter& one) { return one.values.empty(); });
    if (copy.is_binary && !to_old_) // RFC 5545 §3.8.1.1
        copy.parameters.push_back({"VALUE", {"BINARY"}, false});
    said.properties.push_back(std::move(copy));
}

/// UID and DTSTAMP, without which iCalendar has no entry. The same for the same item.
void CalendarConversion::add_what_must_be(Component& said, const Component& entry) const
{
    if (to_old_)
        return;
    const auto text_of = [&](const char* name) {
        const auto* property = entry.find(name);
        return property == nullptr ? std::string() : std::string(trim(property->value));
    };
    const auto created = text_of("DCREATED");
    if (text_of("UID").empty()) {
        auto id = normal_octets((created.empty() ? text_of("DTSTART") + text_of("DUE") : created) + text_of("SUMMARY") +
                                (entry.name == component_name(Kind::Note) ? text_of("DESCRIPTION") : std::string()));
        id = id.substr(id.rfind(' ') + 1);
        said.properties.push_back(property_of("UID", (id.empty() ? "0" : id) + "@syncd"));
    }
    if (!text_of("DTSTAMP").empty())
        return;
    auto stamp = find_moment(text_of("LAST-MODIFIED"));
    if (!stamp)
        stamp = find_moment(created);
    if (!stamp)
        stamp = Moment{};
    said.properties.push_back(property_of("DTSTAMP", to_text({stamp->seconds, false, true})));
}

} // namespace

Document converted_calendar(const Document& calendar, Form to)
{
    // Of vCalendar 1.0 nobody could look the definitions up.
    const auto named = to == Form::VCalendar10 ? with_known_zones(calendar) : std::nullopt;
    return CalendarConversion(named ? *named : calendar, to).run();
}

} // namespace item
