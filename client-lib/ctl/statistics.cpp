#include "commands.hpp"
#include "documents.hpp"
#include "find_profile.hpp"
#include "statistics_text.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace ctl {

void declare_statistics(CLI::App& parent, Action& chosen)
{
    auto name = std::make_shared<std::string>();
    auto* command = parent.add_subcommand("statistics", "Show how the last sync of a profile went");
    command->add_option("PROFILE", *name, "Its id or name")->required()->option_text(" ");
    command->callback([name, &chosen] {
        chosen = [name](Context& context) {
            const auto statistics = context.client.statistics(find_profile(context.client, *name).profile_id);
            context.print(document(statistics), statistics_text(statistics));
            return ExitStatus::Ok;
        };
    });
}

} // namespace ctl
