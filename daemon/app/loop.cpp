#include "app/loop.hpp"

#include "base/log.hpp"

#include <signal.h>
#include <systemd/sd-event.h>

#include <initializer_list>
#include <system_error>

namespace app {
namespace {

void check(int result, const char* what)
{
    if (result < 0)
        throw std::system_error(-result, std::generic_category(), what);
}

} // namespace

Loop::Loop()
{
    check(sd_event_new(&event_), "sd_event_new");
    sigset_t watched;
    sigemptyset(&watched);
    for (const int number : {SIGTERM, SIGINT})
        sigaddset(&watched, number);
    sigprocmask(SIG_BLOCK, &watched, nullptr);
    // A caller that closes its pipe, or logs out, is no reason to die.
    for (const int number : {SIGPIPE, SIGHUP})
        ::signal(number, SIG_IGN);
    for (const int number : {SIGTERM, SIGINT})
        check(sd_event_add_signal(event_, nullptr, number, &Loop::on_signal, this), "sd_event_add_signal");
}

Loop::~Loop()
{
    sd_event_unref(event_);
}

void Loop::feed_watchdog()
{
    check(sd_event_set_watchdog(event_, 1), "sd_event_set_watchdog");
}

void Loop::run()
{
    check(sd_event_loop(event_), "sd_event_loop");
}

void Loop::quit()
{
    sd_event_exit(event_, 0);
}

int Loop::on_signal(sd_event_source*, const signalfd_siginfo*, void* self) noexcept
{
    try {
        if (auto& handler = static_cast<Loop*>(self)->on_stop_request_)
            handler();
    } catch (const std::exception& error) {
        spdlog::error("a request to stop was lost: {}", error.what());
    }
    return 0;
}

} // namespace app
