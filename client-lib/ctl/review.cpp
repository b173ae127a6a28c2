#include "commands.hpp"
#include "find_profile.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <memory>

namespace ctl {

void declare_release(Command parent)
{
    auto name = std::make_shared<std::string>();
    Command command = parent.subcommand("release", "Let what waits for review be done");
    command.argument("PROFILE", *name, "Its id or name");
    command.does([name](Context& context) {
        const auto profile = find_profile(context.client, *name);
        context.client.release(profile.profile_id);
        context.print({{"profile_id", profile.profile_id}},
                      fmt::format("What the server changed is done; the rest goes with the next sync of {}.\n",
                                  printable(profile.profile_name)));
        return ExitStatus::Ok;
    });
}

void declare_reject(Command parent)
{
    auto name = std::make_shared<std::string>();
    Command command = parent.subcommand("reject", "Keep the items here as they are, instead of what waits for review");
    command.argument("PROFILE", *name, "Its id or name");
    command.does([name](Context& context) {
        const auto profile = find_profile(context.client, *name);
        context.client.reject(profile.profile_id);
        context.print({{"profile_id", profile.profile_id}},
                      fmt::format("The items here stay as they are; the server gets them with the next sync of {}.\n",
                                  printable(profile.profile_name)));
        return ExitStatus::Ok;
    });
}

} // namespace ctl
