#pragma once

#include "base/descriptor.hpp"
#include "base/result.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace worker {

struct Child {
    pid_t pid = 0;
    base::Descriptor channel; ///< our end, not blocking
};

/// Starts `program` with nothing of ours but standard error and, as descriptor 3, its
/// end of a socketpair, and as descriptor 4 `handed`, unless it is negative: no other descriptor, no argument, the
/// environment below, no blocked or ignored signal, a process group of its own (so that a terminal's Ctrl-C reaches the
/// broker alone). The caller reaps it. Error: Failed. `handed` is above 4.
base::Result<Child> spawn(const std::filesystem::path& program, int handed, bool in_session);

/// What of `ours` (`NAME=value`, null-terminated) a worker gets to see: a fixed PATH
/// and locale, and as they are the proxy variables and those that direct logs and
/// sanitizer reports; `in_session`: those, too, that lead to the session of its user.
std::vector<std::string> worker_environment(const char* const* ours, bool in_session);

} // namespace worker
