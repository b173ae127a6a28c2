#pragma once

#include "base/result.hpp"
#include "transcript/markup.hpp"
#include "transcript/record.hpp"

#include <cstddef>
#include <istream>
#include <optional>
#include <string>

namespace transcript {

/// Reads a transcript record by record, in memory for one record. The file may be anybody's: what the recorder does not
/// write is refused.
class Reader {
public:
    /// `in` outlives the reader.
    explicit Reader(std::istream& in) : in_(in) {}

    /// The next record, the Opening first; nothing at the end and where the file breaks off. Errors: Malformed, naming
    /// the line, after which there is nothing more to read; ReplyTooLarge for a record that no recorder writes.
    base::Result<std::optional<Record>> next();

    /// Whether the last record was followed by what ends a transcript.
    bool is_whole() const { return is_whole_; }

private:
    /// Without its line end; nothing when there is no whole line more.
    base::Result<std::optional<std::string>> line();
    base::Result<std::optional<Record>> read_opening();
    base::Result<std::optional<Record>> read_attempt(const Tag& tag);
    base::Result<std::optional<Record>> read_exchanged(const Tag& tag);
    tl::unexpected<base::Error> malformed(const std::string& what) const;

    std::istream& in_;
    std::size_t line_number_ = 0;
    bool is_open_ = false;
    bool is_whole_ = false;
};

} // namespace transcript
