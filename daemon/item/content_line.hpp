#pragma once

#include "base/result.hpp"
#include "item/item.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace item {

/// A property with its continuation lines. Unfolding happens only for looking; `raw` is what is kept.
struct ContentLine {
    std::string_view raw;   ///< as given but for its line ends, which are CRLF; ends in one
    std::size_t number = 0; ///< of its first line, from 1
    std::string name;       ///< upper case, without group; empty when it is no property
    std::string group;      ///< as written
    std::string parameters; ///< from the first `;` on, unfolded
    std::string_view folded_value;

    bool is_blank() const;
    std::string value() const; ///< unfolded, without blanks around it
    /// The value of a parameter, without quotes; empty when there is none.
    std::string parameter(std::string_view upper_name) const;
    /// vCard 2.1 writes `;QUOTED-PRINTABLE` as well as `;ENCODING=QUOTED-PRINTABLE`.
    bool is_quoted_printable() const;
};

/// The line that `raw` holds (its line ends are CRLF already).
ContentLine parse_line(std::string_view raw, std::size_t number);

/// Which lines continue the one before: those that begin with a blank, and those behind a soft line break of
/// quoted-printable.
class Continuation {
public:
    /// A content line begins.
    void begin(std::string_view line);
    /// Whether `line` belongs to the content line `before`, so far, with its line ends.
    bool continues(std::string_view before, std::string_view line);

private:
    void note_end(std::string_view line);

    bool soft_break_ = false;       ///< the last sign is `=`
    bool quoted_printable_ = false; ///< the content line is known to be
};

/// Cuts a stream into content lines: LF, CR, CRLF and CR CR LF end a line; a line that begins with a
/// blank, or follows a soft line break of quoted-printable, continues the one before. A byte
/// order mark at the beginning is left out.
class LineReader {
public:
    using Sink = std::function<base::Result<void>(const ContentLine&)>;

    /// `most`: octets of a content line.
    explicit LineReader(Sink sink, std::size_t most = max_bytes) : sink_(std::move(sink)), most_(most) {}

    /// Errors: the sink's; InvalidValue for a content line larger than an item may be.
    base::Result<void> feed(std::string_view chunk);
    base::Result<void> finish();
    std::size_t lines() const { return lines_; } ///< ended so far

private:
    base::Result<void> end_physical();
    base::Result<void> flush();

    Sink sink_;
    std::size_t most_;
    std::string physical_; ///< the line being read
    std::string logical_;  ///< the content line being put together
    Continuation continuation_;
    std::size_t lines_ = 0;   ///< physical lines ended
    std::size_t number_ = 0;  ///< of the first line of `logical_`
    std::size_t returns_ = 0; ///< CRs read whose meaning depends on what follows
};

/// Makes of a text what a LineReader makes of it: each line end is CRLF, also the last one's, and no byte order mark
/// begins it. In place, but for the octets that it grows by when it has no room for them.
void make_line_ends_normal(std::string& text);

/// Cuts a text that is there as a whole into content lines, as a LineReader does; where its line ends are CRLF already,
/// as those of all that is kept, it is not copied.
base::Result<void> read_lines(std::string_view text, const LineReader::Sink& sink);

} // namespace item
