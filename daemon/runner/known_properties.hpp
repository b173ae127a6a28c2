#pragma once

#include "item/item.hpp"
#include "syncml/devinf.hpp"

namespace runner {

/// Which properties of items of this kind in this form we keep (CTCap), docs/decisions/0015: those of its specification
/// and those that peers add. Plain text has none.
syncml::ContentCapability known_properties(item::Kind kind, item::Form form);

} // namespace runner
