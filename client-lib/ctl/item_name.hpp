#pragma once

#include <string>
#include <string_view>

namespace ctl {

/// What people would call an item: the FN (or N) of a vCard, the SUMMARY of a calendar object, the first line of plain
/// text, as UTF-8 text on one line. Empty when it has none.
std::string item_name(std::string_view data);

/// Whether an item is no vCard and no calendar object but a note in plain text.
bool is_plain_text(std::string_view data);

} // namespace ctl
