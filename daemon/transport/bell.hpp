#pragma once

namespace transport {

/// A descriptor that becomes readable when it is rung, and stays so.
class Bell {
public:
    Bell();
    ~Bell();
    Bell(const Bell&) = delete;
    Bell& operator=(const Bell&) = delete;

    int fd() const noexcept { return fd_; }
    /// Async-signal-safe.
    void ring() noexcept;

private:
    int fd_;
};

} // namespace transport
