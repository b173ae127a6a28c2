#include "datastore/directory.hpp"

#include "base/utf8.hpp"
#include "item/uid.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <memory>
#include <system_error>
#include <utility>

namespace datastore {
namespace {

using storage::FileStamp;

constexpr const char* mark_name = ".syncd";
/// There is one at a time: whoever writes holds the lock.
constexpr const char* scratch_name = ".syncd.tmp";
constexpr std::size_t max_mark_bytes = 64;
constexpr std::size_t max_uid_bytes = 120;
constexpr std::int64_t nanoseconds = 1'000'000'000;

std::int64_t in_nanoseconds(const timespec& time)
{
    return time.tv_sec * nanoseconds + time.tv_nsec;
}

/// Whether a change of the file now might leave its times what they are: clocks of file systems tick, that of FAT every
/// two seconds.
bool is_fresh(const timespec& changed)
{
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return in_nanoseconds(now) - in_nanoseconds(changed) < 2 * nanoseconds;
}

/// What a rename leaves of a stamp.
bool is_same_file(const FileStamp& one, const FileStamp& other)
{
    return one.inode == other.inode && one.size == other.size && one.modified == other.modified;
}

bool lacks_flags(int error)
{
    return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP;
}

/// The UID of an item, if a file can be called so.
std::string name_of(std::string_view data)
{
    auto name = item::uid(data);
    const auto fits = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view("-_.+@").find(c) != std::string_view::npos;
    };
    const bool is_name = !name.empty() && name.size() <= max_uid_bytes && name.front() != '.' &&
                         std::all_of(name.begin(), name.end(), fits);
    return is_name ? name : std::string();
}

} // namespace

void Directory::fail(const std::string& name) const
{
    throw std::system_error(errno, std::system_category(), base::legible(setup_.path + "/" + name));
}

void Directory::lock()
{
    // A file system that has no locks has no two sessions' luck either: what a file is, is looked at before each write.
    while (::flock(fd_.get(), LOCK_EX) != 0 && errno == EINTR) {
    }
}

void Directory::unlock() noexcept
{
    ::flock(fd_.get(), LOCK_UN);
}

void Directory::clean_up()
{
    if (::unlinkat(fd_.get(), scratch_name, 0) != 0 && errno != ENOENT)
        fail(scratch_name);
}

// ---- looking ---------------------------------------------------------------------------

std::string Directory::mark() const
{
    const base::Descriptor file(::openat(fd_.get(), mark_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file.get() < 0) {
        if (errno == ENOENT || errno == ELOOP)
            return {};
        fail(mark_name);
    }
    char text[max_mark_bytes];
    const auto size = ::read(file.get(), text, sizeof text);
    if (size < 0)
        fail(mark_name);
    std::string mark(text, static_cast<std::size_t>(size));
    mark.erase(std::find_if_not(mark.begin(), mark.end(), [](char c) { return c > ' ' && c < 0x7f; }), mark.end());
    return mark;
}

void Directory::set_mark(const std::string& mark)
{
    clean_up();
    write_scratch(mark + "\n", setup_.owner ? 0660 : 0600);
    if (::renameat(fd_.get(), scratch_name, fd_.get(), mark_name) != 0)
        fail(mark_name);
    sync();
}

/// As they are at the moment of each question: nothing of them is kept.
class Directory::Names : public Listing {
public:
    explicit Names(const Directory& directory) : directory_(directory) {}
    std::optional<Status> find(const char* name) const override { return directory_.find(name); }
    void each_name(const std::function<void(const char* name)>& visit) const override { directory_.each_name(visit); }

private:
    const Directory& directory_;
};

std::unique_ptr<Collection::Listing> Directory::list() const
{
    return std::make_unique<Names>(*this);
}

void Directory::each_name(const std::function<void(const char* name)>& visit) const
{
    const int copy = ::openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (copy < 0)
        fail({});
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(copy), &::closedir);
    std::uint64_t count = 0;
    while (true) {
        errno = 0;
        const dirent* entry = ::readdir(listing.get());
        if (entry == nullptr && errno != 0)
            fail({});
        if (entry == nullptr)
            return;
        const std::string_view name(entry->d_name);
        if (name.front() == '.' || name.size() <= setup_.suffix.size() || !name.ends_with(setup_.suffix))
            continue;
        if (++count > max_items)
            throw std::runtime_error(
                fmt::format("{} holds more than {} files, which is more than is synchronized", setup_.path, max_items));
        visit(entry->d_name);
    }
}

FileStamp Directory::stamp(const struct stat& status) const
{
    return {static_cast<std::int64_t>(status.st_ino), status.st_size, in_nanoseconds(status.st_mtim),
            is_fresh(status.st_ctim) ? 0 : in_nanoseconds(status.st_ctim)};
}

bool Directory::may_touch(const struct stat& status) const
{
    if (!S_ISREG(status.st_mode))
        return false;
    return !setup_.owner || ((status.st_uid == *setup_.owner || status.st_uid == ::geteuid()) && status.st_nlink == 1);
}

std::optional<Directory::Status> Directory::find(const char* name) const
{
    struct stat status {};
    if (::fstatat(fd_.get(), name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT)
            return std::nullopt;
        fail(name);
    }
    return Status{stamp(status), may_touch(status)};
}

base::Result<Directory::File> Directory::read(const std::string& name, std::size_t most) const
{
    const auto refuse = [](const char* why) { return base::fail(base::Errc::InvalidValue, why); };
    // Without waiting for whoever writes into what may be a pipe.
    const base::Descriptor file(
        ::openat(fd_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (file.get() < 0) {
        switch (errno) {
        case ENOENT: return base::fail(base::Errc::NotFound, "there is no such file");
        case ELOOP: return refuse("it is a symbolic link");
        case ENXIO: return refuse("it is no file");
        case EACCES:
        case EPERM: return refuse("it may not be read");
        default: fail(name);
        }
    }
    struct stat status {};
    if (::fstat(file.get(), &status) != 0)
        fail(name);
    if (!S_ISREG(status.st_mode))
        return refuse("it is no file");
    if (!may_touch(status))
        return refuse("it belongs to somebody else, or has a second name");
    File result{stamp(status), {}};
    if (static_cast<std::uint64_t>(status.st_size) > most)
        return refuse("it is too large");
    result.data.resize(static_cast<std::size_t>(status.st_size) + 1);
    std::size_t size = 0;
    while (size < result.data.size()) {
        const auto got = ::read(file.get(), result.data.data() + size, result.data.size() - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            fail(name);
        if (got == 0)
            break;
        size += static_cast<std::size_t>(got);
    }
    result.data.resize(size);
    // It was written meanwhile: what was read may be half of that. The next session reads it again.
    struct stat after {};
    if (::fstat(file.get(), &after) == 0 && !is_same_file(stamp(after), result.stamp))
        result.stamp.changed = 0;
    return result;
}

// ---- writing -----------------------------------------------------------------------------

void Directory::write_scratch(std::string_view data, mode_t mode)
{
    const base::Descriptor file(
        ::openat(fd_.get(), scratch_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (file.get() < 0)
        fail(scratch_name);
    // In spite of the umask, which is this process's and not the user's.
    bool done = ::fchmod(file.get(), mode) == 0;
    while (done && !data.empty()) {
        const auto size = ::write(file.get(), data.data(), data.size());
        if (size < 0 && errno == EINTR)
            continue;
        done = size >= 0;
        if (done)
            data.remove_prefix(static_cast<std::size_t>(size));
    }
    if (done && ::fsync(file.get()) == 0)
        return;
    const int error = errno;
    ::unlinkat(fd_.get(), scratch_name, 0);
    errno = error;
    fail(scratch_name);
}

std::optional<FileStamp> Directory::create(const std::string& name, std::string_view data)
{
    write_scratch(data, setup_.owner ? 0660 : 0600);
    int result = ::renameat2(fd_.get(), scratch_name, fd_.get(), name.c_str(), RENAME_NOREPLACE);
    if (result != 0 && lacks_flags(errno) && !find(name.c_str()))
        result = ::renameat(fd_.get(), scratch_name, fd_.get(), name.c_str());
    if (result == 0)
        return find(name.c_str()).value_or(Status{}).stamp;
    const int error = errno;
    clean_up();
    if (error == EEXIST || lacks_flags(error))
        return std::nullopt;
    errno = error;
    fail(name);
}

Collection::Written Directory::add(const std::string& luid, std::string_view data)
{
    constexpr unsigned most = 1000;
    const auto own = fmt::format("syncd-{}", luid);
    auto name = name_of(data);
    if (name.empty())
        name = own;
    for (unsigned i = 1; i < most; ++i) {
        const auto full = name + setup_.suffix;
        if (const auto stamp = create(full, data))
            return {full, *stamp, {}};
        name = i == 1 ? own : fmt::format("{}-{}", own, i);
    }
    errno = EEXIST;
    fail(own);
}

std::optional<Collection::Written> Directory::replace(const std::string& name, const FileStamp& known,
                                                      std::string_view data)
{
    struct stat status {};
    if (::fstatat(fd_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 || !may_touch(status) ||
        !is_same_file(stamp(status), known))
        return std::nullopt;
    write_scratch(data, status.st_mode & 0777);
    // What is there is looked at again once it is out of the way: nobody can have written it in between.
    if (::renameat2(fd_.get(), scratch_name, fd_.get(), name.c_str(), RENAME_EXCHANGE) == 0) {
        const auto former = find(scratch_name);
        if (!former || !is_same_file(former->stamp, known)) {
            if (::renameat2(fd_.get(), scratch_name, fd_.get(), name.c_str(), RENAME_EXCHANGE) != 0)
                fail(name);
            clean_up();
            return std::nullopt;
        }
        clean_up();
    } else if (!lacks_flags(errno) || ::renameat(fd_.get(), scratch_name, fd_.get(), name.c_str()) != 0) {
        const int error = errno;
        clean_up();
        if (error == ENOENT)
            return std::nullopt;
        errno = error;
        fail(name);
    }
    return Written{name, find(name.c_str()).value_or(Status{}).stamp, {}};
}

bool Directory::remove(const std::string& name, const FileStamp& known)
{
    const auto there = find(name.c_str());
    if (!there)
        return true;
    if (!there->is_item || !is_same_file(there->stamp, known))
        return false;
    // As in `replace`.
    clean_up();
    if (::renameat2(fd_.get(), name.c_str(), fd_.get(), scratch_name, RENAME_NOREPLACE) == 0) {
        const auto former = find(scratch_name);
        const bool is_known = former && is_same_file(former->stamp, known);
        // Who has written the name once more has seen to it that what is out of the way is not wanted.
        if (!is_known && ::renameat2(fd_.get(), scratch_name, fd_.get(), name.c_str(), RENAME_NOREPLACE) != 0 &&
            errno != EEXIST)
            fail(name);
        clean_up();
        return is_known;
    }
    if (errno != ENOENT && (!lacks_flags(errno) || (::unlinkat(fd_.get(), name.c_str(), 0) != 0 && errno != ENOENT)))
        fail(name);
    return true;
}

void Directory::sync()
{
    if (::fsync(fd_.get()) != 0 && errno != EINVAL)
        fail({});
}

} // namespace datastore
