#include "commands.hpp"
#include "find_profile.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace ctl {

void declare_stop(CLI::App& parent, Action& chosen)
{
    auto name = std::make_shared<std::string>();
    auto* command = parent.add_subcommand("stop", "Ask the sync of a profile to end; does not wait for it");
    command->add_option("PROFILE", *name, "Its id or name")->required()->option_text(" ");
    command->callback([name, &chosen] {
        chosen = [name](Context& context) {
            const auto profile = find_profile(context.client, *name);
            context.client.stop_sync(profile.profile_id);
            context.print({{"profile_id", profile.profile_id}},
                          "The sync of " + profile.profile_name + " is stopping.\n");
            return ExitStatus::Ok;
        };
    });
}

} // namespace ctl
