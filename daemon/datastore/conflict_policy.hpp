#pragma once

#include "item/merge.hpp"
#include "storage/item_conflict.hpp"

#include <string_view>

namespace datastore {

/// Whose way it goes where an item was changed here and at the server, and not all of it can be merged.
enum class ConflictPolicy {
    ServerWins,
    ClientWins,
    NewestWins, ///< as the items say when they were changed; both stay if one does not say
    KeepBoth    ///< the server's version becomes an item of its own
};

/// By the word of a profile; an unknown one is KEEP_BOTH, which loses nothing.
inline ConflictPolicy to_conflict_policy(std::string_view word)
{
    if (word == "SERVER_WINS")
        return ConflictPolicy::ServerWins;
    if (word == "CLIENT_WINS")
        return ConflictPolicy::ClientWins;
    return word == "NEWEST_WINS" ? ConflictPolicy::NewestWins : ConflictPolicy::KeepBoth;
}

/// The way of these two versions of an item.
inline storage::ItemConflict::Way way_of(ConflictPolicy policy, std::string_view ours, std::string_view theirs)
{
    using Way = storage::ItemConflict::Way;
    switch (policy) {
    case ConflictPolicy::ServerWins: return Way::Theirs;
    case ConflictPolicy::ClientWins: return Way::Ours;
    case ConflictPolicy::KeepBoth: return Way::Both;
    case ConflictPolicy::NewestWins: break;
    }
    const auto here = item::last_change(ours);
    const auto there = item::last_change(theirs);
    if (!here || !there || *here == *there)
        return Way::Both;
    return *here > *there ? Way::Ours : Way::Theirs;
}

} // namespace datastore
