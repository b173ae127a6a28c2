#pragma once

#include "base/result.hpp"
#include "bus/authorizer.hpp"
#include "manager/manager.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace app {

/// What syncd.conf(5) can say.
struct Configuration {
    manager::Config manager;
    bus::Authorizer::Mode authorization = bus::Authorizer::Mode::Polkit;
    /// How long workers may take to end when the service does. Less than the unit's TimeoutStopSec;
    /// enough for one to get the answer that it waits for.
    std::uint32_t stop_timeout_s = 20;
    // What stands in place of the environment's proxies; empty: nothing.
    std::string proxy; ///< URL, with the user and password that the proxy wants
    std::string no_proxy;
    std::vector<std::string> warnings; ///< what was not understood, with its line
};

/// Reads `file`; one that is missing is empty. An unknown key is a warning, so that an older
/// program runs with a newer file. Error: InvalidValue for a value that makes no sense.
base::Result<Configuration> read_configuration(const std::filesystem::path& file);

} // namespace app
