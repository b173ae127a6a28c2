#include "bus/foreign_fd.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <thread>
#include <utility>

namespace bus {
namespace {

using base::Errc;

/// A pipe holds at least this much (pipe(7)).
constexpr std::size_t slice = 64 * 1024;

tl::unexpected<base::Error> failed(const char* what, int error)
{
    return base::fail(Errc::Failed, fmt::format("{}: {}", what, std::generic_category().message(error)));
}

constexpr const char* not_read = "the file descriptor cannot be read";
constexpr const char* not_written = "the file descriptor cannot be written";

bool is_momentary(int error)
{
    return error == EAGAIN || error == EINTR;
}

/// Copies up to the end of `from`; an errno when that fails.
int copy_all(int from, int to)
{
    std::array<char, slice> buffer;
    for (;;) {
        const auto size = ::read(from, buffer.data(), buffer.size());
        if (size == 0)
            return 0;
        if (size < 0 && errno != EINTR)
            return errno;
        for (ssize_t done = 0; done < size;) {
            const auto written = ::write(to, buffer.data() + done, static_cast<std::size_t>(size - done));
            if (written < 0 && errno != EINTR)
                return errno;
            done += std::max<ssize_t>(written, 0);
        }
    }
}

/// Starts a thread that no signal of the process goes to, and that nobody waits for.
template <class Work>
void run_apart(Work work)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
        std::thread(std::move(work)).detach();
    } catch (...) {
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        throw;
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

} // namespace

base::Result<ForeignFd> ForeignFd::take(int fd, Direction direction, std::shared_ptr<void> held)
{
    const auto refuse = [](const char* why) { return base::fail(Errc::InvalidValue, why); };
    struct stat status = {};
    if (::fstat(fd, &status) != 0)
        return refuse("the file descriptor cannot be used");
    ForeignFd taken;
    if (S_ISFIFO(status.st_mode))
        taken.kind_ = Kind::Pipe;
    else if (S_ISSOCK(status.st_mode))
        taken.kind_ = Kind::Socket;
    else if (!S_ISREG(status.st_mode))
        return refuse("the file descriptor is neither a file nor a pipe nor a socket");
    const int mode = ::fcntl(fd, F_GETFL) & O_ACCMODE;
    if (mode != O_RDWR && mode != (direction == Direction::Write ? O_WRONLY : O_RDONLY))
        return refuse(direction == Direction::Write ? "the file descriptor is not open for writing"
                                                    : "the file descriptor is not open for reading");

    taken.direction_ = direction;
    taken.held_ = std::move(held);
    taken.fd_.reset(::fcntl(fd, F_DUPFD_CLOEXEC, 3), sdbus::adopt_fd);
    if (taken.fd_.get() < 0)
        return failed("no file descriptor is left", errno);
    if (taken.kind_ == Kind::Pipe) {
        int own[2];
        if (::pipe2(own, O_CLOEXEC | O_NONBLOCK) != 0)
            return failed("no file descriptor is left", errno);
        taken.own_out_.reset(own[0], sdbus::adopt_fd);
        taken.own_in_.reset(own[1], sdbus::adopt_fd);
    } else if (taken.kind_ == Kind::File) {
        taken.start_copier(std::move(taken.fd_));
    }
    return taken;
}

void ForeignFd::start_copier(sdbus::UnixFd file)
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        throw std::system_error(errno, std::generic_category(), "socketpair");
    fd_.reset(ends[0], sdbus::adopt_fd);
    copier_error_ = std::make_shared<std::atomic<int>>(0);
    run_apart([file = std::move(file), ours = sdbus::UnixFd(ends[1], sdbus::adopt_fd), error = copier_error_,
               held = held_, direction = direction_]() mutable {
        *error = direction == Direction::Read ? copy_all(file.get(), ours.get()) : copy_all(ours.get(), file.get());
        file.reset(-1, sdbus::adopt_fd);
        held.reset();
        ours.reset(-1, sdbus::adopt_fd); // the last: the loop sees it
    });
}

std::uint32_t ForeignFd::wanted_events() const
{
    // The thread of a file closes its end when it is done.
    return direction_ == Direction::Read || (kind_ == Kind::File && finishing_) ? EPOLLIN : EPOLLOUT;
}

base::Result<std::optional<std::size_t>> ForeignFd::read_some(std::span<char> buffer)
{
    ssize_t count = 0;
    const auto size = std::min(buffer.size(), slice);
    if (kind_ == Kind::Pipe) {
        count = ::splice(fd_.get(), nullptr, own_in_.get(), nullptr, size, SPLICE_F_NONBLOCK);
        if (count > 0)
            count = ::read(own_out_.get(), buffer.data(), static_cast<std::size_t>(count));
    } else {
        count = ::recv(fd_.get(), buffer.data(), size, MSG_DONTWAIT);
    }
    if (count < 0)
        return is_momentary(errno) ? base::Result<std::optional<std::size_t>>(std::nullopt) : failed(not_read, errno);
    if (count == 0 && copier_error_ && *copier_error_ != 0)
        return failed(not_read, *copier_error_);
    return static_cast<std::size_t>(count);
}

base::Result<std::optional<std::size_t>> ForeignFd::write_some(std::span<const char> data)
{
    ssize_t count = 0;
    const auto size = std::min(data.size(), slice);
    if (kind_ == Kind::Pipe) {
        const auto flushed = flush();
        if (!flushed)
            return tl::unexpected(flushed.error());
        if (!*flushed)
            return std::nullopt;
        count = ::write(own_in_.get(), data.data(), size);
        on_its_way_ = count > 0 ? static_cast<std::size_t>(count) : 0;
    } else {
        count = ::send(fd_.get(), data.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    if (count >= 0)
        return static_cast<std::size_t>(count);
    if (is_momentary(errno))
        return std::nullopt;
    return failed(not_written, copier_error_ && *copier_error_ != 0 ? copier_error_->load() : errno);
}

base::Result<bool> ForeignFd::flush()
{
    while (on_its_way_ > 0) {
        const auto count = ::splice(own_out_.get(), nullptr, fd_.get(), nullptr, on_its_way_, SPLICE_F_NONBLOCK);
        if (count < 0 && is_momentary(errno))
            return false;
        if (count <= 0)
            return failed(not_written, errno);
        on_its_way_ -= static_cast<std::size_t>(count);
    }
    return true;
}

base::Result<bool> ForeignFd::finish()
{
    if (kind_ != Kind::File)
        return flush();
    if (!std::exchange(finishing_, true))
        ::shutdown(fd_.get(), SHUT_WR);
    char none = 0;
    if (::recv(fd_.get(), &none, 1, MSG_DONTWAIT) < 0 && is_momentary(errno))
        return false;
    if (*copier_error_ != 0)
        return failed(not_written, *copier_error_);
    return true;
}

} // namespace bus
