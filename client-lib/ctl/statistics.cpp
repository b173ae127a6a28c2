#include "commands.hpp"
#include "documents.hpp"
#include "find_profile.hpp"
#include "statistics_text.hpp"

#include <memory>

namespace ctl {

void declare_statistics(Command parent)
{
    auto name = std::make_shared<std::string>();
    Command command = parent.subcommand("statistics", "Show how the last sync of a profile went");
    command.argument("PROFILE", *name, "Its id or name");
    command.does([name](Context& context) {
        const auto statistics = context.client.statistics(find_profile(context.client, *name).profile_id);
        context.print(document(statistics), statistics_text(statistics));
        return ExitStatus::Ok;
    });
}

} // namespace ctl
