#include "commands.hpp"
#include "find_profile.hpp"

#include <memory>

namespace ctl {

void declare_stop(Command parent)
{
    auto name = std::make_shared<std::string>();
    Command command = parent.subcommand("stop", "Ask the sync of a profile to end; does not wait for it");
    command.argument("PROFILE", *name, "Its id or name");
    command.does([name](Context& context) {
        const auto profile = find_profile(context.client, *name);
        context.client.stop_sync(profile.profile_id);
        context.print({{"profile_id", profile.profile_id}}, "The sync of " + profile.profile_name + " is stopping.\n");
        return ExitStatus::Ok;
    });
}

} // namespace ctl
