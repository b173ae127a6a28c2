#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ctl {

/// What an edit did to a vCard or calendar object, as lines that begin with `- ` or `+ `: the content lines, unfolded,
/// that only one of the two has. What programs note for themselves (REV, PRODID, …) is left out unless nothing else
/// differs.
std::vector<std::string> item_difference(const std::string& before, const std::string& after);

} // namespace ctl
