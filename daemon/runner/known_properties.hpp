#pragma once

#include "syncml/devinf.hpp"

namespace runner {

/// Which properties of items of this content type we keep (CTCap), docs/decisions/0015: those of its specification and
/// those that peers add. Empty for a type that this program does not know.
syncml::ContentCapability known_properties(const syncml::ContentType& type);

} // namespace runner
