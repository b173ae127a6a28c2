#pragma once

#include "bus/object.hpp"
#include "storage/item_conflict.hpp"

#include <optional>
#include <string_view>
#include <vector>

/// Conflicts in the dictionaries of the D-Bus contract.
namespace bus {

std::vector<Values> conflicts(const std::vector<storage::ItemConflict>& conflicts);
/// `OURS`, `THEIRS` or `BOTH`; nothing for another word.
std::optional<storage::ItemConflict::Way> find_way(std::string_view word);

} // namespace bus
