#pragma once

#include "base/secret.hpp"

#include <string_view>

namespace notification {

/// What proves that a notification is of the server that it names: its first 16 octets. `notification`: what follows
/// them.
base::Secret digest(std::string_view server_id, const base::Secret& password, std::string_view nonce,
                    std::string_view notification);

} // namespace notification
