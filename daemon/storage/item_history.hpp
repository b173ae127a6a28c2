#pragma once

#include "storage/item_kind.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace storage {

enum class What : int { Added = 1, Updated = 2, Deleted = 3 };

/// Why a session changed an item. The numbers are stored.
enum class Rule : int {
    None = 0,
    ServerAdded = 1,
    ServerChanged = 2,
    ServerDeleted = 3,
    Refresh = 4, ///< the server's content took the place of what was here
    Surplus = 5, ///< the second one of an item that the server holds twice
    Undone = 6,  ///< somebody undid a session
    Merged = 7,  ///< of two versions one was made
    Matched = 8  ///< it was found to be another one, which took its place
};

/// Who changes the store, for what is noted of it.
struct SessionTag {
    std::string profile;
    std::uint64_t number = 0; ///< the broker's
    std::int64_t time = 0;    ///< µs since 1970, when it began
};

/// One item that a session, or an undoing, changed.
struct SessionChange {
    std::string profile;
    std::uint64_t session = 0;
    std::uint64_t undone = 0; ///< the session that it took back; 0: it is a session
    std::int64_t time = 0;    ///< µs since 1970, when the session began
    ItemKind kind = ItemKind::Contact;
    std::string luid;
    std::uint64_t revision = 0; ///< of the change
    What what = What::Added;
    Rule rule = Rule::None;
    std::optional<std::string> before; ///< nothing: it was not there, or that is not kept any more
    std::optional<std::string> after;  ///< nothing: it is not there, or that is not kept any more
    bool is_last = false;              ///< nobody has changed the item since
    bool operator==(const SessionChange&) const = default;
};

/// Who made an item what it is.
struct ItemOrigin {
    std::uint64_t revision = 0; ///< of its last change
    bool alive = false;
    std::string writer;  ///< the profile whose session changed it last; empty: an application
    std::string creator; ///< the same of who added it
    bool operator==(const ItemOrigin&) const = default;
};

/// A session that changed something, as far as that is kept, or an undoing.
struct KeptSession {
    std::uint64_t number = 0;
    std::uint64_t undone = 0; ///< the session that was undone; 0: it is a session
    std::int64_t time = 0;    ///< µs since 1970
    std::uint64_t added = 0, updated = 0, deleted = 0;
    bool operator==(const KeptSession&) const = default;
};

/// What an undoing did.
struct Undoing {
    struct Item {
        ItemKind kind = ItemKind::Contact;
        std::string luid;
        bool operator==(const Item&) const = default;
    };
    std::uint64_t restored = 0;   ///< that the session had deleted
    std::uint64_t reverted = 0;   ///< that it had changed
    std::uint64_t removed = 0;    ///< that it had added
    std::vector<Item> left_alone; ///< somebody else has changed them since, or what was there is not kept any more
    bool operator==(const Undoing&) const = default;
};

/// How much is kept of what sessions changed.
struct Retention {
    std::uint64_t sessions = 20;       ///< of each profile
    std::uint64_t bytes = 64ull << 20; ///< of one user's items; the newest session is kept whatever its size
    bool operator==(const Retention&) const = default;
};

} // namespace storage
