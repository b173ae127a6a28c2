#pragma once

#include "session/fate.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

namespace session {

/// The local changes of one service on their way to the server.
class Outgoing {
public:
    Outgoing() = default;
    /// `total`: how many there will be. A type in which the client sends nothing has none.
    Outgoing(SyncType type, std::uint64_t total);

    /// The buffer is empty and the datastore has more.
    bool must_read() const { return waiting_.empty() && !end_; }
    bool can_read() const { return !end_; }
    std::size_t waiting_octets() const; ///< the data in the buffer
    void take(Changes changes);
    void cancel(); ///< nothing more goes out

    bool has_next() const { return !waiting_.empty(); }
    const Change& next() const { return waiting_[next_]; }
    /// Makes a smaller change behind it with less than `octets` of data the next one, for a message without room for
    /// this one; this one waits for another message. False: there is none. Nothing goes before a deletion that came
    /// before it: of two items that a server takes for one by their UID the wrong one would be left.
    bool bring_forward(std::size_t octets);
    /// A message begins: the change that has waited longest is the next one, or what is on its way in chunks.
    void begin_message();
    /// Whether the server still takes such a change.
    bool may_send_next() const;
    /// The command for the next change: Source is our id.
    syncml::ItemCommand next_command() const;
    /// Every command gets the size of its data.
    void state_sizes() { states_sizes_ = true; }
    /// It stands in a message.
    SentItem on_sent(ServiceIndex service);
    /// It does not, or not to its end: it is larger than the server's messages may be, or the server has lost it.
    Change on_put_off();

    // The next change in chunks (OMA DS 1.2 protocol, large objects), one at a time.
    void begin_chunks();
    /// The server has the beginning of the next change: goes on behind it. False: there is nothing to go on with.
    bool go_on_with_chunks();
    /// The server turned out not to have it: all of it again.
    bool begin_again(const SentItem& chunk, syncml::StatusCode code);
    /// Its next chunk must not be its last: a server that has lost the beginning could take it for the whole.
    bool must_split() const { return chunks_ && chunks_->resumed && !chunks_->taken; }
    bool is_in_chunks() const { return chunks_.has_value(); }
    /// Its next chunk, without data; which are to come from `rest`.
    syncml::ItemCommand next_chunk() const;
    std::string_view rest() const;
    bool is_first_chunk() const { return chunks_->sent == 0; }
    /// What the server has of it.
    PartSent part() const;
    /// A chunk of so many octets stands in a message.
    SentItem on_chunk_sent(ServiceIndex service, std::size_t octets);
    /// The next one must wait until the server has answered for the last.
    bool waits_for_status() const { return chunks_ && chunks_->unanswered; }
    bool waits_for_status(const SentItem& chunk) const { return waits_for_status() && chunk.luid == next().luid; }
    void on_chunk_taken();

    /// At least one Sync goes out, also without any item: the server waits for it.
    bool sync_is_due() const { return !sync_sent_; }
    void on_sync_sent() { sync_sent_ = true; }
    bool is_complete() const { return waiting_.empty() && end_ && sync_sent_; }

    /// The server's Status for a sent change.
    Fate on_status(const SentItem& item, syncml::StatusCode code);
    /// The server processes no more in this session (214): what is not answered goes with the next one.
    void on_no_more() { no_more_ = true; }
    bool takes_no_more() const { return no_more_; }
    /// It has no room for new items (420).
    bool is_full() const { return full_; }

    std::uint64_t total() const { return total_; }
    std::uint64_t unanswered() const { return sent_ - answered_; }
    const Counters& counters() const { return counters_; }

private:
    struct Chunks {
        std::size_t sent = 0; ///< octets
        bool unanswered = false;
        bool resumed = false; ///< begun in an earlier session
        bool taken = false;   ///< the server has taken a chunk in this one
        syncml::ItemVerb verb = syncml::ItemVerb::Add;
    };

    syncml::ItemCommand command() const;
    SentItem next_sent(ServiceIndex service) const;
    Change take_next();

    SyncType type_ = SyncType::TwoWay;
    std::uint64_t total_ = 0;
    std::deque<Change> waiting_;
    std::size_t next_ = 0;         ///< of these; there was no room for those before it
    std::optional<Chunks> chunks_; ///< of the next change
    bool end_ = true;
    bool sync_sent_ = false;
    bool states_sizes_ = false;
    bool no_more_ = false;
    bool full_ = false;
    std::uint64_t sent_ = 0;
    std::uint64_t answered_ = 0;
    Counters counters_;
};

} // namespace session
