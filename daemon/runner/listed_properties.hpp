#pragma once

#include "datastore/losses.hpp"
#include "kinds/service_kind.hpp"
#include "storage/sync_state.hpp"

#include <string_view>

namespace runner {

/// Which properties the server has said that it keeps in its database `uri` (CTCap); nothing when it has not, or has
/// said so little that it cannot be all.
datastore::Losses::Listed listed_properties(const storage::SyncState& state, const kinds::ServiceKind& kind,
                                            std::string_view uri);

} // namespace runner
