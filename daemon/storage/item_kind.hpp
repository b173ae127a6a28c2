#pragma once

namespace storage {

enum class ItemKind : int { Contact = 1, Event = 2 };

} // namespace storage
