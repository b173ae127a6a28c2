#pragma once

#include "base/descriptor.hpp"
#include "datastore/collection.hpp"

#include <sys/stat.h>

namespace datastore {

/// A directory of files, one item each, as vdirsyncer, khard and khal keep them (vdir). What begins with a dot, does
/// not end in the suffix, or is no regular file is nobody's business here; subdirectories are never entered, links
/// never followed.
///
/// Failures of the file system are thrown as std::system_error, naming the directory and the file.
class Directory : public Collection {
public:
    struct Setup {
        std::string path;   ///< for messages
        std::string suffix; ///< `.vcf`
        /// Whose files may be touched, but for this process's own, and none that has a second name: for a process
        /// that may do more than who named the directory. Nothing: all.
        std::optional<uid_t> owner{};
    };

    /// `directory`: open for reading.
    Directory(base::Descriptor directory, Setup setup) : fd_(std::move(directory)), setup_(std::move(setup)) {}

    const std::string& title() const override { return setup_.path; }
    std::string title_of(const std::string& name) const override { return setup_.path + "/" + name; }
    bool keeps_names() const override { return false; }
    bool rewords() const override { return false; }

    void clean_up() override;

    /// In a hidden file.
    std::string mark() const override;
    void set_mark(const std::string& mark) override;

    std::unique_ptr<Listing> list() const override;
    std::optional<Status> find(const char* name) const override;
    base::Result<File> read(const std::string& name, std::size_t most) const override;

    Written add(const std::string& luid, std::string_view data) override;
    /// The mode is kept.
    std::optional<Written> replace(const std::string& name, const storage::FileStamp& known,
                                   std::string_view data) override;
    bool remove(const std::string& name, const storage::FileStamp& known) override;
    void sync() override;

private:
    class Names;

    void lock() override;
    void unlock() noexcept override;
    void each_name(const std::function<void(const char* name)>& visit) const;
    /// The stamp of a new file with these data; nothing when the name is taken.
    std::optional<storage::FileStamp> create(const std::string& name, std::string_view data);
    storage::FileStamp stamp(const struct stat& status) const;
    bool may_touch(const struct stat& status) const;
    void write_scratch(std::string_view data, mode_t mode);
    [[noreturn]] void fail(const std::string& name) const;

    base::Descriptor fd_;
    Setup setup_;
};

} // namespace datastore
