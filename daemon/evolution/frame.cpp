#include "evolution/frame.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <system_error>

namespace evolution {
namespace {

/// The names and stamps of as many items as are looked at, or the largest item, however it is written.
constexpr std::size_t max_bytes = std::size_t{128} << 20;
constexpr std::size_t max_texts = 1'000'000;

[[noreturn]] void fail(int error)
{
    throw std::system_error(error, std::generic_category());
}

void append(std::string& octets, std::size_t number)
{
    const auto size = static_cast<std::uint32_t>(number);
    octets.append(reinterpret_cast<const char*>(&size), sizeof size);
}

std::size_t take_number(std::string_view& octets)
{
    std::uint32_t size = 0;
    if (octets.size() < sizeof size)
        fail(EPROTO);
    std::memcpy(&size, octets.data(), sizeof size);
    octets.remove_prefix(sizeof size);
    return size;
}

/// False when there is an end before the first octet.
bool read_all(int socket, char* to, std::size_t size, std::chrono::milliseconds patience)
{
    for (std::size_t done = 0; done < size;) {
        pollfd wait{socket, POLLIN, 0};
        const int ready = ::poll(&wait, 1, static_cast<int>(patience.count()));
        if (ready == 0)
            fail(ETIMEDOUT);
        const auto got = ready < 0 ? -1 : ::recv(socket, to + done, size - done, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            fail(errno);
        if (got == 0 && done == 0)
            return false;
        if (got == 0)
            fail(ECONNRESET);
        done += static_cast<std::size_t>(got);
    }
    return true;
}

} // namespace

bool fits(const Frame& frame)
{
    std::size_t size = 0;
    for (const auto& text : frame)
        size += sizeof(std::uint32_t) + text.size();
    return size <= max_bytes && frame.size() <= max_texts;
}

void send(int socket, const Frame& frame)
{
    if (!fits(frame))
        fail(EMSGSIZE);
    std::string body;
    for (const auto& text : frame) {
        append(body, text.size());
        body += text;
    }
    std::string octets;
    append(octets, body.size());
    octets += body;
    for (std::string_view rest(octets); !rest.empty();) {
        const auto sent = ::send(socket, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            fail(errno);
        rest.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::optional<Frame> receive(int socket, std::chrono::milliseconds patience)
{
    char head[sizeof(std::uint32_t)];
    if (!read_all(socket, head, sizeof head, patience))
        return std::nullopt;
    std::string_view number(head, sizeof head);
    const auto size = take_number(number);
    if (size > max_bytes)
        fail(EMSGSIZE);
    std::string body(size, '\0');
    if (size > 0 && !read_all(socket, body.data(), size, patience))
        fail(ECONNRESET);
    Frame frame;
    for (std::string_view rest(body); !rest.empty();) {
        const auto length = take_number(rest);
        if (length > rest.size() || frame.size() == max_texts)
            fail(EPROTO);
        frame.emplace_back(rest.substr(0, length));
        rest.remove_prefix(length);
    }
    if (frame.empty())
        fail(EPROTO);
    return frame;
}

} // namespace evolution
