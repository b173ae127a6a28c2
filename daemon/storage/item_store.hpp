#pragma once

#include "base/result.hpp"
#include "storage/access.hpp"
#include "storage/item_conflict.hpp"
#include "storage/item_history.hpp"
#include "storage/item_kind.hpp"
#include "storage/luids.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace storage {

struct StoredItem {
    std::string luid; ///< decimal, never reused
    std::uint64_t revision = 0;
    std::string data;
    bool operator==(const StoredItem&) const = default;
};

/// One local change as a profile sees it.
struct ItemChange {
    enum class Kind { Add, Update, Delete } kind = Kind::Add;
    std::string luid;
    std::uint64_t revision = 0;
    std::string data; ///< empty for Delete
    bool operator==(const ItemChange&) const = default;
};

/// What is remembered of an item, alive or deleted.
struct ItemHead {
    std::uint64_t revision = 0; ///< of its last change
    std::uint64_t created = 0;  ///< its first revision
    bool alive = false;
    bool written_by_profile = false; ///< the last change, by the profile that asks
    bool created_by_profile = false;
    bool operator==(const ItemHead&) const = default;
};

/// The item that an Add of a profile's peer became.
struct MapEntry {
    std::string guid;
    std::string luid;
    bool operator==(const MapEntry&) const = default;
};

/// What an item is known by.
struct Traits {
    std::string meaning;           ///< the text that all data of one meaning share; empty: it is like nothing else
    std::vector<std::string> keys; ///< of which data of nearly one meaning share at least one
};

/// What makes two items the same though their data differ.
struct Likeness {
    int version = 0; ///< of the rules; other rules need another
    std::function<Traits(std::string_view data)> traits;
};

/// Which items may stand for one that a peer adds.
struct Matching {
    Luids taken;                        ///< not these
    std::optional<Luids> among;         ///< if given, none but these
    const Likeness* likeness = nullptr; ///< null: equal data alone
    Luids doubled;                      ///< the peer holds two of each of these: what is matched with one is surplus
};

/// Whether an id comes after another in id order. Every id comes after the empty one.
bool is_behind(std::string_view luid, std::string_view other);

/// The embedded store of one user: items of all kinds in one file, a revision
/// counter, tombstones, and with each revision who made it. Several processes
/// may use it at once; each writing call is one durable transaction.
///
/// A *writer* is empty for applications and the profile id for a session. Revisions grow
/// with every change of any kind of item; that of an empty store is 1, so that a mark of 0
/// can mean "never". Failures (disk full, damage) are thrown as std::exception.
class ItemStore {
public:
    static base::Result<std::unique_ptr<ItemStore>> open(const std::filesystem::path& file,
                                                         Access access = Access::ReadWrite);
    ~ItemStore();

    // ---- for applications ------------------------------------------------------
    /// Ids and revisions in id order; live items only.
    std::vector<std::pair<std::string, std::uint64_t>> list(ItemKind kind) const;
    std::optional<StoredItem> find(ItemKind kind, std::string_view luid) const;
    std::uint64_t count(ItemKind kind) const;
    /// Visits live items in id order, one at a time in memory, as they were when it
    /// began. `visit` must not change the store.
    void each(ItemKind kind, const std::function<void(const StoredItem&)>& visit) const;
    /// New item: its id. One transaction unless inside `in_transaction`.
    std::string add(ItemKind kind, std::string_view data);
    /// False when there is no such live item. Equal data changes nothing, not even the revision.
    bool replace(ItemKind kind, std::string_view luid, std::string_view data);
    bool remove(ItemKind kind, std::string_view luid);
    /// Runs `work` in one transaction; rolls back when it throws.
    void in_transaction(const std::function<void()>& work);
    /// The newest revision.
    std::uint64_t revision() const;
    /// Changes by anyone after `since`: ids added, updated, removed (for Store.Changed).
    struct ChangedIds {
        std::vector<std::string> added, updated, removed;
        std::uint64_t revision = 0;
    };
    ChangedIds changed_since(ItemKind kind, std::uint64_t since) const;

    // ---- for sessions: reading ------------------------------------------------------
    /// Changes with `mark < revision <= upto` that `profile` did not make itself, in
    /// revision order, after revision `after` (paging), about `bytes` of data, at
    /// least one and no more than a thousand. An item that `profile` created, or that was created at or before
    /// the mark, is never an Add. Created and deleted inside the window: left out,
    /// unless `profile` created it, for then its peer knows it.
    std::vector<ItemChange> changes(ItemKind kind, std::string_view profile, std::uint64_t mark, std::uint64_t upto,
                                    std::uint64_t after, std::size_t bytes) const;
    /// Exactly how many `changes` would deliver; an indexed count.
    std::uint64_t count_changes(ItemKind kind, std::string_view profile, std::uint64_t mark, std::uint64_t upto) const;
    /// Live items that were there at revision `upto`, with ids above `after` (empty: from the first), in id
    /// order, about `bytes` of data and at least one.
    std::vector<StoredItem> page(ItemKind kind, std::uint64_t upto, std::string_view after, std::size_t bytes) const;
    /// Exactly how many `page` would deliver after an id.
    std::uint64_t count(ItemKind kind, std::uint64_t upto, std::string_view after) const;
    std::optional<ItemHead> find_head(ItemKind kind, std::string_view profile, std::string_view luid) const;
    /// The GUIDs noted for `profile` with `database` (see attach_peer): the peer does not know those LUIDs
    /// yet. A deleted item is among them, unless the peer had it deleted.
    std::vector<MapEntry> unmapped(ItemKind kind, std::string_view profile, std::string_view database) const;
    /// The item that an Add of `profile`'s peer became, as long as the peer has not learned its LUID.
    std::optional<std::string> find_by_guid(ItemKind kind, std::string_view profile, std::string_view guid) const;
    /// The same, when it has.
    std::optional<std::string> find_mapped(ItemKind kind, std::string_view profile, std::string_view guid) const;
    /// Whether another profile's peer has a database of this kind (attach_peer).
    bool has_other_peer(ItemKind kind, std::string_view profile) const;
    /// The newest revision up to which every change after `upto` is `profile`'s own: a mark
    /// there spares the next session from looking at what this one wrote.
    std::uint64_t settled_revision(ItemKind kind, std::string_view profile, std::uint64_t upto) const;

    /// The first revision of the oldest item that was created in `mark < revision <= upto` and that
    /// others wrote again after `upto`, so that `changes` did not deliver it: with a mark behind
    /// that it would not be an Add any more. Nothing when there is none.
    std::optional<std::uint64_t> find_missed_addition(ItemKind kind, std::string_view profile, std::uint64_t mark,
                                                      std::uint64_t upto) const;

    // ---- for sessions: writing ------------------------------------------------------
    /// Call before a session's first write: drops what a killed session left staged, and the GUIDs
    /// noted for `profile` when they are of another database than `database` (any text
    /// that identifies the peer's database). Writes nothing when there is nothing to drop.
    void attach_peer(ItemKind kind, std::string_view profile, std::string_view database);

    /// How an Add of the peer is stored when its GUID is not known yet.
    enum class Placing {
        Insert, ///< as a new item
        Match,  ///< a live item that `Matching` allows stands for it and stays as it is, else as Insert; what is
                ///< surplus becomes an item that is deleted at once, so that the peer is told to delete it
        Stage   ///< as Match, but nothing is visible before `publish_staged`
    };
    struct Write {
        std::string luid; ///< the item that now stands for the GUID
        bool created = false;
        std::string surplus_of; ///< the item that it was a second one of; empty: of none
    };
    /// An Add of the peer. The store notes the GUID in the same transaction. The same GUID
    /// again (a session broke before the peer learned the LUID) updates that item, unless the peer has
    /// deleted it since: then it is another item's.
    /// If somebody else has edited or deleted it meanwhile, it stays as they left it
    /// and counts as changed once more: the edit or the Delete is sent with the next session,
    /// when the peer knows the LUID. Nothing is doubled, nothing comes back to life.
    Write add_from_peer(ItemKind kind, std::string_view profile, std::string_view guid, std::string_view data,
                        Placing placing, const Matching& matching = {});
    /// An Add of the peer of what it holds twice: an item that is deleted at once, so that the peer's goes. Its LUID.
    std::string add_surplus(ItemKind kind, std::string_view profile, std::string_view guid, std::string_view data);
    /// Finds out the meanings of items that are not known yet, in short transactions; `add_from_peer` sees no other
    /// likeness. Costs what has changed since the last time, or what `Matching::among` holds.
    void learn_meanings(ItemKind kind, const Matching& matching);
    /// Live items that share a key with a live item, as far as their traits are known: at most so many, those first
    /// that share more. A key that very many have tells nothing and is not looked at.
    std::vector<std::string> kin(ItemKind kind, std::string_view luid, std::size_t most) const;
    /// Live items that `profile` created after the revision and that nobody else has written since, in id order.
    std::vector<std::string> created_by(std::string_view profile, ItemKind kind, std::uint64_t after) const;
    /// The item counts as changed, for every peer.
    void resend(ItemKind kind, std::string_view luid);
    enum class PeerWrite { Done, Missing, EditedMeanwhile };
    /// EditedMeanwhile: a revision of someone else (a deletion too) is above `upto`; nothing is
    /// done. Equal data is Done without a new revision.
    PeerWrite replace_from_peer(ItemKind kind, std::string_view profile, std::string_view luid, std::string_view data,
                                std::uint64_t upto);
    PeerWrite remove_from_peer(ItemKind kind, std::string_view profile, std::string_view luid, std::uint64_t upto);
    /// The peer's version, and what was merged from it and the item: the item holds `merged` afterwards, as a change of
    /// an application that goes to every peer; `theirs` is what this profile's peer has of it (see find_base). False
    /// when there is no such live item.
    bool merge_from_peer(ItemKind kind, std::string_view profile, std::string_view luid, std::string_view theirs,
                         std::string_view merged);
    /// The peer has changed what was deleted here: it is there again, under its LUID. False when it is not deleted.
    bool revive_from_peer(ItemKind kind, std::string_view profile, std::string_view luid, std::string_view data);
    /// A version of the peer's that becomes an item of its own, which goes to every peer as new: its id.
    std::string add_beside(ItemKind kind, std::string_view data);
    /// In a refresh: `data` is to become the content of a live or staged item.
    PeerWrite stage_replacement(ItemKind kind, std::string_view profile, std::string_view luid, std::string_view data);
    /// In a refresh: the item is not to be there after `publish_staged`.
    PeerWrite unstage(ItemKind kind, std::string_view profile, std::string_view luid);
    /// What was staged becomes the content of the store, in one transaction: items staged for the first time
    /// appear, those that were there take their new data (equal data is no change), every other
    /// live item of the kind goes. Items that others wrote after `upto` stay as they are.
    /// Returns how many were removed.
    /// Planned: new items appear; what changes or goes is planned (reviews.hpp), and counted as removed.
    enum class Publishing { AtOnce, Planned };
    std::uint64_t publish_staged(ItemKind kind, std::string_view profile, std::uint64_t upto,
                                 Publishing publishing = Publishing::AtOnce);
    void drop_staged(ItemKind kind, std::string_view profile);
    /// The peer knows these LUIDs now.
    void note_mapped(ItemKind kind, std::string_view profile, const std::vector<MapEntry>& mapped);
    /// The peer has lost the LUID of this GUID, and is to be told it again.
    void note_unmapped(ItemKind kind, std::string_view profile, std::string_view guid);
    /// A server may use a GUID again, for another item, once it knows the LUID (MaxGUIDSize).
    void forget_guid(ItemKind kind, std::string_view profile, std::string_view guid);
    /// All GUIDs of `profile` are void.
    void forget_guids(ItemKind kind, std::string_view profile);
    /// The profile is no more: what is kept for its sessions goes, the items stay.
    void forget_profile(std::string_view profile);

    // ---- conflicts (docs/decisions/0019-merge.md) -------------------------------------
    /// Keeps it, under a number of its own, with the time of the session that begin_session named.
    void note_conflict(const ItemConflict& conflict);
    /// A profile's, oldest first, with numbers above `after`, about `bytes` of data and at least one.
    std::vector<ItemConflict> conflicts(std::string_view profile, std::uint64_t after = 0,
                                        std::size_t bytes = std::size_t{1} << 20) const;
    std::optional<ItemConflict> find_conflict(std::string_view profile, std::uint64_t number) const;
    /// The newest of an item.
    std::optional<ItemConflict> find_last_conflict(std::string_view profile, ItemKind kind,
                                                   std::string_view luid) const;
    void forget_conflict(std::uint64_t number);

    // ---- what was before (docs/decisions/0018-kept-versions.md) -----------------------
    /// From now on what is written here in the name of the tag's profile is noted as changes of this session, each in
    /// the transaction that makes it, with what was there before. Writes nothing itself.
    void begin_session(const SessionTag& tag);
    /// The session of `profile` begins to tell its peer of items as they are at `upto`: what an application overwrites
    /// of that from now on is kept. Writes nothing when that has been said before.
    void note_look(ItemKind kind, std::string_view profile, std::uint64_t upto);
    /// Changes of the kind are settled up to `mark`; `end_session` writes it down.
    void note_settled(ItemKind kind, std::uint64_t mark);
    /// The profile's state is about to hold this mark. Durable, unless it runs in a transaction.
    void promise_mark(ItemKind kind, std::string_view profile, std::uint64_t mark);
    /// Whether a mark that the profile's state holds is of this store as it is: not of one that was here before it, nor
    /// of what it was before somebody put back an earlier copy of it.
    bool has_promised(ItemKind kind, std::string_view profile, std::uint64_t mark) const;
    /// Up to where the profile's changes were settled when `end_session` wrote that down last, with the database that
    /// it is attached to; 0: never. It outlives a sync that begins anew and breaks off.
    std::uint64_t settled_to(ItemKind kind, std::string_view profile) const;
    /// Call it when the marks are stored. Drops what neither a session that is to be kept nor a profile's mark needs.
    /// Costs what has changed; writes nothing when nothing has.
    void end_session(const Retention& retention);
    /// What the profile's peer knew of the item when `mark` was the profile's: what it held at that revision, or what
    /// the profile's session wrote into it later. Nothing when there was no such item, or it is not kept.
    std::optional<std::string> find_base(ItemKind kind, std::string_view profile, std::string_view luid,
                                         std::uint64_t mark) const;

    /// The profile's sessions and undoings that changed something, newest first, as far as they are kept.
    std::vector<KeptSession> kept_sessions(std::string_view profile) const;
    std::optional<KeptSession> find_session(std::string_view profile, std::uint64_t number) const;
    /// The profile of a session, or of an undoing, that is kept.
    std::optional<std::string> find_profile_of_session(std::uint64_t number) const;
    /// Changes of a session to items with ids above `after` (empty: from the first), in id order, about `bytes` of data
    /// and at least one item.
    std::vector<SessionChange> session_changes(std::string_view profile, std::uint64_t number, std::string_view after,
                                               std::size_t bytes) const;
    std::optional<ItemOrigin> find_origin(ItemKind kind, std::string_view luid) const;
    /// What an item of whatever kind holds or, if it is deleted, held last, as far as that is kept.
    std::optional<std::string> find_last_content(std::string_view luid) const;
    /// What is kept of what sessions did to an item, newest first, at most so many and about a mebibyte of data.
    std::vector<SessionChange> item_changes(ItemKind kind, std::string_view luid, std::size_t most) const;
    /// Puts back what the session, or the undoing, changed, as an application does it, in one transaction: the
    /// inverse goes to every peer. What others have changed since stays as it is. `tag` names the undoing,
    /// which can be undone itself. Nothing when no changes of this session are kept. `retention`: as for `end_session`.
    std::optional<Undoing> undo(std::string_view profile, std::uint64_t number, const SessionTag& tag,
                                const Retention& retention = {});

private:
    friend class Directories;
    friend class Reviews;
    class Impl;
    explicit ItemStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace storage
