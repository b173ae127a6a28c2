#pragma once

#include "base/descriptor.hpp"
#include "base/result.hpp"

#include <filesystem>
#include <string>

namespace evolution {

/// Starts syncd-eds for one source, and no other, which ends when the returned socket is closed, or this process ends.
/// Before the sandbox is entered: it has the environment of this process, and none of its limits. Error: Local.
base::Result<base::Descriptor> start_keeper(const std::filesystem::path& program, std::string service,
                                            std::string source_uid);

} // namespace evolution
