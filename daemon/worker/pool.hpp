#pragma once

#include "base/descriptor.hpp"
#include "base/result.hpp"
#include "channel/messages.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace worker {

/// How a worker ended: its Result, or what can be said when it gave none.
using OnEvent = std::function<void(const channel::Progress&)>;
using OnEnd = std::function<void(const channel::Result&)>;
using Handed = std::shared_ptr<const base::Descriptor>;
using OnVerdict = std::function<void(const base::Result<channel::Verdict>&)>;

/// Starts, watches and stops worker processes. As interface so that the manager
/// can be tested without processes.
class Pool {
public:
    virtual ~Pool() = default;

    /// Starts a worker for `plan`. `on_progress` any number of times, then `on_end` once, both from
    /// the loop, never before `start` returns. A worker that crashes, is killed, breaks
    /// the channel, does not get ready in time or outlives its session timeout ends as Failed:
    /// Interrupted or Timeout. `transcript`: what the worker gets to write the session down in, above 4; may be null.
    /// Error: Failed when no process can be started; then nothing is called.
    virtual base::Result<void> start(channel::Plan plan, Handed transcript, OnEvent on_progress, OnEnd on_end) = 0;

    /// Starts a worker that reads a notification. `on_verdict` once, from the loop, never before `read` returns; an
    /// error for a worker that gave no verdict, as above. Error: Failed when no process can be started; then nothing is
    /// called.
    virtual base::Result<void> read(channel::Reading reading, OnVerdict on_verdict) = 0;

    /// Asks the worker of this session to end in order (SIGTERM); kills it when it has
    /// not ended after the grace time. No effect for an unknown session.
    virtual void stop(std::uint64_t session, std::chrono::milliseconds grace) = 0;
    /// The same because the broker itself ends: the session has Failed, Interrupted, unless
    /// it completes within the grace time or was asked to stop before.
    virtual void interrupt(std::uint64_t session, std::chrono::milliseconds grace) = 0;
    virtual std::size_t running() const = 0; ///< sessions
};

} // namespace worker
