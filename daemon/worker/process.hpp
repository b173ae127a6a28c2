#pragma once

#include "channel/messages.hpp"
#include "channel/stream.hpp"
#include "worker/limits.hpp"
#include "worker/pool.hpp"
#include "worker/progress_gate.hpp"
#include "worker/source.hpp"
#include "worker/spawn.hpp"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace worker {

/// What came of a worker: how it ended, and of a reading what it found.
struct Outcome {
    channel::Result result;
    std::optional<channel::Verdict> verdict;
};

/// One worker process, from its start until it is reaped. What it sends is checked
/// here: its word is not trusted.
class Process {
public:
    struct Callbacks {
        OnEvent on_progress;
        /// The process is gone. The last call, and it may delete this object.
        std::function<void(const Outcome&)> on_end;
    };

    /// `timeout`: of what it is ordered to do; 0: none. Throws when the loop refuses.
    Process(sd_event* loop, Child child, const channel::Order& order, std::chrono::seconds timeout, Limits limits,
            Callbacks callbacks);
    /// Kills and reaps a process that still runs.
    ~Process() = default;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void stop(std::chrono::milliseconds grace);
    void interrupt(std::chrono::milliseconds grace);

private:
    static int on_channel(sd_event_source*, int, std::uint32_t events, void* self) noexcept;
    static int on_exit(sd_event_source*, const siginfo_t* info, void* self) noexcept;
    static int on_deadline(sd_event_source*, std::uint64_t, void* self) noexcept;
    static int on_gate(sd_event_source*, std::uint64_t, void* self) noexcept;

    void write_order();
    void read_events();
    void take_line(std::string_view line);
    void pass_progress();
    void close_channel();
    /// The worker broke the rules: it is killed and its session has failed.
    void condemn(std::string why);
    void signal(int number);
    /// SIGKILL at the latest after `delay`; a sooner one that is set stays.
    void kill_after(std::chrono::milliseconds delay);
    channel::Result result(const siginfo_t& info) const;

    std::chrono::microseconds now() const;
    Source timer(std::chrono::microseconds at, sd_event_time_handler_t handler);

    sd_event* loop_;
    base::Descriptor channel_;
    Limits limits_;
    std::chrono::seconds timeout_;
    std::chrono::microseconds started_;
    std::vector<std::string> services_; ///< that it may report progress of
    bool reads_;                        ///< and gives a verdict
    Callbacks callbacks_;

    channel::OrderWriter order_;
    channel::LineReader reader_;
    ProgressGate gate_;
    std::optional<channel::Result> result_;
    std::optional<channel::Verdict> verdict_;
    std::string broken_;  ///< how the worker broke the rules
    std::string overdue_; ///< which time it let pass
    bool began_ = false;  ///< it said Started
    bool stop_asked_ = false;
    bool interrupted_ = false;
    std::optional<std::chrono::microseconds> kill_at_;

    Source child_, io_, deadline_, gate_timer_;
};

} // namespace worker
