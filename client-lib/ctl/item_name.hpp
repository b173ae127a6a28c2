#pragma once

#include <string>
#include <string_view>

namespace ctl {

/// What people would call an item: the FN (or N) of a vCard, the SUMMARY of a calendar object, as UTF-8
/// text on one line. Empty when it has none.
std::string item_name(std::string_view data);

} // namespace ctl
