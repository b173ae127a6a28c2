#pragma once

#include <chrono>

namespace worker {

/// How long a worker gets where nothing else limits it.
struct Limits {
    /// To say Started. All that lies before is its own start, the way into its sandbox, and the wait
    /// until a worker that an earlier broker left behind has let go of the profile.
    std::chrono::milliseconds start = std::chrono::minutes(1);
    /// To live on after its Result, after it closed the channel and after its session timeout.
    std::chrono::milliseconds patience = std::chrono::seconds(10);
};

} // namespace worker
