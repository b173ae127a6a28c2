#pragma once

#include <chrono>
#include <functional>

namespace schedule {

/// Wall-clock time, as interface so that a schedule can be tested without waiting.
class Clock {
public:
    using Time = std::chrono::sys_time<std::chrono::microseconds>;
    virtual ~Clock() = default;
    virtual Time now() const = 0;
};

/// One timer that fires once, on a clock that goes on while the machine sleeps.
class Timer {
public:
    virtual ~Timer() = default;
    /// Replaces what was armed before. `fire` runs from the loop.
    virtual void arm(Clock::Time when, std::function<void()> fire) = 0;
    virtual void disarm() = 0;
    /// Runs `work` from the loop, after the current handler.
    virtual void defer(std::function<void()> work) = 0;
};

} // namespace schedule
