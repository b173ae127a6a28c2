#include "commands.hpp"
#include "documents.hpp"
#include "exit_status.hpp"
#include "find_profile.hpp"
#include "text.hpp"
#include "units.hpp"
#include "words.hpp"

#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <optional>
#include <vector>

namespace ctl {
namespace {

/// A conflict and the profile that it came up in.
struct Found {
    syncd::SyncProfileInfo profile;
    syncd::ItemConflict conflict;
};

std::vector<Found> find_conflicts(Context& context, const std::optional<std::string>& wanted)
{
    const auto profiles = wanted ? std::vector{find_profile(context.client, *wanted)} : context.client.get_all();
    std::vector<Found> all;
    for (const auto& profile : profiles) {
        for (std::uint64_t after = 0;;) {
            auto some = context.client.conflicts(profile.profile_id, after);
            if (some.empty())
                break;
            after = some.back().number;
            for (auto& conflict : some)
                all.push_back({profile, std::move(conflict)});
        }
    }
    return all;
}

std::string outcome(const syncd::ItemConflict& conflict)
{
    switch (conflict.way) {
    case syncd::ConflictWay::Ours: return "the item has what was written here";
    case syncd::ConflictWay::Theirs: return "the item has what the server sent";
    case syncd::ConflictWay::Both:
        return fmt::format("the item has what was written here, and item {} what the server sent", conflict.copy_id);
    case syncd::ConflictWay::Unknown: break;
    }
    return "unknown";
}

std::string text(const std::vector<Found>& all)
{
    if (all.empty())
        return "There are no conflicts.\n";
    std::string lines;
    for (const auto& [profile, conflict] : all) {
        lines += fmt::format("{}  {}  {} item {}, {}\n", conflict.number, printable(profile.profile_name),
                             word(conflict.service_type), printable(conflict.item_id), format_time(conflict.time));
        for (const auto& field : conflict.fields) {
            lines += fmt::format("    {}\n", field.name.empty() ? "the whole item" : printable(field.name));
            lines += fmt::format("        here       {}\n", printable(field.ours));
            lines += fmt::format("        server     {}\n", printable(field.theirs));
            if (!field.base.empty())
                lines += fmt::format("        before     {}\n", printable(field.base));
        }
        lines += fmt::format("    {}\n", printable(outcome(conflict)));
    }
    return lines + "To settle one: syncctl conflicts resolve NUMBER ours|theirs|both\n";
}

Json document(const Found& found)
{
    Json fields = Json::array();
    for (const auto& field : found.conflict.fields)
        fields.push_back({{"name", field.name}, {"ours", field.ours}, {"theirs", field.theirs}, {"base", field.base}});
    const auto& conflict = found.conflict;
    return {
        {"number", conflict.number},
        {"profile_id", found.profile.profile_id},
        {"service_type", syncd::to_string(conflict.service_type)},
        {"item_id", conflict.item_id},
        {"copy_id", conflict.copy_id.empty() ? Json() : Json(conflict.copy_id)},
        {"time", conflict.time.time_since_epoch().count()},
        {"way", syncd::to_string(conflict.way)},
        {"theirs", conflict.theirs},
        {"fields", std::move(fields)},
    };
}

struct ResolveOptions {
    std::string number, way;
};

ExitStatus resolve(Context& context, const ResolveOptions& options)
{
    std::uint64_t number = 0;
    const auto* end = options.number.data() + options.number.size();
    if (const auto [stop, error] = std::from_chars(options.number.data(), end, number);
        error != std::errc() || stop != end)
        throw Failure(ExitStatus::Usage, "\"" + options.number + "\" is no number of a conflict");
    const auto way = parse_word<syncd::ConflictWay>(options.way);
    if (!way)
        throw Failure(ExitStatus::Usage, "\"" + options.way + "\" is none of " + all_words<syncd::ConflictWay>());
    for (const auto& found : find_conflicts(context, std::nullopt)) {
        if (found.conflict.number != number)
            continue;
        context.client.resolve_conflict(found.profile.profile_id, number, *way);
        context.print({{"number", number}, {"way", syncd::to_string(*way)}},
                      fmt::format("Conflict {} is settled. The servers are told with the next syncs.\n", number));
        return ExitStatus::Ok;
    }
    throw syncd::Error("org.syncd1.Error.NotFound",
                       fmt::format("there is no conflict {}; `syncctl conflicts` shows what there is", number));
}

} // namespace

void declare_conflicts(Command parent)
{
    auto profile = std::make_shared<std::optional<std::string>>();
    Command command = parent.subcommand("conflicts", "Show items that you and a server have changed differently");
    command.optional_argument("PROFILE", *profile, "Its id or name; all of yours when not given");
    command.does([profile](Context& context) {
        const auto all = find_conflicts(context, *profile);
        Json list = Json::array();
        for (const auto& one : all)
            list.push_back(document(one));
        context.print(list, text(all));
        return ExitStatus::Ok;
    });
    auto options = std::make_shared<ResolveOptions>();
    Command resolving = command.subcommand("resolve", "Say which version an item is to have");
    resolving.argument("NUMBER", options->number, "Of the conflict");
    resolving.argument("WAY", options->way, "ours, theirs, or both: two items");
    resolving.does([options](Context& context) { return resolve(context, *options); });
}

} // namespace ctl
