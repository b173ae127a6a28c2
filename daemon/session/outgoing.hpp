#pragma once

#include "session/fate.hpp"

#include <cstdint>
#include <deque>

namespace session {

/// The local changes of one service on their way to the server.
class Outgoing {
public:
    Outgoing() = default;
    /// `total`: how many there will be. A type in which the client sends nothing has none.
    Outgoing(SyncType type, std::uint64_t total);

    /// The buffer is empty and the datastore has more.
    bool must_read() const { return waiting_.empty() && !end_; }
    void take(Changes changes);
    void cancel(); ///< nothing more goes out

    bool has_next() const { return !waiting_.empty(); }
    const Change& next() const { return waiting_.front(); }
    /// The command for the next change: Source is our id.
    syncml::ItemCommand next_command() const;
    /// It stands in a message.
    SentItem on_sent(ServiceIndex service);
    /// It never will: it is larger than the server's messages may be.
    Change on_refused();

    /// At least one Sync goes out, also without any item: the server waits for it.
    bool sync_is_due() const { return !sync_sent_; }
    void on_sync_sent() { sync_sent_ = true; }
    bool is_complete() const { return waiting_.empty() && end_ && sync_sent_; }

    /// The server's Status for a sent change.
    Fate on_status(const SentItem& item, syncml::StatusCode code);

    std::uint64_t total() const { return total_; }
    std::uint64_t unanswered() const { return sent_ - answered_; }
    const Counters& counters() const { return counters_; }

private:
    SyncType type_ = SyncType::TwoWay;
    std::uint64_t total_ = 0;
    std::deque<Change> waiting_;
    bool end_ = true;
    bool sync_sent_ = false;
    std::uint64_t sent_ = 0;
    std::uint64_t answered_ = 0;
    Counters counters_;
};

} // namespace session
