#pragma once

#include "base/descriptor.hpp"
#include "base/result.hpp"

#include <filesystem>

namespace evolution {

/// Starts syncd-eds, which ends when the returned socket is closed, or this process ends. Before the sandbox is
/// entered: it has the environment of this process, and none of its limits. Error: Local.
base::Result<base::Descriptor> start_keeper(const std::filesystem::path& program);

} // namespace evolution
