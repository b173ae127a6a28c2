#include "content.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <vector>

namespace testserver {

namespace {

struct Line {
    std::string name; ///< upper case, without parameters and group
    std::string text; ///< the whole line
    std::string value;
};

std::vector<Line> lines_of(std::string_view data)
{
    std::vector<std::string> unfolded;
    while (!data.empty()) {
        const auto end = data.find('\n');
        auto line = data.substr(0, end);
        data.remove_prefix(end == std::string_view::npos ? data.size() : end + 1);
        while (!line.empty() && line.back() == '\r')
            line.remove_suffix(1);
        if (line.empty())
            continue;
        if ((line.front() == ' ' || line.front() == '\t') && !unfolded.empty())
            unfolded.back() += line.substr(1);
        else
            unfolded.emplace_back(line);
    }

    std::vector<Line> result;
    for (auto& text : unfolded) {
        Line line;
        const auto name_end = text.find_first_of(":;");
        line.name = text.substr(0, name_end);
        if (const auto dot = line.name.find('.'); dot != std::string::npos)
            line.name.erase(0, dot + 1);
        std::ranges::transform(line.name, line.name.begin(), [](unsigned char c) { return std::toupper(c); });
        if (const auto colon = text.find(':'); colon != std::string::npos)
            line.value = text.substr(colon + 1);
        line.text = std::move(text);
        result.push_back(std::move(line));
    }
    return result;
}

std::optional<std::string> find_value(const std::vector<Line>& lines, std::string_view name)
{
    const auto found = std::ranges::find(lines, name, &Line::name);
    if (found == lines.end() || found->value.find_first_not_of("; ") == std::string::npos)
        return std::nullopt;
    return found->value;
}

/// The lines of the component itself: a VTIMEZONE in front has a DTSTART of its own.
std::vector<Line> main_component(std::string_view data)
{
    auto lines = lines_of(data);
    const auto begin = std::ranges::find_if(lines, [](const Line& line) {
        return line.text == "BEGIN:VEVENT" || line.text == "BEGIN:VTODO" || line.text == "BEGIN:VJOURNAL";
    });
    if (begin != lines.end())
        lines.erase(lines.begin(), begin);
    return lines;
}

bool is_plain_text(std::string_view data)
{
    return !data.starts_with("BEGIN:V") && !data.starts_with("BEGIN;"); // with parameters, as Intellisync writes it
}

} // namespace

std::string canonical(std::string_view data)
{
    if (is_plain_text(data)) {
        std::string text(data);
        std::erase(text, '\r');
        text.erase(text.find_last_not_of('\n') + 1); // npos + 1: nothing is left
        return text;
    }
    static constexpr std::array<std::string_view, 3> unimportant{"REV", "PRODID", "DTSTAMP"};
    std::vector<std::string> kept;
    for (auto& line : lines_of(data)) {
        if (std::ranges::find(unimportant, line.name) != unimportant.end())
            continue;
        if (line.value.find_first_not_of("; ") == std::string::npos)
            continue;
        kept.push_back(std::move(line.text));
    }
    std::ranges::sort(kept);
    std::string result;
    for (const auto& line : kept)
        result += line + '\n';
    return result;
}

std::string key(std::string_view data)
{
    if (is_plain_text(data))
        return "TEXT " + std::string(data.substr(0, data.find_first_of("\r\n")));
    const auto lines = main_component(data);
    if (const auto uid = find_value(lines, "UID"))
        return "UID " + *uid + ' ' + find_value(lines, "RECURRENCE-ID").value_or("");
    if (const auto name = find_value(lines, "N"))
        return "N " + *name;
    if (const auto name = find_value(lines, "FN"))
        return "FN " + *name;
    if (const auto summary = find_value(lines, "SUMMARY"))
        return "SUMMARY " + *summary + ' ' + find_value(lines, "DTSTART").value_or("");
    return {};
}

std::optional<bool> passes(std::string_view data, std::string_view filter)
{
    static constexpr std::string_view joint = "&AND;";
    const auto lines = main_component(data);
    bool all = true;
    while (true) {
        const auto end = std::min(filter.find(joint), filter.size());
        const auto condition = filter.substr(0, end);
        const auto name_end = condition.find('&');
        const auto value_begin = condition.find(';', std::min(name_end, condition.size()));
        if (name_end == 0 || value_begin == std::string_view::npos)
            return std::nullopt;
        const auto comparison = condition.substr(name_end + 1, value_begin - name_end - 1);
        const auto wanted = condition.substr(value_begin + 1);
        if (wanted.find('&') != std::string_view::npos)
            return std::nullopt;
        const auto value = find_value(lines, condition.substr(0, name_end)).value_or("");
        const bool is_in = value.find(wanted) != std::string::npos;
        if (comparison == "EQ")
            all = all && value == wanted;
        else if (comparison == "NE")
            all = all && value != wanted;
        else if (comparison == "CON")
            all = all && is_in;
        else if (comparison == "NCON")
            all = all && !is_in;
        else
            return std::nullopt;
        if (end == filter.size())
            return all;
        filter.remove_prefix(end + joint.size());
    }
}

std::string changed_at(std::string_view data)
{
    const auto lines = main_component(data);
    auto time = find_value(lines, "LAST-MODIFIED");
    if (!time)
        time = find_value(lines, "REV");
    std::string digits;
    for (const char c : time.value_or(""))
        if (std::isdigit(static_cast<unsigned char>(c)) != 0)
            digits += c;
    return digits;
}

} // namespace testserver
