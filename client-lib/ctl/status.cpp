#include "commands.hpp"
#include "documents.hpp"
#include "find_profile.hpp"
#include "table.hpp"
#include "text.hpp"
#include "units.hpp"
#include "words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace ctl {
namespace {

struct ProfileState {
    syncd::SyncProfileInfo profile;
    syncd::ProfileStatus status;
    std::vector<syncd::QuarantinedItem> quarantined;
};

/// What most of the items were refused for.
std::string main_reason(const std::vector<syncd::QuarantinedItem>& items)
{
    std::map<std::string, std::size_t> counts;
    for (const auto& item : items)
        ++counts[item.reason];
    const auto most = std::ranges::max_element(counts, {}, [](const auto& count) { return count.second; });
    return most == counts.end() ? std::string() : fmt::format("{} of them: {}", most->second, printable(most->first));
}

ProfileState state_of(Context& context, const syncd::SyncProfileInfo& profile)
{
    return {profile, context.client.status(profile.profile_id), context.client.quarantine(profile.profile_id)};
}

Json state_document(const ProfileState& state)
{
    return Json{
        {"profile_id", state.profile.profile_id},
        {"profile_name", state.profile.profile_name},
        {"state", std::string(to_string(state.status.state))},
        {"last_sync_time", microseconds(state.status.last_sync_time)},
        {"next_sync_time", microseconds(state.status.next_sync_time)},
        {"not_before", microseconds(state.status.not_before)},
        {"quarantined", state.quarantined.size()},
        {"attention", state.status.attention.empty() ? Json() : Json(state.status.attention)},
    };
}

std::string text(const std::vector<ProfileState>& states)
{
    std::vector<std::vector<std::string>> rows;
    for (const auto& [profile, status, quarantined] : states)
        rows.push_back({profile.profile_id, profile.profile_name, lower_word(to_string(status.state)),
                        format_time(status.last_sync_time),
                        // "never" would be wrong: it starts when asked to
                        status.next_sync_time == syncd::Time() ? "when asked" : format_time(status.next_sync_time)});
    auto lines = table({{"ID"}, {"NAME"}, {"STATE"}, {"LAST SYNC"}, {"NEXT SYNC"}}, rows);
    for (const auto& [profile, status, quarantined] : states) {
        if (status.not_before > std::chrono::system_clock::now())
            lines.push_back(fmt::format("{}: the server asks to be left alone until {}",
                                        printable(profile.profile_name), format_time(status.not_before)));
        if (!quarantined.empty()) {
            const auto count = quarantined.size();
            lines.push_back(fmt::format("{0}: {1} not taken by the other side; see syncctl quarantine {0}",
                                        printable(profile.profile_name),
                                        count == 1 ? "1 item was" : fmt::format("{} items were", count)));
            lines.push_back("    " + main_reason(quarantined));
        }
        if (!status.attention.empty())
            lines.push_back(fmt::format("{}: {}", printable(profile.profile_name), printable(status.attention)));
    }
    return join(lines);
}

std::string text(const std::map<std::string, std::uint64_t>& notifications)
{
    std::string counts;
    for (const auto& [word, count] : notifications)
        counts += fmt::format("{}{} {}", counts.empty() ? "notifications: " : ", ", printable(word), count);
    return counts.empty() ? counts : counts + "\n";
}

ExitStatus show_one(Context& context, const std::string& name)
{
    const auto profile = find_profile(context.client, name);
    const ProfileState state = state_of(context, profile);
    context.print(state_document(state), text({state}));
    return ExitStatus::Ok;
}

ExitStatus show_all(Context& context)
{
    const std::string version = context.client.version();
    const std::int32_t most = context.client.max_profiles();
    std::vector<ProfileState> states;
    Json documents = Json::array();
    for (const syncd::SyncProfileInfo& profile : context.client.get_all()) {
        states.push_back(state_of(context, profile));
        documents.push_back(state_document(states.back()));
    }
    const auto notifications = context.client.notifications();
    context.print({{"version", version},
                   {"max_profiles", most},
                   {"notifications", notifications},
                   {"profiles", std::move(documents)}},
                  fmt::format("syncd {}, {} of {} profiles\n{}{}", version, states.size(),
                              most > 0 ? std::to_string(most) : "any number of", states.empty() ? "" : text(states),
                              text(notifications)));
    return ExitStatus::Ok;
}

} // namespace

void declare_status(Command parent)
{
    auto name = std::make_shared<std::optional<std::string>>();
    Command command = parent.subcommand("status", "Show what the service and its profiles are doing");
    command.optional_argument("PROFILE", *name, "Only this one, by id or name");
    command.does([name](Context& context) { return *name ? show_one(context, **name) : show_all(context); });
}

} // namespace ctl
