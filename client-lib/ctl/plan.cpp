#include "commands.hpp"
#include "find_profile.hpp"
#include "plan_text.hpp"

#include <memory>

namespace ctl {

void declare_plan(Command parent)
{
    auto name = std::make_shared<std::string>();
    Command command = parent.subcommand("plan", "Show what the next sync would do, and what waits for review");
    command.argument("PROFILE", *name, "Its id or name");
    command.does([name](Context& context) { return show_plan(context, find_profile(context.client, *name)); });
}

} // namespace ctl
