#pragma once

#include "item/audience.hpp"
#include "session/session.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace datastore {

/// The local items of one service as one profile sees them during one session.
///
/// Calls come in this order: `pending_maps`, `admit` and `prepare` once, then `read` until it says end,
/// `apply` any number of times, at last `commit` or `abandon`. Everything that
/// cannot be done for reasons of the store (disk full, damaged) is thrown as
/// std::exception and leaves the store as it was before the call.
class Datastore {
public:
    virtual ~Datastore() = default;

    /// What the server's Adds became here, as far as the server has not confirmed that it knows:
    /// Maps that go first in a session of changes. A slow sync and a refresh void them.
    virtual std::vector<syncml::MapItem> pending_maps() = 0;

    /// Throws HeldForReview when somebody is to look first at what a session of this type would do; that it waits is
    /// noted, and nothing else changes. Before the anchors of the last session are forgotten.
    virtual void admit(session::SyncType type) = 0;

    /// What the server understands of items, before `prepare`: they go there in its words, and what it sends back of
    /// that is no change.
    virtual void meet(item::Audience /*server*/) {}

    /// Fixes the set of local changes: those made up to now. Changes made later
    /// belong to the next session. `resumed`: the sync of this type that broke off goes on, with the changes that it
    /// had and what is settled of them. Returns how many `read` will deliver.
    virtual std::uint64_t prepare(session::SyncType type, bool resumed) = 0;

    /// The next changes (slow, refresh from client: all items as Add), about
    /// `bytes` of data and at least one unless there is none left.
    virtual session::Changes read(std::size_t bytes) = 0;

    /// Remembers durably that these were sent, before they are.
    virtual void note_sent(const std::vector<std::string>& luids) = 0;
    /// The peer has answered for these.
    virtual void note_confirmed(const std::vector<session::Confirm::Entry>& entries) = 0;

    /// How much of an item in chunks the peer has: if the sync breaks off and goes on, `read` gives that with the item,
    /// unless it has changed.
    virtual void note_part_sent(const std::string& luid, const session::PartSent& part) = 0;
    /// Keeps a chunk of an item of the peer durably, for a sync that goes on. `first`: instead of all kept before.
    virtual void keep_chunk(const session::PartReceived& part, bool first) = 0;
    virtual void drop_part() = 0;

    /// Carries out commands of the peer in one transaction, durable when it
    /// returns, or plans them durably until `commit` where they may take away too much (guard.hpp). `announced`: how
    /// many the peer has said there will be in all; 0: it has not. The GUID of an Add is kept with its LUID, until
    /// `note_mapped`. Idempotent: an Add of a GUID already held updates that item and answers with its LUID. An item
    /// edited locally since `prepare` is not overwritten but merged (docs/decisions/0019-merge.md). In a refresh from
    /// the server the items are staged, invisible to applications until `commit`.
    virtual std::vector<session::Outcome> apply(std::vector<session::Incoming> items, std::uint64_t announced) = 0;

    /// Keeps items for people that one of the sides has refused, until they are taken.
    virtual void quarantine(const std::vector<session::Quarantine::Item>& items) = 0;

    /// The server has confirmed that it knows these LUIDs.
    virtual void note_mapped(const std::vector<syncml::MapItem>& maps) = 0;

    /// The session ended well for this service: local changes up to `prepare`
    /// are settled; a staged refresh replaces the store's content. Returns how
    /// many local items the replacement removed. The caller stores the anchors after it.
    virtual std::uint64_t commit() = 0;
    /// After `commit`: what of the peer's changes waits for somebody to look at it, in words; empty: nothing.
    virtual std::string held() const = 0;
    /// After `commit`: up to where local changes are settled, to be stored with the anchors.
    virtual std::uint64_t mark() const = 0;
    /// It did not: what was confirmed stays so, staged items go away, and what the peer was told is done is.
    virtual void abandon() = 0;

    /// What somebody may want to know of the store, and of what was done that no count says, in words, since the last
    /// call.
    virtual std::vector<std::string> take_notes() { return {}; }
};

} // namespace datastore
