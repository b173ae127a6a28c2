#pragma once

#include "item/property.hpp"

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace item {

/// What an item says, however it is written: the same for a vCard 2.1 and the vCard 3.0 of equal content.
///
/// Left out is what servers write of their own accord or leave out: PRODID, UID, REV, SEQUENCE and times of
/// writing, empty properties, defaults that are spelled out, names that follow from others (FN of N), which number is
/// preferred, punctuation in telephone numbers, definitions of time zones, in which zone a moment is given.
/// Everything else counts, properties that nothing is known of as well.
struct NormalForm {
    struct Line {
        std::string name;  ///< of a property, with that of what it stands in: `TEL`, `VEVENT/DTSTART`
        std::string value; ///< with what its parameters say
        auto operator<=>(const Line&) const = default;
    };
    Kind kind = Kind::Contact;
    std::vector<Line> lines; ///< in order, each once

    bool operator==(const NormalForm&) const = default;
    /// All of it as one text; empty when the item says nothing.
    std::string text() const;
};

/// Another one whenever the same item has another normal form than before.
constexpr int normal_form_version = 3;

NormalForm normal_form(const Document& document);
/// `NormalForm::text` of an item; empty as well when it cannot be read.
std::string normal_text(std::string_view data);

} // namespace item
