#pragma once

#include "transcript/record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace transcript {

/// A step of a session, for people. Both hold what a peer wrote, and one line each.
struct Paragraph {
    std::string title{};
    std::vector<std::string> lines{};
    bool operator==(const Paragraph&) const = default;
};

/// Tells a session in words, record by record. It keeps some numbers of what went before, whatever the length.
class Explainer {
public:
    Paragraph explain(const Record& record);
    /// After the last record. `is_whole`: the transcript did not break off.
    Paragraph sum_up(bool is_whole) const;

private:
    Paragraph tell(const Opening& opening);
    Paragraph tell(const Attempt& attempt);
    Paragraph tell(const Exchanged& exchanged);
    Paragraph tell(const Unread& unread);
    Paragraph tell(const Unanswered& unanswered);
    static Paragraph tell(const Note& note);
    Paragraph tell(const Ending& ending);

    /// Which package a message belongs to, from 1 (initialization by the client) to 6.
    int package_of(const Exchanged& exchanged);
    /// Takes note of the time of an answer; how long it took, in words.
    std::string waited(const std::string& time);

    std::optional<std::int64_t> begin_, end_, asked_; ///< milliseconds
    std::uint64_t octets_sent_ = 0, octets_received_ = 0;
    std::uint64_t sent_ = 0, received_ = 0;
    std::int64_t wait_ = 0, longest_wait_ = 0;
    std::uint64_t slowest_ = 0; ///< its number among the answers
    int package_ = 0;           ///< of the last message
    bool package_ended_ = true; ///< with the last message
};

} // namespace transcript
