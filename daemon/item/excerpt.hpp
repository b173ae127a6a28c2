#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace item {

/// An item for people to look at, in at most about `most` octets: itself; or, when it is larger, its lines with the
/// long ones cut, each told by its size and a hash, so that what differs still does.
std::string excerpt(std::string_view data, std::size_t most);

} // namespace item
