#pragma once

#include "codec/codec.hpp"

#include <string_view>

namespace fuzz {

/// Decodes a message and requires what is true of every one: it is refused in words, or it is the same when it is
/// encoded, in either encoding, and decoded again, takes the octets that were foretold, and no limit changes it.
void check_message(std::string_view document, codec::Encoding encoding);

} // namespace fuzz
