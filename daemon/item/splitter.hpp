#pragma once

#include "item/item.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

namespace item {

/// Takes a stream of vCards or calendars (.vcf, .ics) apart into items as `check` wants them.
///
/// The events of a calendar object that share a UID, a recurring event and its changed occurrences, are one item;
/// each item gets the calendar's properties and exactly the time zones it refers to.
/// Events without UID stand alone. To-dos, journals and free-busy times are skipped and counted.
/// Holds one vCard, or one VCALENDAR object, at a time: its events may stand in any order.
class Splitter {
public:
    /// Called with each item; an error it returns ends the splitting.
    using Sink = std::function<base::Result<void>(Item)>;

    explicit Splitter(Sink sink);
    ~Splitter();

    /// Takes the next octets, cut anywhere. After an error the splitter is of no more use.
    ///
    /// Errors: the sink's, or as `check`, with the place: `item 7, line 143: …`. Items are
    /// counted as they begin, events as VEVENTs, lines in the whole stream.
    base::Result<void> feed(std::string_view chunk);
    /// The stream is over. Error: it ended inside of an item.
    base::Result<void> finish();

    std::size_t skipped() const; ///< to-dos and other components that are no events

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace item
