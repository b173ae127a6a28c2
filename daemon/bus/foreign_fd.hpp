#pragma once

#include "base/result.hpp"

#include <sdbus-c++/sdbus-c++.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace bus {

/// A file descriptor that a caller handed in: a regular file, a pipe or a socket. Reading
/// and writing it never block, whatever the caller does with it meanwhile: its
/// O_NONBLOCK flag is shared with the caller and so is not relied on.
class ForeignFd {
public:
    enum class Direction { Read, Write };

    /// Takes a copy of `fd`. A regular file gets a thread that does nothing but copy, because a file system
    /// whose server is slow or hostile (FUSE, a network) can hold up whoever reads it, for
    /// ever; `held` lives as long as this object and that thread.
    /// Error: InvalidValue for another kind of file, or one not open for the direction.
    static base::Result<ForeignFd> take(int fd, Direction direction, std::shared_ptr<void> held);
    ForeignFd(ForeignFd&&) = default;
    ForeignFd& operator=(ForeignFd&&) = delete;

    /// What the loop waits for, of which descriptor: changes with every call below.
    int watched() const { return fd_.get(); }
    std::uint32_t wanted_events() const;

    /// How many octets were read, 0 at the end; nothing when none are there yet.
    base::Result<std::optional<std::size_t>> read_some(std::span<char> buffer);
    /// How many octets were taken; nothing when none can be taken now.
    base::Result<std::optional<std::size_t>> write_some(std::span<const char> data);
    /// No more will be written: whether what was taken has arrived.
    base::Result<bool> finish();

private:
    enum class Kind { Pipe, Socket, File };
    ForeignFd() = default;
    void start_copier(sdbus::UnixFd file);
    base::Result<bool> flush();

    Kind kind_ = Kind::File;
    Direction direction_ = Direction::Read;
    std::shared_ptr<void> held_;
    sdbus::UnixFd fd_; ///< the caller's; of a file: our end of the socket to its thread
    /// Pipe: one of our own. splice(2) moves octets between it and the caller's without
    /// waiting for either.
    sdbus::UnixFd own_out_, own_in_;
    std::size_t on_its_way_ = 0; ///< octets in our own pipe, to be written
    /// File: why its thread ended, an errno.
    std::shared_ptr<std::atomic<int>> copier_error_;
    bool finishing_ = false;
};

} // namespace bus
