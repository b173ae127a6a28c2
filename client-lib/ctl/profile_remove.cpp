#include "commands.hpp"
#include "find_profile.hpp"

#include <memory>

namespace ctl {

void declare_profile_remove(Command parent)
{
    auto name = std::make_shared<std::string>();
    Command command = parent.subcommand("remove", "Remove a profile with its credentials and history; items stay");
    command.argument("PROFILE", *name, "Its id or name");
    command.does([name](Context& context) {
        const std::string id = find_profile(context.client, *name).profile_id;
        context.client.remove(id);
        context.print({{"profile_id", id}}, "Removed profile " + id + ".\n");
        return ExitStatus::Ok;
    });
}

} // namespace ctl
