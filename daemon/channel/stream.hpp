#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "channel/messages.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// Moving the channel's messages over its socket: blocking for the worker, never
/// blocking for the broker. None of it owns the descriptor or raises SIGPIPE.
/// A broken socket is Errc::Interrupted: the other side is gone.
namespace channel {

// ---- the worker's side: blocking ----------------------------------------------

base::Result<void> write_all(int fd, std::string_view bytes);
/// Reads the order and the bytes of its secrets, not one byte more. No secret
/// passes through memory that is not wiped.
base::Result<Order> read_order(int fd);

// ---- the broker's side: never blocking -----------------------------------------

/// An order on its way into a socket that may take it in several steps.
class OrderWriter {
public:
    explicit OrderWriter(const Order& order);
    /// Writes what the socket takes; true when nothing is left.
    base::Result<bool> write(int fd);

private:
    std::vector<base::Secret> parts_; ///< the line and the secrets
    std::size_t part_ = 0;
    std::size_t offset_ = 0;
};

/// Cuts a worker's stream into lines.
class LineReader {
public:
    enum class Stream { Open, Ended };
    /// Reads once what is there, at most 64 KiB, and hands on each complete line
    /// without its newline. A line that the end cuts off is dropped.
    /// Errors: Malformed for a line over the bound, Interrupted.
    base::Result<Stream> read(int fd, const std::function<void(std::string_view)>& on_line);

private:
    std::string buffer_;
};

} // namespace channel
