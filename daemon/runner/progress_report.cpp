#include "runner/progress_report.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace runner {
namespace {

// Six a second; the four that `finish` may add (two services, two directions) make ten.
constexpr std::chrono::milliseconds Interval{167};

std::uint32_t clamp(std::uint64_t count)
{
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(count, std::numeric_limits<std::uint32_t>::max()));
}

} // namespace

ProgressReport::ProgressReport(Now now, Tell tell) : now_(std::move(now)), tell_(std::move(tell)) {}

void ProgressReport::update(const std::string& service, bool from_server, std::uint64_t total, std::uint64_t done)
{
    Line& line = lines_[{service, from_server}];
    channel::Progress& progress = line.progress;
    const channel::Progress before = progress;
    progress.service = service;
    progress.from_server = from_server;
    progress.synced = std::max(before.synced, clamp(done));
    progress.total = std::max({before.total, clamp(total), progress.synced});
    if (progress.synced == before.synced && progress.total == before.total)
        return;
    line.held_back = true;
    const auto now = now_();
    if (!last_sent_ || now - *last_sent_ >= Interval) {
        last_sent_ = now;
        send(line);
    }
}

void ProgressReport::finish()
{
    for (auto& [key, line] : lines_)
        if (line.held_back)
            send(line);
}

void ProgressReport::send(Line& line)
{
    line.held_back = false;
    tell_(line.progress);
}

} // namespace runner
