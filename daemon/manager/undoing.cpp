#include "manager/undoing.hpp"

#include "base/log.hpp"
#include "kinds/service_kind.hpp"
#include "manager/review.hpp"
#include "storage/directories.hpp"

#include <fmt/format.h>

#include <exception>
#include <filesystem>
#include <utility>

namespace manager {
namespace {

using base::Errc;
using storage::ItemKind;

constexpr std::size_t page_bytes = 1024 * 1024;
constexpr std::size_t max_explained = 200;

tl::unexpected<base::Error> not_kept(std::uint64_t session)
{
    return base::fail(Errc::NotFound,
                      fmt::format("of session {} no changes are kept: it changed nothing here, it is too "
                                  "long ago, or there was none; `syncctl history` shows which are kept",
                                  session));
}

} // namespace

base::Result<Profile*> Undoing::find(Caller caller, std::string_view id, std::uint64_t session)
{
    if (!id.empty()) {
        auto* profile = around_.book.find(caller, id);
        if (profile == nullptr)
            return base::fail(Errc::NotFound, "there is no such profile");
        if (!may_see_items(caller, *profile))
            return base::fail(Errc::AccessDenied, "only its owner may see and undo what a session changed");
        return profile;
    }
    const auto store = around_.stores.open(caller.uid);
    if (!store)
        return tl::unexpected(store.error());
    const auto found = (*store)->find_profile_of_session(session);
    auto* profile = found ? around_.book.find(Caller{caller.uid, false}, *found) : nullptr;
    if (profile == nullptr || profile->row.owner != caller.uid)
        return not_kept(session);
    return profile;
}

base::Result<std::vector<storage::SessionChange>> Undoing::changes(const Profile& profile, std::uint64_t session,
                                                                   std::string_view after)
{
    const auto store = around_.stores.open(profile.row.owner);
    if (!store)
        return tl::unexpected(store.error());
    auto changes = (*store)->session_changes(profile.row.id, session, after, page_bytes);
    if (changes.empty() && !(*store)->find_session(profile.row.id, session))
        return not_kept(session);
    return changes;
}

base::Result<UndoReport> Undoing::undo(const Profile& profile, std::uint64_t session)
{
    if (profile.running != 0)
        return base::fail(Errc::Failed,
                          fmt::format("profile {} is syncing, and session {} could not be undone as a whole: "
                                      "wait for the end of the sync, or stop it first",
                                      profile.row.name, session));
    const auto owner = profile.row.owner;
    const auto store = around_.stores.open(owner);
    if (!store)
        return tl::unexpected(store.error());
    if (!(*store)->find_session(profile.row.id, session))
        return not_kept(session);
    const auto number = around_.book.take_session_number();
    const auto before = (*store)->revision();
    const auto undone = (*store)->undo(
        profile.row.id, session, {profile.row.id, number, to_stored(around_.clock.now())}, around_.config.history);
    if (!undone)
        return not_kept(session);
    UndoReport report;
    static_cast<storage::Undoing&>(report) = *undone;
    if (report.restored + report.reverted + report.removed > 0)
        report.session = number;
    spdlog::info("profile {}: session {} undone by {}: {} items restored, {} put back, {} removed, {} left alone",
                 profile.row.name, session, number, report.restored, report.reverted, report.removed,
                 report.left_alone.size());
    agree(owner, **store, before);
    around_.changes.tell_later(owner, before);
    return report;
}

/// Who undoes has looked at what will be taken away at the servers.
void Undoing::agree(Uid owner, storage::ItemStore& items, std::uint64_t since)
{
    for (const auto* profile : around_.book.of(owner)) {
        try {
            agree_to_undoing(*profile, items, around_.files.sync_db(owner, profile->row.id), since);
        } catch (const std::exception& error) {
            spdlog::warn("profile {}: its next session may wait for review, though what it does was undone here: {}",
                         profile->row.name, error.what());
        }
    }
}

base::Result<ItemExplanation> Undoing::explain(Uid owner, ItemKind kind, std::string_view luid)
{
    const auto opened = around_.stores.open(owner);
    if (!opened)
        return tl::unexpected(opened.error());
    auto& store = **opened;
    // Ids are given once, whichever store of the user's it is.
    auto origin = store.find_origin(kind, luid);
    for (const auto other : storage::Directories(store).kinds()) {
        if (origin || content_of(other) != kind)
            continue;
        origin = store.find_origin(other, luid);
        kind = origin ? other : kind;
    }
    if (!origin)
        return base::fail(Errc::NotFound, fmt::format("there is no {} with the id '{}', and there was none",
                                                      kinds::of(kind).word(), luid));
    const auto item = store.find(kind, luid);
    return ItemExplanation{std::move(*origin),
                           item ? std::optional(item->data) : std::nullopt,
                           store.item_changes(kind, luid, max_explained),
                           {}};
}

std::vector<storage::KeptSession> Undoing::kept(const Profile& profile)
{
    try {
        if (!std::filesystem::exists(around_.files.items_db(profile.row.owner)))
            return {};
        const auto store = around_.stores.open(profile.row.owner);
        if (store)
            return (*store)->kept_sessions(profile.row.id);
        spdlog::warn("profile {}: what its sessions changed cannot be told: {}", profile.row.name,
                     store.error().message);
    } catch (const std::exception& error) {
        spdlog::warn("profile {}: what its sessions changed cannot be told: {}", profile.row.name, error.what());
    }
    return {};
}

} // namespace manager
