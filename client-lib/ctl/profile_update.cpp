#include "commands.hpp"
#include "find_profile.hpp"
#include "profile_options.hpp"

#include <CLI/CLI.hpp>

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
    const PasswordsWiped wiped(profile);
    if (options.name)
        profile.profile_name = *options.name;
    apply(options.changes, profile);
    read_passwords(options.changes, profile);
    context.client.update(profile);
    context.print({{"profile_id", profile.profile_id}}, "Updated profile " + profile.profile_id + ".\n");
    return ExitStatus::Ok;
}

} // namespace

void declare_profile_update(CLI::App& parent, Action& chosen)
{
    auto options = std::make_shared<Options>();
    auto* command = parent.add_subcommand("update", "Change what is given of a profile");
    command->add_option("PROFILE", options->profile, "Its id or name")->required()->option_text(" ");
    command->add_option("--name", options->name, "A new name")->option_text("NAME");
    options->changes.declare(*command, false);
    command->callback([options, &chosen] { chosen = [options](Context& context) { return run(context, *options); }; });
}

} // namespace ctl
