#pragma once

#include "syncml/codes.hpp"

#include <string>

namespace session {

/// A Status code for people: `status 404: not found`.
std::string words(syncml::StatusCode code);

} // namespace session
