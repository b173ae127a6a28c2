#include "commands.hpp"
#include "profile_options.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace ctl {
namespace {

struct Options {
    std::string name;
    ProfileOptions profile;
};

ExitStatus run(Context& context, const Options& options)
{
    syncd::SyncProfileInfo profile;
    const PasswordsWiped wiped(profile);
    profile.profile_name = options.name;
    apply(options.profile, profile);
    read_passwords(options.profile, profile);
    const std::string id = context.client.add(profile);
    context.print({{"profile_id", id}}, "Added profile " + id + ".\n");
    return ExitStatus::Ok;
}

} // namespace

void declare_profile_add(CLI::App& parent, Action& chosen)
{
    auto options = std::make_shared<Options>();
    auto* command = parent.add_subcommand("add", "Add a profile");
    command->add_option("NAME", options->name, "Its name, free text")->required()->option_text(" ");
    options->profile.declare(*command, true);
    command->callback([options, &chosen] { chosen = [options](Context& context) { return run(context, *options); }; });
}

} // namespace ctl
