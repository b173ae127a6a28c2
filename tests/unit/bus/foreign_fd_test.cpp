#include "bus/foreign_fd.hpp"

#include "pipe.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <memory>
#include <optional>
#include <string>

using base::Errc;
using bus::ForeignFd;
using Direction = ForeignFd::Direction;

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

/// Waits for the events that `fd` wants, again and again, until `condition`.
template <class Condition>
void wait_until(Condition condition, const ForeignFd& fd)
{
    while (!condition()) {
        pollfd waiting{fd.watched(), static_cast<short>(fd.wanted_events()), 0};
        REQUIRE(::poll(&waiting, 1, 60'000) == 1);
    }
}

} // namespace

TEST_CASE("an empty pipe is not waited for, and its flags stay the caller's", "[foreign_fd]")
{
    Pipe pipe;
    auto fd = ForeignFd::take(pipe.out(), Direction::Read, nullptr);
    REQUIRE(fd);
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
    auto fd = ForeignFd::take(pipe.in(), Direction::Write, nullptr);
    REQUIRE(fd);
    fill(pipe.in());

    const std::string text = "abc";
    auto taken = fd->write_some(text);
    REQUIRE(taken);
    CHECK(*taken == std::size_t{3}); // on its way
    CHECK(fd->finish() == false);
    taken = fd->write_some(text);
    REQUIRE(taken);
    CHECK_FALSE(*taken);

    const auto drained = pipe.drain();
    CHECK(drained.find('a') == drained.npos);
    CHECK(fd->finish() == true);
    CHECK(pipe.drain() == "abc");
}

TEST_CASE("writing to a pipe that nobody reads is an error, not a signal", "[foreign_fd]")
{
    Pipe pipe;
    auto fd = ForeignFd::take(pipe.in(), Direction::Write, nullptr);
    REQUIRE(fd);
    pipe.close_out();
    ::signal(SIGPIPE, SIG_IGN); // as the loop does
    const auto taken = fd->write_some(std::string_view("abc"));
    const auto flushed = taken ? fd->finish().has_value() : false;
    CHECK_FALSE(flushed);
}

TEST_CASE("a socket is not waited for", "[foreign_fd]")
{
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    auto fd = ForeignFd::take(ends[0], Direction::Write, nullptr);
    REQUIRE(fd);
    fill(ends[0]);
    const auto taken = fd->write_some(std::string_view("abc"));
    REQUIRE(taken);
    CHECK_FALSE(*taken);
    auto reader = ForeignFd::take(ends[0], Direction::Read, nullptr);
    REQUIRE(reader);
    CHECK(read_from(*reader) == std::nullopt);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE("only what is open for the direction is taken", "[foreign_fd]")
{
    Pipe pipe;
    CHECK(ForeignFd::take(pipe.in(), Direction::Read, nullptr).error().code == Errc::InvalidValue);
    CHECK(ForeignFd::take(pipe.out(), Direction::Write, nullptr).error().code == Errc::InvalidValue);
    CHECK(ForeignFd::take(-1, Direction::Read, nullptr).error().code == Errc::InvalidValue);
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC), directory = ::open("/", O_RDONLY | O_CLOEXEC);
    CHECK(ForeignFd::take(null, Direction::Read, nullptr).error().code == Errc::InvalidValue);
    CHECK(ForeignFd::take(directory, Direction::Read, nullptr).error().code == Errc::InvalidValue);
    ::close(null);
    ::close(directory);
}

TEST_CASE("the caller may close its descriptor", "[foreign_fd]")
{
    Pipe pipe;
    auto fd = ForeignFd::take(pipe.out(), Direction::Read, nullptr);
    REQUIRE(fd);
    CHECK((::fcntl(fd->watched(), F_GETFD) & FD_CLOEXEC) != 0);
    pipe.close_out();
    REQUIRE(::write(pipe.in(), "abc", 3) == 3);
    CHECK(read_from(*fd) == "abc");
}

TEST_CASE("a file is copied by a thread, which ends with what it copies", "[foreign_fd]")
{
    const int file = ::memfd_create("test", MFD_CLOEXEC);
    auto held = std::make_shared<int>();
    const std::weak_ptr<int> watch = held;
    auto writer = ForeignFd::take(file, Direction::Write, held);
    REQUIRE(writer);
    REQUIRE(writer->write_some(std::string_view("abc")).value() == std::size_t{3});
    wait_until([&] { return writer->finish() == true; }, *writer);
    CHECK(::lseek(file, 0, SEEK_END) == 3);

    REQUIRE(::lseek(file, 0, SEEK_SET) == 0);
    auto reader = ForeignFd::take(file, Direction::Read, std::move(held));
    REQUIRE(reader);
    std::optional<std::string> got;
    wait_until([&] { return (got = read_from(*reader)).has_value(); }, *reader);
    CHECK(got == "abc");
    wait_until([&] { return (got = read_from(*reader)).has_value(); }, *reader);
    CHECK(got == "");
    CHECK_FALSE(watch.expired());
    { // Both threads are gone: each let go of it before it closed its end.
        const auto ended = std::move(*writer), too = std::move(*reader);
    }
    CHECK(watch.expired());
    ::close(file);
}

TEST_CASE("what a file's thread fails at is told", "[foreign_fd]")
{
    const int file = ::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    REQUIRE(::fcntl(file, F_ADD_SEALS, F_SEAL_WRITE) == 0);
    auto writer = ForeignFd::take(file, Direction::Write, nullptr);
    REQUIRE(writer);
    REQUIRE(writer->write_some(std::string_view("abc")));
    base::Result<bool> finished = false;
    wait_until([&] { return !(finished = writer->finish()) || *finished; }, *writer);
    REQUIRE_FALSE(finished);
    CHECK(finished.error().message == "the file descriptor cannot be written: Operation not permitted");
    ::close(file);
}
