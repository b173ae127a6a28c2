#pragma once

#include "command.hpp"

#include <cstdint>
#include <string>

namespace ctl {

/// Which session a command means.
struct SessionOption {
    std::string number;
    std::optional<std::string> profile;

    /// Declares `SESSION` and `--profile`.
    void declare(Command& command);
    std::uint64_t session() const;
    /// Empty: whichever of the user's has the session.
    std::string profile_id(Context& context) const;
};

} // namespace ctl
