#pragma once

#include "storage/item_store.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

/// What changes of a file when it is written: cheap to ask for. What is no file has a hash instead of inode and time.
struct FileStamp {
    std::int64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified = 0; ///< nanoseconds since 1970
    std::int64_t changed = 0;  ///< the same, of the inode; 0: so lately that one more change might not show
    bool operator==(const FileStamp&) const = default;
};

/// What is known of a file of a directory.
struct FileRow {
    std::string name;
    std::string luid;           ///< of the item that it holds; empty: of none
    std::uint64_t revision = 0; ///< of the item, as the file holds it
    FileStamp stamp;
    std::string fault; ///< why it is left alone; empty: it is not
    /// What the file says instead of what the item does, where that is less or something else; empty: the same.
    std::string wording{};
    bool operator==(const FileRow&) const = default;
};

/// The directories of files, and other collections of items (datastore::Collection), that are mirrored in the database
/// of a user's items: of each an ItemKind of its own, and which file holds which item at which revision.
/// docs/decisions/0022-vdir.md
///
/// In the same database as the items; every call is one transaction unless inside `ItemStore::in_transaction`.
class Directories {
public:
    explicit Directories(ItemStore& items);

    // ---- which there are
    /// The kind of the items of `content` in the directory `path`, a new one if it is not known yet. An empty path:
    /// `content` itself, of the embedded store.
    ItemKind kind_of(ItemKind content, std::string_view path);
    /// Those of all directories.
    std::vector<ItemKind> kinds() const;
    std::string path(ItemKind kind) const;
    /// The directory and its items are no more; what is in the files stays.
    void forget(ItemKind kind);

    /// What the directory itself was recognized by; empty: nothing yet.
    std::string mark(ItemKind kind) const;
    void set_mark(ItemKind kind, std::string_view mark);

    /// What is to become of a directory that is not what it was (Held::store).
    enum class Consent {
        None = 0,
        Missing = 1, ///< what is not there any more is deleted
        Restore = 2  ///< it is written again
    };
    Consent consent(ItemKind kind) const;
    void set_consent(ItemKind kind, Consent consent);

    // ---- its files
    /// Visits them by name, one at a time in memory. `visit` must not change the database.
    void each_file(ItemKind kind, const std::function<void(const FileRow&)>& visit) const;
    std::optional<FileRow> find_file(ItemKind kind, std::string_view name) const;
    /// The file that holds an item.
    std::optional<FileRow> find_file_of(ItemKind kind, std::string_view luid) const;
    /// Instead of what was known of the file of this name.
    void put_file(ItemKind kind, const FileRow& file);
    void drop_file(ItemKind kind, std::string_view name);
    /// How many hold an item.
    std::uint64_t count_files(ItemKind kind) const;
    /// Files that are left alone, by name, at most so many.
    std::vector<FileRow> faulty_files(ItemKind kind, std::size_t most) const;
    std::uint64_t count_faulty_files(ItemKind kind) const;

    // ---- what is to be written
    /// An item whose content is not what its file holds, or that is in none.
    struct Unwritten {
        std::string luid;
        std::uint64_t revision = 0;
        std::optional<std::string> data; ///< nothing: the item is deleted
        std::optional<FileRow> file;     ///< nothing: there is none yet
    };
    /// Of those with revisions above `after`, in that order, about `bytes` of data and at least one.
    std::vector<Unwritten> unwritten(ItemKind kind, std::uint64_t after, std::size_t bytes) const;
    /// Up to this revision everything is in the files.
    std::uint64_t written_to(ItemKind kind) const;
    void set_written_to(ItemKind kind, std::uint64_t revision);
    /// The newest revision of an item of the kind; 0: there is none.
    std::uint64_t newest(ItemKind kind) const;

    // ---- its items
    /// A live item with exactly these data that is in no file.
    std::optional<StoredItem> find_loose(ItemKind kind, std::string_view data) const;
    /// What an item held at a revision of its own; nothing when that is not kept.
    std::optional<std::string> content_at(ItemKind kind, std::string_view luid, std::uint64_t revision) const;

private:
    ItemStore::Impl& impl_;
};

} // namespace storage
