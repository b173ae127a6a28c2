#pragma once

#include <cstdint>
#include <string>

namespace storage {

/// One item that a session sent to the server, and what that made of it. The numbers are stored.
struct Delivery {
    /// As what it went.
    enum class Kind : int {
        Added = 1,
        Updated = 2,
        Deleted = 3,
        Compared = 4 ///< in a slow sync, which sends everything
    };
    enum class Answer : int {
        None = 0, ///< so far, or for good: the session broke off
        Taken = 1,
        Merged = 2,     ///< with the server's version, which comes back
        ServerWins = 3, ///< the server's version stays
        Refused = 4,    ///< it does not go again until it changes
        PutOff = 5      ///< it was not taken, and goes again with the next session
    };
    std::string service; ///< `CONTACT`
    std::string luid;
    Kind kind = Kind::Added;
    Answer answer = Answer::None;
    int code = 0;              ///< of the Status; 0: none came
    std::uint64_t session = 0; ///< the broker's number
    std::int64_t time = 0;     ///< µs since 1970, when the session began
    bool operator==(const Delivery&) const = default;
};

} // namespace storage
