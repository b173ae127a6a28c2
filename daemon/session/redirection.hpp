#pragma once

#include "base/result.hpp"
#include "syncml/message.hpp"

#include <string>

namespace session {

/// Where a server that answers our header with 300 to 305 wants to be asked: the address that stands in the Item of
/// that Status. `from`: where the session began.
///
/// An address is followed only to the same host and port, since our credentials are meant for that, and never with
/// less encryption. Error: Server, with what the user can do, for every other one.
base::Result<std::string> follow(const syncml::Status& status, const std::string& from);

} // namespace session
