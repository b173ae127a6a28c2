#pragma once

#include "base/result.hpp"
#include "bus/scope.hpp"

#include <filesystem>

namespace app {

/// The directory that one broker keeps everything in, held by a lock as long as this exists.
class StateDirectory {
public:
    /// `chosen`, or when it is empty $STATE_DIRECTORY, else the scope's own; made with mode 0700 when missing.
    /// Error: Failed for one that another user owns or can write to, or that another broker holds.
    static base::Result<StateDirectory> open(const std::filesystem::path& chosen, bus::Scope scope);
    StateDirectory(StateDirectory&& other) noexcept;
    StateDirectory& operator=(StateDirectory&&) = delete;
    ~StateDirectory();

    const std::filesystem::path& path() const { return path_; }

private:
    StateDirectory(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}

    std::filesystem::path path_;
    int lock_ = -1;
};

} // namespace app
