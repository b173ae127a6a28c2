#pragma once

#include "storage/item_kind.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace storage {

/// An item that was changed here and at a server, of which not all could be merged; until somebody looks at it.
struct ItemConflict {
    /// What the item holds of what contradicts: the numbers are stored.
    enum class Way : int {
        Ours = 1,
        Theirs = 2,
        Both = 3 ///< ours; the server's version is an item of its own
    };
    std::uint64_t number = 0; ///< within the user's items, from 1
    std::string profile;
    ItemKind kind = ItemKind::Contact;
    std::string luid;
    std::string copy;      ///< the item that the server's version became; empty: there is none
    std::int64_t time = 0; ///< µs since 1970, when the session began
    Way way = Way::Both;
    std::string theirs;                 ///< what the server sent
    std::string with_ours, with_theirs; ///< the merge, with what contradicts as it was here or there
    /// What contradicts, for people; each text is cut after max_conflict_text octets or a little less.
    struct Field {
        std::string name; ///< empty: the whole item
        std::string ours, theirs, base;
        bool operator==(const Field&) const = default;
    };
    std::vector<Field> fields;
    bool operator==(const ItemConflict&) const = default;
};

/// So many of a user's are kept, the newest.
constexpr std::uint64_t max_conflicts = 1000;
constexpr std::size_t max_conflict_text = 500;
constexpr std::size_t max_conflict_fields = 50;

} // namespace storage
