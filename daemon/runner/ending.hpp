#pragma once

#include <atomic>

namespace runner {

/// What cuts a session short. Set by signal handlers, asked between steps.
struct Ending {
    std::atomic<bool> stop{false};     ///< someone wants it to end
    std::atomic<bool> orphaned{false}; ///< and that is because the broker is gone
    std::atomic<bool> overdue{false};  ///< it has taken all the time that it may take
};

static_assert(std::atomic<bool>::is_always_lock_free, "signal handlers set these");

} // namespace runner
