#pragma once

#include "datastore/course.hpp"
#include "datastore/outgoing.hpp"
#include "session/session.hpp"
#include "storage/item_store.hpp"
#include "storage/sync_state.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace datastore {

/// Which of the items here one is that the server adds, throughout a session: docs/decisions/0017-same-item.md. What is
/// nearly the same is found at the end (Pairing).
class Recognition {
public:
    /// All must outlive it.
    Recognition(storage::ItemStore& items, storage::SyncState& state, const Scope& scope);

    /// Before `begin`. What the server adds is like an item here when it is that as the server knows it.
    void meet(const item::Audience& server);
    /// Where nothing is known of what the server has, every item may be one of its own; else those that were sent
    /// before a session broke off.
    void begin(session::SyncType type);
    /// A sync that compares everything goes on: which items already stand for one of the server's.
    void recall(const Course& course);
    /// Before items are added. Costs what was written since the last time.
    void learn();
    void note_confirmed(const std::vector<session::Confirm::Entry>& entries);

    /// The item that the server has added before, and has had the LUID of. Nothing: it is none, or another item's GUID
    /// by now.
    std::optional<std::string> find_mapped(std::string_view guid, std::string_view data);
    /// The server did not know the item as one of ours, and has made a second one of the edit of it.
    bool was_made_anew(const std::string& luid) const { return made_anew_.contains(luid); }
    /// Within the transaction that applies the server's commands.
    storage::ItemStore::Write add(std::string_view guid, std::string_view data, storage::ItemStore::Placing placing);

    /// What the server has made new items of, though it may have held it already.
    const storage::Luids& doubled() const { return matching_.doubled; }
    /// What stands for an item of the server's.
    const storage::Luids& taken() const { return matching_.taken; }

private:
    bool compares() const { return type_ == session::SyncType::Slow || syncml::is_refresh(type_); }

    storage::ItemStore& items_;
    storage::SyncState& state_;
    const Scope& scope_;
    session::SyncType type_ = session::SyncType::TwoWay;
    storage::Likeness likeness_;
    storage::Matching matching_;
    storage::Luids in_doubt_; ///< of `matching_.among` what has no Status from before
    storage::Luids made_anew_;
    bool has_learned_ = false; ///< the meanings of `matching_.among`
};

} // namespace datastore
