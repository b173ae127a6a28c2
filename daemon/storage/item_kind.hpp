#pragma once

namespace storage {

/// Which items of a user's: the contacts or the events of the embedded store, or those of a directory that is mirrored
/// beside it, which have numbers of their own (directories.hpp).
enum class ItemKind : int { Contact = 1, Event = 2 };

/// Contact or Event, wherever they are kept.
constexpr ItemKind content_of(ItemKind kind)
{
    return static_cast<ItemKind>(static_cast<int>(kind) % 4);
}

constexpr bool is_of_directory(ItemKind kind)
{
    return static_cast<int>(kind) >= 4;
}

} // namespace storage
