#pragma once

#include "storage/database.hpp"
#include "storage/item_contents.hpp"
#include "storage/item_history.hpp"
#include "storage/item_row.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace storage {

/// What items held before, and which session changed what: docs/decisions/0018-kept-versions.md.
///
/// Content is kept when it is overwritten, never before, and only if somebody may ask for it: a session
/// overwrites it; a session wrote it; or a session has looked at it, so that a peer may know it.
/// Writing calls need an open Transaction.
class ItemVersions {
public:
    ItemVersions(Database& database, const ItemContents& contents) : database_(database), contents_(contents) {}

    /// Whose writes are noted from now on: those of the tag's profile, or those of an undoing.
    struct Recording {
        SessionTag tag;
        std::uint64_t undone = 0; ///< not 0: the session that is being undone
    };
    void record(std::optional<Recording> recording) { recording_ = std::move(recording); }
    const std::optional<Recording>& recording() const { return recording_; }

    struct Change {
        std::uint64_t revision = 0;
        Writer by = application;
        What what = What::Added;
        Rule rule = Rule::None;
    };
    /// The item, as it is, is about to be changed so.
    void note(ItemKind kind, const ItemRow& item, const Change& change);

    std::optional<std::string> find(ItemId id, std::uint64_t revision);
    /// The same of what replaced something before: also what the item still holds.
    std::optional<std::string> find_current(ItemKind kind, ItemId id, std::uint64_t revision);

    std::optional<std::int64_t> find_entry(Writer writer, std::uint64_t number);
    /// Drops what neither a session that is kept nor a profile's mark needs, among the versions that ended in
    /// `after < until <= upto`.
    void prune_ended(std::uint64_t after, std::uint64_t upto);
    /// The same among the earlier versions of what a session wrote.
    void prune_behind(std::int64_t entry);
    /// Octets in versions.
    std::uint64_t kept();
    /// Forgets the oldest sessions of the writer until so many are left, and of its undoings as many: who goes back
    /// session by session is not to lose one for each.
    void keep_newest(Writer writer, std::uint64_t sessions);
    /// Forgets the oldest sessions of all, but the newest, and at last what only marks need, until so much is left.
    void shrink_to(std::uint64_t bytes);

private:
    struct Key {
        ItemId id;
        std::uint64_t revision;
    };
    /// What the item holds, until a revision.
    void keep(ItemKind kind, const ItemRow& item, std::uint64_t until);
    /// Whether somebody but a session that is recorded may ask for what the item holds.
    bool is_wanted(ItemKind kind, const ItemRow& item, Writer by);
    /// Whether a file holds the item as it is.
    bool is_in_file(ItemKind kind, const ItemRow& item);
    /// The row of the recording, if it is to note what `by` writes for this reason.
    std::optional<std::int64_t> make_entry(Writer by, Rule rule);
    void forget(std::int64_t entry);
    void drop_unless_needed(const std::vector<Key>& keys);

    Database& database_;
    const ItemContents& contents_;
    std::optional<Recording> recording_;
};

/// Notes what is written while it lives as this, whatever was recorded before.
class OtherRecording {
public:
    OtherRecording(ItemVersions& versions, ItemVersions::Recording recording)
        : versions_(versions), former_(versions.recording())
    {
        versions_.record(std::move(recording));
    }
    ~OtherRecording() { versions_.record(former_); }
    OtherRecording(const OtherRecording&) = delete;
    OtherRecording& operator=(const OtherRecording&) = delete;

private:
    ItemVersions& versions_;
    std::optional<ItemVersions::Recording> former_;
};

} // namespace storage
