#include "trace_file.hpp"

#include "exit_status.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ctl {

TraceFile::TraceFile(std::string path) : path_(std::move(path))
{
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        throw Failure(ExitStatus::Failed, fmt::format("no pipe for the transcript: {}", strerror(errno)));
    reading_end_ = syncd::Descriptor(ends[0]);
    writing_end_ = syncd::Descriptor(ends[1]);
    if (fcntl(reading_end_.get(), F_SETFL, O_NONBLOCK) != 0)
        throw Failure(ExitStatus::Failed, fmt::format("no pipe for the transcript: {}", strerror(errno)));

    create();
}

TraceFile::TraceFile(std::string path, syncd::Descriptor source)
    : path_(std::move(path)), reading_end_(std::move(source))
{
    create();
}

void TraceFile::create()
{
    if (path_ == "-")
        throw Failure(ExitStatus::Usage, "a transcript cannot go to standard output",
                      "Name a file that does not exist yet.");
    file_ =
        syncd::Descriptor(open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600));
    if (!file_ && errno == EEXIST)
        throw Failure(ExitStatus::Failed, fmt::format("{} exists, and a transcript overwrites nothing", path_),
                      "Name another file, or move that one away.");
    if (!file_)
        throw Failure(ExitStatus::Failed, fmt::format("cannot write {}: {}", path_, strerror(errno)));
}

TraceFile::~TraceFile()
{
    if (file_ && is_empty())
        unlink(path_.c_str());
}

void TraceFile::copy()
{
    std::array<char, 64 * 1024> buffer{};
    while (reading_end_) {
        const ssize_t got = read(reading_end_.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0)
            reading_end_ = syncd::Descriptor();
        else
            write_all(buffer.data(), static_cast<std::size_t>(got));
    }
}

void TraceFile::write_all(const char* data, std::size_t size)
{
    while (size > 0 && complaint_.empty()) {
        const ssize_t written = write(file_.get(), data, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            complaint_ = fmt::format("the transcript in {} is not whole: {}", path_, strerror(errno));
            return;
        }
        data += written;
        size -= static_cast<std::size_t>(written);
        size_ += static_cast<std::size_t>(written);
    }
}

} // namespace ctl
