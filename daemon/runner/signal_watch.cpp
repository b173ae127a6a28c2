#include "runner/signal_watch.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/time.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <ctime>
#include <system_error>

namespace runner {
namespace {

/// What the handlers work on; async-signal-safe calls only. Set before a handler
/// is installed, cleared after it is removed.
struct Watched {
    Ending* ending = nullptr;
    transport::Transport* transport = nullptr;
    int channel = -1;
};
Watched watched;

void ask_to_stop()
{
    if (!watched.ending->stop.exchange(true))
        ::alarm(static_cast<unsigned>(SignalWatch::Grace.count()));
}

bool channel_is_closed()
{
    pollfd channel{watched.channel, POLLIN, 0};
    // Nothing is due after the plan: whatever can be read is the end.
    return ::poll(&channel, 1, 0) > 0;
}

void on_terminate(int)
{
    const int saved = errno;
    ask_to_stop();
    errno = saved;
}

void on_channel(int)
{
    const int saved = errno;
    if (channel_is_closed()) { // and not merely writable again
        if (!watched.ending->stop)
            watched.ending->orphaned = true;
        ask_to_stop();
    }
    errno = saved;
}

void on_alarm(int)
{
    const int saved = errno;
    if (!watched.ending->stop)
        watched.ending->overdue = true;
    watched.transport->interrupt();
    errno = saved;
}

void set_alarm(std::chrono::milliseconds after)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(after);
    itimerval timer{};
    timer.it_value = {seconds.count(), std::chrono::microseconds(after - seconds).count()};
    if (::setitimer(ITIMER_REAL, &timer, nullptr) != 0)
        throw std::system_error(errno, std::generic_category(), "setitimer");
}

void handle(int signal, void (*handler)(int))
{
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    for (const int one : {SIGTERM, SIGIO, SIGALRM})
        sigaddset(&action.sa_mask, one); // one handler at a time
    if (::sigaction(signal, &action, nullptr) != 0)
        throw std::system_error(errno, std::generic_category(), "sigaction");
}

} // namespace

SignalWatch::SignalWatch(Ending& ending, transport::Transport& transport, int channel, std::chrono::milliseconds limit)
{
    assert(!watched.ending);
    watched = {&ending, &transport, channel};
    handle(SIGALRM, on_alarm);
    handle(SIGIO, on_channel);
    handle(SIGTERM, on_terminate);
    if (limit.count() > 0)
        set_alarm(limit);
    if (::fcntl(channel, F_SETOWN, ::getpid()) != 0 ||
        ::fcntl(channel, F_SETFL, ::fcntl(channel, F_GETFL) | O_ASYNC) != 0)
        throw std::system_error(errno, std::generic_category(), "watching the channel");
    if (channel_is_closed()) // it may have happened before there was a handler
        ::raise(SIGIO);
    sigset_t terminate;
    sigemptyset(&terminate);
    sigaddset(&terminate, SIGTERM);
    ::pthread_sigmask(SIG_UNBLOCK, &terminate, nullptr);
}

SignalWatch::~SignalWatch()
{
    ::alarm(0);
    for (const int signal : {SIGTERM, SIGIO, SIGALRM})
        std::signal(signal, SIG_IGN);
    watched = {};
}

void SignalWatch::wait(std::chrono::milliseconds time) const
{
    // The signals come within ppoll or not at all, so that none is missed between the look at `ending` and the wait.
    sigset_t held, before;
    sigemptyset(&held);
    for (const int signal : {SIGTERM, SIGIO, SIGALRM})
        sigaddset(&held, signal);
    ::pthread_sigmask(SIG_BLOCK, &held, &before);
    const auto end = std::chrono::steady_clock::now() + time;
    while (!watched.ending->stop && !watched.ending->overdue) {
        const auto left = end - std::chrono::steady_clock::now();
        if (left <= left.zero())
            break;
        const auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
        const timespec span{whole.count(), std::chrono::nanoseconds(left - whole).count()};
        ::ppoll(nullptr, 0, &span, &before);
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void hold_signals()
{
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t terminate;
    sigemptyset(&terminate);
    sigaddset(&terminate, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &terminate, nullptr);
}

} // namespace runner
