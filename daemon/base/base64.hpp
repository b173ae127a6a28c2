#pragma once

#include "base/secret.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace base {

/// Base64 of RFC 4648 §4: padded, one line.
std::string encode_base64(std::string_view bytes);
/// The same for bytes that must not be seen.
Secret encode_base64(const Secret& bytes);

/// The octets of padded base64 without anything else in it; nothing for any other text.
std::optional<std::string> decode_base64(std::string_view text);
/// The same for what peers write: white space anywhere is ignored and padding may be absent.
std::optional<std::string> decode_base64_leniently(std::string_view text);

} // namespace base
