#pragma once

#include <syncd/statistics.hpp>

#include <string>
#include <vector>

namespace ctl {

/// A table of services: status, time, and what went which way.
std::string statistics_text(const std::vector<syncd::SyncStatistics>& statistics);
/// One line: of which type a session was in the end, for each service if they differ. Empty: it came to none.
std::string types_text(const std::vector<syncd::ServiceRecord>& services);

} // namespace ctl
