#include "session/wording.hpp"

#include <fmt/format.h>

namespace session {

std::string words(syncml::StatusCode code)
{
    return fmt::format("status {}: {}", static_cast<int>(code), syncml::describe(code));
}

} // namespace session
