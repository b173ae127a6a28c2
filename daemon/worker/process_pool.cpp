#include "worker/process_pool.hpp"

#include "base/log.hpp"
#include "worker/process.hpp"
#include "worker/spawn.hpp"

#include <fmt/format.h>

#include <csignal>
#include <utility>

namespace worker {

ProcessPool::ProcessPool(sd_event* loop, std::filesystem::path program, Limits limits)
    : loop_(loop), program_(std::move(program)), limits_(limits)
{
    sigset_t child;
    ::sigemptyset(&child);
    ::sigaddset(&child, SIGCHLD);
    ::pthread_sigmask(SIG_BLOCK, &child, nullptr);
}

ProcessPool::~ProcessPool() = default;

base::Result<void> ProcessPool::start(channel::Plan plan, OnEvent on_progress, OnEnd on_end)
{
    const auto session = plan.session;
    if (processes_.contains(session))
        return base::fail(base::Errc::Failed, fmt::format("session {} has a worker already", session));
    auto child = spawn(program_);
    if (!child)
        return tl::unexpected(std::move(child.error()));
    spdlog::debug("session {} of {}: worker {} started", session, plan.profile_name, child->pid);
    Process::Callbacks callbacks{std::move(on_progress),
                                 [this, session, end = std::move(on_end)](const channel::Result& result) {
                                     // Gone from the books before anybody hears of it.
                                     const auto process = processes_.extract(session);
                                     end(result);
                                 }};
    try {
        processes_[session] = std::make_unique<Process>(loop_, std::move(*child), plan, limits_, std::move(callbacks));
    } catch (const std::exception& error) {
        processes_.erase(session);
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
