#pragma once

#include "channel/messages.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace runner {

/// Thins out progress: at most ten messages in any second, the newest of each
/// service and direction always in the end. Counts never fall, and
/// `synced` never exceeds `total`, whatever order they come in.
class ProgressReport {
public:
    using Now = std::function<std::chrono::steady_clock::time_point()>;
    using Tell = std::function<void(const channel::Progress&)>;

    ProgressReport(Now now, Tell tell);
    void update(const std::string& service, bool from_server, std::uint64_t total, std::uint64_t done);
    /// What was held back.
    void finish();

private:
    struct Line {
        channel::Progress progress;
        bool held_back = false;
    };
    void send(Line& line);

    Now now_;
    Tell tell_;
    std::optional<std::chrono::steady_clock::time_point> last_sent_;
    std::map<std::pair<std::string, bool>, Line> lines_;
};

} // namespace runner
