#pragma once

#include "base/result.hpp"
#include "syncml/message.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace codec {

enum class Encoding { Xml }; // Wbxml joins here; callers go through this interface only

/// The media type of a message in this encoding.
std::string_view media_type(Encoding encoding);
/// The media type of device information in this encoding.
std::string_view devinf_media_type(Encoding encoding);

struct Limits {
    std::size_t max_bytes = 0;  ///< of the whole document; 0: no limit
    std::size_t max_depth = 64; ///< nested elements
    std::size_t max_elements = 500'000;
};

/// Reads one message. Tolerant as wire.md and interop-quirks.md ask: any order
/// of children, missing or differing namespaces, unknown elements skipped
/// (unknown commands become syncml::Unsupported), DevInf inline or as text.
///
/// Errors: Malformed (broken document, not SyncML at its root counts as
/// NotSyncML), ForbiddenMarkup (DTD, entities beyond the five, external
/// references), ReplyTooLarge (a limit).
base::Result<syncml::Message> decode(std::string_view document, Encoding encoding, const Limits& limits);

/// The document of a message. Item data that the encoding cannot carry as text
/// must have been marked `Format b64` and encoded by the caller.
/// `can_carry` tells.
std::string encode(const syncml::Message& message, Encoding encoding);

/// Whether item data can stand as text in this encoding: well-formed UTF-8
/// without characters that XML forbids.
bool can_carry(std::string_view text, Encoding encoding);

/// The octets that `encode` will spend on a command; exact for XML.
std::size_t encoded_size(const syncml::Command& command, Encoding encoding);
std::size_t encoded_size(const syncml::SyncCommand& command, Encoding encoding);
/// The octets of a message with an empty body, Final included.
std::size_t encoded_size(const syncml::Header& header, Encoding encoding);

} // namespace codec
