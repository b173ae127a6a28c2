#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace worker {

/// An owned file descriptor.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor();
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept
    {
        std::swap(fd_, other.fd_);
        return *this;
    }
    int get() const { return fd_; }

private:
    int fd_ = -1;
};

struct Child {
    pid_t pid = 0;
    Descriptor channel; ///< our end, not blocking
};

/// Starts `program` with nothing of ours but standard error and, as descriptor 3, its
/// end of a socketpair: no other descriptor, no argument, the environment below, no
/// blocked or ignored signal, a process group of its own (so that a terminal's Ctrl-C
/// reaches the broker alone). The caller reaps it. Error: Failed.
base::Result<Child> spawn(const std::filesystem::path& program);

/// What of `ours` (`NAME=value`, null-terminated) a worker gets to see: a fixed PATH
/// and locale, and as they are the proxy variables and those that direct logs and
/// sanitizer reports.
std::vector<std::string> worker_environment(const char* const* ours);

} // namespace worker
