#pragma once

#include <chrono>
#include <string_view>

namespace runner {

/// Takes a transcript into a pipe that somebody else made and reads, or does not read. The session does not wait for
/// room in it for longer than `patience` in all.
class TranscriptPipe {
public:
    static constexpr std::chrono::milliseconds default_patience{10000};

    /// Does not own `fd`. The flag O_NONBLOCK, which all holders of the pipe share, is set.
    explicit TranscriptPipe(int fd, std::chrono::milliseconds patience = default_patience);

    /// False: it does not take all, because nobody reads it any more or not in time.
    bool operator()(std::string_view bytes);

private:
    bool wait_for_room();

    int fd_;
    std::chrono::milliseconds patience_;
};

} // namespace runner
