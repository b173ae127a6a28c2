#include "schedule/loop_timer.hpp"

#include "base/log.hpp"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <limits>
#include <system_error>
#include <utility>

namespace schedule {
namespace {

int check(int result, const char* what)
{
    if (result < 0)
        throw std::system_error(-result, std::system_category(), what);
    return result;
}

/// Nothing may be thrown into the loop, which is C.
void run(const std::function<void()>& work) noexcept
{
    try {
        work();
    } catch (const std::exception& error) {
        spdlog::error("a task of the loop failed: {}", error.what());
    }
}

std::chrono::microseconds boot_time()
{
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::seconds(now.tv_sec) +
                                                                 std::chrono::nanoseconds(now.tv_nsec));
}

} // namespace

Clock::Time SystemClock::now() const
{
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

void LoopTimer::Unref::operator()(sd_event_source* source) const noexcept
{
    sd_event_source_disable_unref(source);
}

LoopTimer::LoopTimer(sd_event* loop, const Clock& clock) : loop_(loop), clock_(clock)
{
    sd_event_source* source = nullptr;
    check(sd_event_add_defer(
              loop_, &source,
              [](sd_event_source*, void* self) {
                  static_cast<LoopTimer*>(self)->on_deferred();
                  return 0;
              },
              this),
          "sd_event_add_defer");
    deferred_.reset(source);
    check(sd_event_source_set_enabled(source, SD_EVENT_OFF), "sd_event_source_set_enabled");
}

LoopTimer::~LoopTimer() = default;

void LoopTimer::arm(Clock::Time when, std::function<void()> fire)
{
    when_ = when;
    fire_ = std::move(fire);
    sleep();
    watch_clock();
}

void LoopTimer::disarm()
{
    fire_ = nullptr;
    wake_.reset();
    clock_set_.reset();
}

void LoopTimer::defer(std::function<void()> work)
{
    work_.push_back(std::move(work));
    check(sd_event_source_set_enabled(deferred_.get(), SD_EVENT_ONESHOT), "sd_event_source_set_enabled");
}

void LoopTimer::sleep()
{
    const auto deadline = boot_time() + std::max(when_ - clock_.now(), Clock::Time::duration::zero());
    sd_event_source* source = nullptr;
    check(sd_event_add_time(
              loop_, &source, CLOCK_BOOTTIME, static_cast<std::uint64_t>(deadline.count()), 0,
              [](sd_event_source*, std::uint64_t, void* self) {
                  run([self] { static_cast<LoopTimer*>(self)->on_wake(); });
                  return 0;
              },
              this),
          "sd_event_add_time");
    wake_.reset(source);
}

void LoopTimer::watch_clock()
{
    // A machine without a clock of its own starts in the past and learns the time
    // later: a deadline computed before that would lie years ahead.
    const int fd = ::timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd < 0)
        throw std::system_error(errno, std::system_category(), "timerfd_create");
    itimerspec never{};
    never.it_value.tv_sec = std::numeric_limits<time_t>::max();
    sd_event_source* source = nullptr;
    int result = 0;
    if (::timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, nullptr) < 0)
        result = -errno;
    if (result >= 0)
        result = sd_event_add_io(
            loop_, &source, fd, EPOLLIN,
            [](sd_event_source*, int, std::uint32_t, void* self) {
                run([self] { static_cast<LoopTimer*>(self)->on_clock_set(); });
                return 0;
            },
            this);
    if (result < 0) {
        ::close(fd);
        check(result, "timerfd");
    }
    sd_event_source_set_io_fd_own(source, 1);
    clock_set_.reset(source);
}

void LoopTimer::on_wake()
{
    if (clock_.now() < when_) // it was set back meanwhile
        return sleep();
    const auto fire = std::exchange(fire_, nullptr);
    disarm();
    fire();
}

void LoopTimer::on_clock_set()
{
    sleep();
    watch_clock();
}

void LoopTimer::on_deferred()
{
    // What is deferred meanwhile waits for the next turn of the loop.
    for (const auto& work : std::exchange(work_, {}))
        run(work);
}

} // namespace schedule
