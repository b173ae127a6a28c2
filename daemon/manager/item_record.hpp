#pragma once

#include "manager/profile.hpp"
#include "storage/item_store.hpp"
#include "storage/sync_state.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What is told of what sessions changed here, and sent.
namespace manager {

/// A session that has ended, or an undoing.
struct HistoryEntry : storage::SessionRecord {
    std::uint64_t undone = 0;  ///< the session that was undone; 0: it is a session
    std::uint64_t changes = 0; ///< that are kept, to be shown and undone
    bool has_transcript = false;
};

/// An item that a session sent to the server.
struct SentItem : storage::Delivery {
    std::string profile;
    std::optional<std::string> content; ///< now or, of a deleted one, at last; nothing: that is not kept
};

/// What is known of one item.
struct ItemExplanation {
    storage::ItemOrigin origin;
    std::optional<std::string> content; ///< nothing: it is not there any more
    std::vector<storage::SessionChange> changes;
    std::vector<SentItem> sent; ///< without contents
};

/// What Undo did; `session`: its own number, 0 when there was nothing to do.
struct UndoReport : storage::Undoing {
    std::uint64_t session = 0;
};

/// Adds to `sessions`, newest first, what the store keeps of the profile's: how many changes, and undoings, each in its
/// place. At most `limit` are left.
std::vector<HistoryEntry> with_changes(std::vector<storage::SessionRecord> sessions,
                                       const std::vector<storage::KeptSession>& kept, std::size_t limit);

} // namespace manager
