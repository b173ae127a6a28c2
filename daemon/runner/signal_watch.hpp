#pragma once

#include "runner/ending.hpp"
#include "transport/transport.hpp"

#include <chrono>
#include <csignal>

namespace runner {

/// Turns signals into an Ending, without a thread, for one session of this process:
/// SIGTERM and the end of the channel ask it to stop, SIGALRM says that its time is over.
/// A stop lets a running exchange finish for `Grace`, so that what the server
/// did is known; then, and at once when the time is over, the transport is interrupted.
///
/// One at a time. `ending` and `transport` outlive it.
class SignalWatch {
public:
    static constexpr std::chrono::seconds Grace{2};

    /// Unblocks SIGTERM. `limit`: zero means none.
    SignalWatch(Ending& ending, transport::Transport& transport, int channel, std::chrono::milliseconds limit);
    ~SignalWatch(); ///< ignores the signals from now on
    /// Lets the time pass, unless the session is to end: then no longer.
    void wait(std::chrono::milliseconds time) const;
    SignalWatch(const SignalWatch&) = delete;
    SignalWatch& operator=(const SignalWatch&) = delete;
};

/// Keeps SIGTERM pending until there is a SignalWatch, and makes a write to a
/// closed channel an error instead of a signal.
void hold_signals();

} // namespace runner
