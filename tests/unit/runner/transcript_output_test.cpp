#include "runner/transcript_output.hpp"

#include "base/descriptor.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

namespace {

using runner::TranscriptOutput;
using namespace std::chrono_literals;

struct Pipe {
    Pipe()
    {
        std::array<int, 2> ends{};
        REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
        out = base::Descriptor(ends[0]);
        in = base::Descriptor(ends[1]);
        ::signal(SIGPIPE, SIG_IGN);
    }
    base::Descriptor out, in;
};

TEST_CASE("a transcript of any size goes through a pipe that is read", "[transcript]")
{
    Pipe pipe;
    std::string read;
    std::thread reader([&] {
        std::array<char, 10'000> some{};
        for (ssize_t size = 0; (size = ::read(pipe.out.get(), some.data(), some.size())) > 0;)
            read.append(some.data(), static_cast<std::size_t>(size));
    });
    const std::string text(1'000'000, 'x');
    TranscriptOutput sink(pipe.in.get());
    CHECK(sink(text));
    CHECK(sink("the end"));
    pipe.in = base::Descriptor();
    reader.join();
    CHECK(read == text + "the end");
}

TEST_CASE("a pipe that nobody reads holds a session up for its patience, and once", "[transcript]")
{
    const Pipe pipe;
    TranscriptOutput sink(pipe.in.get(), 50ms);
    const auto begin = std::chrono::steady_clock::now();
    CHECK_FALSE(sink(std::string(1'000'000, 'x')));
    CHECK(std::chrono::steady_clock::now() - begin >= 50ms);
    CHECK_FALSE(sink("more"));
}

TEST_CASE("a pipe whose reader is gone takes nothing", "[transcript]")
{
    Pipe pipe;
    pipe.out = base::Descriptor();
    TranscriptOutput sink(pipe.in.get());
    CHECK_FALSE(sink("anything"));
}

TEST_CASE("a full disk takes nothing, and is not waited for", "[transcript]")
{
    const base::Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    REQUIRE(full.get() >= 0);
    TranscriptOutput sink(full.get(), 1h);
    CHECK_FALSE(sink("anything"));
}

} // namespace
