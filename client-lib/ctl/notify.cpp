#include "commands.hpp"
#include "streams.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <string>
#include <vector>

namespace ctl {
namespace {

/// More than any has; the service says how much that is.
constexpr std::size_t largest_file = 1 << 20;

ExitStatus run(Context& context, const std::string& file)
{
    const std::string octets = read_input(file, largest_file);
    const auto profiles = context.client.deliver_notification({octets.begin(), octets.end()});
    context.print({{"profiles", profiles}},
                  profiles.empty() ? std::string("Nothing syncs because of it; syncctl status counts why.\n")
                                   : fmt::format("Syncing: {}.\n", fmt::join(profiles, ", ")));
    return ExitStatus::Ok;
}

} // namespace

void declare_notify(Command parent)
{
    auto file = std::make_shared<std::string>();
    Command command = parent.subcommand("notify", "Hand in a server's notification, as a push agent does");
    command.argument("FILE", *file, "Its body; - for standard input");
    command.does([file](Context& context) { return run(context, *file); });
}

} // namespace ctl
