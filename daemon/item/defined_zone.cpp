#include "item/defined_zone.hpp"

#include "item/moment.hpp"
#include "item/number.hpp"
#include "item/recurrence.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <vector>

namespace item {
namespace {

constexpr int years = 5; // that have to agree

/// From when on in each year clocks go otherwise, and how.
struct Observance {
    std::int64_t offset = 0; ///< ahead of UTC
    Moment begin;
    std::optional<Recurrence> rule;
};

std::optional<Observance> find_observance(const Component& component)
{
    const auto* offset = component.find("TZOFFSETTO");
    const auto* begin = component.find("DTSTART");
    const auto* rule = component.find("RRULE");
    const auto seconds = offset == nullptr ? std::nullopt : find_offset(offset->value);
    const auto moment = begin == nullptr ? std::nullopt : find_moment(begin->value);
    if (!seconds || !moment)
        return std::nullopt;
    return Observance{*seconds, *moment, rule == nullptr ? std::nullopt : find_rule(rule->value)};
}

/// Whether it holds in these years. Definitions keep rules that were replaced by others.
bool holds(const Observance& observance, int first, int last)
{
    const auto until = observance.rule ? find_moment(observance.rule->until) : std::nullopt;
    return year(observance.begin) <= first && (!until || year(*until) >= last);
}

/// What the clocks show in the year when they are about to change: of `BYMONTH=3;BYDAY=-1SU` and its like.
std::optional<std::int64_t> change_in(int year, const Observance& observance)
{
    const auto& rule = observance.rule;
    if (!rule || rule->frequency != "YEARLY" || rule->interval != 1 || rule->count)
        return std::nullopt;
    std::optional<unsigned> month;
    std::string_view day;
    for (const auto& [name, value] : rule->by) {
        if (name == "BYMONTH")
            month = number(value);
        else if (name == "BYDAY")
            day = value;
        else if (name != "WKST")
            return std::nullopt;
    }
    constexpr std::array<std::string_view, 7> names{"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    const auto name = std::find(names.begin(), names.end(), day.size() < 2 ? day : day.substr(day.size() - 2));
    if (!month || *month < 1 || *month > 12 || name == names.end())
        return std::nullopt;
    const std::chrono::weekday weekday(static_cast<unsigned>(name - names.begin()));
    const auto which = day.substr(0, day.size() - 2);
    const auto in = std::chrono::year(year) / static_cast<int>(*month);
    const auto nth = number(which.starts_with('+') ? which.substr(1) : which);
    std::chrono::sys_days date;
    if (which == "-1")
        date = in / weekday[std::chrono::last];
    else if (nth && *nth >= 1 && *nth <= 4)
        date = in / weekday[*nth];
    else
        return std::nullopt;
    const Moment on{date.time_since_epoch() / std::chrono::seconds(1), false, false};
    return on_day(on, observance.begin).seconds;
}

} // namespace

std::string find_zone_like(const Component& definition, int year)
{
    std::vector<Observance> standard, daylight;
    for (const auto& component : definition.components) {
        const auto observance = find_observance(component);
        if (!observance || !holds(*observance, year, year + years))
            continue;
        if (component.name == "STANDARD")
            standard.push_back(*observance);
        else if (component.name == "DAYLIGHT")
            daylight.push_back(*observance);
    }
    if (standard.size() != 1 || daylight.size() > 1)
        return {};
    std::vector<Zones::Daylight> summers;
    for (int each = year - 1; !daylight.empty() && each < year + years; ++each) {
        const auto begin = change_in(each, daylight.front());
        // South of the equator it ends in the year after.
        auto end = change_in(each, standard.front());
        if (begin && end && *end < *begin)
            end = change_in(each + 1, standard.front());
        if (!begin || !end)
            return {};
        summers.push_back({daylight.front().offset, *begin, *end});
    }
    const std::chrono::sys_days first = std::chrono::year(year) / 1 / 1;
    return Zones(standard.front().offset, std::move(summers))
        .find_like({first.time_since_epoch() / std::chrono::seconds(1), false, false});
}

std::optional<Document> with_known_zones(const Document& calendar)
{
    constexpr std::size_t most = 10; // each is compared with all zones that there are
    std::optional<int> first;
    for (const auto& entry : calendar.root.components)
        for (const auto* name : {"DTSTART", "DUE"})
            if (const auto* property = entry.name == "VTIMEZONE" ? nullptr : entry.find(name))
                if (const auto moment = find_moment(property->value))
                    first = std::min(first.value_or(year(*moment)), year(*moment));
    std::map<std::string, std::string> names;
    for (const auto& definition : calendar.root.components) {
        const auto* tzid = definition.name == "VTIMEZONE" ? definition.find("TZID") : nullptr;
        if (tzid == nullptr || !first || names.size() == most || !zone_name(tzid->text()).empty())
            continue;
        names.emplace(tzid->text(), find_zone_like(definition, *first));
    }
    std::erase_if(names, [](const auto& name) { return name.second.empty(); });
    if (names.empty())
        return std::nullopt;
    auto named = calendar;
    for (auto& entry : named.root.components)
        for (auto& property : entry.properties)
            for (auto& parameter : property.parameters)
                if (const auto found = parameter.name == "TZID" && !parameter.values.empty()
                                           ? names.find(parameter.values.front())
                                           : names.end();
                    found != names.end()) {
                    parameter.values = {found->second};
                    property.raw.clear();
                }
    return named;
}

} // namespace item
