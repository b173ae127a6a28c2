#pragma once

#include "datastore/outgoing.hpp"
#include "item/restoration.hpp"
#include "storage/item_store.hpp"
#include "storage/sync_state.hpp"

#include <optional>
#include <string>
#include <vector>

namespace datastore {

/// What the server of a profile does not keep of the items that it is sent, so that it stays here when they come back
/// without: docs/decisions/0023-similar-items.md.
class Losses {
public:
    /// What the server says it keeps, and how much of that (CTCap); nothing: it does not say.
    using Listed = std::optional<item::Rooms>;

    /// All outlive it. `rooms`: what is known of them otherwise, which counts.
    Losses(const storage::ItemStore& items, storage::SyncState& state, const Scope& scope, Listed listed,
           item::Rooms rooms);

    /// How far what comes back tells what the server keeps.
    enum class Evidence {
        None,  ///< it sends what it had before
        Weak,  ///< somebody may have changed it there
        Strong ///< it got the item in this session
    };
    /// `came`, which the server sends for what was `sent` to it, with what it does not keep of that.
    std::string restore(const std::string& sent, std::string came, Evidence evidence);
    /// For people, since the last call: what has been learned.
    std::vector<std::string> take_notes();

private:
    void learn(const item::Kept& kept, Evidence evidence);
    bool is_lost(const std::string& name) const;
    bool has_come(const std::string& name) const;

    const storage::ItemStore& items_;
    storage::SyncState& state_;
    const Scope& scope_;
    const Listed listed_;
    item::Rooms rooms_; ///< those that are limited
    std::vector<storage::SyncState::Keeping> known_;
    bool has_told_of_rooms_ = false;
    std::vector<std::string> notes_;
};

} // namespace datastore
