#pragma once

#include "transcript/record.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace transcript {

/// The longest transcript, but for the short records behind it. Messages that do not fit are named without their
/// content, and the way to the end of the session can be followed.
inline constexpr std::size_t default_limit = std::size_t{64} << 20;

/// Writes the transcript of one session. What it is given holds secrets, what it writes does not (censor.hpp).
/// Each record is handed on as a whole before the call returns. A sink that fails is not asked again, and the session
/// is none the worse for it.
class Recorder {
public:
    using Time = std::chrono::system_clock::time_point;
    /// Takes all of it. False: it cannot, and takes no more.
    using Sink = std::function<bool(std::string_view)>;

    struct Options {
        bool keeps_items = false;
        std::size_t limit = default_limit;
        /// For these records, behind the limit.
        std::size_t reserve = std::size_t{1} << 20;
    };

    Recorder(Options options, std::function<Time()> now, Sink sink);
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    // The times are its own.
    void open(Opening opening);
    void attempt(Attempt attempt);
    void exchanged(Exchanged exchanged);
    void unread(Unread unread);
    void unanswered(Unanswered unanswered);
    void note(Note note);
    void end(Ending ending);

    /// Whether all was taken until now.
    bool is_whole() const { return is_whole_; }

private:
    std::string now() const;
    void put(std::string_view piece);
    void put_line(std::string_view line);
    void flush();
    bool fits(std::size_t octets) const;

    Options options_;
    std::function<Time()> now_;
    Sink sink_;
    std::string buffer_;
    std::size_t written_ = 0;
    bool is_full_ = false;
    bool is_whole_ = true;
};

} // namespace transcript
