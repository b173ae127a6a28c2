#include "session/wording.hpp"

#include <fmt/format.h>

namespace session {

std::string words(syncml::StatusCode code)
{
    return fmt::format("status {}: {}", static_cast<int>(code), syncml::describe(code));
}

base::Error broken_rule(std::string_view what)
{
    return {base::Errc::Protocol, fmt::format("{} {}", what, ask_the_operator)};
}

base::Error server_failure(std::string_view what)
{
    return {base::Errc::Server, fmt::format("{} {}", what, ask_the_operator)};
}

} // namespace session
