#include "item/recurrence.hpp"

#include "item/number.hpp"
#include "item/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace item {
namespace {

std::vector<std::string_view> cut(std::string_view text, char separator)
{
    std::vector<std::string_view> pieces;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        if (end > 0)
            pieces.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return pieces;
}

bool is_weekday(std::string_view text)
{
    constexpr std::string_view names[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    return std::find(std::begin(names), std::end(names), text) != std::end(names);
}

void append(std::string& list, const std::string& member)
{
    list += (list.empty() ? "" : ",") + member;
}

/// `2+`, `1-`, `2`: `2`, `-1`, `2`.
std::optional<std::string> signed_number(std::string_view text)
{
    const bool back = text.ends_with('-');
    if (back || text.ends_with('+'))
        text.remove_suffix(1);
    const auto value = number(text);
    return value ? std::optional((back ? "-" : "") + std::to_string(*value)) : std::nullopt;
}

struct OldKind {
    std::string_view prefix, frequency, list;
};
constexpr OldKind old_kinds[] = {{"MP", "MONTHLY", "BYDAY"},  {"MD", "MONTHLY", "BYMONTHDAY"},
                                 {"YM", "YEARLY", "BYMONTH"}, {"YD", "YEARLY", "BYYEARDAY"},
                                 {"D", "DAILY", {}},          {"W", "WEEKLY", "BYDAY"}};

/// Takes one word of the list that follows `W2` or `MP1`. False when it is none.
bool take_member(Recurrence& rule, const OldKind& kind, std::string_view word, std::string& position)
{
    if (kind.prefix == "D")
        return false;
    auto& list = rule.by[std::string(kind.list)];
    if (kind.list == "BYDAY") {
        if (is_weekday(word)) {
            append(list, position + std::string(word));
            return kind.prefix == "W" || !position.empty();
        }
        const auto place = kind.prefix == "MP" ? signed_number(word) : std::nullopt;
        position = place.value_or("");
        return place.has_value();
    }
    const auto day = word == "LD" && kind.prefix == "MD" ? std::optional<std::string>("-1") : signed_number(word);
    if (day)
        append(list, *day);
    return day.has_value();
}

std::string sorted(std::string_view list)
{
    auto members = cut(list, ',');
    std::sort(members.begin(), members.end());
    std::string text;
    for (const auto member : members)
        append(text, std::string(member.starts_with('+') ? member.substr(1) : member));
    return text;
}

} // namespace

std::optional<Recurrence> find_rule(std::string_view text)
{
    Recurrence rule;
    for (const auto part : cut(text, ';')) {
        const auto equals = part.find('=');
        if (equals == std::string_view::npos)
            return std::nullopt;
        const auto name = to_upper(trim(part.substr(0, equals)));
        const auto value = to_upper(trim(part.substr(equals + 1)));
        if (name == "FREQ")
            rule.frequency = value;
        else if (name == "INTERVAL")
            rule.interval = std::max(number(value).value_or(1), 1u);
        else if (name == "COUNT")
            rule.count = number(value);
        else if (name == "UNTIL")
            rule.until = value;
        else
            rule.by[name] = value;
    }
    return rule.frequency.empty() ? std::nullopt : std::optional(rule);
}

std::optional<Recurrence> find_old_rule(std::string_view text)
{
    const auto upper = to_upper(text);
    const auto words = cut(upper, ' ');
    if (words.empty())
        return std::nullopt;
    const auto* kind = std::find_if(std::begin(old_kinds), std::end(old_kinds),
                                    [&](const OldKind& one) { return words[0].starts_with(one.prefix); });
    if (kind == std::end(old_kinds))
        return std::nullopt;
    const auto interval = number(words[0].substr(kind->prefix.size()));
    if (!interval || *interval == 0)
        return std::nullopt;
    Recurrence rule{std::string(kind->frequency), *interval, 2u, {}, {}}; // without an end it is to happen twice
    std::string position;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const bool is_last = i + 1 == words.size();
        if (is_last && words[i].starts_with('#')) {
            const auto count = number(words[i].substr(1));
            if (!count)
                return std::nullopt;
            rule.count = *count == 0 ? std::nullopt : count;
        } else if (is_last && find_moment(words[i])) {
            rule.until = words[i];
            rule.count.reset();
        } else if (!take_member(rule, *kind, words[i], position)) {
            return std::nullopt;
        }
    }
    return rule;
}

std::string to_rule(const Recurrence& rule, const Moment& begin)
{
    auto text = "FREQ=" + rule.frequency;
    if (rule.interval != 1)
        text += fmt::format(";INTERVAL={}", rule.interval);
    for (const auto& [name, list] : rule.by)
        text += fmt::format(";{}={}", name, list);
    if (rule.count)
        text += fmt::format(";COUNT={}", *rule.count);
    if (!rule.until.empty()) {
        const auto until = find_moment(rule.until);
        text += ";UNTIL=" + (until && begin.is_date ? to_text({until->seconds, true, false}) : rule.until);
    }
    return text;
}

namespace {

/// The list of a vCalendar 1.0 rule.
std::optional<std::string> old_list(std::string_view prefix, std::string_view list)
{
    std::string text;
    for (auto member : cut(list, ',')) {
        if (prefix == "MD" && member == "-1") {
            text += " LD";
            continue;
        }
        if (prefix == "W" && is_weekday(member)) {
            text += ' ' + std::string(member);
            continue;
        }
        const bool back = member.starts_with('-');
        if (back || member.starts_with('+'))
            member.remove_prefix(1);
        const auto digits = member.substr(0, member.find_first_not_of("0123456789"));
        const auto rest = member.substr(digits.size());
        const bool fits = prefix == "MP" ? is_weekday(rest) : rest.empty() && (prefix == "MD" || !back);
        if (!number(digits) || !fits)
            return std::nullopt;
        text += ' ' + std::string(digits) + (back ? "-" : prefix == "MP" ? "+" : "");
        if (prefix == "MP")
            text += ' ' + std::string(rest);
    }
    return text;
}

/// What a rule says of days, without what follows from the beginning.
std::map<std::string, std::string> telling_parts(const Recurrence& rule, const Moment& begin)
{
    auto by = rule.by;
    const auto drop = [&](const char* name, std::string_view value) {
        const auto found = by.find(name);
        if (found != by.end() && found->second == value)
            by.erase(found);
    };
    drop("WKST", "MO");
    if (rule.frequency == "WEEKLY")
        drop("BYDAY", weekday(begin));
    if (rule.frequency == "MONTHLY")
        drop("BYMONTHDAY", std::to_string(day_of_month(begin)));
    if (rule.frequency == "YEARLY") {
        // The day alone would be that day of each month.
        if (const auto in = by.find("BYMONTH"); in != by.end() && in->second == std::to_string(month(begin))) {
            drop("BYMONTHDAY", std::to_string(day_of_month(begin)));
            if (!by.contains("BYMONTHDAY") && !by.contains("BYDAY"))
                by.erase(in);
        }
    }
    return by;
}

} // namespace

std::optional<std::string> to_old_rule(const Recurrence& rule, const Moment& begin)
{
    const auto by = telling_parts(rule, begin);
    if (by.size() > 1)
        return std::nullopt;
    std::string_view prefix;
    std::string list = by.empty() ? std::string() : by.begin()->second;
    for (const auto& kind : old_kinds) {
        if (kind.frequency == rule.frequency && (by.empty() ? kind.list.empty() : kind.list == by.begin()->first))
            prefix = kind.prefix;
    }
    if (by.empty() && rule.frequency == "WEEKLY") {
        prefix = "W";
        list = weekday(begin); // some take the first day of the week otherwise
    } else if (by.empty() && rule.frequency == "MONTHLY") {
        prefix = "MD";
        list = std::to_string(day_of_month(begin));
    } else if (by.empty() && rule.frequency == "YEARLY") {
        prefix = "YM";
        list = std::to_string(month(begin));
    }
    const auto words = old_list(prefix, list);
    if (prefix.empty() || !words)
        return std::nullopt;
    auto text = std::string(prefix) + std::to_string(rule.interval) + *words;
    if (!rule.until.empty())
        return text + ' ' + rule.until;
    return text + fmt::format(" #{}", rule.count.value_or(0));
}

std::string normal_rule(const Recurrence& rule, const Moment& begin)
{
    const auto by = telling_parts(rule, begin);
    auto text = fmt::format("FREQ={};INTERVAL={}", rule.frequency, rule.interval);
    for (const auto& [name, list] : by)
        text += fmt::format(";{}={}", name, sorted(list));
    if (rule.count)
        text += fmt::format(";COUNT={}", *rule.count);
    if (!rule.until.empty()) {
        const auto until = find_moment(rule.until);
        text += ";UNTIL=" + (until ? to_text({until->seconds, true, false}) : rule.until);
    }
    return text;
}

} // namespace item
