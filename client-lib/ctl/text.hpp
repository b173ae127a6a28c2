#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text of unknown origin on a terminal.
namespace ctl {

/// `text` on one line, without characters that act on a terminal: control characters and
/// bytes that are not UTF-8 become `?`, line ends a space.
std::string printable(std::string_view text);

/// The same line by line: line ends and tabs stay.
std::string printable_lines(std::string_view text);

/// How many columns UTF-8 text takes.
std::size_t display_width(std::string_view text);

/// The start of `text` that takes at most `columns`.
std::string_view cut(std::string_view text, std::size_t columns);

} // namespace ctl
