#pragma once

#include "bus/object.hpp"
#include "storage/quarantine.hpp"

#include <vector>

namespace bus {

/// Refused items in the dictionaries of the D-Bus contract.
std::vector<Values> quarantine(const std::vector<storage::QuarantinedItem>& items);

} // namespace bus
