#pragma once

#include "context.hpp"
#include "exit_status.hpp"

#include <syncd/profile.hpp>

#include <optional>

namespace ctl {

/// Prints what the next sync of a profile would do, item by item, as far as it is known here. `type`: the one that it
/// is to have for once, if not the profile's.
ExitStatus show_plan(Context& context, const syncd::SyncProfileInfo& profile,
                     std::optional<syncd::SyncType> type = std::nullopt);

} // namespace ctl
