#pragma once

#include "base/result.hpp"
#include "codec/builder.hpp"
#include "codec/codec.hpp"
#include "codec/vocabulary.hpp"

#include <string_view>

namespace codec {

/// Feeds the elements of `document`, which has to be of the kind `kind`, to `builder`. Attributes and processing
/// instructions are passed over, an element without a known token is one of an unknown name.
///
/// Nothing is copied but into `builder`, which never gets more octets of text than limits.max_bytes, however often the
/// document names its string table. Limits end it with ReplyTooLarge, anything else but well-formed WBXML with
/// Malformed, or NotSyncML when it fails before or at the root.
base::Result<void> parse_wbxml(std::string_view document, Vocabulary kind, const Limits& limits, Builder& builder);

} // namespace codec
