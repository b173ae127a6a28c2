#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace bus {

/// A file descriptor that a caller handed in: a regular file, a pipe or a socket. Reading
/// and writing it never block, whatever the caller does with it meanwhile: its
/// O_NONBLOCK flag is shared with the caller and so is not relied on.
class ForeignFd {
public:
    /// Takes a copy of `fd`. Error: InvalidValue for another kind of file, one on a FUSE file system (whose
    /// owner could hold us up), or one not open for the direction.
    static base::Result<ForeignFd> take(int fd, bool for_writing);
    ForeignFd(ForeignFd&& other) noexcept;
    ForeignFd& operator=(ForeignFd&&) = delete;
    ~ForeignFd();

    int get() const { return fd_; }
    /// Whether the loop can wait for it; a regular file is always ready.
    bool can_be_watched() const { return kind_ != Kind::File; }

    /// How many octets were read, 0 at the end; nothing when none are there yet.
    base::Result<std::optional<std::size_t>> read_some(std::span<char> buffer);
    /// How many octets were taken; nothing when none can be taken now. What was taken from
    /// `data` may still be on its way until `flush` says that it is not.
    base::Result<std::optional<std::size_t>> write_some(std::span<const char> data);
    base::Result<bool> flush();

private:
    enum class Kind { File, Pipe, Socket };
    ForeignFd(int fd, Kind kind) : fd_(fd), kind_(kind) {}

    int fd_ = -1;
    Kind kind_ = Kind::File;
    /// A pipe of our own: splice(2) moves octets between it and the caller's without
    /// waiting for either.
    int own_[2] = {-1, -1};
    std::size_t on_its_way_ = 0; ///< octets in our own pipe, to be written
};

} // namespace bus
