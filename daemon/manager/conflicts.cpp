#include "manager/conflicts.hpp"

#include "base/log.hpp"
#include "storage/reviews.hpp"

#include <fmt/format.h>

#include <utility>

namespace manager {
namespace {

using base::Errc;
using storage::ItemConflict;
using Way = ItemConflict::Way;

const std::string& outcome(const ItemConflict& conflict, Way way)
{
    return way == Way::Theirs ? conflict.with_theirs : conflict.with_ours;
}

/// False, and nothing is done, when the item has been edited since and would have to be changed.
bool settle(storage::ItemStore& store, const ItemConflict& conflict, Way way)
{
    // Where its session waits for review the item is not yet what came of the conflict.
    storage::Reviews reviews(store);
    reviews.carry_out_merge(conflict.kind, conflict.profile, conflict.luid, outcome(conflict, conflict.way));
    const auto item = store.find(conflict.kind, conflict.luid);
    const auto& was = outcome(conflict, conflict.way);
    const auto& wanted = outcome(conflict, way);
    if (item && was != wanted && item->data != wanted) {
        if (item->data != was)
            return false;
        store.replace(conflict.kind, conflict.luid, wanted);
    }
    const auto copy = store.find(conflict.kind, conflict.copy);
    if (way != Way::Both && item && copy && copy->data == conflict.theirs)
        store.remove(conflict.kind, conflict.copy);
    if (way == Way::Both && conflict.way != Way::Both)
        store.add(conflict.kind, conflict.theirs);
    if (!conflict.copy.empty())
        reviews.forget_merge(conflict.kind, conflict.profile, conflict.luid);
    store.forget_conflict(conflict.number);
    return true;
}

} // namespace

base::Result<Profile*> Conflicts::find(Caller caller, std::string_view id)
{
    auto* profile = around_.book.find(caller, id);
    if (profile == nullptr)
        return base::fail(Errc::NotFound, "there is no such profile");
    if (!may_see_items(caller, *profile))
        return base::fail(Errc::AccessDenied, "only its owner may see and resolve the conflicts of a profile");
    return profile;
}

base::Result<std::vector<ItemConflict>> Conflicts::list(const Profile& profile, std::uint64_t after)
{
    const auto store = around_.stores.open(profile.row.owner);
    if (!store)
        return tl::unexpected(store.error());
    return (*store)->conflicts(profile.row.id, after);
}

base::Result<void> Conflicts::resolve(const Profile& profile, std::uint64_t number, Way way)
{
    const auto owner = profile.row.owner;
    const auto store = around_.stores.open(owner);
    if (!store)
        return tl::unexpected(store.error());
    const auto conflict = (*store)->find_conflict(profile.row.id, number);
    if (!conflict)
        return base::fail(Errc::NotFound,
                          fmt::format("profile {} has no conflict {}: it is resolved, or there was none; "
                                      "`syncctl conflicts` shows what there is",
                                      profile.row.name, number));
    const auto before = (*store)->revision();
    bool settled = false;
    (*store)->in_transaction([&] { settled = settle(**store, *conflict, way); });
    if (!settled)
        return base::fail(Errc::Failed,
                          fmt::format("item {} has been edited since conflict {} came up, and is left as it is: edit "
                                      "it to what it is to be, and resolve the conflict by keeping what is here",
                                      conflict->luid, number));
    spdlog::info("profile {}: conflict {} about item {} is resolved", profile.row.name, number, conflict->luid);
    around_.changes.tell_later(owner, before);
    return {};
}

} // namespace manager
