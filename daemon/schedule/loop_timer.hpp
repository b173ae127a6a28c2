#pragma once

#include "schedule/clock.hpp"

#include <deque>
#include <memory>

struct sd_event;
struct sd_event_source;

namespace schedule {

class SystemClock final : public Clock {
public:
    Time now() const override;
};

/// The Timer of an sd-event loop. Sleeps on CLOCK_BOOTTIME, which counts suspend,
/// and looks at the wall clock again when it wakes and whenever that clock is set. Armed
/// for nothing it causes no wake-up.
///
/// A callback that throws is logged; the loop goes on.
class LoopTimer final : public Timer {
public:
    /// `loop` and `clock` must outlive this. Throws std::system_error.
    LoopTimer(sd_event* loop, const Clock& clock);
    ~LoopTimer() override;
    LoopTimer(const LoopTimer&) = delete;
    LoopTimer& operator=(const LoopTimer&) = delete;

    void arm(Clock::Time when, std::function<void()> fire) override;
    void disarm() override;
    void defer(std::function<void()> work) override;

private:
    struct Unref {
        void operator()(sd_event_source* source) const noexcept;
    };
    using Source = std::unique_ptr<sd_event_source, Unref>;

    void sleep();
    void watch_clock();
    void on_wake();
    void on_clock_set();
    void on_deferred();

    sd_event* loop_;
    const Clock& clock_;
    Clock::Time when_{};
    std::function<void()> fire_;
    std::deque<std::function<void()>> work_;
    Source wake_, clock_set_, deferred_;
};

} // namespace schedule
