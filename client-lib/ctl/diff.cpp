#include "change_text.hpp"
#include "commands.hpp"
#include "documents.hpp"
#include "session_number.hpp"
#include "table.hpp"
#include "text.hpp"
#include "units.hpp"
#include "words.hpp"

#include <fmt/format.h>

#include <exception>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ctl {
namespace {

struct Told {
    std::vector<syncd::ItemChange> changes;
    std::vector<syncd::SentItem> sent;
};

template <class Read>
auto read_all(Read read)
{
    decltype(read(std::string())) all;
    for (std::string after;;) {
        auto page = read(after);
        if (page.empty())
            return all;
        after = page.back().item_id;
        std::move(page.begin(), page.end(), std::back_inserter(all));
    }
}

/// Of one of the two nothing may be kept.
Told read(Context& context, const SessionOption& option)
{
    const auto profile = option.profile_id(context);
    const auto session = option.session();
    Told told;
    std::exception_ptr missing;
    try {
        told.changes =
            read_all([&](const std::string& after) { return context.client.changes(session, after, profile); });
    } catch (const syncd::Error& error) {
        if (error.kind() != syncd::ErrorKind::NotFound)
            throw;
        missing = std::current_exception();
    }
    try {
        told.sent = read_all([&](const std::string& after) { return context.client.sent(session, after, profile); });
    } catch (const syncd::Error& error) {
        if (error.kind() != syncd::ErrorKind::NotFound)
            throw;
        if (missing)
            std::rethrow_exception(missing);
    }
    return told;
}

std::string text(const std::vector<syncd::ItemChange>& changes)
{
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
    const auto head = first.undone == 0 ? fmt::format("Session {} of {}:", first.session, format_time(first.time))
                                        : fmt::format("Session {} of {} undid session {}:", first.session,
                                                      format_time(first.time), first.undone);
    const auto next = can_undo > 0 ? fmt::format("Take it back with: syncctl undo {}\n", first.session)
                                   : std::string("All of it was changed again since.\n");
    return head + "\n" + join(lines) + next;
}

std::string text(const std::vector<syncd::SentItem>& sent)
{
    std::vector<std::vector<std::string>> rows;
    for (const auto& item : sent)
        rows.push_back({word(item.service_type), item.item_id, kind_text(item), item.name.empty() ? "-" : item.name,
                        answer_text(item)});
    const auto& first = sent.front();
    return fmt::format("Session {} of {} sent to the server:\n", first.session, format_time(first.time)) +
           join(table({{"SERVICE"}, {"ID", Align::Right}, {"AS"}, {"NAME"}, {"ANSWER"}}, rows));
}

} // namespace

void declare_diff(Command parent)
{
    auto option = std::make_shared<SessionOption>();
    Command command = parent.subcommand("diff", "Show what a sync changed here, and what it sent, item by item");
    option->declare(command);
    command.does([option](Context& context) {
        const auto told = read(context, *option);
        Json list = document(told.changes);
        for (auto& item : document(told.sent))
            list.push_back(std::move(item));
        auto words = told.changes.empty() ? std::string() : text(told.changes);
        words += told.sent.empty() ? std::string() : text(told.sent);
        context.print(list,
                      words.empty() ? fmt::format("Session {} changed nothing here.\n", option->session()) : words);
        return ExitStatus::Ok;
    });
}

} // namespace ctl
