#pragma once

#include "base/result.hpp"
#include "datastore/collection.hpp"
#include "datastore/conflict_policy.hpp"
#include "item/item.hpp"
#include "storage/directories.hpp"
#include "storage/item_store.hpp"
#include "storage/reviews.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace datastore {

/// A directory of files, or another collection, and what is known of it among the user's items, in step: what programs
/// do to the files becomes changes of an application, what sessions do to the items is written into the files.
/// docs/decisions/0022-vdir.md, 0027-evolution.md
///
/// The items are what counts for a session; a file that was written on the way is never overwritten, but
/// merged with what the session made of its item. Killed at any point, the next `take_in` goes on from there.
class Mirror {
public:
    /// `items` outlives it. `collection`: or why it cannot be opened. `profile`: whose session it is. `policy`: whose
    /// way it goes where a file and its item were changed and cannot be merged, the file being ours. `most`: octets of
    /// a file that is taken for an item.
    Mirror(storage::ItemStore& items, storage::ItemKind kind, base::Result<std::unique_ptr<Collection>> collection,
           std::string profile, ConflictPolicy policy, std::size_t most = item::max_bytes);

    storage::ItemKind kind() const { return kind_; }

    /// Brings the items up to the files, and then the files up to the items, where an earlier session has not come to
    /// that. Where nothing was changed it costs a look at each file, and writes nothing.
    ///
    /// Throws HeldForReview, and does nothing, when the directory is not the one that it was, or is empty; and
    /// std::exception when it cannot be read or written.
    void take_in();
    /// Brings the files up to the items, if `take_in` has come to its end. What cannot be written is told, and follows
    /// with the next `take_in`.
    void put_out();
    /// What somebody may want to know, since the last call.
    std::vector<std::string> take_notes() { return std::exchange(notes_, {}); }

private:
    using FileRow = storage::FileRow;

    using ByInode = std::unordered_map<std::int64_t, FileRow>;

    /// What is different from what is known.
    struct Differences {
        std::vector<std::string> changed; ///< names
        std::vector<std::string> added;
        std::vector<FileRow> gone;          ///< that held an item
        std::vector<std::string> forgotten; ///< gone, and held none
        std::uint64_t known = 0;            ///< how many files held an item
        bool any() const { return !changed.empty() || !added.empty() || !gone.empty() || !forgotten.empty(); }
    };

    Differences look() const;
    void recognize(const Differences& differences);
    void hold(std::string what);
    void carry_out(const Differences& differences, storage::Directories::Consent consent);
    void take_changed(const std::string& name);
    void take_added(const std::string& name, const ByInode& gone);
    void take_gone(const FileRow& file, storage::Directories::Consent consent);
    /// The item of a file whose content is `text` now.
    void update(FileRow& file, const std::string& text);
    /// `base`, which a file of the collection was written with, with what was edited there since; `text` is the file's
    /// content now.
    std::string edited(const FileRow& file, const std::string& base, const std::string& text) const;
    /// An item in no file that a session may have written into this one before it was killed.
    std::optional<storage::StoredItem> find_loose(const std::string& text);
    std::optional<storage::StoredItem> find_converted(const std::string& data);
    std::optional<storage::StoredItem> find_reworded(const std::string& text) const;
    /// Has the file hold what `made` says, `data` being what was written into it.
    void record(FileRow& file, Collection::Written made, const std::string& data) const;
    void merge(FileRow& file, const std::string& data, const storage::StoredItem& item,
               const std::optional<std::string>& base);
    void leave_alone(FileRow file, std::string why);
    base::Result<std::string> item_of(const Collection::File& file) const;
    std::uint64_t revision_of(const std::string& luid) const;

    /// What could not be written, in words; nothing: all of it is.
    std::optional<std::string> write_files();
    /// What is known afterwards of files goes into `written` and `removed`. False: the file is left alone.
    bool write_file(const storage::Directories::Unwritten& item, std::vector<FileRow>& written,
                    std::vector<std::string>& removed);
    /// The same of an item whose file is `file`. False, and nothing is done, when that is another by now.
    bool rewrite_file(const storage::Directories::Unwritten& item, FileRow file, std::vector<FileRow>& written,
                      std::vector<std::string>& removed);
    /// Has `file` be called as it is now, if somebody has given it another name.
    void follow(FileRow& file);
    FileRow create(const storage::Directories::Unwritten& item);
    void note_faults();

    storage::ItemStore& items_;
    storage::Directories known_;
    storage::Reviews reviews_;
    storage::ItemKind kind_;
    std::unique_ptr<Collection> collection_;
    std::string obstacle_; ///< why there is none
    std::string profile_;
    ConflictPolicy policy_;
    std::size_t most_;
    bool is_in_step_ = false; ///< the collection is the right one
    bool has_loose_ = true;   ///< there may be items in no file
    /// What the files of items without one would hold, where that is not what the items hold; and the LUIDs.
    std::optional<std::unordered_map<std::string, std::string>> rewritten_;
    std::optional<ByInode> strangers_; ///< files that nothing was known of when one was missed
    std::vector<std::string> notes_;
};

} // namespace datastore
