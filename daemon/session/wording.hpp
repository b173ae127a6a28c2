#pragma once

#include "base/error.hpp"
#include "syncml/codes.hpp"

#include <string>
#include <string_view>

namespace session {

/// A Status code for people: `status 404: not found`.
std::string words(syncml::StatusCode code);

/// What to do about a server that does not do its part: the end of a message.
inline constexpr std::string_view ask_the_operator = "Try again; if it stays so, tell the server's operator.";

/// The server broke a rule of OMA DS (Errc::Protocol), or did not do what it was asked to (Errc::Server). `what`:
/// that, as a sentence; the error says what to do as well.
base::Error broken_rule(std::string_view what);
base::Error server_failure(std::string_view what);

} // namespace session
