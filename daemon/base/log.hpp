#pragma once

#include <spdlog/spdlog.h>

#include <string_view>

namespace base {

/// Sends the program's log to standard error, one line per entry, which the
/// journal collects; with the sd-daemon priority prefix when standard error is
/// the journal. `level` is a spdlog level name ("debug", "info", …); an unknown
/// one means "info".
void start_log(std::string_view program, std::string_view level);

} // namespace base
