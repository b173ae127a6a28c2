#include "commands.hpp"
#include "documents.hpp"
#include "profile_text.hpp"
#include "table.hpp"

namespace ctl {
namespace {

std::string text(const std::vector<syncd::SyncProfileInfo>& profiles)
{
    if (profiles.empty())
        return "There are no profiles. Add one with: syncctl profile add\n";
    std::vector<std::vector<std::string>> rows;
    for (const syncd::SyncProfileInfo& profile : profiles)
        rows.push_back({profile.profile_id, profile.profile_name, schedule_text(profile.sync_info),
                        services_text(profile), profile.sync_info.url});
    return join(table({{"ID"}, {"NAME"}, {"WHEN"}, {"SERVICES"}, {"URL"}}, rows));
}

} // namespace

void declare_profile_list(Command parent)
{
    Command command = parent.subcommand("list", "List your profiles");
    command.does([](Context& context) {
        const auto profiles = context.client.get_all();
        context.print(document(profiles), text(profiles));
        return ExitStatus::Ok;
    });
}

} // namespace ctl
