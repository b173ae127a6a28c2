#pragma once

#include "channel/messages.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace worker {

/// What of one worker's Progress goes on: at most ten a second, of each service and
/// direction the newest, never falling, and the last always. Pure: `now` is any
/// steady time of the caller's.
class ProgressGate {
public:
    using Time = std::chrono::microseconds;

    /// False when the worker sends so many that it must be broken or hostile.
    bool offer(const channel::Progress& progress, Time now);
    /// The next one that may go on at `now`.
    std::optional<channel::Progress> take(Time now);
    /// When to `take` again; nothing while none is waiting.
    std::optional<Time> next() const;
    /// All that are waiting, for the end.
    std::vector<channel::Progress> drain();

private:
    struct Entry {
        channel::Progress newest;
        bool waiting = false;
    };

    std::vector<Entry> entries_; ///< one for each service and direction, oldest first
    std::optional<Time> last_taken_;
    double budget_ = 1000; ///< messages it may send at once
    std::optional<Time> last_offered_;
};

} // namespace worker
