#pragma once

#include <syncd/client.hpp>

#include <string>

namespace ctl {

/// The profile that a person means: by its id, else by its name. Throws Failure when several have the
/// name, Error NotFound when none has.
syncd::SyncProfileInfo find_profile(syncd::Client& client, const std::string& id_or_name);

} // namespace ctl
