#include "change_text.hpp"
#include "commands.hpp"
#include "documents.hpp"
#include "item_name.hpp"
#include "table.hpp"
#include "text.hpp"
#include "units.hpp"
#include "words.hpp"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace ctl {
namespace {

using syncd::SyncServiceType;

struct Found {
    SyncServiceType type = SyncServiceType::Unknown;
    syncd::ItemExplanation why;
};

/// No two items have one id, of whatever kind they are.
Found find(syncd::Client& client, const std::string& id)
{
    std::string error_name;
    for (const auto type : all_values<SyncServiceType>()) {
        try {
            return {type, client.explain(type, id)};
        } catch (const syncd::Error& error) {
            if (error.kind() != syncd::ErrorKind::NotFound)
                throw;
            error_name = error.name();
        }
    }
    throw syncd::Error(error_name, fmt::format("there is no item with the id \"{}\", and there was none", id));
}

/// Names of the user's profiles by id.
class Names {
public:
    explicit Names(syncd::Client& client)
    {
        for (auto& profile : client.get_all())
            names_.emplace(profile.profile_id, std::move(profile.profile_name));
    }
    std::string operator[](const std::string& id) const
    {
        const auto found = names_.find(id);
        return found == names_.end() ? "a removed profile" : found->second;
    }

private:
    std::map<std::string, std::string> names_;
};

/// Who made it what it is.
std::string state_text(const Found& found, const Names& names)
{
    const auto& why = found.why;
    const std::string what = why.content ? "changed" : "deleted";
    const bool session_was_last = !why.changes.empty() && why.changes.front().is_last;
    if (session_was_last && why.changes.front().undone != 0)
        return fmt::format("It is as session {} left it, in which session {} was undone.", why.changes.front().session,
                           why.changes.front().undone);
    if (session_was_last)
        return fmt::format("It is as session {} of {} left it.", why.changes.front().session,
                           names[why.changes.front().profile_id]);
    if (!why.writer.empty())
        return fmt::format("A sync of {} was the last that {} it; of that nothing is kept any more.", names[why.writer],
                           what);
    if (why.changes.empty())
        return fmt::format("{} here, not in a sync that is kept.",
                           why.content ? "It was added or changed" : "It was deleted");
    return fmt::format("It was {} here after that, not in a sync.", what);
}

std::string text(const std::string& id, const Found& found, const Names& names)
{
    const auto& why = found.why;
    std::string name = why.content ? item_name(*why.content) : "";
    if (name.empty() && !why.changes.empty())
        name = name_of(why.changes.front());
    std::vector<std::string> lines{
        fmt::format("{} {}, {}{}", word(found.type), id, printable(name), why.content ? "" : ": deleted"),
        state_text(found, names)};
    // Both lists have the newest first.
    auto sent = why.sent.begin();
    const auto tell_sent_since = [&](std::uint64_t session) {
        for (; sent != why.sent.end() && sent->session >= session; ++sent)
            lines.push_back(fmt::format("  {}  session {} of {}: sent to the server as {}, {}", format_time(sent->time),
                                        sent->session, printable(names[sent->profile_id]), kind_text(*sent),
                                        answer_text(*sent)));
    };
    for (const auto& change : why.changes) {
        tell_sent_since(change.session);
        lines.push_back(fmt::format("  {}  session {} of {}: {}, {}", format_time(change.time), change.session,
                                    printable(names[change.profile_id]), kind_text(change), rule_text(change.rule)));
        for (auto& line : field_lines(change))
            lines.push_back(std::move(line));
    }
    tell_sent_since(0);
    lines.push_back(why.creator.empty() ? "It was added here at first."
                                        : fmt::format("It came from {} at first.", printable(names[why.creator])));
    return join(lines);
}

} // namespace

void declare_why(Command parent)
{
    auto id = std::make_shared<std::string>();
    Command command = parent.subcommand("why", "Show which syncs made an item what it is, and sent it");
    command.argument("ID", *id, "As `syncctl item list` shows it");
    command.does([id](Context& context) {
        const auto found = find(context.client, *id);
        Json told = document(found.why);
        told["service_type"] = std::string(to_string(found.type));
        told["item_id"] = *id;
        context.print(told, text(*id, found, Names(context.client)));
        return ExitStatus::Ok;
    });
}

} // namespace ctl
