#include "session.hpp"

#include <utility>

namespace syncd {

Session::Session() noexcept = default;
Session::Session(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

std::uint64_t Session::number() const noexcept
{
    return state_ ? state_->number : 0;
}

const std::string& Session::profile_id() const noexcept
{
    static const std::string none;
    return state_ ? state_->profile_id : none;
}

std::optional<SyncOutcome> Session::outcome() const noexcept
{
    return state_ ? state_->outcome : std::nullopt;
}

const std::optional<Error>& Session::error() const noexcept
{
    static const std::optional<Error> none;
    return state_ ? state_->error : none;
}

void call(const SyncProgressCallback& callback, const std::string& profile_id, SyncOutcome outcome,
          const std::optional<Error>& error)
{
    switch (outcome) {
    case SyncOutcome::Completed:
        if (callback.on_completed)
            callback.on_completed(profile_id);
        break;
    case SyncOutcome::Stopped:
        if (callback.on_stopped)
            callback.on_stopped(profile_id);
        break;
    case SyncOutcome::Failed:
        if (callback.on_failed)
            callback.on_failed(profile_id, *error);
        break;
    case SyncOutcome::Unknown: break; // no signal says so
    }
}

} // namespace syncd
