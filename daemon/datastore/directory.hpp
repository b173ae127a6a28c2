#pragma once

#include "base/descriptor.hpp"
#include "base/result.hpp"
#include "storage/directories.hpp"

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace datastore {

/// A directory of files, one item each, as vdirsyncer, khard and khal keep them (vdir). What begins with a dot, does
/// not end in the suffix, or is no regular file is nobody's business here; subdirectories are never entered, links
/// never followed. Other programs write it at any time: a file is replaced and removed as a whole, and only if it is
/// still the one that was looked at.
///
/// Failures of the file system are thrown as std::system_error, naming the directory and the file.
class Directory {
public:
    /// The largest number of files that is looked at.
    static constexpr std::uint64_t max_files = 250'000;

    struct Setup {
        std::string path;   ///< for messages
        std::string suffix; ///< `.vcf`
        /// Whose files may be touched, but for this process's own, and none that has a second name: for a process
        /// that may do more than who named the directory. Nothing: all.
        std::optional<uid_t> owner{};
    };

    /// `directory`: open for reading.
    Directory(base::Descriptor directory, Setup setup) : fd_(std::move(directory)), setup_(std::move(setup)) {}

    const std::string& path() const { return setup_.path; }
    const std::string& suffix() const { return setup_.suffix; }

    /// Nobody else that respects it, another session first of all, changes the files meanwhile.
    class Lock {
    public:
        explicit Lock(const Directory& directory);
        ~Lock();
        Lock(const Lock&) = delete;
        Lock& operator=(const Lock&) = delete;

    private:
        int fd_;
    };

    /// What a session that was killed has left behind goes.
    void clean_up();

    /// A text in a hidden file that the directory is recognized by; empty: there is none.
    std::string mark() const;
    void set_mark(const std::string& mark);

    /// Visits the names of the files that may hold items, in no order.
    void each_name(const std::function<void(const char* name)>& visit) const;
    struct Status {
        storage::FileStamp stamp;
        bool is_item = false; ///< a regular file that may be touched
    };
    /// Nothing when there is no such name.
    std::optional<Status> find(const char* name) const;

    struct File {
        storage::FileStamp stamp;
        std::string data;
    };
    /// At most so many octets. Errors: NotFound; InvalidValue, with the reason, for what is too long, no regular file,
    /// or may not be touched.
    base::Result<File> read(const std::string& name, std::size_t most) const;

    /// The stamp of a new file with these data; nothing when the name is taken. Durable once `sync` has returned.
    std::optional<storage::FileStamp> create(const std::string& name, std::string_view data);
    /// The stamp of the file with its new data, its mode kept; nothing, and the file is what it was, when it is not
    /// the one of this stamp.
    std::optional<storage::FileStamp> replace(const std::string& name, const storage::FileStamp& known,
                                              std::string_view data);
    /// False, and it is left, when it is not the one of this stamp. True, too, when there is none any more.
    bool remove(const std::string& name, const storage::FileStamp& known);
    void sync();

private:
    storage::FileStamp stamp(const struct stat& status) const;
    bool may_touch(const struct stat& status) const;
    void write_scratch(std::string_view data, mode_t mode);
    [[noreturn]] void fail(const std::string& name) const;

    base::Descriptor fd_;
    Setup setup_;
};

} // namespace datastore
