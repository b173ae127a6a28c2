#include "session_view.hpp"

#include "terminal.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <cstdio>

#include <unistd.h>

namespace ctl {

SessionView::Kind SessionView::choose(bool json)
{
    return json ? Kind::Silent : is_rewritable(STDOUT_FILENO) ? Kind::Bars : Kind::Lines;
}

void SessionView::show(const Progress& progress)
{
    switch (kind_) {
    case Kind::Bars:
        board_.update(progress);
        draw();
        break;
    case Kind::Lines:
        if (const auto line = log_.line(progress)) {
            fmt::print("{}\n", *line);
            std::fflush(stdout); // whoever reads along wants it now
        }
        break;
    case Kind::Silent: break;
    }
}

void SessionView::note(const std::string& text)
{
    if (kind_ != Kind::Bars) {
        fmt::print(stderr, "{}\n", text);
        return;
    }
    note_ = text;
    draw();
}

void SessionView::resize()
{
    if (kind_ == Kind::Bars)
        draw();
}

void SessionView::draw()
{
    const std::size_t columns = terminal_columns(STDOUT_FILENO);
    auto lines = render_bars(board_.rows(), columns, is_utf8_locale());
    if (!note_.empty())
        lines.emplace_back(cut(note_, columns - 1));
    // One write: the terminal never shows half of it.
    const std::string frame = live_.redraw(lines, columns);
    std::fflush(stdout);
    std::fwrite(frame.data(), 1, frame.size(), stdout);
    std::fflush(stdout);
}

} // namespace ctl
