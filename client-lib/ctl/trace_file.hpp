#pragma once

#include <syncd/descriptor.hpp>

#include <cstddef>
#include <string>

namespace ctl {

/// A new file that takes the transcript of a session.
class TraceFile {
public:
    /// Makes the file, for its owner alone. Throws Failure when there is one of that name, be it a link: what somebody
    /// kept, or put in the way, is neither overwritten nor followed.
    /// The transcript comes out of a pipe, which the service writes.
    explicit TraceFile(std::string path);
    /// It is all there in `source`.
    TraceFile(std::string path, syncd::Descriptor source);
    /// A file that nothing came into is removed.
    ~TraceFile();
    TraceFile(const TraceFile&) = delete;
    TraceFile& operator=(const TraceFile&) = delete;

    /// For the service, until `hand_over`.
    int writing_end() const { return writing_end_.get(); }
    /// The service has its copy of the writing end.
    void hand_over() { writing_end_ = syncd::Descriptor(); }

    /// Readable when there is something to copy; negative: nothing will come any more.
    int fd() const { return reading_end_.get(); }
    /// Copies what is there. When that cannot be written the rest is read nevertheless, since the session waits for its
    /// reader.
    void copy();

    const std::string& path() const { return path_; }
    bool is_empty() const { return size_ == 0; }
    /// Why the file is not whole; empty when it is.
    const std::string& complaint() const { return complaint_; }

private:
    void create();
    void write_all(const char* data, std::size_t size);

    std::string path_;
    syncd::Descriptor file_, reading_end_, writing_end_;
    std::size_t size_ = 0;
    std::string complaint_;
};

} // namespace ctl
