#pragma once

#include "base/error.hpp"

#include <exception>
#include <string_view>

namespace runner {

/// A session failed for a reason of this machine: its disk, a database, the sandbox. `service`: the only one that it
/// hit, if so.
base::Error local_failure(const std::exception& exception, std::string_view service = "The session");

} // namespace runner
