#pragma once

#include "base/result.hpp"
#include "bus/foreign_fd.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

struct sd_event;
struct sd_event_source;

namespace bus {

/// Moves octets between the loop and a caller's file descriptor, a slice per turn of the
/// loop, so that other callers are served meanwhile. Ends with an error when the descriptor
/// does not move for `patience`. Destroying it ends it without a word.
class Transfer {
public:
    /// Given each slice that was read; an error ends the transfer.
    using Take = std::function<base::Result<void>(std::string_view slice)>;
    /// Asked for the next octets to write; an empty text is the end. Valid until asked again.
    using Give = std::function<base::Result<std::string_view>()>;
    /// Called once, from the loop, as the last thing the transfer does: it may be destroyed.
    using Done = std::function<void(base::Result<void>)>;

    /// Reads to the end, at most `limit` octets (InvalidValue).
    static std::unique_ptr<Transfer> read(sd_event* loop, ForeignFd fd, std::chrono::milliseconds patience,
                                          std::size_t limit, Take take, Done done);
    static std::unique_ptr<Transfer> write(sd_event* loop, ForeignFd fd, std::chrono::milliseconds patience, Give give,
                                           Done done);
    ~Transfer();

private:
    Transfer(sd_event* loop, ForeignFd fd, std::chrono::milliseconds patience, Done done);
    static int on_ready(sd_event_source*, int, unsigned, void* self) noexcept;
    static int on_silence(sd_event_source*, std::uint64_t, void* self) noexcept;
    void listen(sd_event* loop);
    void turn() noexcept;
    /// Whether it is over.
    base::Result<bool> move();
    base::Result<bool> move_in();
    base::Result<bool> move_out();
    void end(base::Result<void> result) noexcept;

    struct Unref {
        void operator()(sd_event_source* source) const noexcept;
    };
    using Source = std::unique_ptr<sd_event_source, Unref>;

    ForeignFd fd_;
    std::chrono::milliseconds patience_;
    Done done_;
    Take take_;
    Give give_;
    std::size_t left_ = 0;
    std::string_view out_;
    bool given_all_ = false;
    Source ready_, silence_;
};

} // namespace bus
