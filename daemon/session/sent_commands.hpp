#pragma once

#include "session/session.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace session {

// What a command of ours was about, by what its Status means.

struct SentAlert {
    ServiceIndex service = 0;
    bool again = false; ///< the Alert 201 that follows our own Status 508
};
struct SentSync {
    ServiceIndex service = 0;
};
/// An item, or one chunk of it.
struct SentItem {
    enum class Part { Whole, Chunk, LastChunk };
    ServiceIndex service = 0;
    std::string luid;
    ChangeKind kind = ChangeKind::Add;
    syncml::ItemVerb verb = syncml::ItemVerb::Add; ///< as it went over the wire
    Part part = Part::Whole;
    bool again = false;     ///< as Change::again
    bool with_size = false; ///< Size was stated
    bool resumed = false;   ///< the server has, or has not, the beginning from another session
};
struct SentMap {
    ServiceIndex service = 0;
    std::vector<syncml::MapItem> maps;
};
/// Put, Get, Results: whatever the answer, nothing depends on it.
struct SentOther {};

using Sent = std::variant<SentAlert, SentSync, SentItem, SentMap, SentOther>;

/// Every command of ours that may still get a Status. CmdIDs start again in each
/// message, so the pair of MsgID and CmdID names a command.
class SentCommands {
public:
    void begin_message(syncml::MsgId message);
    /// CmdIDs of one message come in rising order.
    void add(syncml::CmdId command, Sent sent);
    void end_message(syncml::CmdId highest);

    /// Whether this side ever sent such a command; CmdID 0 is the header. Stays true after the answer.
    bool was_sent(syncml::MsgId message, syncml::CmdId command) const;
    /// The command, once: nothing when it was answered before.
    std::optional<Sent> take(syncml::MsgId message, syncml::CmdId command);

    /// A new session: MsgIDs start again.
    void clear();

private:
    std::vector<syncml::CmdId> last_ids_; ///< the highest CmdID of each message, MsgID 1 first
    std::map<std::pair<syncml::MsgId, syncml::CmdId>, Sent> open_;
};

} // namespace session
