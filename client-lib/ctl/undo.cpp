#include "commands.hpp"
#include "documents.hpp"
#include "session_number.hpp"
#include "words.hpp"

#include <fmt/format.h>

#include <memory>

namespace ctl {
namespace {

std::string items(std::uint64_t count)
{
    return fmt::format("{} item{}", count, count == 1 ? "" : "s");
}

std::string left_alone(const syncd::UndoReport& report)
{
    if (report.left_alone == 0)
        return {};
    std::string names;
    for (const auto& item : report.left_alone_items)
        names += fmt::format("{}{} {}", names.empty() ? "" : ", ", word(item.service_type), item.item_id);
    if (report.left_alone > report.left_alone_items.size())
        names += ", …";
    return fmt::format("Left alone, because {} changed again after that sync: {}.\nSee why with: syncctl why ID\n",
                       report.left_alone == 1 ? "it was" : "they were", names);
}

std::string text(std::uint64_t session, const syncd::UndoReport& report)
{
    if (report.session == 0)
        return fmt::format("Nothing was to be undone of session {}.\n", session) + left_alone(report);
    return fmt::format("Session {} is undone: {} brought back, {} as before, {} removed.\n", session,
                       items(report.restored), items(report.reverted), items(report.removed)) +
           left_alone(report) +
           fmt::format("The servers are told with the next syncs. To have it again: syncctl undo {}\n", report.session);
}

} // namespace

void declare_undo(Command parent)
{
    auto option = std::make_shared<SessionOption>();
    Command command =
        parent.subcommand("undo", "Put back what a sync changed here, and on the servers with the next sync");
    option->declare(command);
    command.does([option](Context& context) {
        const auto report = context.client.undo(option->session(), option->profile_id(context));
        context.print(document(report), text(option->session(), report));
        return ExitStatus::Ok;
    });
}

} // namespace ctl
