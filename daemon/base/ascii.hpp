#pragma once

#include <string>
#include <string_view>

namespace base {

/// With the letters of ASCII in lower case; what the protocols compare so has no others.
std::string lower(std::string_view text);

} // namespace base
