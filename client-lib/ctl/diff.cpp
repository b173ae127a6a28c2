#include "change_text.hpp"
#include "commands.hpp"
#include "documents.hpp"
#include "session_number.hpp"
#include "table.hpp"
#include "text.hpp"
#include "units.hpp"
#include "words.hpp"

#include <fmt/format.h>

#include <memory>

namespace ctl {
namespace {

std::vector<syncd::ItemChange> read_all(Context& context, const SessionOption& option)
{
    const auto profile = option.profile_id(context);
    std::vector<syncd::ItemChange> all;
    for (std::string after;;) {
        auto page = context.client.changes(option.session(), after, profile);
        if (page.empty())
            return all;
        after = page.back().item_id;
        std::move(page.begin(), page.end(), std::back_inserter(all));
    }
}

std::string text(std::uint64_t session, const std::vector<syncd::ItemChange>& changes)
{
    if (changes.empty())
        return fmt::format("Session {} changed nothing here.\n", session);
    std::vector<std::vector<std::string>> rows;
    std::size_t can_undo = 0;
    for (const auto& change : changes) {
        can_undo += change.is_last ? 1 : 0;
        rows.push_back({word(change.service_type), change.item_id, kind_text(change), name_of(change),
                        rule_text(change.rule) + (change.is_last ? "" : "; changed again since")});
    }
    auto lines = table({{"SERVICE"}, {"ID", Align::Right}, {"WHAT"}, {"NAME"}, {"WHY"}}, rows);
    for (std::size_t i = 0; i < changes.size(); ++i)
        for (const auto& line : field_lines(changes[i]))
            lines[i + 1] += "\n" + line;
    const auto& first = changes.front();
    const auto head = first.undone == 0 ? fmt::format("Session {} of {}:", session, format_time(first.time))
                                        : fmt::format("Session {} of {} undid session {}:", session,
                                                      format_time(first.time), first.undone);
    const auto next = can_undo > 0 ? fmt::format("Take it back with: syncctl undo {}\n", session)
                                   : std::string("All of it was changed again since.\n");
    return head + "\n" + join(lines) + next;
}

} // namespace

void declare_diff(Command parent)
{
    auto option = std::make_shared<SessionOption>();
    Command command = parent.subcommand("diff", "Show what a sync changed here, item by item");
    option->declare(command);
    command.does([option](Context& context) {
        const auto changes = read_all(context, *option);
        context.print(document(changes), text(option->session(), changes));
        return ExitStatus::Ok;
    });
}

} // namespace ctl
