#pragma once

namespace storage {

/// Which items of a user's: those of one content in the embedded store, or those of a directory that is mirrored beside
/// it, which have numbers of their own (directories.hpp): their remainder by four is that of their content.
enum class ItemKind : int { Note = 0, Contact = 1, Event = 2, Task = 3 };

/// Of what content they are, wherever they are kept.
constexpr ItemKind content_of(ItemKind kind)
{
    return static_cast<ItemKind>(static_cast<int>(kind) % 4);
}

constexpr bool is_of_directory(ItemKind kind)
{
    return static_cast<int>(kind) >= 4;
}

} // namespace storage
