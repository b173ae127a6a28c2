#pragma once

#include <functional>
#include <memory>

struct sd_event;
struct sd_event_source;
struct signalfd_siginfo;

namespace app {

/// The program's one sd-event loop.
class Loop {
public:
    /// Blocks the signals it watches in the calling thread. Throws std::system_error.
    Loop();
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    sd_event* get() const { return event_; }
    /// SIGTERM or SIGINT came; each time.
    void on_stop_request(std::function<void()> on_stop_request) { on_stop_request_ = std::move(on_stop_request); }
    /// Feeds systemd's watchdog from now on, if it watches.
    void feed_watchdog();
    /// Until quit().
    void run();
    void quit();

private:
    static int on_signal(sd_event_source*, const signalfd_siginfo*, void* self) noexcept;

    sd_event* event_ = nullptr;
    std::function<void()> on_stop_request_;
};

} // namespace app
