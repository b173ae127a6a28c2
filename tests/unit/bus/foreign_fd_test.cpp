#include "bus/foreign_fd.hpp"

#include "pipe.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <string>

using base::Errc;
using bus::ForeignFd;

namespace {

std::optional<std::string> read_from(ForeignFd& fd)
{
    std::array<char, 100> buffer;
    const auto count = fd.read_some(buffer);
    REQUIRE(count);
    return *count ? std::optional(std::string(buffer.data(), **count)) : std::nullopt;
}

void fill(int fd)
{
    const std::string block(4096, 'x');
    const int flags = ::fcntl(fd, F_GETFL);
    ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    while (::write(fd, block.data(), block.size()) > 0)
        continue;
    ::fcntl(fd, F_SETFL, flags);
}

} // namespace

TEST_CASE("an empty pipe is not waited for, and its flags stay the caller's", "[foreign_fd]")
{
    Pipe pipe;
    auto fd = ForeignFd::take(pipe.out(), false);
    REQUIRE(fd);
    CHECK(fd->can_be_watched());
    CHECK(read_from(*fd) == std::nullopt);
    CHECK((::fcntl(pipe.out(), F_GETFL) & O_NONBLOCK) == 0);

    REQUIRE(::write(pipe.in(), "abc", 3) == 3);
    CHECK(read_from(*fd) == "abc");
    CHECK(read_from(*fd) == std::nullopt);
    pipe.close_in();
    CHECK(read_from(*fd) == "");
}

TEST_CASE("a full pipe is not waited for", "[foreign_fd]")
{
    Pipe pipe;
    auto fd = ForeignFd::take(pipe.in(), true);
    REQUIRE(fd);
    fill(pipe.in());

    const std::string text = "abc";
    auto taken = fd->write_some(text);
    REQUIRE(taken);
    CHECK(*taken == std::size_t{3}); // on its way
    CHECK(fd->flush() == false);
    taken = fd->write_some(text);
    REQUIRE(taken);
    CHECK_FALSE(*taken);

    const auto drained = pipe.drain();
    CHECK(drained.find('a') == drained.npos);
    CHECK(fd->flush() == true);
    CHECK(pipe.drain() == "abc");
}

TEST_CASE("writing to a pipe that nobody reads is an error, not a signal", "[foreign_fd]")
{
    Pipe pipe;
    auto fd = ForeignFd::take(pipe.in(), true);
    REQUIRE(fd);
    pipe.close_out();
    ::signal(SIGPIPE, SIG_IGN); // as the loop does
    const auto taken = fd->write_some(std::string_view("abc"));
    const auto flushed = taken ? fd->flush().has_value() : false;
    CHECK_FALSE(flushed);
}

TEST_CASE("a socket is not waited for", "[foreign_fd]")
{
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    auto fd = ForeignFd::take(ends[0], true);
    REQUIRE(fd);
    fill(ends[0]);
    const auto taken = fd->write_some(std::string_view("abc"));
    REQUIRE(taken);
    CHECK_FALSE(*taken);
    auto reader = ForeignFd::take(ends[0], false);
    REQUIRE(reader);
    CHECK(read_from(*reader) == std::nullopt);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE("only what is open for the direction is taken", "[foreign_fd]")
{
    Pipe pipe;
    CHECK(ForeignFd::take(pipe.in(), false).error().code == Errc::InvalidValue);
    CHECK(ForeignFd::take(pipe.out(), true).error().code == Errc::InvalidValue);
    CHECK(ForeignFd::take(-1, false).error().code == Errc::InvalidValue);
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC), directory = ::open("/", O_RDONLY | O_CLOEXEC);
    CHECK(ForeignFd::take(null, false).error().code == Errc::InvalidValue);
    CHECK(ForeignFd::take(directory, false).error().code == Errc::InvalidValue);
    ::close(null);
    ::close(directory);
}

TEST_CASE("the caller may close its descriptor", "[foreign_fd]")
{
    Pipe pipe;
    auto fd = ForeignFd::take(pipe.out(), false);
    REQUIRE(fd);
    CHECK((::fcntl(fd->get(), F_GETFD) & FD_CLOEXEC) != 0);
    pipe.close_out();
    REQUIRE(::write(pipe.in(), "abc", 3) == 3);
    CHECK(read_from(*fd) == "abc");
}
