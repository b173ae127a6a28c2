#pragma once

#include <syncd/enums.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// A running sync on the screen, as pure functions of what was reported.
namespace ctl {

/// How far one service has come in one direction.
struct Progress {
    syncd::SyncServiceType service = syncd::SyncServiceType::Unknown;
    bool is_from_server = false;
    std::uint32_t total = 0;
    std::uint32_t synced = 0;
};

/// The latest of each service and direction, in the order in which they began.
class ProgressBoard {
public:
    void update(const Progress& progress);
    const std::vector<Progress>& rows() const noexcept { return rows_; }

private:
    std::vector<Progress> rows_;
};

/// One line per row, each at most `columns` wide: the bar takes what the words leave, and gives way first
/// when there is too little.
std::vector<std::string> render_bars(const std::vector<Progress>& rows, std::size_t columns, bool utf8);

/// Rewrites the same lines of a terminal over and over.
class LiveLines {
public:
    /// What to write, in one piece, to replace the lines of the time before. `columns`: the terminal's width
    /// now; lines must fit it. Lines that it has made too wide since were wrapped by the terminal.
    std::string redraw(const std::vector<std::string>& lines, std::size_t columns);

private:
    std::vector<std::size_t> widths_; ///< of the lines on the screen
};

/// For where nothing can be rewritten: a line whenever another tenth of a row is done.
class ProgressLog {
public:
    std::optional<std::string> line(const Progress& progress);

private:
    struct Seen {
        Progress progress;
        unsigned tenths = 0;
    };
    std::vector<Seen> seen_;
};

} // namespace ctl
