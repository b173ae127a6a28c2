#pragma once

#include "session/sent_commands.hpp"

namespace session {

/// What became of one item, told from the Status it got.
enum class Fate {
    Added,
    Updated,
    Removed,
    Unchanged, ///< settled without effect: a Delete of something gone, a lost conflict
    Refused,   ///< a failure that would only repeat until the item changes
    Missing,   ///< a failure that an Add repairs: the server has no such item
    OnceMore,  ///< a failure that may have been one of the way: tried again, once
    PutOff     ///< a failure that another session may repair
};

/// Of a change that we sent (RepPro 1.2 §10, OMA DS 1.2 protocol, conflicts).
Fate fate_of(const SentItem& item, syncml::StatusCode code, SyncType type);
/// Of a command of the server, by the Status we give.
Fate fate_of(IncomingKind kind, syncml::StatusCode code);

inline bool is_failure(Fate fate)
{
    return fate == Fate::Refused || fate == Fate::Missing || fate == Fate::OnceMore || fate == Fate::PutOff;
}

/// Of the class of success, and yet not done: done in part (206), a chunk of what was not sent in chunks (213), not
/// executed (215), rolled back (216).
bool is_success_in_name_only(syncml::StatusCode code);

void count(Counters& counters, Fate fate);

} // namespace session
