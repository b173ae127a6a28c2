#include "item_difference.hpp"

#include "item_name.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace ctl {
namespace {

/// Content lines, unfolded (RFC 5545 3.1), as they stand otherwise.
std::vector<std::string> content_lines(std::string_view data)
{
    const bool is_folded = !is_plain_text(data);
    std::vector<std::string> lines;
    while (!data.empty()) {
        const auto end = data.find('\n');
        auto line = data.substr(0, end);
        data.remove_prefix(end == std::string_view::npos ? data.size() : end + 1);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (is_folded && !lines.empty() && (line.starts_with(' ') || line.starts_with('\t')))
            lines.back() += line.substr(1);
        else if (!line.empty())
            lines.emplace_back(line);
    }
    return lines;
}

bool is_a_programs_own(const std::string& line)
{
    constexpr std::array<std::string_view, 6> names{"REV", "PRODID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "CREATED"};
    const std::string_view name = std::string_view(line).substr(0, line.find_first_of(":;"));
    return std::ranges::find(names, name) != names.end();
}

/// Those lines that `others` has not, or not so often.
std::vector<std::string> lines_beyond(const std::vector<std::string>& lines, const std::vector<std::string>& others,
                                      const std::string& sign)
{
    std::map<std::string_view, std::size_t> left;
    for (const auto& line : others)
        ++left[line];
    std::vector<std::string> beyond;
    for (const auto& line : lines) {
        const auto found = left.find(line);
        if (found != left.end() && found->second > 0)
            --found->second;
        else
            beyond.push_back(sign + line);
    }
    return beyond;
}

} // namespace

std::vector<std::string> item_difference(const std::string& before, const std::string& after)
{
    const auto old_lines = content_lines(before), new_lines = content_lines(after);
    auto lines = lines_beyond(old_lines, new_lines, "- ");
    for (auto& line : lines_beyond(new_lines, old_lines, "+ "))
        lines.push_back(std::move(line));
    auto telling = lines;
    std::erase_if(telling, [](const std::string& line) { return is_a_programs_own(line.substr(2)); });
    return telling.empty() ? lines : telling;
}

} // namespace ctl
