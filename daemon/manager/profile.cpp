#include "manager/profile.hpp"

namespace manager {

std::string_view name(JobState state)
{
    switch (state) {
    case JobState::Idle: return "Idle";
    case JobState::Queued: return "Queued";
    case JobState::Syncing: return "Syncing";
    case JobState::Stopping: return "Stopping";
    }
    return {};
}

} // namespace manager
