#include "runner/transcript_output.hpp"

#include "base/log.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace runner {

TranscriptOutput::TranscriptOutput(int fd, std::chrono::milliseconds patience) : fd_(fd), patience_(patience)
{
    // A holder who takes the flag away again can hold up this session, which is their own, until its time is over.
    if (const int flags = ::fcntl(fd_, F_GETFL); flags < 0 || ::fcntl(fd_, F_SETFL, flags | O_NONBLOCK) != 0)
        spdlog::warn("the transcript may wait for its reader: {}", std::strerror(errno));
}

bool TranscriptOutput::wait_for_room()
{
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    pollfd room{fd_, POLLOUT, 0};
    const int ready = ::poll(&room, 1, static_cast<int>(patience_.count()));
    const bool interrupted = ready < 0 && errno == EINTR;
    const auto waited = std::chrono::ceil<std::chrono::milliseconds>(Clock::now() - begin);
    patience_ -= std::min(patience_, waited);
    return ready > 0 || (interrupted && patience_.count() > 0);
}

bool TranscriptOutput::operator()(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto written = ::write(fd_, bytes.data(), bytes.size());
        if (written > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
            continue;
        }
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && errno != EAGAIN) {
            spdlog::info("the transcript ends here, because nothing can be written there: {}", std::strerror(errno));
            return false;
        }
        if (!wait_for_room()) {
            spdlog::info("the transcript ends here, because its reader does not read it in time");
            return false;
        }
    }
    return true;
}

} // namespace runner
