#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace base {

/// The octets of the first character of `text`, 0 when it is not well-formed UTF-8. `text` is not empty.
std::size_t utf8_size(std::string_view text);

/// Whether a well-formed character is C0, DEL or C1, of which a terminal makes something else than text.
bool is_control(std::string_view character);

/// A text that quotes what somebody else wrote, made fit for people, the journal and D-Bus: UTF-8 in one line, and
/// short. What is too long loses its middle, for the end of a message says what to do.
std::string legible(std::string_view text);

} // namespace base
