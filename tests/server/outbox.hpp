#pragma once

#include "exchange.hpp"

#include "codec/codec.hpp"
#include "syncml/message.hpp"

#include <deque>
#include <list>
#include <utility>

namespace testserver {

/// A command of ours that is on its way: what a Status will refer to.
struct SentCommand {
    syncml::MsgId message = 0;
    syncml::CmdId command = 0;
    std::string name;
    std::string ref; ///< the LocURI that TargetRef or SourceRef names; empty: not to be checked
    Exchange* exchange = nullptr;
    std::optional<Change> change; ///< of an item command
    bool more = false;            ///< a chunk, not the last of its item
};

/// What waits to be sent, and the packing of it into messages that the client can
/// take: Statuses first, then other commands, then the Syncs.
class Outbox {
public:
    /// `max_octets` of one message; 0: no limit.
    void set_limit(std::uint64_t max_octets) { limit_ = max_octets; }
    /// Items that fit into no message go in chunks.
    void use_chunks(bool use) { use_chunks_ = use; }
    /// In which octets are counted.
    void set_encoding(codec::Encoding encoding) { encoding_ = encoding; }
    /// What is left for a command in an otherwise empty message with this header.
    std::size_t room(const syncml::Header& header) const;

    void answer(syncml::Status status) { statuses_.push_back(std::move(status)); }
    /// `exchange`: the datastore it is about.
    void add(syncml::Command command, Exchange* exchange = nullptr)
    {
        commands_.push_back({std::move(command), exchange});
    }
    /// Its outgoing items follow, in a Sync of their own.
    void add_sync(Exchange& exchange, bool number_of_changes);

    /// What is not an answer will not be sent.
    void cancel()
    {
        commands_.clear();
        syncs_.clear();
    }
    bool empty() const { return statuses_.empty() && commands_.empty() && syncs_.empty(); }

    /// As much as fits. `asks_for_next`: so many Alerts 222, because the client has not finished its package, so that
    /// an Alert 222 must stand at the end. Sets no Final.
    syncml::Message compose(const syncml::Header& header, syncml::Status header_status, unsigned asks_for_next);
    /// The commands of the last message that need an answer.
    std::list<SentCommand> take_sent() { return std::exchange(sent_, {}); }

private:
    struct PendingCommand {
        syncml::Command command;
        Exchange* exchange = nullptr;
    };
    struct PendingSync {
        Exchange* exchange = nullptr;
        std::optional<std::uint64_t> number_of_changes;
    };
    class Packing;

    std::optional<SentCommand> place_chunk(Packing& packing, syncml::Sync& sync, Outgoing& outgoing,
                                           std::size_t& octets);
    bool pack_sync(Packing& packing, PendingSync& pending);

    std::uint64_t limit_ = 0;
    bool use_chunks_ = false;
    codec::Encoding encoding_ = codec::Encoding::Xml;
    std::deque<syncml::Status> statuses_;
    std::deque<PendingCommand> commands_;
    std::deque<PendingSync> syncs_;
    std::list<SentCommand> sent_;
};

/// An Alert of the session as a whole.
syncml::Alert about_session(syncml::AlertCode code, const syncml::Header& header);

} // namespace testserver
