#pragma once

#include "storage/item_store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

/// One item that a peer has changed or deleted and that is not written yet.
struct PlannedChange {
    std::string luid;
    std::optional<std::string> before; ///< as it is here; nothing: it is gone
    std::optional<std::string> after;  ///< as the peer wants it; nothing: it is to go
    std::string next;                  ///< behind this id others follow; two that belong together have the same
    bool operator==(const PlannedChange&) const = default;
};

/// What is planned, or what changes: as far as it takes something away.
struct LossCounts {
    std::uint64_t updates = 0;
    std::uint64_t removals = 0;
    std::uint64_t merges = 0;   ///< with what a peer has added
    std::uint64_t absorbed = 0; ///< of what it has added, without anything new: nothing is taken away
    std::uint64_t total() const { return updates + removals + merges; }
    bool operator==(const LossCounts&) const = default;
};

/// Why the sync of one kind of items of a profile waits for somebody to look at it.
struct Held {
    bool incoming = false; ///< what is planned
    bool outgoing = false; ///< what was changed here
    bool slow = false;     ///< the slow sync that the peer wants
    bool store = false;    ///< the directory of the items is not what it was; the next session looks once more
    bool any() const { return incoming || outgoing || slow || store; }
    /// Whether no session may begin.
    bool blocks() const { return incoming || outgoing || slow; }
    bool operator==(const Held&) const = default;
};

/// Changes of a profile's peer between their promise and their writing, and what a profile is held for. The peer's
/// updates and removals are planned first, durably, so that it can be told they are done; at the end of
/// the session, when all of them are known, they are carried out, or held until somebody agrees.
///
/// In the same database as the items; every call is one transaction unless inside `ItemStore::in_transaction`.
class Reviews {
public:
    explicit Reviews(ItemStore& items);

    // ---- plans
    /// As `ItemStore::replace_from_peer` and `remove_from_peer` answer, but nothing is written to the item. What is
    /// planned counts: an item that is to go is Missing.
    ItemStore::PeerWrite plan_replacement(ItemKind kind, std::string_view profile, std::string_view luid,
                                          std::string_view data, std::uint64_t upto);
    ItemStore::PeerWrite plan_removal(ItemKind kind, std::string_view profile, std::string_view luid,
                                      std::uint64_t upto);
    /// What `ItemStore::merge_from_peer` would write. When `merged` is what the item holds it is written at once:
    /// nothing is taken away by that.
    bool plan_merge(ItemKind kind, std::string_view profile, std::string_view luid, std::string_view theirs,
                    std::string_view merged);
    /// An item that the peer has added is `twin`, which takes `merged` and goes to every peer; the added one goes, here
    /// and at the peer. Nothing is planned, or done later, when somebody has written one of them meanwhile.
    void plan_match(ItemKind kind, std::string_view profile, const StoredItem& added, const StoredItem& twin,
                    const std::string& merged);
    LossCounts count_planned(ItemKind kind, std::string_view profile) const;
    /// Behind an id (empty: from the first), at most so many, and two at least where they belong together.
    std::vector<PlannedChange> planned(ItemKind kind, std::string_view profile, std::string_view after,
                                       std::size_t most) const;
    /// The plan becomes the items' content, as the profile's write. An item that others wrote since stays as they left
    /// it, and what the peer made of it becomes an item of its own, unless there is an equal one; one that they deleted
    /// stays deleted if the peer only deleted it, too, and else comes back with the peer's content.
    void carry_out(ItemKind kind, std::string_view profile);
    /// The same of one item, if `merged` is planned for it and nobody has written it since: its owner has looked at it.
    void carry_out_merge(ItemKind kind, std::string_view profile, std::string_view luid, std::string_view merged);
    /// The merge of one item comes to nothing: what the peer made of it has been dealt with.
    void forget_merge(ItemKind kind, std::string_view profile, std::string_view luid);
    /// The plan comes to nothing: its items count as changed here, so that the peer is told what they are.
    void drop(ItemKind kind, std::string_view profile);

    // ---- what is held
    Held held(ItemKind kind, std::string_view profile) const;
    void hold(ItemKind kind, std::string_view profile, const Held& what);
    /// The directory of these items is what it was again: nothing is held for that any more.
    void clear_store(ItemKind kind);
    /// Somebody agrees: what is planned is carried out, and the next session may do the rest; what is not in a
    /// directory any more is deleted by it.
    void release(ItemKind kind, std::string_view profile);
    /// Somebody does not: the plan is dropped, and what was held is held again the next time it would happen; what is
    /// not in a directory any more is written there again.
    void reject(ItemKind kind, std::string_view profile);
    /// Somebody has agreed to all that was changed here up to now.
    void agree(ItemKind kind, std::string_view profile);
    /// Up to this revision somebody has agreed to what was changed here.
    std::uint64_t agreed_to(ItemKind kind, std::string_view profile) const;
    bool is_slow_agreed(ItemKind kind, std::string_view profile) const;
    /// A session has ended well: what was agreed to has been done.
    void settle(ItemKind kind, std::string_view profile);

    /// Changes that `ItemStore::changes` delivers in this window and that are no additions. `Matches`: also of what was
    /// found to be one item, of which nothing is lost.
    enum class Counting { Losses, Matches };
    LossCounts count_losses(ItemKind kind, std::string_view profile, std::uint64_t mark, std::uint64_t upto,
                            Counting counting = Counting::Losses) const;

private:
    ItemStore::PeerWrite plan(ItemKind kind, std::string_view profile, std::string_view luid,
                              std::optional<std::string_view> data, std::uint64_t upto);

    ItemStore::Impl& impl_;
};

} // namespace storage
