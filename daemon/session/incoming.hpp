#pragma once

#include "session/session.hpp"

#include <string>
#include <variant>

namespace session {

/// An item command of the server as its service will carry it out, or the Status
/// that refuses it. `item` is one of `command` and loses its data.
std::variant<Incoming, syncml::StatusCode> read_incoming(const syncml::ItemCommand& command, syncml::Item& item);

} // namespace session
