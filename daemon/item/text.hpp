#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace item {

/// Where the first octet stands that is not part of well-formed UTF-8 or belongs to a
/// character that XML 1.0 forbids (NUL and other controls but TAB, CR, LF; U+FFFE, U+FFFF).
std::optional<std::size_t> find_forbidden(std::string_view text);

/// ASCII letters only; items' names of properties and components are ASCII.
std::string to_upper(std::string_view text);
/// Without blanks and tabs around it.
std::string_view trim(std::string_view text);

} // namespace item
