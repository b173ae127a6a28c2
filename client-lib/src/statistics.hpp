#pragma once

#include "values.hpp"

#include <syncd/statistics.hpp>

/// Results from the dictionaries of org.syncd1.Manager.
namespace syncd {

SyncStatistics parse_statistics(const Values& values);
SessionRecord parse_session_record(const Values& values);

} // namespace syncd
