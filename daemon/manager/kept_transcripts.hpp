#pragma once

#include "base/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>

namespace manager {

/// The transcripts that the service keeps of a profile's last sessions: files in a directory of its own, which workers
/// get open and cannot reach. Failures are thrown.
class KeptTranscripts {
public:
    /// So many octets are kept, or one transcript that is longer.
    static constexpr std::uintmax_t max_bytes = std::uintmax_t{65} << 20;

    /// `directory`: UserFiles::transcripts; may be missing but for `create`.
    explicit KeptTranscripts(std::filesystem::path directory) : directory_(std::move(directory)) {}

    /// A new one, to be written: above 4 (worker::spawn).
    base::Descriptor create(std::uint64_t session) const;
    /// To be read alone; nothing: it is not kept.
    std::optional<base::Descriptor> open(std::uint64_t session) const;
    /// Their sizes, by session.
    std::map<std::uint64_t, std::uintmax_t> sizes() const;
    /// Removes what nothing was written in, and all but the last `count`; of these the first ones when they are too
    /// long together. That of `running` is left alone.
    void prune(std::size_t count, std::uint64_t running = 0, std::uintmax_t bytes = max_bytes) const;

private:
    std::filesystem::path file(std::uint64_t session) const;
    void remove(std::uint64_t session) const;

    std::filesystem::path directory_;
};

} // namespace manager
