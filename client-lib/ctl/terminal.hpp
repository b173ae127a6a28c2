#pragma once

#include <cstddef>

namespace ctl {

bool is_terminal(int fd);
/// A terminal on which a line can be written again.
bool is_rewritable(int fd);
/// 80 where it cannot be told.
std::size_t terminal_columns(int fd);
/// Whether the locale says that people read UTF-8.
bool is_utf8_locale();

} // namespace ctl
