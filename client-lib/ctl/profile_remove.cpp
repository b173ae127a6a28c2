#include "commands.hpp"
#include "find_profile.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace ctl {

void declare_profile_remove(CLI::App& parent, Action& chosen)
{
    auto name = std::make_shared<std::string>();
    auto* command =
        parent.add_subcommand("remove", "Remove a profile with its credentials and history; contacts and events stay");
    command->add_option("PROFILE", *name, "Its id or name")->required()->option_text(" ");
    command->callback([name, &chosen] {
        chosen = [name](Context& context) {
            const std::string id = find_profile(context.client, *name).profile_id;
            context.client.remove(id);
            context.print({{"profile_id", id}}, "Removed profile " + id + ".\n");
            return ExitStatus::Ok;
        };
    });
}

} // namespace ctl
