#pragma once

#include "command.hpp"

#include <syncd/store.hpp>

#include <string>

namespace ctl {

/// The name of the error of an item that Store::get cannot bring.
inline constexpr const char* is_too_large_for_a_message = "org.freedesktop.DBus.Error.LimitsExceeded";

/// Which store an `item` command means.
struct ItemOptions {
    std::string service;

    /// Declares `--service`.
    void declare(Command& command);
    syncd::SyncServiceType type() const;
    syncd::Store open(Context& context) const;
    /// `1 contact`, `2 events`.
    std::string count_text(std::size_t count) const;
};

} // namespace ctl
