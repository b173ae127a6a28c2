#pragma once

#include <optional>
#include <string>
#include <string_view>

/// How octets travel in lines of ASCII, and what characters they are.
namespace item {

/// RFC 2045 §6.7; what is no escape stays, soft line breaks go.
std::string decode_quoted_printable(std::string_view text);
/// The value of a property whose first line has `used` octets already; lines are at most 76 long.
std::string encode_quoted_printable(std::string_view text, std::size_t used);

/// Blanks and line ends are passed over, and so is what follows the padding. Nothing when something else is in it.
std::optional<std::string> decode_base64(std::string_view text);
std::string encode_base64(std::string_view octets);

/// UTF-8 of text in `charset`. What cannot be that, or has no name, is taken for UTF-8, and else for
/// Windows-1252, which is what most mean by Latin-1.
std::string to_utf8(std::string_view text, std::string_view charset);

} // namespace item
