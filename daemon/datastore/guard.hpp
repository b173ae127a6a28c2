#pragma once

#include "storage/reviews.hpp"

#include <cstdint>
#include <stdexcept>

namespace datastore {

/// How much one session may take away, on either side, before somebody has looked at it: deletions, and changes of
/// items that are there. Both bounds must be passed: a small address book may change as a whole, and in a large one
/// many items may.
struct Guard {
    std::uint64_t items = 10; ///< so many pass always
    unsigned percent = 30;    ///< of the items that are there; 100: no guard
    bool holds_slow = false;  ///< a slow sync that the server wants though there was a good session

    bool is_on() const { return percent < 100; }
    bool stops(const storage::LossCounts& losses, std::uint64_t population) const
    {
        return is_on() && losses.total() > items && losses.total() * 100 > population * percent;
    }
};

/// A session does not go on because somebody is to look at what it would do. The text says what that is.
class HeldForReview : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

} // namespace datastore
