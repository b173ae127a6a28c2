#include "worker/process_pool.hpp"

#include "base/log.hpp"
#include "channel/evolution.hpp"
#include "worker/process.hpp"
#include "worker/spawn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <utility>

namespace worker {
namespace {

/// A few kilobytes need no more on the slowest machine.
constexpr std::chrono::seconds reading_timeout{30};

} // namespace

ProcessPool::ProcessPool(sd_event* loop, std::filesystem::path program, Limits limits)
    : loop_(loop), program_(std::move(program)), limits_(limits)
{
    sigset_t child;
    ::sigemptyset(&child);
    ::sigaddset(&child, SIGCHLD);
    ::pthread_sigmask(SIG_BLOCK, &child, nullptr);
}

ProcessPool::~ProcessPool() = default;

base::Result<void> ProcessPool::start(channel::Plan plan, Handed transcript, OnEvent on_progress, OnEnd on_end)
{
    const auto session = plan.session;
    if (processes_.contains(session))
        return base::fail(base::Errc::Failed, fmt::format("session {} has a worker already", session));
    const std::chrono::seconds timeout(plan.session_timeout_s);
    const bool in_session = std::ranges::any_of(plan.services, channel::is_of_evolution);
    return launch(
        processes_, session, std::move(plan), transcript ? transcript->get() : -1, in_session, timeout,
        [end = std::move(on_end)](const Outcome& outcome) { end(outcome.result); }, std::move(on_progress));
}

base::Result<void> ProcessPool::read(channel::Reading reading, OnVerdict on_verdict)
{
    const auto end = [on_verdict = std::move(on_verdict)](const Outcome& outcome) {
        const auto& [result, verdict] = outcome;
        if (result.outcome == channel::Result::Outcome::Completed && verdict)
            return on_verdict(*verdict);
        on_verdict(base::fail(base::find_errc(result.error_name).value_or(base::Errc::Interrupted),
                              "the notification could not be read: " +
                                  (result.message.empty() ? "its worker gave no verdict" : result.message)));
    };
    return launch(readings_, ++last_reading_, std::move(reading), -1, false, reading_timeout, end, {});
}

base::Result<void> ProcessPool::launch(Processes& processes, std::uint64_t number, const channel::Order& order,
                                       int handed, bool in_session, std::chrono::seconds timeout,
                                       std::function<void(const Outcome&)> on_end, OnEvent on_progress)
{
    auto child = spawn(program_, handed, in_session);
    if (!child)
        return tl::unexpected(std::move(child.error()));
    spdlog::debug("worker {} started", child->pid);
    Process::Callbacks callbacks{std::move(on_progress),
                                 [&processes, number, end = std::move(on_end)](const auto& outcome) {
                                     // Gone from the books before anybody hears of it.
                                     const auto process = processes.extract(number);
                                     end(outcome);
                                 }};
    try {
        processes[number] =
            std::make_unique<Process>(loop_, std::move(*child), order, timeout, limits_, std::move(callbacks));
    } catch (const std::exception& error) {
        processes.erase(number);
        return base::fail(base::Errc::Failed, fmt::format("a worker cannot be watched: {}", error.what()));
    }
    return {};
}

void ProcessPool::stop(std::uint64_t session, std::chrono::milliseconds grace)
{
    if (const auto found = processes_.find(session); found != processes_.end())
        found->second->stop(grace);
}

void ProcessPool::interrupt(std::uint64_t session, std::chrono::milliseconds grace)
{
    if (const auto found = processes_.find(session); found != processes_.end())
        found->second->interrupt(grace);
}

std::size_t ProcessPool::running() const
{
    return processes_.size();
}

} // namespace worker
