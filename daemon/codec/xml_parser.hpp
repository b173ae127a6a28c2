#pragma once

#include "base/result.hpp"
#include "codec/builder.hpp"
#include "codec/codec.hpp"

#include <string_view>

namespace codec {

/// Feeds the elements of `document`, whose root has to be `root`, to `builder`.
/// Namespaces and attributes are passed over.
///
/// Nothing is ever loaded or expanded: an internal subset or an entity reference beyond the five that
/// XML predefines ends it with ForbiddenMarkup before anything in it is looked at, limits with
/// ReplyTooLarge, anything else but well-formed XML with Malformed, or NotSyncML when it fails before or at the root.
base::Result<void> parse_xml(std::string_view document, std::string_view root, const Limits& limits, Builder& builder);

} // namespace codec
