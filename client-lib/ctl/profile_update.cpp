#include "commands.hpp"
#include "find_profile.hpp"
#include "profile_options.hpp"

#include <memory>
#include <optional>

namespace ctl {
namespace {

struct Options {
    std::string profile;
    std::optional<std::string> name;
    ProfileOptions changes;
};

ExitStatus run(Context& context, const Options& options)
{
    syncd::SyncProfileInfo profile = find_profile(context.client, options.profile);
    const SecretsWiped wiped(profile);
    if (options.name)
        profile.profile_name = *options.name;
    apply(options.changes, profile);
    read_secrets(options.changes, profile);
    context.client.update(profile);
    context.print({{"profile_id", profile.profile_id}}, "Updated profile " + profile.profile_id + ".\n");
    return ExitStatus::Ok;
}

} // namespace

void declare_profile_update(Command parent)
{
    auto options = std::make_shared<Options>();
    Command command = parent.subcommand("update", "Change what is given of a profile");
    command.argument("PROFILE", options->profile, "Its id or name");
    command.option("--name", "NAME", options->name, "A new name");
    options->changes.declare(command, false);
    command.does([options](Context& context) { return run(context, *options); });
}

} // namespace ctl
