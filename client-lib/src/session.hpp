#pragma once

#include <syncd/session.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace syncd {

/// What a Session shows, kept up by the Client that made it; the Session owns it, so that
/// nothing is called any more when it is gone.
struct Session::State {
    std::string profile_id;
    std::uint64_t number = 0;
    std::string owner; ///< unique bus name of the service that carries it out
    SyncProgressCallback callback;
    std::optional<SyncOutcome> outcome;
    std::optional<Error> error;
};

/// Calls what `callback` has for this end of a session; `error` is set when it Failed.
void call(const SyncProgressCallback& callback, const std::string& profile_id, SyncOutcome outcome,
          const std::optional<Error>& error);

} // namespace syncd
