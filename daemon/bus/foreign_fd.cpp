#include "bus/foreign_fd.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace bus {
namespace {

using base::Errc;

/// A pipe holds at least this much (pipe(7)).
constexpr std::size_t slice = 64 * 1024;

tl::unexpected<base::Error> failed(const char* what)
{
    return base::fail(Errc::Failed, fmt::format("{}: {}", what, std::generic_category().message(errno)));
}

} // namespace

base::Result<ForeignFd> ForeignFd::take(int fd, bool for_writing)
{
    const auto refuse = [](const char* why) { return base::fail(Errc::InvalidValue, why); };
    struct stat status = {};
    struct statfs system = {};
    if (::fstat(fd, &status) != 0 || ::fstatfs(fd, &system) != 0)
        return refuse("the file descriptor cannot be used");
    Kind kind = Kind::File;
    if (S_ISFIFO(status.st_mode))
        kind = Kind::Pipe;
    else if (S_ISSOCK(status.st_mode))
        kind = Kind::Socket;
    else if (!S_ISREG(status.st_mode))
        return refuse("the file descriptor is neither a file nor a pipe nor a socket");
    else if (static_cast<unsigned long>(system.f_type) == FUSE_SUPER_MAGIC)
        return refuse("the file is on a FUSE file system; hand in a pipe instead");
    const int mode = ::fcntl(fd, F_GETFL) & O_ACCMODE;
    if (mode != O_RDWR && mode != (for_writing ? O_WRONLY : O_RDONLY))
        return refuse(for_writing ? "the file descriptor is not open for writing"
                                  : "the file descriptor is not open for reading");

    ForeignFd taken(::fcntl(fd, F_DUPFD_CLOEXEC, 3), kind);
    if (taken.fd_ < 0 || (kind == Kind::Pipe && ::pipe2(taken.own_, O_CLOEXEC | O_NONBLOCK) != 0))
        return failed("no file descriptor is left");
    return taken;
}

ForeignFd::ForeignFd(ForeignFd&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      kind_(other.kind_), own_{std::exchange(other.own_[0], -1), std::exchange(other.own_[1], -1)},
      on_its_way_(other.on_its_way_)
{
}

ForeignFd::~ForeignFd()
{
    for (const int fd : {fd_, own_[0], own_[1]}) {
        if (fd >= 0)
            ::close(fd);
    }
}

base::Result<std::optional<std::size_t>> ForeignFd::read_some(std::span<char> buffer)
{
    ssize_t count = 0;
    const auto size = std::min(buffer.size(), slice);
    switch (kind_) {
    case Kind::File: count = ::read(fd_, buffer.data(), size); break;
    case Kind::Socket: count = ::recv(fd_, buffer.data(), size, MSG_DONTWAIT); break;
    case Kind::Pipe:
        count = ::splice(fd_, nullptr, own_[1], nullptr, size, SPLICE_F_NONBLOCK);
        if (count > 0)
            count = ::read(own_[0], buffer.data(), static_cast<std::size_t>(count));
        break;
    }
    if (count >= 0)
        return static_cast<std::size_t>(count);
    if (errno == EAGAIN || errno == EINTR)
        return std::nullopt;
    return failed("the file descriptor cannot be read");
}

base::Result<std::optional<std::size_t>> ForeignFd::write_some(std::span<const char> data)
{
    ssize_t count = 0;
    const auto size = std::min(data.size(), slice);
    switch (kind_) {
    case Kind::File: count = ::write(fd_, data.data(), size); break;
    case Kind::Socket: count = ::send(fd_, data.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL); break;
    case Kind::Pipe: {
        const auto flushed = flush();
        if (!flushed)
            return tl::unexpected(flushed.error());
        if (!*flushed)
            return std::nullopt;
        count = ::write(own_[1], data.data(), size);
        on_its_way_ = count > 0 ? static_cast<std::size_t>(count) : 0;
        break;
    }
    }
    if (count >= 0)
        return static_cast<std::size_t>(count);
    if (errno == EAGAIN || errno == EINTR)
        return std::nullopt;
    return failed("the file descriptor cannot be written");
}

base::Result<bool> ForeignFd::flush()
{
    while (on_its_way_ > 0) {
        const auto count = ::splice(own_[0], nullptr, fd_, nullptr, on_its_way_, SPLICE_F_NONBLOCK);
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            return false;
        if (count <= 0)
            return failed("the pipe cannot be written");
        on_its_way_ -= static_cast<std::size_t>(count);
    }
    return true;
}

} // namespace bus
