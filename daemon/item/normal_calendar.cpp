#include "item/moment.hpp"
#include "item/normal_lines.hpp"
#include "item/recurrence.hpp"
#include "item/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace item {
namespace {

/// Servers write their own, count on, or leave out.
constexpr std::string_view written_anew[] = {
    "UID",         "DTSTAMP",       "CREATED",       "DCREATED",        "SEQUENCE",         "RNUM",
    "X-LIC-ERROR", "LAST-MODIFIED", "RECURRENCE-ID", "X-RECURRENCE-ID", "X-MOZ-GENERATION", "X-MOZ-LASTACK"};

/// Read together, below.
constexpr std::string_view of_time[] = {"DTSTART", "DTEND",  "DUE",       "DURATION",        "RRULE",
                                        "EXDATE",  "RDATE",  "DALARM",    "AALARM",          "PALARM",
                                        "MALARM",  "STATUS", "COMPLETED", "PERCENT-COMPLETE"};

template <class Range>
bool contains(const Range& range, std::string_view name)
{
    return std::find(std::begin(range), std::end(range), name) != std::end(range);
}

/// `NEEDS ACTION` and `NEEDS_ACTION` of vCalendar 1.0.
std::string word_of(std::string_view text)
{
    auto word = to_upper(trim(text));
    std::replace_if(
        word.begin(), word.end(), [](char c) { return c == ' ' || c == '_'; }, '-');
    return word;
}

/// `mailto:a@b`, `Name <a@b>`: the address.
std::string address_of(const Property& property)
{
    std::string_view text = property.value;
    if (const auto open = text.rfind('<'); open != std::string_view::npos && text.ends_with('>'))
        text = text.substr(open + 1, text.size() - open - 2);
    if (to_upper(text.substr(0, 7)) == "MAILTO:")
        text.remove_prefix(7);
    std::string address(trim(text));
    std::transform(address.begin(), address.end(), address.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return address;
}

/// One event, to-do or journal entry.
class Entry {
public:
    Entry(const Document& calendar, const Zones& zones, const Component& component)
        : is_old_(calendar.form == Form::VCalendar10), is_plain_(calendar.form == Form::PlainText),
          is_task_(component.name == component_name(Kind::Task)),
          is_note_(component.name == component_name(Kind::Note)), zones_(zones), component_(component)
    {
    }
    Occasion add_to(NormalLines& lines);

private:
    void add(std::string_view name, std::string value, std::vector<std::string> details = {})
    {
        lines_->add(place_ + std::string(name), std::move(value), std::move(details));
    }
    std::optional<Moment> time_of(std::string_view name) const;
    void add_times();
    void add_rule();
    void add_dates(const Property& property);
    void add_state();
    void add_alarm(std::string_view action, const std::optional<Moment>& at, std::optional<std::int64_t> from_begin,
                   std::vector<std::string> details);
    void add_old_alarm(const Property& property);
    void add_new_alarm(const Component& alarm);
    void add_property(const Property& property);
    void add_description(const std::string& text);
    void add_note(const std::string& text);
    void add_person(const Property& property);
    /// What an alarm shows, unless that follows from the event.
    void add_message(std::vector<std::string>& details, const std::string& text) const;
    /// The clock of a zone that is not known is not another's.
    void add_unknown_zone(std::string_view name, const Property& property);
    void add_unknown(const Component& component, const std::string& place);

    const bool is_old_, is_plain_; ///< vCalendar 1.0, plain text
    const bool is_task_, is_note_;
    const Zones& zones_;
    const Component& component_;
    NormalLines* lines_ = nullptr;
    std::string place_;
    std::string summary_;
    std::optional<Moment> begin_, end_;
};

std::optional<Moment> Entry::time_of(std::string_view name) const
{
    const auto* property = component_.find(name);
    return property == nullptr ? std::nullopt : zones_.find(*property, property->value);
}

Occasion Entry::add_to(NormalLines& lines)
{
    lines_ = &lines;
    place_ = component_.name + "/";
    for (const auto* name : {"RECURRENCE-ID", "X-RECURRENCE-ID"}) {
        const auto* property = component_.find(name);
        if (property == nullptr)
            continue;
        lines.about(property);
        if (const auto occurrence = time_of(name))
            place_ = fmt::format("{} {}/", component_.name, to_text(*occurrence));
        else
            add(name, normal_words(property->value));
        add_unknown_zone(name, *property);
    }
    if (const auto* summary = component_.find("SUMMARY"))
        summary_ = normal_words(summary->text());
    lines.about(&component_);
    add_times();
    add_rule();
    add_state();
    for (const auto& property : component_.properties) {
        lines.about(&property);
        add_property(property);
    }
    for (const auto& inner : component_.components) {
        lines.about(&inner);
        if (inner.name == "VALARM")
            add_new_alarm(inner);
        else
            add_unknown(inner, place_ + inner.name + "/");
    }
    return {place_, begin_, end_, summary_};
}

void Entry::add_unknown(const Component& component, const std::string& place)
{
    for (const auto& property : component.properties)
        lines_->add(place + property.name, normal_words(property.name.empty() ? property.raw : property.value),
                    normal_parameters(property));
    for (const auto& inner : component.components)
        add_unknown(inner, place + inner.name + "/");
}

void Entry::add_unknown_zone(std::string_view name, const Property& property)
{
    add(std::string(name) + " ZONE", Zones::unknown_zone(property));
}

void Entry::add_times()
{
    begin_ = time_of("DTSTART");
    end_ = time_of(is_task_ ? "DUE" : "DTEND");
    const auto* duration = component_.find("DURATION");
    const auto length = duration == nullptr ? std::nullopt : find_duration(duration->value);
    if (!end_ && begin_ && length)
        end_ = Moment{begin_->seconds + *length, begin_->is_date && *length % seconds_of_day == 0, begin_->is_utc};

    if (component_.name == "VEVENT" && begin_) {
        // vCalendar 1.0 has no dates: a whole day goes from midnight to midnight, or to the last minute or second.
        const auto of_day = [](const Moment& moment) { return moment.seconds % seconds_of_day; };
        if (end_ && !begin_->is_date && !begin_->is_utc && !end_->is_utc && of_day(*begin_) == 0 &&
            end_->seconds > begin_->seconds) {
            const auto left = (seconds_of_day - of_day(*end_)) % seconds_of_day;
            if (left == 0 || left == 1 || left == 60) {
                begin_->is_date = true;
                end_ = Moment{end_->seconds + left, true, false};
            }
        }
        if (begin_->is_date && (!end_ || end_->seconds <= begin_->seconds))
            end_ = Moment{begin_->seconds + seconds_of_day, true, false};
        if (!end_)
            end_ = begin_;
    }
    if (is_task_) {
        for (auto* moment : {&begin_, &end_}) {
            if (*moment && !(*moment)->is_utc && (*moment)->seconds % seconds_of_day == 0)
                (*moment)->is_date = true;
        }
    }
    if (begin_)
        add("DTSTART", to_text(*begin_));
    if (end_)
        add("DTEND", to_text(*end_));
    // What is not understood counts as it is.
    for (const auto* name : {"DTSTART", "DTEND", "DUE"}) {
        const auto* property = component_.find(name);
        if (property == nullptr)
            continue;
        if (!find_moment(property->value))
            add(name, normal_words(property->value));
        else
            add_unknown_zone(name, *property);
    }
    if (duration != nullptr && !length)
        add("DURATION", normal_words(duration->value));
}

void Entry::add_rule()
{
    const auto* begin = component_.find("DTSTART");
    // The rule is about the clock on the wall.
    const auto local = begin == nullptr ? std::nullopt : find_moment(begin->value);
    for (const auto& property : component_.properties) {
        if (property.name == "EXDATE" || property.name == "RDATE") {
            add_dates(property);
            lines_->about(&component_);
        }
        if (property.name != "RRULE" || property.value.empty())
            continue;
        const auto rule = is_old_ ? find_old_rule(property.value) : find_rule(property.value);
        add("RRULE", rule && local ? normal_rule(*rule, *local) : normal_words(property.value));
    }
    if (begin != nullptr && component_.find("RRULE") != nullptr)
        add("ZONE", zones_.offsets(*begin));
}

void Entry::add_dates(const Property& property)
{
    lines_->about(&property);
    constexpr std::ptrdiff_t most = 1000; // each becomes a line of its own
    std::string_view rest = property.value;
    if (std::count_if(rest.begin(), rest.end(), [](char c) { return c == ',' || c == ';'; }) > most)
        return add(property.name, normal_words(rest));
    add_unknown_zone(property.name, property);
    const auto* begin = component_.find("DTSTART");
    const auto clock = begin == nullptr ? std::nullopt : find_moment(begin->value);
    while (!rest.empty()) {
        const auto end = std::min(rest.find_first_of(",;"), rest.size());
        const auto one = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        auto moment = zones_.find(property, one);
        // The day of an event that takes the whole of it, or the occurrence on a day.
        if (moment && begin_ && begin_->is_date)
            moment = Moment{moment->seconds - moment->seconds % seconds_of_day, true, false};
        else if (moment && moment->is_date && clock && property.name == "EXDATE")
            moment = zones_.find(*begin, to_text(on_day(*moment, *clock)));
        lines_->about(&property, one);
        add(property.name, moment ? to_text(*moment) : normal_words(one));
    }
}

void Entry::add_state()
{
    const auto* status = component_.find("STATUS");
    const auto* percent = component_.find("PERCENT-COMPLETE");
    const auto* completed = component_.find("COMPLETED");
    const auto* source = status != nullptr ? status : completed != nullptr ? completed : percent;
    lines_->about(source != nullptr ? static_cast<const void*>(source) : &component_);
    auto word = status == nullptr ? std::string() : word_of(status->text());
    if (is_task_) {
        const bool is_done = word == "COMPLETED" || (completed != nullptr && !completed->value.empty()) ||
                             (percent != nullptr && percent->value == "100");
        if (is_done)
            word = "COMPLETED";
        else if (percent != nullptr && percent->value != "0")
            add("PERCENT-COMPLETE", percent->value);
    }
    if (word != "NEEDS-ACTION")
        add("STATUS", word);
}

void Entry::add_alarm(std::string_view action, const std::optional<Moment>& at, std::optional<std::int64_t> from_begin,
                      std::vector<std::string> details)
{
    if (at && begin_ && at->is_utc == begin_->is_utc)
        from_begin = at->seconds - begin_->seconds;
    if (from_begin)
        add("VALARM", fmt::format("{} {:+}", action, *from_begin), std::move(details));
    else if (at)
        add("VALARM", fmt::format("{} {}", action, to_text(*at)), std::move(details));
}

void Entry::add_old_alarm(const Property& property)
{
    const auto action = property.name == "AALARM"   ? "AUDIO"
                        : property.name == "PALARM" ? "PROCEDURE"
                        : property.name == "MALARM" ? "EMAIL"
                                                    : "DISPLAY";
    const auto parts = property.parts(';'); // run time, snooze time, repeat count, what to show
    const auto at = zones_.find(property, parts.front());
    std::vector<std::string> details;
    if (parts.size() > 3)
        add_message(details, parts[3]);
    if (parts.size() > 2 && !normal_words(parts[1]).empty() && !normal_words(parts[2]).empty() && parts[2] != "0") {
        details.push_back("DURATION=" + normal_words(parts[1]));
        details.push_back("REPEAT=" + normal_words(parts[2]));
    }
    add_alarm(action, at, std::nullopt, std::move(details));
    if (!at)
        add(property.name, normal_words(property.value));
}

void Entry::add_message(std::vector<std::string>& details, const std::string& text) const
{
    auto words = normal_words(text);
    if (!words.empty() && words != summary_)
        details.push_back("DESCRIPTION=" + std::move(words));
}

void Entry::add_new_alarm(const Component& alarm)
{
    const auto* action = alarm.find("ACTION");
    const auto* trigger = alarm.find("TRIGGER");
    std::vector<std::string> details;
    for (const auto& property : alarm.properties) {
        constexpr std::string_view idle[] = {"ACTION", "TRIGGER", "SUMMARY", "UID", "ACKNOWLEDGED", "RELATED-TO"};
        const bool is_none = property.name == "REPEAT" && property.value == "0";
        if (property.name == "DESCRIPTION")
            add_message(details, property.text());
        else if (!property.name.empty() && !property.name.starts_with("X-") && !contains(idle, property.name) &&
                 !is_none)
            details.push_back(property.name + "=" + normal_words(property.text()));
    }
    if (trigger == nullptr)
        return;
    if (!find_duration(trigger->value) && !find_moment(trigger->value))
        return add_unknown(alarm, place_ + alarm.name + "/");
    auto from_begin = find_duration(trigger->value);
    auto at = zones_.find(*trigger, trigger->value);
    if (from_begin && to_upper(trigger->parameter("RELATED")) == "END" && end_) {
        if (begin_) {
            *from_begin += end_->seconds - begin_->seconds;
        } else { // of a to-do: vCalendar 1.0 has the moment
            at = Moment{end_->seconds + *from_begin, false, end_->is_utc};
            from_begin.reset();
        }
    }
    add_alarm(action == nullptr ? "DISPLAY" : to_upper(action->text()), at, from_begin, std::move(details));
}

void Entry::add_person(const Property& property)
{
    std::vector<std::string> details;
    const auto part = word_of(property.parameter(is_old_ ? "STATUS" : "PARTSTAT"));
    if (part == "CONFIRMED")
        details.emplace_back("PARTSTAT=ACCEPTED");
    else if (!part.empty() && part != "NEEDS-ACTION" && part != "SENT")
        details.push_back("PARTSTAT=" + part);
    const auto role = word_of(property.parameter("ROLE"));
    if (!role.empty() && role != "REQ-PARTICIPANT" && role != "ATTENDEE")
        details.push_back("ROLE=" + role);
    const auto kind = word_of(property.parameter("CUTYPE"));
    if (!kind.empty() && kind != "INDIVIDUAL")
        details.push_back("CUTYPE=" + kind);
    // `Name <a@b>` in vCalendar 1.0.
    const auto open = property.value.rfind('<');
    auto name = normal_words(property.parameter("CN"));
    if (name.empty() && open != std::string::npos)
        name = normal_words(property.value.substr(0, open));
    auto address = address_of(property);
    if (address.empty())
        return add(property.name, std::move(name), std::move(details));
    if (!name.empty() && name != address)
        details.push_back("CN=" + name);
    add(property.name, std::move(address), std::move(details));
}

void Entry::add_description(const std::string& text)
{
    if (is_note_)
        return add_note(text);
    if (summary_.empty())
        add("SUMMARY", text); // servers make a summary of it
    else if (text != summary_)
        add("DESCRIPTION", text);
}

/// The first line is the summary, whichever property has it.
void Entry::add_note(const std::string& text)
{
    if (!summary_.empty())
        return add("DESCRIPTION", normal_words(is_plain_ ? text : without_summary(text, summary_)));
    const auto end = std::min(text.find('\n'), text.size());
    add("SUMMARY", normal_words(text.substr(0, end)));
    add("DESCRIPTION", normal_words(text.substr(end)));
}

void Entry::add_property(const Property& property)
{
    const std::string_view name = property.name;
    if (name.empty()) // not understood, yet said
        return add(name, normal_words(property.raw));
    const auto text = normal_words(property.text());
    // Of what Exchange notes two say something; what they say of most events says nothing.
    const bool is_said = (name == "X-MICROSOFT-CDO-BUSYSTATUS" && text != "BUSY") ||
                         (name == "X-MICROSOFT-CDO-IMPORTANCE" && text != "1");
    if (contains(written_anew, name) || name.starts_with("X-EVOLUTION-") ||
        (name.starts_with("X-MICROSOFT-CDO-") && !is_said))
        return;
    if (name.ends_with("ALARM") && contains(of_time, name))
        return add_old_alarm(property);
    if (contains(of_time, name))
        return;
    if (name == "ATTENDEE" || name == "ORGANIZER")
        return add_person(property);
    if (name == "DESCRIPTION") {
        add_description(text);
    } else if (name == "CATEGORIES" || name == "RESOURCES") {
        for (const auto& member : property.parts(',')) {
            lines_->about(&property, member);
            add(name, normal_words(member));
        }
    } else if (name == "CLASS" || name == "TRANSP") {
        const auto word = name == "TRANSP" && text == "1" ? "TRANSPARENT" : word_of(text);
        if (word != "PUBLIC" && word != "OPAQUE" && word != "0")
            add(name, word);
    } else if (name == "PRIORITY") {
        const auto level = !is_old_ ? text : text == "2" ? std::string("5") : text == "3" ? std::string("7") : text;
        if (level != "0")
            add(name, level);
    } else if (name == "GEO") {
        auto place = text;
        std::replace(place.begin(), place.end(), ',', ';');
        if (const auto middle = place.find(';'); is_old_ && middle != std::string::npos) // longitude first
            place = place.substr(middle + 1) + ";" + place.substr(0, middle);
        if (place.find_first_not_of("; ") != std::string::npos)
            add(name, place);
    } else if (property.is_binary) {
        add(name, normal_octets(property.value), normal_parameters(property));
    } else if (value_kind(name) == ValueKind::Structured) {
        add(name, normal_parts(property.parts(';')), normal_parameters(property));
    } else {
        add(name, text, normal_parameters(property));
    }
}

} // namespace

Occasion add_entry(NormalLines& lines, const Document& calendar, const Zones& zones, const Component& entry)
{
    return Entry(calendar, zones, entry).add_to(lines);
}

NormalForm normal_calendar(const Document& document)
{
    NormalLines lines;
    const Zones zones(document);
    for (const auto& component : document.root.components) {
        if (component.name != "VTIMEZONE")
            Entry(document, zones, component).add_to(lines);
    }
    return {kind(document), lines.take()};
}

} // namespace item
