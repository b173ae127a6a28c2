#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace item {

/// How much a peer says that it keeps of a property (DevInf, MaxSize and MaxOccur); 0: it does not say.
struct Room {
    std::size_t size = 0;  ///< octets or characters of a value
    std::size_t count = 0; ///< values
    bool operator==(const Room&) const = default;
};
using Rooms = std::map<std::string, Room>; ///< by name, in upper case

/// What a peer has no room for, put back into what it sent: `came` with those properties and parameters of `sent`, the
/// item as the peer got it, that it does not keep and that `came` therefore lacks. `lost`: names in upper case, of
/// properties (`X-SPOUSE`), components (`VALARM`), parameters (`TEL;TYPE`), and `RECURRENCE-ID` for changed
/// occurrences. What the peer sent of a name it has room for, so nothing of that name is put back. A parameter goes to
/// the property of equal value.
///
/// `rooms`: a value that came as the beginning of one that was sent, cut where the room for it ends, is that whole one;
/// where as many values came as there is room for, each of them sent, the others are put back; and so is what is larger
/// than there is room for, when nothing of its name came.
///
/// `came` as it is when there is nothing to put back, or one of them cannot be read, or they are of different kinds or,
/// for entries of calendars, forms.
std::string restore(std::string_view sent, std::string_view came, const std::set<std::string>& lost,
                    const Rooms& rooms = {});

/// Of the names that `sent` says something under, as above but for parameters: those under which `came` says something,
/// too, and those under which it says nothing. Names that every peer has room for, or writes by itself, are in neither;
/// but dropped are UID where `came` has none, and a contact's N where it has none and the same FN.
struct Kept {
    std::set<std::string> kept, dropped;
};
Kept find_kept(std::string_view sent, std::string_view came);

} // namespace item
