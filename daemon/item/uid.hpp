#pragma once

#include <string>
#include <string_view>

namespace item {

/// What an item says is its UID; empty when it says none or cannot be read.
std::string uid(std::string_view data);

} // namespace item
