#include "commands.hpp"
#include "profile_options.hpp"

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
    const SecretsWiped wiped(profile);
    profile.profile_name = options.name;
    if (!options.profile.url)
        throw Failure(ExitStatus::Usage, "the server is missing", "Give its address with --url.");
    apply(options.profile, profile);
    read_secrets(options.profile, profile);
    const std::string id = context.client.add(profile);
    context.print({{"profile_id", id}}, "Added profile " + id + ".\n");
    return ExitStatus::Ok;
}

} // namespace

void declare_profile_add(Command parent)
{
    auto options = std::make_shared<Options>();
    Command command = parent.subcommand("add", "Add a profile");
    command.argument("NAME", options->name, "Its name, free text");
    options->profile.declare(command, true);
    command.does([options](Context& context) { return run(context, *options); });
}

} // namespace ctl
