#pragma once

#include <syncd/profile.hpp>

#include <filesystem>
#include <string>
#include <vector>

/// The configuration of SyncEvolution 1.0 and later, as far as it says the same as a profile.
namespace ctl {

/// What one of its peers becomes.
struct ImportedPeer {
    std::string name;               ///< `memotoo`, or `office@work` outside of the default context
    syncd::SyncProfileInfo profile; ///< with its secrets, to be wiped; meaningless when `refusal` is set
    std::vector<std::string> notes; ///< what was not taken, in words
    std::string refusal;            ///< why it becomes nothing; empty: it does
};

/// All peers below a directory such as `~/.config/syncevolution`, by name. Throws Failure when that is none.
std::vector<ImportedPeer> read_syncevolution(const std::filesystem::path& directory);

} // namespace ctl
