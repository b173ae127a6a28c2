#include "table.hpp"

#include "text.hpp"

#include <algorithm>

namespace ctl {
namespace {

std::string line(const std::vector<Column>& columns, const std::vector<std::size_t>& widths,
                 const std::vector<std::string>& cells)
{
    std::string result;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::string cell = printable(cells[i]);
        const std::string space(widths[i] - display_width(cell), ' ');
        if (i > 0)
            result += "  ";
        result += columns[i].align == Align::Left ? cell + space : space + cell;
    }
    result.erase(result.find_last_not_of(' ') + 1);
    return result;
}

} // namespace

std::vector<std::string> table(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::string> titles;
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        titles.push_back(columns[i].title);
        std::size_t width = display_width(columns[i].title);
        for (const auto& row : rows)
            width = std::max(width, display_width(printable(row[i])));
        widths.push_back(width);
    }
    std::vector<std::string> lines{line(columns, widths, titles)};
    for (const auto& row : rows)
        lines.push_back(line(columns, widths, row));
    return lines;
}

std::vector<std::string> properties(const std::vector<std::pair<std::string, std::string>>& rows)
{
    std::size_t width = 0;
    for (const auto& [name, value] : rows)
        width = std::max(width, display_width(name));
    std::vector<std::string> lines;
    for (const auto& [name, value] : rows)
        lines.push_back(name + std::string(width - display_width(name), ' ') + "  " + printable(value));
    return lines;
}

std::string join(const std::vector<std::string>& lines)
{
    std::string text;
    for (const std::string& line : lines)
        text += line + "\n";
    return text;
}

} // namespace ctl
