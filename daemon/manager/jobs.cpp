#include "manager/jobs.hpp"

#include <algorithm>
#include <utility>

namespace manager {
namespace {

bool waits(const Job& job)
{
    return !job.running && !job.stopping;
}

} // namespace

Job& Jobs::add(Job job)
{
    if (std::find(turns_.begin(), turns_.end(), job.owner) == turns_.end())
        turns_.push_back(job.owner);
    return jobs_.emplace_back(std::move(job));
}

Job* Jobs::find(std::string_view profile)
{
    const auto found = std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& job) { return job.profile == profile; });
    return found == jobs_.end() ? nullptr : &*found;
}

Job* Jobs::find_session(std::uint64_t session)
{
    const auto found = std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& job) { return job.session == session; });
    return found == jobs_.end() ? nullptr : &*found;
}

void Jobs::remove(std::uint64_t session)
{
    std::erase_if(jobs_, [&](const Job& job) { return job.session == session; });
}

Job* Jobs::next()
{
    std::erase_if(turns_, [this](Uid owner) { return !is_waiting(owner); });
    if (running() >= max_running_)
        return nullptr;
    for (std::size_t i = 0; i < turns_.size(); ++i) {
        const auto owner = turns_[i];
        if (is_busy(owner))
            continue;
        // This user's turn is over: to the end of the line.
        turns_.erase(turns_.begin() + static_cast<std::ptrdiff_t>(i));
        turns_.push_back(owner);
        return &*std::find_if(jobs_.begin(), jobs_.end(),
                              [owner](const Job& job) { return job.owner == owner && waits(job); });
    }
    return nullptr;
}

std::vector<std::uint64_t> Jobs::stopped_in_queue() const
{
    std::vector<std::uint64_t> sessions;
    for (const auto& job : jobs_)
        if (!job.running && job.stopping)
            sessions.push_back(job.session);
    return sessions;
}

std::vector<std::uint64_t> Jobs::sessions() const
{
    std::vector<std::uint64_t> sessions;
    for (const auto& job : jobs_)
        sessions.push_back(job.session);
    return sessions;
}

std::size_t Jobs::running() const
{
    return static_cast<std::size_t>(
        std::count_if(jobs_.begin(), jobs_.end(), [](const Job& job) { return job.running; }));
}

bool Jobs::is_busy(Uid owner) const
{
    return std::any_of(jobs_.begin(), jobs_.end(),
                       [owner](const Job& job) { return job.owner == owner && job.running; });
}

bool Jobs::is_waiting(Uid owner) const
{
    return std::any_of(jobs_.begin(), jobs_.end(),
                       [owner](const Job& job) { return job.owner == owner && waits(job); });
}

} // namespace manager
