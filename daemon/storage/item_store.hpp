#pragma once

#include "base/result.hpp"
#include "storage/database.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

enum class ItemKind : int { Contact = 1, Event = 2 };

struct StoredItem {
    std::string luid; ///< decimal, never reused
    std::uint64_t revision = 0;
    std::string data;
};

/// One local change as a profile sees it.
struct ItemChange {
    enum class Kind { Add, Update, Delete } kind = Kind::Add;
    std::string luid;
    std::uint64_t revision = 0;
    std::string data; ///< empty for Delete
};

/// The embedded store of one user: items of all kinds in one file, a revision
/// counter, tombstones, and with each revision who made it. Several processes
/// may use it at once; each writing call is one durable transaction.
///
/// A *writer* is empty for applications and the profile id for a session.
/// Failures (disk full, damage) are thrown as std::exception.
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
    /// Visits live items in id order, one at a time in memory.
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

    // ---- for sessions -----------------------------------------------------------
    /// Changes with `mark < revision <= upto` that `profile` did not make itself, in
    /// revision order, after revision `after` (paging), about `bytes` of data and at
    /// least one. An item that `profile` created, or that was created at or before
    /// the mark, is never an Add. Created and deleted inside the window: left out.
    std::vector<ItemChange> changes(ItemKind kind, std::string_view profile, std::uint64_t mark, std::uint64_t upto,
                                    std::uint64_t after, std::size_t bytes) const;
    /// Exactly how many `changes` would deliver; an indexed count.
    std::uint64_t count_changes(ItemKind kind, std::string_view profile, std::uint64_t mark, std::uint64_t upto) const;
    /// Live items with ids above `after`, in id order.
    std::vector<StoredItem> page(ItemKind kind, std::string_view after, std::size_t bytes) const;

    struct Write {
        std::string luid; ///< the item written
        bool created = false;
    };
    /// An Add of the peer. The same (profile, guid) again updates the item it made
    /// before, also a staged one. `staged`: invisible until `publish_staged`.
    Write add_from_peer(ItemKind kind, std::string_view profile, std::string_view guid, std::string_view data,
                        bool staged);
    enum class PeerWrite { Done, Missing, EditedMeanwhile };
    /// EditedMeanwhile: someone else's revision of it is above `upto`; nothing is done.
    PeerWrite replace_from_peer(ItemKind kind, std::string_view profile, std::string_view luid, std::string_view data,
                                std::uint64_t upto);
    PeerWrite remove_from_peer(ItemKind kind, std::string_view profile, std::string_view luid, std::uint64_t upto);
    /// Staged items become visible and every other live item of the kind with a revision
    /// at or below `upto` is removed, all in one transaction. Items that applications
    /// wrote after `upto` stay. Returns how many were removed.
    std::uint64_t publish_staged(ItemKind kind, std::string_view profile, std::uint64_t upto);
    void drop_staged(ItemKind kind, std::string_view profile);

private:
    class Impl;
    explicit ItemStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace storage
