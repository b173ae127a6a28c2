#include "worker/process.hpp"

#include "base/log.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstring>
#include <system_error>
#include <utility>

namespace worker {
namespace {

using namespace std::chrono_literals;
using channel::Result;
using std::chrono::microseconds;

int check(int result, const char* what)
{
    if (result < 0)
        throw std::system_error(-result, std::system_category(), what);
    return result;
}

/// Nothing may be thrown into the loop, which is C.
template <class Work>
int guard(Work work) noexcept
{
    try {
        work();
    } catch (const std::exception& error) {
        spdlog::error("an event of a worker could not be handled: {}", error.what());
    }
    return 0;
}

Result failure(base::Errc code, std::string message)
{
    return {Result::Outcome::Failed, std::string(base::dbus_name(code)), std::move(message)};
}

constexpr const char* what_next = "what was confirmed is kept and the next sync goes on from there";

} // namespace

Process::Process(sd_event* loop, Child child, const channel::Order& order, std::chrono::seconds timeout, Limits limits,
                 Callbacks callbacks)
    : loop_(loop), channel_(std::move(child.channel)), limits_(limits), timeout_(timeout), started_(now()),
      reads_(std::holds_alternative<channel::Reading>(order)), callbacks_(std::move(callbacks)), order_(order)
{
    if (const auto* plan = std::get_if<channel::Plan>(&order))
        for (const auto& service : plan->services)
            services_.push_back(service.service);

    sd_event_source* source = nullptr;
    if (const int added = sd_event_add_child(loop_, &source, child.pid, WEXITED, on_exit, this); added < 0) {
        ::kill(child.pid, SIGKILL);
        ::waitpid(child.pid, nullptr, 0);
        check(added, "sd_event_add_child");
    }
    child_.reset(source);
    check(sd_event_source_set_child_process_own(source, 1), "sd_event_source_set_child_process_own");
    // Not one-shot, as such a source is at first: recent kernels have a pidfd ready a moment before waitid() finds the
    // child dead, and it would never be looked at again. Only a source that was off is registered anew.
    for (const int enabled : {SD_EVENT_OFF, SD_EVENT_ON})
        check(sd_event_source_set_enabled(source, enabled), "sd_event_source_set_enabled");

    check(sd_event_add_io(loop_, &source, channel_.get(), EPOLLIN | EPOLLOUT, on_channel, this), "sd_event_add_io");
    io_.reset(source);
    deadline_ = timer(started_ + limits_.start, on_deadline);
}

void Process::stop(std::chrono::milliseconds grace)
{
    stop_asked_ = true;
    signal(SIGTERM);
    kill_after(grace);
}

void Process::interrupt(std::chrono::milliseconds grace)
{
    interrupted_ = true;
    // To the worker the end of the channel says that the broker goes, while its own way back stays open.
    if (channel_.get() >= 0)
        ::shutdown(channel_.get(), SHUT_WR);
    kill_after(grace);
}

// ---- what the loop calls ---------------------------------------------------------

int Process::on_channel(sd_event_source*, int, std::uint32_t events, void* self) noexcept
{
    auto& process = *static_cast<Process*>(self);
    return guard([&] {
        if ((events & EPOLLOUT) != 0)
            process.write_order();
        if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
            process.read_events();
    });
}

int Process::on_exit(sd_event_source*, const siginfo_t* info, void* self) noexcept
{
    auto& process = *static_cast<Process*>(self);
    return guard([&] {
        // What it said before it went is in the socket still. A process that it left behind
        // could write for ever: the socket's buffer is all that is owed to it.
        for (int rounds = 0; process.io_ && process.broken_.empty() && rounds < 64; ++rounds)
            process.read_events();
        process.close_channel();
        process.gate_timer_.reset();
        process.deadline_.reset();
        for (const auto& progress : process.gate_.drain())
            guard([&] { process.callbacks_.on_progress(progress); });
        const auto end = std::move(process.callbacks_.on_end);
        end({process.result(*info), std::move(process.verdict_)}); // deletes the process
    });
}

int Process::on_deadline(sd_event_source*, std::uint64_t, void* self) noexcept
{
    auto& process = *static_cast<Process*>(self);
    return guard([&] {
        if (process.kill_at_)
            return process.signal(SIGKILL);
        if (!process.began_) {
            process.overdue_ = fmt::format(
                "the worker did not get ready within {:g} seconds and was killed: the disk of syncd's state "
                "directory does not answer, the machine is overloaded, or an earlier worker of the "
                "profile still lives; sync again when that is over",
                std::chrono::duration<double>(process.limits_.start).count());
            return process.signal(SIGKILL);
        }
        process.overdue_ = fmt::format("the session took longer than {} seconds and was ended; {}",
                                       process.timeout_.count(), what_next);
        process.signal(SIGTERM);
        process.kill_after(process.limits_.patience);
    });
}

int Process::on_gate(sd_event_source*, std::uint64_t, void* self) noexcept
{
    auto& process = *static_cast<Process*>(self);
    return guard([&] { process.pass_progress(); });
}

// ---- the channel -----------------------------------------------------------------

void Process::write_order()
{
    const auto written = order_.write(channel_.get());
    // A reader that is gone shows as its exit and needs no word here.
    if (!written || *written)
        check(sd_event_source_set_io_events(io_.get(), EPOLLIN), "sd_event_source_set_io_events");
}

void Process::read_events()
{
    const auto stream = reader_.read(channel_.get(), [this](std::string_view line) { take_line(line); });
    if (!stream)
        return condemn(stream.error().message);
    if (*stream == channel::LineReader::Stream::Ended) {
        close_channel();
        kill_after(limits_.patience);
    }
    if (io_)
        pass_progress();
}

void Process::take_line(std::string_view line)
{
    if (result_ || !broken_.empty())
        return; // nothing counts after the Result
    const auto event = channel::parse_event(line);
    if (!event)
        return condemn(event.error().message);
    if (const auto* progress = std::get_if<channel::Progress>(&*event)) {
        if (std::find(services_.begin(), services_.end(), progress->service) == services_.end())
            return condemn("it reported progress of a service that is not in its plan");
        if (!gate_.offer(*progress, now()))
            return condemn("it flooded the channel with progress");
    } else if (const auto* verdict = std::get_if<channel::Verdict>(&*event)) {
        if (!reads_ || verdict_)
            return condemn("it gave a verdict that nobody asked for");
        verdict_ = *verdict;
    } else if (const auto* result = std::get_if<Result>(&*event)) {
        result_ = *result;
        kill_after(limits_.patience);
    } else if (!std::exchange(began_, true) && !kill_at_) {
        deadline_ = timeout_ > 0s ? timer(started_ + timeout_, on_deadline) : nullptr;
    }
}

void Process::pass_progress()
{
    while (const auto progress = gate_.take(now()))
        callbacks_.on_progress(*progress);
    const auto next = gate_.next();
    gate_timer_ = next ? timer(*next, on_gate) : nullptr;
}

void Process::close_channel()
{
    io_.reset();
    channel_ = base::Descriptor();
}

void Process::condemn(std::string why)
{
    if (!broken_.empty())
        return;
    broken_ = std::move(why);
    // Silence: a dead worker's flood must not keep the loop busy.
    check(sd_event_source_set_enabled(io_.get(), SD_EVENT_OFF), "sd_event_source_set_enabled");
    signal(SIGKILL);
}

// ---- signals and time --------------------------------------------------------------

void Process::signal(int number)
{
    // By the process's own descriptor: its number cannot have become another's.
    const int sent = sd_event_source_send_child_signal(child_.get(), number, nullptr, 0);
    if (sent < 0 && sent != -ESRCH)
        spdlog::error("a worker cannot be sent signal {}: {}", number, std::strerror(-sent));
}

void Process::kill_after(std::chrono::milliseconds delay)
{
    const auto at = now() + delay;
    if (kill_at_ && *kill_at_ <= at)
        return;
    kill_at_ = at;
    deadline_ = timer(at, on_deadline);
}

microseconds Process::now() const
{
    std::uint64_t time = 0;
    sd_event_now(loop_, CLOCK_BOOTTIME, &time);
    return microseconds(time);
}

Source Process::timer(microseconds at, sd_event_time_handler_t handler)
{
    sd_event_source* source = nullptr;
    // An accuracy of a millisecond: the default of 250 would slow progress down.
    check(
        sd_event_add_time(loop_, &source, CLOCK_BOOTTIME, static_cast<std::uint64_t>(at.count()), 1000, handler, this),
        "sd_event_add_time");
    return Source(source);
}

// ---- how it ended --------------------------------------------------------------------

Result Process::result(const siginfo_t& info) const
{
    if (!broken_.empty())
        return failure(base::Errc::Interrupted,
                       fmt::format("the worker broke the rules and was killed ({}); {}", broken_, what_next));
    const bool completed = result_ && result_->outcome == Result::Outcome::Completed;
    if (!overdue_.empty() && !completed)
        return failure(base::Errc::Timeout, overdue_);
    if (result_)
        return *result_;
    if (interrupted_)
        return failure(base::Errc::Interrupted,
                       fmt::format("syncd was stopped, and the session's worker did not end in time; {}", what_next));
    if (stop_asked_)
        return {Result::Outcome::Stopped, "", ""};
    const auto how = info.si_code == CLD_EXITED
                         ? fmt::format("exit status {}", info.si_status)
                         : fmt::format("signal {} ({})", info.si_status, ::strsignal(info.si_status));
    return failure(base::Errc::Interrupted,
                   fmt::format("the worker ended with {} before its session did; {}", how, what_next));
}

} // namespace worker
