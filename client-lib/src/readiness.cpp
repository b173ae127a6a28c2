#include "readiness.hpp"

#include <cerrno>
#include <cstdint>
#include <limits>
#include <system_error>

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace syncd {
namespace {

int check(int result, const char* what)
{
    if (result < 0)
        throw std::system_error(errno, std::generic_category(), what);
    return result;
}

void watch(int epoll, int operation, int fd, std::uint32_t events)
{
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    check(epoll_ctl(epoll, operation, fd, &event), "epoll_ctl");
}

} // namespace

Readiness::Readiness()
    : epoll_(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      timer_(check(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd_create"))
{
    watch(epoll_.get(), EPOLL_CTL_ADD, timer_.get(), EPOLLIN);
}

void Readiness::update(const sdbus::IConnection::PollData& wanted)
{
    // poll's and epoll's event bits are the same numbers.
    watch(epoll_.get(), socket_ == wanted.fd ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, wanted.fd,
          static_cast<std::uint32_t>(wanted.events));
    socket_ = wanted.fd;

    itimerspec at{};
    if (wanted.timeout_usec != std::numeric_limits<std::uint64_t>::max()) {
        at.it_value.tv_sec = static_cast<time_t>(wanted.timeout_usec / 1'000'000);
        // 0 means at once to sd-bus, but disarms a timer.
        at.it_value.tv_nsec = static_cast<long>(wanted.timeout_usec % 1'000'000 * 1000) + 1;
    }
    check(timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &at, nullptr), "timerfd_settime");
}

} // namespace syncd
