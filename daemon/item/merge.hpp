#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace item {

enum class Side { Ours, Theirs };

/// What became of two texts of one item that were changed independently.
struct Merge {
    struct Taken {
        std::string field; ///< `TEL`; that of a changed occurrence has its moment before it; empty: all of it
        Side side = Side::Ours;
        bool operator==(const Taken&) const = default;
    };
    /// What both sides say differently, and only one of them can.
    struct Conflict {
        std::string field; ///< as above; empty: the items as a whole
        std::string ours, theirs, base;
        bool operator==(const Conflict&) const = default;
    };

    std::string text;
    std::vector<Taken> taken; ///< what one side has changed and the other has not, or has left as it was
    std::vector<Conflict> conflicts;
};

/// Merges two texts of one item, field by field, in what they mean (see NormalForm). `base`: what both
/// were made of; nothing, or one that cannot be read: nothing is known of that, and what only one side has stays.
///
/// The side that did not change a field gives way. Of what an item may have any number, telephone numbers, members of
/// lists, attendees, alarms, nothing is lost that one side has added or changed; gone is what one side has deleted and
/// the other has left alone. Of two different changes to what it can have once there is a conflict, in which
/// `preferred` has its way; a change prevails over a deletion.
///
/// The text is in the form of `ours`, and keeps of it every octet that is not changed; a note in plain text that is
/// changed by a VJOURNAL becomes one. Without conflict both orders of the sides end with the same meaning; a
/// side merged with itself or with the base is the changed one. `check` takes the text when it takes both.
///
/// Errors: InvalidValue when a side cannot be read, or they are of different kinds.
base::Result<Merge> merge(const std::optional<std::string_view>& base, std::string_view ours, std::string_view theirs,
                          Side preferred = Side::Ours);

/// When the item says that it was changed last, in seconds since 1970; nothing when it does not.
std::optional<std::int64_t> last_change(std::string_view data);

} // namespace item
