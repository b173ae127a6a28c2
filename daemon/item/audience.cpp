#include "item/audience.hpp"

#include "item/fields.hpp"
#include "item/moment.hpp"
#include "item/property.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace item {
namespace {

/// What servers take that do not say. None is sent a vCard 4.0 that has not asked for it.
constexpr Form usual[] = {Form::VCard30, Form::VCard21, Form::ICalendar20, Form::VCalendar10, Form::PlainText};

bool contains(const std::vector<Form>& forms, Form form)
{
    return std::find(forms.begin(), forms.end(), form) != forms.end();
}

/// Moments that are about the clock on the wall; when something was written stays in UTC.
bool is_local(const Property& property)
{
    return says_when(property.name) || is_old_alarm(property.name) || property.name == "EXDATE" ||
           property.name == "RDATE" || property.name == "RECURRENCE-ID" || property.name == "X-RECURRENCE-ID";
}

/// The value with its moments in UTC as clocks here show them, and whether there was one on another day.
struct Localized {
    std::string value;
    bool is_changed = false;
    bool moves_day = false;
};

Localized localized(const Property& property, const Audience& audience)
{
    Localized result;
    std::string_view rest = property.value;
    while (!rest.empty()) {
        const auto end = rest.find_first_of(",;");
        const auto word = rest.substr(0, end);
        auto moment = find_moment(word);
        if (moment && moment->is_utc) {
            const auto local = moment->seconds + audience.clock(moment->seconds);
            result.moves_day |= local / seconds_of_day != moment->seconds / seconds_of_day;
            result.is_changed = true;
            result.value += to_text({local, false, false});
        } else {
            result.value += word;
        }
        rest.remove_prefix(word.size());
        if (!rest.empty()) {
            result.value += rest.front();
            rest.remove_prefix(1);
        }
    }
    return result;
}

/// False when nothing of it is in UTC, or a rule would be about other days.
bool localize(Component& entry, const Audience& audience)
{
    auto properties = entry.properties;
    bool is_changed = false;
    bool moves_day = false;
    for (auto& property : properties) {
        if (!is_local(property) || property.name == "RRULE" || property.name == "EXRULE")
            continue;
        auto local = localized(property, audience);
        if (!local.is_changed)
            continue;
        is_changed = true;
        moves_day |= local.moves_day;
        property.value = std::move(local.value);
        property.raw.clear();
    }
    if (!is_changed || (moves_day && entry.find("RRULE") != nullptr))
        return false;
    entry.properties = std::move(properties);
    return true;
}

} // namespace

std::vector<Form> forms_for(Form own, Kind what, const Audience& audience)
{
    std::vector<Form> known;
    const auto add = [&](Form form) {
        if (holds(form, what) && !contains(known, form))
            known.push_back(form);
    };
    std::for_each(audience.forms.begin(), audience.forms.end(), add);
    if (known.empty())
        std::for_each(std::begin(usual), std::end(usual), add);
    std::stable_partition(known.begin(), known.end(), [&](Form form) { return form == own; });
    return known;
}

bool may_be_rendered(std::string_view data, const Audience& audience)
{
    const auto own = find_form(data);
    const auto what = find_kind(data);
    return own && what &&
           (forms_for(*own, *what, audience).front() != *own || (!audience.takes_utc && *what != Kind::Contact));
}

Rendering render(std::string data, const Audience& audience, std::size_t attempt)
{
    const auto own = find_form(data);
    const auto what = find_kind(data);
    if (!own || !what)
        return {own.value_or(Form{}), std::move(data), {}, {}};
    const auto forms = forms_for(*own, *what, audience);
    Rendering rendering{*own, std::move(data), {}, {}};
    for (auto at = std::min(attempt, forms.size() - 1); at < forms.size() && forms[at] != *own; ++at) {
        auto conversion = convert(rendering.data, forms[at]);
        if (conversion) {
            rendering = {forms[at], std::move(conversion->data), std::move(conversion->losses), {}};
            break;
        }
        if (rendering.failure.empty() && contains(audience.forms, forms[at])) // else nobody knows what they understand
            rendering.failure = conversion.error().message;
    }
    if (audience.takes_utc || is_card(rendering.form) || rendering.form == Form::PlainText)
        return rendering;
    auto document = parse(rendering.data);
    if (!document)
        return rendering;
    bool is_changed = false;
    for (auto& entry : document->root.components)
        is_changed |= entry.name != "VTIMEZONE" && localize(entry, audience);
    if (is_changed)
        rendering.data = write(*document);
    return rendering;
}

int ways_of(Kind what, const Audience& audience)
{
    constexpr int forms = static_cast<int>(Form::PlainText) + 2; // and its own
    constexpr int most = forms * forms;                          // a kind has two that count
    int ways = 0;
    for (const auto own : usual) {
        if (!holds(own, what))
            continue;
        const auto form = forms_for(own, what, audience).front();
        ways = ways * forms + (form == own ? 0 : 1 + static_cast<int>(form));
    }
    if (audience.takes_utc)
        return ways;
    // Its clocks in a winter and a summer stand for the zone.
    constexpr std::int64_t winter = 1767225600, summer = 1782864000;
    const auto quarters = [&](std::int64_t moment) { return static_cast<int>(audience.clock(moment) / 900) + 64; };
    return ways + most * (1 + quarters(winter) + 128 * quarters(summer));
}

} // namespace item
