#pragma once

#include "base/result.hpp"
#include "bus/scope.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <variant>

namespace app {

/// The command line of `syncd`.
struct Options {
    bus::Scope scope = bus::Scope::System;
    std::filesystem::path state_directory; ///< empty: the scope's own
    std::filesystem::path config_file;     ///< empty: the scope's own, which may be missing
    std::filesystem::path worker;
    std::string log_level; ///< empty: the configuration's
};

/// What `parse` leaves to be done: run with these options, or end at once with a status
/// (help, version, a usage error; it has been printed).
std::variant<Options, int> parse(int argc, char** argv);

} // namespace app
