#include "progress.hpp"

#include "text.hpp"
#include "words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ctl {
namespace {

bool same_row(const Progress& a, const Progress& b)
{
    return a.service == b.service && a.is_from_server == b.is_from_server;
}

std::string label(const Progress& progress)
{
    return word(progress.service) + (progress.is_from_server ? " received" : " sent");
}

/// How many of `parts` are done; all only when everything is.
std::size_t done_of(const Progress& progress, std::size_t parts)
{
    if (progress.synced >= progress.total)
        return parts;
    return static_cast<std::size_t>(std::uint64_t(progress.synced) * parts / progress.total);
}

std::string bar(const Progress& progress, std::size_t width, bool utf8)
{
    if (!utf8) {
        const std::size_t full = done_of(progress, width - 2);
        return "[" + std::string(full, '#') + std::string(width - 2 - full, '-') + "]";
    }
    // Eighths of a column.
    constexpr std::array partial = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const std::size_t eighths = done_of(progress, width * 8);
    std::string text;
    for (std::size_t i = 0; i < eighths / 8; ++i)
        text += "█";
    text += partial[eighths % 8];
    for (std::size_t i = (eighths + 7) / 8; i < width; ++i)
        text += "░";
    return text;
}

constexpr std::size_t shortest_bar = 8;
constexpr std::size_t longest_bar = 40;

} // namespace

void ProgressBoard::update(const Progress& progress)
{
    const auto row = std::ranges::find_if(rows_, [&](const Progress& known) { return same_row(known, progress); });
    if (row == rows_.end())
        rows_.push_back(progress);
    else
        *row = progress;
}

std::vector<std::string> render_bars(const std::vector<Progress>& rows, std::size_t columns, bool utf8)
{
    std::size_t label_width = 0, count_width = 0;
    for (const Progress& row : rows) {
        label_width = std::max(label_width, label(row).size());
        count_width = std::max(count_width, fmt::format("{0}/{0}", row.total).size());
    }
    // label, bar and count, two spaces apart; and the last column stays free, or some terminals wrap.
    const std::size_t words_width = label_width + 2 + count_width + 1;
    const std::size_t room = columns > words_width ? columns - words_width : 0;
    const std::size_t bar_width = room >= shortest_bar + 2 ? std::min(room - 2, longest_bar) : 0;

    std::vector<std::string> lines;
    for (const Progress& row : rows) {
        const std::string count = fmt::format("{}/{}", row.synced, row.total);
        const std::string line = bar_width > 0
                                     ? fmt::format("{:<{}}  {}  {:>{}}", label(row), label_width,
                                                   bar(row, bar_width, utf8), count, count_width)
                                     : fmt::format("{:<{}}  {:>{}}", label(row), label_width, count, count_width);
        lines.emplace_back(cut(line, columns > 0 ? columns - 1 : 0));
    }
    return lines;
}

std::string LiveLines::redraw(const std::vector<std::string>& lines, std::size_t columns)
{
    std::size_t up = 0;
    for (const std::size_t width : widths_)
        up += width == 0 || columns == 0 ? 1 : (width + columns - 1) / columns;
    // Over the old text, not after clearing it: a cleared line could be seen as flicker.
    std::string out = up > 0 ? fmt::format("\r\x1b[{}A", up) : "\r";
    widths_.clear();
    for (const std::string& line : lines) {
        out += line + "\x1b[K\n";
        widths_.push_back(display_width(line));
    }
    return out + "\x1b[J"; // rows that wrapping had added
}

std::optional<std::string> ProgressLog::line(const Progress& progress)
{
    const auto tenths = static_cast<unsigned>(done_of(progress, 10));
    const auto row = std::ranges::find_if(seen_, [&](const Seen& seen) { return same_row(seen.progress, progress); });
    if (row != seen_.end() && row->tenths == tenths && row->progress.total == progress.total)
        return std::nullopt;
    if (row == seen_.end())
        seen_.push_back({progress, tenths});
    else
        *row = {progress, tenths};
    return fmt::format("{} {}/{}", label(progress), progress.synced, progress.total);
}

} // namespace ctl
