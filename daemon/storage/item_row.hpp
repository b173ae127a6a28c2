#pragma once

#include <cstdint>

namespace storage {

using ItemId = std::int64_t;
/// Number of a profile in the `writer` table; applications are 0.
using Writer = std::int64_t;
constexpr Writer application = 0;
constexpr Writer nobody = -1; ///< a profile that has never written
/// What was found to be one item: it goes to every peer, and nobody has to look at it as at what somebody did.
constexpr Writer matcher = -2;

/// One row of the item table.
struct ItemRow {
    ItemId id = 0;
    std::uint64_t revision = 0;
    std::uint64_t created = 0;
    bool alive = false;
    Writer writer = application;
    Writer creator = application;
    std::int64_t hash = 0;
};

} // namespace storage
