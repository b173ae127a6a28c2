#pragma once

#include <chrono>
#include <string_view>

namespace runner {

/// Takes a transcript into a pipe that somebody else made and reads, or does not read, or into a file of the service's
/// own. The session does not wait for room in a pipe for longer than `patience` in all.
class TranscriptOutput {
public:
    static constexpr std::chrono::milliseconds default_patience{10000};

    /// Does not own `fd`. The flag O_NONBLOCK, which all holders of a pipe share, is set.
    explicit TranscriptOutput(int fd, std::chrono::milliseconds patience = default_patience);

    /// False: it does not take all, because nobody reads it any more or not in time, or because the disk is full.
    bool operator()(std::string_view bytes);

private:
    bool wait_for_room();

    int fd_;
    std::chrono::milliseconds patience_;
};

} // namespace runner
