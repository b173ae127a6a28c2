#include "authored_events.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace authored {
namespace {

const char* const words[] = {"tea", "a walk, or two", "review; plans", "Café", "line one\\nline two", "C:\\\\dir"};

std::string escaped(const std::string& text)
{
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == ',' || text[i] == ';')
            result += '\\';
        result += text[i];
    }
    return result;
}

std::string moment(const When& when, int day, int hour, const char* name)
{
    if (when.whole_day)
        return fmt::format("{};VALUE=DATE:202601{:02}\r\n", name, day);
    if (when.in_berlin)
        return fmt::format("{};TZID=Europe/Berlin:202601{:02}T{:02}0000\r\n", name, day, hour);
    return fmt::format("{}:202601{:02}T{:02}0000Z\r\n", name, day, hour);
}

std::string old_moment(const When& when, int day, int hour)
{
    return fmt::format("202601{:02}T{:02}0000{}", day, hour, when.whole_day ? "" : "Z");
}

constexpr auto zone = "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\n"
                      "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";

} // namespace

Item Author::make()
{
    Item item;
    auto& event = item.event;
    event.summary = words[die(4)];
    event.when = {static_cast<int>(5 + die(5)), static_cast<int>(8 + die(8)), static_cast<int>(1 + die(3)), chance(5),
                  chance(4)};
    if (event.when.whole_day)
        event.when = {event.when.day, 0, 0, true, false};
    if (chance(3)) {
        event.rule = chance(2) ? "FREQ=DAILY;COUNT=9" : "FREQ=DAILY;INTERVAL=2";
        if (chance(2))
            event.without.push_back(event.when.day + 2);
    }
    for (auto count = die(5); count > 0; --count)
        change(event, !event.rule.empty());
    if (!event.rule.empty() && chance(2)) {
        auto one = event;
        one.rule.clear();
        one.without.clear();
        one.when.day += 4;
        one.summary += " moved";
        item.occurrences.emplace_back(event.when.day + 4, one);
    }
    return item;
}

void Author::change(Event& event, bool repeats)
{
    const auto toggle = [&](auto& list, auto value, const auto& same) {
        const auto found = std::find_if(list.begin(), list.end(), same);
        if (found == list.end())
            list.push_back(value);
        else
            list.erase(found);
    };
    switch (die(13)) {
    case 0: event.summary = words[die(4)]; break;
    case 1: event.description = chance(4) ? "" : chance(3) ? event.summary : words[die(6)]; break;
    case 2: event.location = chance(4) ? "" : words[die(6)]; break;
    case 3:
        if (!event.when.whole_day)
            event.when.hour = static_cast<int>(8 + die(8));
        break;
    case 4:
        if (!event.when.whole_day)
            event.when.hours = static_cast<int>(1 + die(3));
        break;
    case 5: {
        const std::string one = words[die(4)];
        toggle(event.categories, one, [&](const std::string& other) { return other == one; });
        break;
    }
    case 6: {
        const auto minutes = static_cast<int>(5 * (1 + die(4)));
        toggle(event.alarms, Alarm{minutes, chance(3), chance(2) ? "" : "take a coat"},
               [&](const Alarm& other) { return other.minutes == minutes; });
        break;
    }
    case 7: {
        const auto address = fmt::format("p{}@example.org", die(4));
        toggle(event.people, Person{address, chance(2) ? "P" : "", chance(2) ? "ACCEPTED" : ""},
               [&](const Person& other) { return other.address == address; });
        break;
    }
    case 8: event.transparency = chance(2) ? "TRANSPARENT" : ""; break;
    case 9: event.status = chance(2) ? "TENTATIVE" : "CONFIRMED"; break;
    case 10: {
        const auto line = fmt::format("X-LINE-{}:{}\r\n", die(2), die(3));
        toggle(event.lines, line, [&](const std::string& other) { return other == line; });
        break;
    }
    case 11:
        if (repeats && !event.rule.empty())
            event.rule = chance(2) ? "FREQ=DAILY;COUNT=9" : "FREQ=DAILY;INTERVAL=3";
        break;
    default:
        if (repeats && !event.rule.empty()) {
            const auto day = event.when.day + static_cast<int>(1 + die(5));
            toggle(event.without, day, [&](int other) { return other == day; });
        }
        break;
    }
}

Item Author::change(Item item)
{
    for (auto count = 1 + die(3); count > 0; --count) {
        if (!item.occurrences.empty() && chance(3)) {
            if (chance(4))
                item.occurrences.clear();
            else
                change(item.occurrences.front().second, false);
        } else if (!item.event.rule.empty() && item.occurrences.size() == 1 && chance(6)) {
            auto one = item.occurrences.front().second;
            one.location = "elsewhere";
            item.occurrences.emplace_back(item.event.when.day + 6, one);
        } else {
            change(item.event, true);
        }
    }
    return item;
}

std::string Author::text(const Event& event, const std::string& occurrence, bool as_server)
{
    std::vector<std::string> parts = {"SUMMARY:" + escaped(event.summary) + "\r\n",
                                      moment(event.when, event.when.day, event.when.hour, "DTSTART")};
    if (!event.when.whole_day)
        parts.push_back(as_server && chance(2)
                            ? fmt::format("DURATION:PT{}H\r\n", event.when.hours)
                            : moment(event.when, event.when.day, event.when.hour + event.when.hours, "DTEND"));
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty())
            parts.push_back(std::string(name) + ':' + escaped(value) + "\r\n");
        else if (as_server && chance(3))
            parts.push_back(std::string(name) + ":\r\n");
    };
    add("DESCRIPTION", event.description);
    add("LOCATION", event.location);
    add("STATUS", event.status);
    if (!event.transparency.empty())
        parts.push_back("TRANSP:" + event.transparency + "\r\n");
    else if (as_server)
        parts.push_back("TRANSP:OPAQUE\r\n");
    if (!event.rule.empty())
        parts.push_back("RRULE:" + event.rule + "\r\n");
    for (const auto day : event.without)
        parts.push_back(moment(event.when, day, event.when.hour, "EXDATE"));
    std::string list;
    for (const auto& one : event.categories) {
        if (as_server && chance(2))
            parts.push_back("CATEGORIES:" + escaped(one) + "\r\n");
        else
            list += (list.empty() ? "" : ",") + escaped(one);
    }
    if (!list.empty())
        parts.push_back("CATEGORIES:" + list + "\r\n");
    for (const auto& one : event.people)
        parts.push_back("ATTENDEE" + (one.name.empty() ? "" : ";CN=" + one.name) +
                        (one.status.empty() ? (as_server ? ";PARTSTAT=NEEDS-ACTION" : "") : ";PARTSTAT=" + one.status) +
                        (as_server ? ":MAILTO:" : ":mailto:") + one.address + "\r\n");
    for (const auto& one : event.alarms) {
        const bool absolute = one.is_absolute && !event.when.whole_day && !event.when.in_berlin;
        const auto trigger = absolute ? fmt::format("TRIGGER;VALUE=DATE-TIME:202601{:02}T{:02}{:02}00Z\r\n",
                                                    event.when.day, event.when.hour - 1, 60 - one.minutes)
                                      : fmt::format("TRIGGER:-PT{}M\r\n", one.minutes);
        parts.push_back("BEGIN:VALARM\r\nACTION:DISPLAY\r\n" + trigger +
                        "DESCRIPTION:" + escaped(one.text.empty() ? event.summary : one.text) + "\r\nEND:VALARM\r\n");
    }
    for (const auto& line : event.lines)
        parts.push_back(line);
    if (!occurrence.empty())
        parts.push_back(occurrence);
    if (as_server)
        std::shuffle(parts.begin(), parts.end(), random_);
    std::string body = "BEGIN:VEVENT\r\nUID:one\r\n";
    if (as_server)
        body += "SEQUENCE:3\r\nLAST-MODIFIED:20260101T000000Z\r\n";
    for (const auto& part : parts)
        body += part;
    return body + "END:VEVENT\r\n";
}

std::string Author::modern(const Item& item)
{
    std::string body = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//a//b\r\n";
    if (item.event.when.in_berlin)
        body += zone;
    body += text(item.event, {}, false);
    for (const auto& [day, event] : item.occurrences)
        body += text(event, moment(item.event.when, day, item.event.when.hour, "RECURRENCE-ID"), false);
    return body + "END:VCALENDAR\r\n";
}

std::string Author::rewritten(const Item& item)
{
    std::string body = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//server//x\r\n";
    if (item.event.when.in_berlin)
        body += zone;
    for (const auto& [day, event] : item.occurrences)
        body += text(event, moment(item.event.when, day, item.event.when.hour, "RECURRENCE-ID"), true);
    return body + text(item.event, {}, true) + "END:VCALENDAR\r\n";
}

std::string Author::old(const Item& item)
{
    const auto& event = item.event;
    std::string body = "BEGIN:VCALENDAR\r\nVERSION:1.0\r\nBEGIN:VEVENT\r\nUID:two\r\n";
    const auto add = [&](const std::string& name, const std::string& value) {
        if (!value.empty())
            body += name + ':' + value + "\r\n";
    };
    const auto add_text = [&](const std::string& name, const std::string& value) {
        std::string plain;
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (value.compare(i, 2, "\\n") == 0) {
                plain += "=0D=0A";
                ++i;
            } else {
                plain += value[i];
            }
        }
        if (!value.empty())
            body += name + ";CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:" + plain + "\r\n";
    };
    add_text("SUMMARY", event.summary);
    add("DTSTART", old_moment(event.when, event.when.day, event.when.hour));
    add("DTEND",
        old_moment(event.when, event.when.day + (event.when.whole_day ? 1 : 0), event.when.hour + event.when.hours));
    if (!event.rule.empty())
        add("RRULE", event.rule == "FREQ=DAILY;COUNT=9"      ? "D1 #9"
                     : event.rule == "FREQ=DAILY;INTERVAL=2" ? "D2 #0"
                                                             : "D3 #0");
    for (const auto day : event.without)
        add("EXDATE", old_moment(event.when, day, event.when.hour));
    add_text("DESCRIPTION", event.description);
    add_text("LOCATION", event.location);
    add("STATUS", event.status);
    add("TRANSP", event.transparency.empty() ? "0" : "1");
    std::string list;
    for (const auto& one : event.categories) {
        list += list.empty() ? "" : ";";
        for (const char c : one)
            list += (c == ';' ? "\\" : "") + std::string(1, c);
    }
    add("CATEGORIES", list);
    for (const auto& one : event.people)
        add("ATTENDEE" + (one.status.empty() ? "" : ";STATUS=" + one.status),
            one.name.empty() ? one.address : one.name + " <" + one.address + ">");
    for (const auto& line : event.lines)
        body += line;
    return body + "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

} // namespace authored
