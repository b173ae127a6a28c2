#pragma once

#include <syncd/descriptor.hpp>

#include <csignal>
#include <initializer_list>
#include <optional>

namespace ctl {

/// Signals as something to read, while it lives.
class SignalQueue {
public:
    explicit SignalQueue(std::initializer_list<int> numbers);
    ~SignalQueue();
    SignalQueue(const SignalQueue&) = delete;
    SignalQueue& operator=(const SignalQueue&) = delete;

    int fd() const noexcept { return fd_.get(); }
    /// The next one that has come; does not block.
    std::optional<int> next() const;

private:
    sigset_t before_{};
    syncd::Descriptor fd_;
};

} // namespace ctl
