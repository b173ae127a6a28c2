#include "streams.hpp"

#include "exit_status.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ctl {
namespace {

[[noreturn]] void fail(const char* what, const std::string& path)
{
    throw Failure(ExitStatus::Failed, fmt::format("cannot {} {}: {}", what, path, strerror(errno)));
}

void write_all(int fd, const char* data, std::size_t size, const std::string& path)
{
    while (size > 0) {
        const ssize_t written = write(fd, data, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            fail("write", path);
        data += written;
        size -= static_cast<std::size_t>(written);
    }
}

/// Copies to the end; at most `limit` bytes.
void copy(int from, int to, std::size_t limit, const std::string& source, const std::string& target)
{
    std::vector<char> buffer(64 * 1024);
    for (std::size_t total = 0;;) {
        const ssize_t got = read(from, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            fail("read", source);
        if (got == 0)
            return;
        total += static_cast<std::size_t>(got);
        if (total > limit)
            throw Failure(ExitStatus::Failed, fmt::format("{} is larger than {} MiB", source, limit >> 20),
                          "Split it.");
        write_all(to, buffer.data(), static_cast<std::size_t>(got), target);
    }
}

syncd::Descriptor memory_file()
{
    syncd::Descriptor file(memfd_create("syncctl", MFD_CLOEXEC));
    if (!file)
        fail("make", "a file in memory");
    return file;
}

void rewind(const syncd::Descriptor& file)
{
    if (lseek(file.get(), 0, SEEK_SET) < 0)
        fail("rewind", "a file in memory");
}

/// A file beside `path`, to be renamed to it.
class Replacement {
public:
    explicit Replacement(const std::string& path) : path_(path), name_(path + ".XXXXXX")
    {
        file_ = syncd::Descriptor(mkostemp(name_.data(), O_CLOEXEC));
        if (!file_)
            fail("write", path_);
    }
    ~Replacement()
    {
        if (!name_.empty())
            unlink(name_.c_str());
    }
    Replacement(const Replacement&) = delete;
    Replacement& operator=(const Replacement&) = delete;

    int fd() const { return file_.get(); }

    /// `mode`: what the file will allow.
    void put_in_place(mode_t mode)
    {
        if (fchmod(fd(), mode) != 0 || fsync(fd()) != 0 || std::rename(name_.c_str(), path_.c_str()) != 0)
            fail("write", path_);
        name_.clear();
    }

private:
    std::string path_;
    std::string name_; ///< empty once it is in place
    syncd::Descriptor file_;
};

} // namespace

syncd::Descriptor open_input(const std::string& path, std::size_t limit)
{
    if (path == "-") {
        syncd::Descriptor file = memory_file();
        copy(STDIN_FILENO, file.get(), limit, "standard input", "a file in memory");
        rewind(file);
        return file;
    }
    syncd::Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    struct stat status {};
    if (!file || fstat(file.get(), &status) != 0)
        fail("read", path);
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        fail("read", path);
    }
    return file;
}

std::string read_input(const std::string& path, std::size_t limit)
{
    const syncd::Descriptor input = open_input(path, limit);
    return collect(
        [&](int fd) { copy(input.get(), fd, limit, path == "-" ? "standard input" : path, "a file in memory"); });
}

syncd::Descriptor in_memory(const std::string& text)
{
    syncd::Descriptor file = memory_file();
    write_all(file.get(), text.data(), text.size(), "a file in memory");
    rewind(file);
    return file;
}

std::string collect(const std::function<void(int fd)>& write)
{
    const syncd::Descriptor file = memory_file();
    write(file.get());
    std::string text(static_cast<std::size_t>(lseek(file.get(), 0, SEEK_END)), '\0');
    if (pread(file.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        fail("read", "a file in memory");
    return text;
}

void write_output(const std::string& path, const std::function<void(int fd)>& write)
{
    struct stat status {};
    const bool exists = path != "-" && stat(path.c_str(), &status) == 0;
    if (path == "-" || (exists && !S_ISREG(status.st_mode))) {
        // Nothing can take its place, and the service must not set flags on what is shared.
        const syncd::Descriptor file = memory_file();
        write(file.get());
        rewind(file);
        const syncd::Descriptor target(path == "-" ? dup(STDOUT_FILENO)
                                                   : open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
        if (!target)
            fail("write", path);
        copy(file.get(), target.get(), static_cast<std::size_t>(-1), "a file in memory",
             path == "-" ? "standard output" : path);
        return;
    }
    Replacement replacement(path);
    write(replacement.fd());
    const mode_t mask = umask(0);
    umask(mask);
    replacement.put_in_place(exists ? status.st_mode & 07777 : 0666 & ~mask);
}

} // namespace ctl
