#pragma once

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>
#include <utility>

/// A pipe as a caller has it: both ends block.
class Pipe {
public:
    Pipe() { REQUIRE(::pipe2(ends_.data(), O_CLOEXEC) == 0); }
    ~Pipe()
    {
        close_in();
        close_out();
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    int in() const { return ends_[1]; }
    int out() const { return ends_[0]; }
    void close_in() { close(1); }
    void close_out() { close(0); }

    /// All that is in it now.
    std::string drain()
    {
        ::fcntl(out(), F_SETFL, O_NONBLOCK);
        std::string all;
        std::array<char, 4096> buffer;
        for (ssize_t count; (count = ::read(out(), buffer.data(), buffer.size())) > 0;)
            all.append(buffer.data(), static_cast<std::size_t>(count));
        ::fcntl(out(), F_SETFL, 0);
        return all;
    }

private:
    void close(std::size_t end)
    {
        if (const int fd = std::exchange(ends_[end], -1); fd >= 0)
            ::close(fd);
    }
    std::array<int, 2> ends_{-1, -1};
};
