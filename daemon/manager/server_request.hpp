#pragma once

#include "channel/messages.hpp"
#include "manager/jobs.hpp"
#include "storage/profile_repository.hpp"

#include <optional>
#include <string>
#include <vector>

namespace manager {

/// What a server's notification asks of one profile.
struct ServerRequest {
    std::vector<WantedService> services; ///< at least one
    /// A person has to agree to it first; why, and how, in words. Empty: nobody has to.
    std::string question;
};

/// What of `verdict` the profile can do: the databases that it names, in the way that it names, or with none
/// every enabled service as configured. A notification that did not prove itself (`authenticated`) is a hint: what it
/// names is synchronized in the usual way. Nothing when no enabled service is meant.
std::optional<ServerRequest> find_request(const storage::ProfileRow& row, const channel::Verdict& verdict,
                                          bool authenticated);

} // namespace manager
