#pragma once

#include <syncd/statistics.hpp>

#include <string>
#include <vector>

namespace ctl {

/// A table of services: status, time, and what went which way.
std::string statistics_text(const std::vector<syncd::SyncStatistics>& statistics);

} // namespace ctl
