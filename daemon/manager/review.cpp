#include "manager/review.hpp"

#include "kinds/service_kind.hpp"
#include "manager/profile_rules.hpp"
#include "storage/directories.hpp"
#include "storage/sync_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <charconv>

namespace manager {
namespace {

using storage::ItemChange;
using storage::ItemKind;
using storage::ItemStore;
using storage::Reviews;

constexpr std::size_t max_page_bytes = 1024 * 1024;

/// Up to which revision the server knows what was changed here; 0: it knows nothing.
std::uint64_t mark_of(const std::filesystem::path& file, const storage::ProfileRow& row,
                      const storage::ProfileRow::Service& service, const ItemStore& items, ItemKind kind)
{
    const auto state = storage::SyncState::open(file, storage::Access::ReadOnly);
    if (!state || (*state)->store(service.type) != directory(row, service.type))
        return 0;
    const auto anchors = (*state)->find_anchors(service.type, service.uri);
    return anchors && items.has_promised(kind, row.id, anchors->mark) ? anchors->mark : 0;
}

std::string_view word(ItemChange::Kind kind)
{
    switch (kind) {
    case ItemChange::Kind::Add: return "ADD";
    case ItemChange::Kind::Update: return "UPDATE";
    case ItemChange::Kind::Delete: break;
    }
    return "DELETE";
}

std::vector<PlanItem> incoming_items(const Profile& profile, ItemStore& items, ItemKind kind, std::string_view after,
                                     std::uint32_t most)
{
    std::vector<PlanItem> page;
    std::size_t size = 0;
    for (auto& change : Reviews(items).planned(kind, profile.row.id, after, most)) {
        size += change.before.value_or("").size() + change.after.value_or("").size();
        if (!page.empty() && size > max_page_bytes && page.back().next != change.next)
            break;
        auto& item = page.emplace_back();
        item.luid = change.luid;
        item.next = change.next;
        item.change = change.after ? "UPDATE" : "DELETE";
        item.before = std::move(change.before);
        item.after = std::move(change.after);
    }
    return page;
}

std::vector<PlanItem> outgoing_items(const Profile& profile, ItemStore& items, ItemKind kind, std::uint64_t mark,
                                     std::string_view after, std::uint32_t most)
{
    std::vector<PlanItem> page;
    if (mark == 0) {
        for (auto& item : items.page(kind, items.revision(), after, max_page_bytes)) {
            if (page.size() == most)
                break;
            page.push_back({item.luid, "ADD", std::nullopt, std::move(item.data), item.luid});
        }
        return page;
    }
    std::uint64_t revision = 0;
    std::from_chars(after.data(), after.data() + after.size(), revision);
    for (auto& change : items.changes(kind, profile.row.id, mark, items.revision(), revision, max_page_bytes)) {
        if (page.size() == most)
            break;
        auto& item = page.emplace_back();
        item.luid = std::move(change.luid);
        item.change = word(change.kind);
        if (change.kind != ItemChange::Kind::Add)
            item.before = items.find_base(kind, profile.row.id, item.luid, mark);
        if (change.kind != ItemChange::Kind::Delete)
            item.after = std::move(change.data);
        item.next = std::to_string(change.revision);
    }
    return page;
}

/// Does it for each service, in one transaction.
void each_service(const Profile& profile, ItemStore& items,
                  void (Reviews::*work)(ItemKind kind, std::string_view profile))
{
    Reviews reviews(items);
    items.in_transaction([&] {
        for (const auto& service : profile.row.services)
            (reviews.*work)(kind_of(profile.row, service.type, items), profile.row.id);
    });
}

} // namespace

std::vector<ServicePlanView> plan_of(const Profile& profile, ItemStore& items, const std::filesystem::path& file)
{
    std::vector<ServicePlanView> plan;
    const Reviews reviews(items);
    for (const auto& service : profile.row.services) {
        if (!service.enabled)
            continue;
        const auto kind = kind_of(profile.row, service.type, items);
        const auto mark = mark_of(file, profile.row, service, items, kind);
        auto& view = plan.emplace_back();
        view.service = service.type;
        view.held = reviews.held(kind, profile.row.id);
        view.compares = mark == 0;
        const auto planned = reviews.count_planned(kind, profile.row.id);
        view.from_server = {0, planned.updates + planned.merges, planned.removals + planned.merges + planned.absorbed};
        if (mark == 0) {
            view.to_server.added = items.count(kind);
            continue;
        }
        const auto upto = items.revision();
        const auto losses = reviews.count_losses(kind, profile.row.id, mark, upto, Reviews::Counting::Matches);
        const auto all = items.count_changes(kind, profile.row.id, mark, upto);
        view.to_server = {all - losses.total(), losses.updates, losses.removals};
    }
    return plan;
}

base::Result<std::vector<PlanItem>> plan_items(const Profile& profile, ItemStore& items,
                                               const std::filesystem::path& file, std::string_view service,
                                               bool from_server, std::string_view after, std::uint32_t most)
{
    const auto& services = profile.row.services;
    const auto found =
        std::find_if(services.begin(), services.end(), [&](const auto& each) { return each.type == service; });
    if (found == services.end())
        return base::fail(base::Errc::InvalidValue,
                          fmt::format("profile {} has no service '{}'", profile.row.name, service));
    const auto kind = kind_of(profile.row, found->type, items);
    if (from_server)
        return incoming_items(profile, items, kind, after, most);
    return outgoing_items(profile, items, kind, mark_of(file, profile.row, *found, items, kind), after, most);
}

ItemKind kind_of(const storage::ProfileRow& row, const std::string& service, ItemStore& items)
{
    const auto* kind = kinds::find(service);
    assert(kind != nullptr);
    return storage::Directories(items).kind_of(kind->items, directory(row, service));
}

namespace {

bool any_held(const Profile& profile, ItemStore& items, bool (storage::Held::*counts)() const)
{
    const Reviews reviews(items);
    return std::any_of(profile.row.services.begin(), profile.row.services.end(), [&](const auto& service) {
        return service.enabled && (reviews.held(kind_of(profile.row, service.type, items), profile.row.id).*counts)();
    });
}

} // namespace

bool is_held(const Profile& profile, ItemStore& items)
{
    return any_held(profile, items, &storage::Held::any);
}

bool is_blocked(const Profile& profile, ItemStore& items)
{
    return any_held(profile, items, &storage::Held::blocks);
}

void release(const Profile& profile, ItemStore& items)
{
    each_service(profile, items, &Reviews::release);
}

void reject(const Profile& profile, ItemStore& items)
{
    each_service(profile, items, &Reviews::reject);
}

void agree_to_undoing(const Profile& profile, ItemStore& items, const std::filesystem::path& file, std::uint64_t since)
{
    Reviews reviews(items);
    const auto most = review_rules(profile.row).items;
    for (const auto& service : profile.row.services) {
        const auto kind = kind_of(profile.row, service.type, items);
        const auto& id = profile.row.id;
        const auto from = std::max(mark_of(file, profile.row, service, items, kind), reviews.agreed_to(kind, id));
        if (from == 0 || reviews.held(kind, id).any() || reviews.count_losses(kind, id, from, since).total() > most)
            continue;
        if (reviews.count_losses(kind, id, from, items.revision()).total() > most)
            reviews.agree(kind, id);
    }
}

} // namespace manager
