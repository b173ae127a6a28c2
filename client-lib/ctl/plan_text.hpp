#pragma once

#include "context.hpp"
#include "exit_status.hpp"

#include <syncd/profile.hpp>

namespace ctl {

/// Prints what the next sync of a profile would do, item by item, as far as it is known here.
ExitStatus show_plan(Context& context, const syncd::SyncProfileInfo& profile);

} // namespace ctl
