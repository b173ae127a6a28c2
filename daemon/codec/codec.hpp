#pragma once

#include "base/result.hpp"
#include "syncml/message.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace codec {

enum class Encoding { Xml, Wbxml };

/// The media type of a message in this encoding.
std::string_view media_type(Encoding encoding);
/// The media type of device information in this encoding.
std::string_view devinf_media_type(Encoding encoding);
/// What a document is, by how it begins; nothing when it is neither. For peers that do not say it.
std::optional<Encoding> find_encoding(std::string_view document);

struct Limits {
    std::size_t max_bytes = 0;  ///< of the whole document; 0: no limit
    std::size_t max_depth = 64; ///< nested elements
    std::size_t max_elements = 500'000;
    /// Octets of the values that the elements stand for, without their texts: an empty Put of six octets makes a
    /// value of several hundred.
    std::size_t max_room = std::size_t{32} << 20;
};

/// Reads one message, tolerant of what real peers do: any order
/// of children, missing or differing namespaces, unknown elements skipped
/// (unknown commands become syncml::Unsupported), DevInf inline, as text or as a document of its own,
/// octets that are no UTF-8 taken for ISO-8859-1, but not in opaque item data, which stays as it is. What a document
/// leaves out is left empty; a Status without a readable code reads as CommandFailed, never as success.
///
/// Errors: Malformed (broken document, an id that is not a number, no MsgID),
/// NotSyncML (something else at its root, or neither XML nor WBXML), ForbiddenMarkup (DTD,
/// entities beyond the five), ReplyTooLarge (a limit).
base::Result<syncml::Message> decode(std::string_view document, Encoding encoding, const Limits& limits);

/// The document of a message. Item data that the encoding cannot carry as text
/// must have been marked `Format b64` and encoded by the caller; `can_carry`
/// tells. In XML the receiver sees a line feed for each CR LF in item data, and
/// U+FFFD for what XML cannot hold. WBXML has no name for an unknown command: such an Unsupported is left out.
///
/// With credentials in it the document is a secret: base::wipe it after use.
std::string encode(const syncml::Message& message, Encoding encoding);

/// A message for people, piece by piece: its elements one below the other, indented by two spaces each, behind a line
/// end each. Decoded as XML it is the same message, but for octets that XML cannot hold. `<` and `>` stand in markup
/// alone, so that no text within can be taken for what is written around it.
void write_readable(const syncml::Message& message, const std::function<void(std::string_view)>& take);

/// Whether item data can stand in this encoding as it is. In XML: well-formed UTF-8
/// without characters that XML forbids. In WBXML anything can.
bool can_carry(std::string_view text, Encoding encoding);

/// The octets that `encode` spends, counted by the code that writes them; nothing is allocated.
///
/// A message takes the sum of its header and its commands, and, when it is not
/// final, the octets of Final less: 8 in XML, 1 or 3 in WBXML. A Sync, Sequence or Atomic takes the sum
/// of itself without commands and of the commands in it.
std::size_t encoded_size(const syncml::Command& command, Encoding encoding);
std::size_t encoded_size(const syncml::SyncCommand& command, Encoding encoding);
/// The octets of a message with an empty body, Final included.
std::size_t encoded_size(const syncml::Header& header, Encoding encoding);

} // namespace codec
