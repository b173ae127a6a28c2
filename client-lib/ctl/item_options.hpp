#pragma once

#include "command.hpp"

#include <syncd/store.hpp>

#include <string>

namespace ctl {

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
