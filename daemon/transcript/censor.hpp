#pragma once

#include "syncml/message.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace transcript {

/// A copy of a message without its secrets: credentials and nonces are masked, and so is who logs in within an
/// address. Unless `keep_items`, the texts of items are replaced by `digest_of`, but not device information, anchors
/// and what stands in Alerts. Texts that XML cannot hold are replaced in any case.
syncml::Message censor(const syncml::Message& message, bool keep_items);

/// `http://user:password@host/` → `http://(masked)@host/`
std::string censor_address(std::string_view address);

/// `(182 octets, SHA-256 9f86d0…)`
std::string digest_of(std::string_view text);

/// Lower case hexadecimal.
std::string sha256(std::string_view octets);

/// How many octets the text had that this stands for; nothing when it is no digest.
std::optional<std::size_t> find_digested_size(std::string_view text);

} // namespace transcript
