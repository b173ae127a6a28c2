#include "commands.hpp"
#include "documents.hpp"
#include "find_profile.hpp"
#include "text.hpp"
#include "units.hpp"
#include "words.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <vector>

namespace ctl {
namespace {

struct OfProfile {
    syncd::SyncProfileInfo profile;
    std::vector<syncd::QuarantinedItem> items;
};

std::string line(const OfProfile& found, const syncd::QuarantinedItem& item)
{
    return fmt::format(
        "{}  {} {} {}  session {}, {}{}\n    {}\n", printable(found.profile.profile_name), word(item.service_type),
        item.from_server ? "of the server, and not here:" : "not on the server:", printable(item.item_id), item.session,
        format_time(item.time), item.size > 0 ? ", " + format_bytes(item.size) : "", printable(item.reason));
}

std::string text(const std::vector<OfProfile>& all)
{
    std::string lines;
    for (const auto& found : all)
        for (const auto& item : found.items)
            lines += line(found, item);
    if (lines.empty())
        return "Every item was taken.\n";
    return lines +
           "Each is tried again when it is edited; one of yours, too, when the server has become another; all with a "
           "slow sync.\n";
}

Json document(const OfProfile& found, const syncd::QuarantinedItem& item)
{
    return {
        {"profile_id", found.profile.profile_id},
        {"service_type", syncd::to_string(item.service_type)},
        {"from_server", item.from_server},
        {"item_id", item.item_id},
        {"status", item.status},
        {"reason", item.reason},
        {"size", item.size},
        {"session", item.session},
        {"time", item.time.time_since_epoch().count()},
    };
}

} // namespace

void declare_quarantine(Command parent)
{
    auto profile = std::make_shared<std::optional<std::string>>();
    Command command = parent.subcommand("quarantine", "Show items that the server, or this machine, has refused");
    command.optional_argument("PROFILE", *profile, "Its id or name; all of yours when not given");
    command.does([profile](Context& context) {
        const auto profiles =
            *profile ? std::vector{find_profile(context.client, **profile)} : context.client.get_all();
        std::vector<OfProfile> all;
        Json list = Json::array();
        for (const auto& one : profiles) {
            const auto& found = all.emplace_back(OfProfile{one, context.client.quarantine(one.profile_id)});
            for (const auto& item : found.items)
                list.push_back(document(found, item));
        }
        context.print(list, text(all));
        return ExitStatus::Ok;
    });
}

} // namespace ctl
