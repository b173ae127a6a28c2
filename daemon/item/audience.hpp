#pragma once

#include "item/conversion.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace item {

/// What those understand to whom items go, as far as they have said.
struct Audience {
    std::vector<Form> forms; ///< the preferred one first; empty: they have not said
    bool takes_utc = true;   ///< false: moments are as clocks show them here
    /// How far clocks here are ahead of UTC at a moment, in seconds since 1970.
    std::function<std::int64_t(std::int64_t utc)> clock = [](std::int64_t) { return std::int64_t{0}; };
};

/// The forms in which an item may go there, in the order in which they are tried: its own, if that is understood,
/// before all others. At least one. `own` holds items of the kind.
std::vector<Form> forms_for(Form own, Kind what, const Audience& audience);

struct Rendering {
    Form form = Form::VCard30;
    std::string data;
    std::vector<Loss> losses;
    std::string failure; ///< why it can be written in none of the forms that they understand; empty: it can
};
/// The item as it goes there; `attempt`: which of its forms, and when it has no words for the item, the next. As it is
/// where it cannot be converted. The same each time, so that what is known there of an item can be told from what it
/// was here.
Rendering render(std::string data, const Audience& audience, std::size_t attempt = 0);
/// False: `render` leaves the item as it is, at the first attempt.
bool may_be_rendered(std::string_view data, const Audience& audience);

/// A number for the ways in which `render` changes items of a kind; 0: none goes there changed that is in a form of
/// before vCard 4.0.
int ways_of(Kind what, const Audience& audience);

} // namespace item
