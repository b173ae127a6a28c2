#include "plan_text.hpp"

#include "change_text.hpp"
#include "item_name.hpp"
#include "table.hpp"
#include "text.hpp"
#include "words.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace ctl {
namespace {

using syncd::PlanChange;

constexpr std::uint32_t page = 100;

std::string_view word_of(PlanChange change)
{
    switch (change) {
    case PlanChange::Add: return "add";
    case PlanChange::Update: return "update";
    case PlanChange::Delete: return "delete";
    case PlanChange::Unknown: break;
    }
    return "unknown";
}

Json counts(const syncd::PlanCounts& counts)
{
    return Json{{"added", counts.added}, {"updated", counts.updated}, {"removed", counts.removed}};
}

std::string counts_text(const syncd::PlanCounts& counts)
{
    return fmt::format("{} to add, {} to change, {} to delete", counts.added, counts.updated, counts.removed);
}

bool is_empty(const syncd::PlanCounts& counts)
{
    return counts.added + counts.updated + counts.removed == 0;
}

/// One direction of one service.
class Listing {
public:
    Listing(Context& context, const syncd::SyncProfileInfo& profile, syncd::SyncServiceType service, bool from_server)
        : context_(context), profile_(profile), service_(service), from_server_(from_server)
    {
        std::string after;
        for (;;) {
            const auto items = context_.client.plan_items(profile_.profile_id, service_, from_server_, after, page);
            if (items.empty())
                return;
            after = items.back().next;
            for (const auto& item : items)
                add(item);
        }
    }

    Json document = Json::array();

    /// A line for each item, below an update what it changes; empty when there is nothing.
    std::string text() const
    {
        if (rows_.empty())
            return {};
        auto lines = table({{"  CHANGE"}, {"ID"}, {"NAME"}}, rows_);
        for (std::size_t i = 0; i < edits_.size(); ++i)
            for (const auto& line : edits_[i])
                lines[i + 1] += "\n" + line;
        return join(lines);
    }

private:
    void add(const syncd::PlanItem& item)
    {
        const auto name = item_name(item.after ? *item.after : item.before.value_or(""));
        document.push_back({{"luid", item.luid},
                            {"change", word_of(item.change)},
                            {"name", name},
                            {"before", item.before ? Json(*item.before) : Json()},
                            {"after", item.after ? Json(*item.after) : Json()}});
        rows_.push_back({"  " + std::string(word_of(item.change)), item.luid, printable(name)});
        edits_.push_back(item.before && item.after ? edit_lines(*item.before, *item.after)
                                                   : std::vector<std::string>());
    }

    Context& context_;
    const syncd::SyncProfileInfo& profile_;
    syncd::SyncServiceType service_;
    bool from_server_;
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::vector<std::string>> edits_; ///< for each row
};

std::string why_held(const syncd::ServicePlan& service, const std::string& profile)
{
    std::vector<std::string> reasons;
    if (service.is_held_from_server)
        reasons.emplace_back("what the server deleted and changed");
    if (service.is_held_to_server)
        reasons.emplace_back("what was deleted and changed here");
    if (service.is_held_for_slow)
        reasons.emplace_back("a comparison of all items (a slow sync) that nobody has asked for");
    if (service.is_held_for_store)
        reasons.emplace_back("a directory that is not what it was (release deletes what is missing in it, reject "
                             "writes it there again)");
    std::string list;
    for (std::size_t i = 0; i < reasons.size(); ++i)
        list += (i == 0 ? "" : i + 1 == reasons.size() ? " and " : ", ") + reasons[i];
    return fmt::format(
        "  Waits for review: {}.\n  syncctl release {} lets it be done; syncctl reject {} keeps the items "
        "here as they are.\n",
        list, profile, profile);
}

/// What the type makes of what was changed here; empty: it goes to the server.
std::string fate_by(syncd::SyncType type)
{
    switch (type) {
    case syncd::SyncType::Slow: return "  All items of both sides are compared, whatever was changed.\n";
    case syncd::SyncType::RefreshFromClient:
        return "  All items here are sent, and the server puts them in place of those that it has.\n";
    case syncd::SyncType::OneWayFromServer: return "  Nothing is sent; what was changed here waits for another sync.\n";
    case syncd::SyncType::RefreshFromServer:
        return "  Nothing is sent: the server's items come in place of all that are here, also of what was changed.\n";
    case syncd::SyncType::TwoWay:
    case syncd::SyncType::OneWayFromClient:
    case syncd::SyncType::Unknown: break;
    }
    return {};
}

/// What other programs may have changed without our knowing.
std::string unseen(const syncd::SyncProfileInfo& profile, syncd::SyncServiceType service)
{
    for (const auto& one : profile.service_info)
        if (one.service_type == service && !one.store.empty())
            return fmt::format("  What was changed in {} since the last sync is not looked at before the next one.\n",
                               printable(one.store));
    return {};
}

} // namespace

ExitStatus show_plan(Context& context, const syncd::SyncProfileInfo& profile, std::optional<syncd::SyncType> wanted)
{
    const auto& info = profile.sync_info;
    const auto type = wanted.value_or(info.mode == syncd::SyncMode::Manual ? info.type : syncd::SyncType::TwoWay);
    const auto by_type = fate_by(type);
    Json services = Json::array();
    std::string text;
    for (const auto& service : context.client.plan(profile.profile_id)) {
        Json told{{"service_type", std::string(to_string(service.service_type))},
                  {"held_from_server", service.is_held_from_server},
                  {"held_to_server", service.is_held_to_server},
                  {"held_for_slow_sync", service.is_held_for_slow},
                  {"held_for_store", service.is_held_for_store},
                  {"compares", service.compares},
                  {"from_server", counts(service.from_server)},
                  {"to_server", counts(service.to_server)}};
        text += word(service.service_type) + "\n";
        if (service.is_held())
            text += why_held(service, profile.profile_id);
        const Listing from(context, profile, service.service_type, true);
        told["from_server"]["items"] = from.document;
        if (const auto lines = from.text(); !lines.empty())
            text += fmt::format("  Of the server, here: {}\n", counts_text(service.from_server)) + lines;
        text += by_type;
        if (service.compares && by_type.empty()) {
            text += fmt::format("  There is no sync to go on from: the {} items here and all items of the server are "
                                "compared.\n",
                                service.to_server.added);
        } else if (!service.compares) {
            const Listing to(context, profile, service.service_type, false);
            told["to_server"]["items"] = to.document;
            text += is_empty(service.to_server)
                        ? std::string(by_type.empty() ? "  Nothing to send.\n" : "")
                        : fmt::format("  {}: {}\n", by_type.empty() ? "To the server" : "Changed here",
                                      counts_text(service.to_server)) +
                              to.text();
        }
        text += unseen(profile, service.service_type);
        services.push_back(std::move(told));
    }
    if (text.empty())
        text = "No service of the profile is enabled.\n";
    else
        text += "What the server has changed since the last sync is not known before the next one.\n";
    context.print({{"profile_id", profile.profile_id}, {"type", word(type)}, {"services", std::move(services)}}, text);
    return ExitStatus::Ok;
}

} // namespace ctl
