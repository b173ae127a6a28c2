#pragma once

#include "item/item.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

namespace item {

/// Takes a stream of vCards or calendars (.vcf, .ics) apart into items of one kind as `check` wants them. A stream of
/// plain text is one note.
///
/// The entries of that kind in a calendar object that share a UID, a recurring event and its changed occurrences, are
/// one item; each item gets the calendar's properties and exactly the time zones it refers to.
/// Entries without UID stand alone. Others are skipped and counted.
/// Holds one vCard, one VCALENDAR object, whose entries may stand in any order, or one note at a time.
class Splitter {
public:
    /// Called with each item; an error it returns ends the splitting.
    using Sink = std::function<base::Result<void>(Item)>;

    /// `most`: the octets that an item may have.
    Splitter(Kind wanted, Sink sink, std::size_t most = max_bytes);
    ~Splitter();

    /// Takes the next octets, cut anywhere. After an error the splitter is of no more use.
    ///
    /// Errors: the sink's, or as `check`, with the place: `item 7, line 143: …`. Items are
    /// counted as they begin, of a calendar its entries, lines in the whole stream.
    base::Result<void> feed(std::string_view chunk);
    /// The stream is over. Error: it ended inside of an item.
    base::Result<void> finish();

    std::size_t skipped() const; ///< entries of other kinds

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace item
