#include "channel/stream.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace channel {
namespace {

auto broken(int error)
{
    return base::fail(base::Errc::Interrupted, fmt::format("the channel to the other process broke: {}",
                                                           error == 0 ? "it was closed" : std::strerror(error)));
}

/// recv without interruptions; nothing when it would block, 0 at the end.
base::Result<std::optional<std::size_t>> receive(int fd, void* buffer, std::size_t size, int flags)
{
    for (;;) {
        const auto count = ::recv(fd, buffer, size, flags);
        if (count >= 0)
            return static_cast<std::size_t>(count);
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            return std::nullopt;
        // A peer that closed with our bytes unread resets the socket: for a reader that is the end.
        if (errno == ECONNRESET)
            return 0;
        if (errno != EINTR)
            return broken(errno);
    }
}

base::Result<void> receive_exactly(int fd, void* buffer, std::size_t size)
{
    auto* to = static_cast<char*>(buffer);
    while (size > 0) {
        const auto count = receive(fd, to, size, 0);
        if (!count)
            return tl::unexpected(count.error());
        if (!*count || **count == 0)
            return broken(0);
        to += **count;
        size -= **count;
    }
    return {};
}

/// The line that comes next, newline included, leaving what follows it in the socket.
base::Result<std::string> receive_line(int fd)
{
    // Secrets follow the line, so even a look ahead needs memory that is wiped.
    auto ahead = base::Secret::of_size(4096);
    std::string line;
    while (line.size() < max_line_bytes) {
        const auto seen = receive(fd, ahead.writable().data(), ahead.size(), MSG_PEEK);
        if (!seen)
            return tl::unexpected(seen.error());
        if (!*seen || **seen == 0)
            return broken(0);
        const auto text = ahead.reveal().substr(0, **seen);
        const auto newline = text.find('\n');
        const auto wanted = newline == std::string_view::npos ? text.size() : newline + 1;
        line += text.substr(0, wanted);
        if (const auto taken = receive_exactly(fd, ahead.writable().data(), wanted); !taken)
            return tl::unexpected(taken.error());
        if (newline != std::string_view::npos)
            return line;
    }
    return base::fail(base::Errc::Malformed, "channel: the order is longer than 64 KiB");
}

} // namespace

base::Result<void> write_all(int fd, std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(count));
        else if (errno != EINTR)
            return broken(errno);
    }
    return {};
}

base::Result<Order> read_order(int fd)
{
    const auto line = receive_line(fd);
    if (!line)
        return tl::unexpected(line.error());
    auto head = parse_order(*line);
    if (!head)
        return tl::unexpected(std::move(head.error()));
    std::vector<base::Secret> secrets;
    for (const auto size : head->secret_sizes) {
        auto& secret = secrets.emplace_back(base::Secret::of_size(size));
        if (const auto read = receive_exactly(fd, secret.writable().data(), size); !read)
            return tl::unexpected(read.error());
    }
    attach(head->order, std::move(secrets));
    return std::move(head->order);
}

OrderWriter::OrderWriter(const Order& order)
{
    std::vector<base::Secret> secrets;
    parts_.emplace_back(to_line(order, secrets));
    std::move(secrets.begin(), secrets.end(), std::back_inserter(parts_));
}

base::Result<bool> OrderWriter::write(int fd)
{
    while (part_ < parts_.size()) {
        const auto bytes = parts_[part_].reveal().substr(offset_);
        if (bytes.empty()) {
            parts_[part_++] = {}; // gone from memory as soon as it is written
            offset_ = 0;
            continue;
        }
        const auto count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0)
            offset_ += static_cast<std::size_t>(count);
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            return false;
        else if (errno != EINTR)
            return broken(errno);
    }
    return true;
}

base::Result<LineReader::Stream> LineReader::read(int fd, const std::function<void(std::string_view)>& on_line)
{
    std::array<char, max_line_bytes> chunk;
    const auto count = receive(fd, chunk.data(), chunk.size(), MSG_DONTWAIT);
    if (!count)
        return tl::unexpected(count.error());
    if (!*count)
        return Stream::Open;
    if (**count == 0)
        return Stream::Ended;
    buffer_.append(chunk.data(), **count);
    std::size_t begin = 0;
    for (auto end = buffer_.find('\n'); end != std::string::npos; end = buffer_.find('\n', begin)) {
        if (end - begin > max_line_bytes)
            return base::fail(base::Errc::Malformed, "channel: a line is longer than 64 KiB");
        on_line(std::string_view(buffer_).substr(begin, end - begin));
        begin = end + 1;
    }
    buffer_.erase(0, begin);
    if (buffer_.size() > max_line_bytes)
        return base::fail(base::Errc::Malformed, "channel: a line is longer than 64 KiB");
    return Stream::Open;
}

} // namespace channel
