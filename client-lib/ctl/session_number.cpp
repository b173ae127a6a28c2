#include "session_number.hpp"

#include "find_profile.hpp"

#include <fmt/format.h>

#include <charconv>

namespace ctl {

void SessionOption::declare(Command& command)
{
    command.argument("SESSION", number, "Its number, as `syncctl history` shows it");
    command.option("--profile", "PROFILE", profile, "Whose it is: only needed for a profile of another user");
}

std::uint64_t SessionOption::session() const
{
    std::uint64_t session = 0;
    const auto* end = number.data() + number.size();
    const auto [stop, error] = std::from_chars(number.data(), end, session);
    if (error != std::errc() || stop != end || session == 0)
        throw Failure(ExitStatus::Usage, fmt::format("\"{}\" is no number of a session", number),
                      "See them with: syncctl history PROFILE");
    return session;
}

std::string SessionOption::profile_id(Context& context) const
{
    return profile ? find_profile(context.client, *profile).profile_id : std::string();
}

} // namespace ctl
