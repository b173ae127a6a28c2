#pragma once

#include "datastore/conflict_policy.hpp"
#include "item/merge.hpp"
#include "storage/item_conflict.hpp"

#include <optional>
#include <string_view>

namespace datastore {

/// The conflict of two versions of an item as it is listed: what of them contradicts, what the merge is by either way,
/// and which way `policy` goes. Whose it is and where, and its `copy`, are the caller's to say.
storage::ItemConflict describe_conflict(std::string_view ours, std::string_view theirs,
                                        std::optional<std::string_view> base, ConflictPolicy policy);

} // namespace datastore
