#pragma once

#include <filesystem>

namespace runner {

/// A profile's state directory, held by one worker at a time. The broker starts one worker per profile, but
/// one that is killed leaves its worker behind, which ends a moment later than the next broker begins.
class ProfileLock {
public:
    /// Waits for the earlier worker. Throws std::system_error.
    explicit ProfileLock(const std::filesystem::path& directory);
    ~ProfileLock();
    ProfileLock(const ProfileLock&) = delete;
    ProfileLock& operator=(const ProfileLock&) = delete;

private:
    int file_;
};

} // namespace runner
