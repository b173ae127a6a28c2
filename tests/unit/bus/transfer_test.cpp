#include "bus/transfer.hpp"

#include "pipe.hpp"

#include <catch2/catch.hpp>

#include <sys/mman.h>
#include <systemd/sd-event.h>

#include <chrono>
#include <csignal>
#include <optional>
#include <string>

using base::Errc;
using bus::ForeignFd;
using bus::Transfer;
using namespace std::chrono_literals;

namespace {

struct Fixture {
    Fixture() { REQUIRE(sd_event_new(&loop) >= 0); }
    ~Fixture()
    {
        transfer.reset();
        sd_event_unref(loop);
    }

    void read(int fd, std::size_t limit = 1 << 20, std::chrono::milliseconds patience = 60s)
    {
        transfer = Transfer::read(
            loop, take(fd, ForeignFd::Direction::Read), patience, limit,
            [this](std::string_view bytes) -> base::Result<void> {
                got += bytes;
                if (refused)
                    return base::fail(Errc::InvalidValue, "refused");
                return {};
            },
            done());
    }
    void write(int fd, std::size_t slices, std::chrono::milliseconds patience = 60s)
    {
        transfer = Transfer::write(
            loop, take(fd, ForeignFd::Direction::Write), patience,
            [this, slices]() -> base::Result<std::string_view> {
                slice = given++ < slices ? std::string(100'000, static_cast<char>('a' + given)) : std::string();
                return slice;
            },
            done());
    }
    /// Turns the loop until the transfer has ended; `meanwhile` runs between.
    void run(const std::function<void()>& meanwhile = {})
    {
        while (!outcome) {
            REQUIRE(sd_event_run(loop, meanwhile ? 0 : UINT64_MAX) >= 0);
            if (meanwhile)
                meanwhile();
        }
    }

    sd_event* loop = nullptr;
    std::unique_ptr<Transfer> transfer;
    std::optional<base::Result<void>> outcome;
    std::string got, slice;
    std::size_t given = 0;
    bool refused = false;

private:
    static ForeignFd take(int fd, ForeignFd::Direction direction)
    {
        auto taken = ForeignFd::take(fd, direction, nullptr);
        REQUIRE(taken);
        return std::move(*taken);
    }
    Transfer::Done done()
    {
        return [this](base::Result<void> result) {
            CHECK_FALSE(outcome);
            outcome = std::move(result);
            transfer.reset(); // as its owner does
        };
    }
};

int file_with(const std::string& text)
{
    const int file = ::memfd_create("test", MFD_CLOEXEC);
    REQUIRE(::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    REQUIRE(::lseek(file, 0, SEEK_SET) == 0);
    return file;
}

} // namespace

TEST_CASE("a file is read in slices, between which the loop turns", "[transfer]")
{
    Fixture f;
    const std::string text(300'000, 'x');
    const int file = file_with(text);
    int turns = 0;
    f.read(file);
    f.run([&] { ++turns; });
    CHECK(f.outcome->has_value());
    CHECK(f.got == text);
    CHECK(turns >= 5);
    ::close(file);
}

TEST_CASE("a pipe is read to its end", "[transfer]")
{
    Fixture f;
    Pipe pipe;
    f.read(pipe.out());
    int step = 0;
    f.run([&] {
        if (++step == 1)
            REQUIRE(::write(pipe.in(), "abc", 3) == 3);
        else if (step == 10)
            REQUIRE(::write(pipe.in(), "def", 3) == 3);
        else if (step == 20)
            pipe.close_in();
    });
    CHECK(f.outcome->has_value());
    CHECK(f.got == "abcdef");
}

TEST_CASE("more than the limit ends the reading", "[transfer]")
{
    Fixture f;
    const int file = file_with(std::string(1001, 'x'));
    SECTION("by one octet")
    {
        f.read(file, 1000);
        f.run();
        CHECK(f.outcome->error().code == Errc::InvalidValue);
        CHECK(f.got.empty());
    }
    SECTION("but not the limit itself")
    {
        f.read(file, 1001);
        f.run();
        CHECK(f.outcome->has_value());
    }
    ::close(file);
}

TEST_CASE("an error of the taker ends the reading", "[transfer]")
{
    Fixture f;
    f.refused = true;
    const int file = file_with("abc");
    f.read(file);
    f.run();
    CHECK(f.outcome->error().message == "refused");
    ::close(file);
}

TEST_CASE("a descriptor that does not move is given up", "[transfer]")
{
    Fixture f;
    Pipe pipe;
    SECTION("reading")
    {
        f.read(pipe.out(), 1000, 20ms);
    }
    SECTION("writing")
    {
        f.write(pipe.in(), 10, 20ms);
    }
    f.run();
    CHECK(f.outcome->error().code == Errc::Failed);
    CHECK(f.outcome->error().message == "the file descriptor did not move for 20 ms");
}

TEST_CASE("everything is written through a pipe that is emptied slowly", "[transfer]")
{
    Fixture f;
    Pipe pipe;
    f.write(pipe.in(), 5);
    pipe.close_in(); // the caller's own end
    std::string all;
    f.run([&] { all += pipe.drain(); });
    all += pipe.drain();
    CHECK(f.outcome->has_value());
    std::string expected;
    for (const char letter : {'b', 'c', 'd', 'e', 'f'})
        expected += std::string(100'000, letter);
    CHECK(all == expected);
}

TEST_CASE("everything is written to a file", "[transfer]")
{
    Fixture f;
    const int file = file_with("");
    f.write(file, 3);
    f.run();
    CHECK(f.outcome->has_value());
    CHECK(::lseek(file, 0, SEEK_END) == 300'000);
    ::close(file);
}

TEST_CASE("a reader that leaves ends the writing", "[transfer]")
{
    ::signal(SIGPIPE, SIG_IGN); // as the loop does
    Fixture f;
    Pipe pipe;
    f.write(pipe.in(), 1000);
    int step = 0;
    f.run([&] {
        if (++step == 3)
            pipe.close_out();
    });
    CHECK(f.outcome->error().code == Errc::Failed);
}
