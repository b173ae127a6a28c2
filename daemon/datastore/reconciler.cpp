#include "datastore/reconciler.hpp"

#include "datastore/conflict.hpp"
#include "item/audience.hpp"
#include "item/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace datastore {

using session::Outcome;
using storage::ItemConflict;
using syncml::StatusCode;
using Way = ItemConflict::Way;

std::optional<std::string> Reconciler::find_base(const std::string& luid) const
{
    // What has no answer that settles it the server does not know, however far the mark is.
    auto base = items_.find_base(scope_.kind, scope_.profile, luid, std::min(mark_, outgoing_.overwritable_to(luid)));
    if (base)
        base = item::render(std::move(*base), scope_.server).data; // in whose words it knows it
    return base;
}

Outcome Reconciler::replace(const std::string& luid, const std::string& theirs)
{
    const auto ours = items_.find(scope_.kind, luid);
    if (!ours) {
        // A change survives a deletion.
        if (!items_.revive_from_peer(scope_.kind, scope_.profile, luid, theirs))
            return {StatusCode::Conflict, {}};
        return {
            StatusCode::Ok, {}, fmt::format("item {} was deleted here and changed at the server: it is back", luid)};
    }
    const auto base = find_base(luid);
    const auto known = base ? std::optional<std::string_view>(*base) : std::nullopt;
    const auto merge = item::merge(known, ours->data, theirs);
    if (merge && merge->conflicts.empty()) {
        write(luid, theirs, merge->text);
        return {StatusCode::Ok, {}};
    }
    return settle(describe(luid, ours->data, theirs, base));
}

void Reconciler::write(const std::string& luid, const std::string& theirs, const std::string& merged)
{
    if (plans_)
        reviews_.plan_merge(scope_.kind, scope_.profile, luid, theirs, merged);
    else
        items_.merge_from_peer(scope_.kind, scope_.profile, luid, theirs, merged);
}

ItemConflict Reconciler::describe(const std::string& luid, const std::string& ours, const std::string& theirs,
                                  const std::optional<std::string>& base) const
{
    const auto known = base ? std::optional<std::string_view>(*base) : std::nullopt;
    auto conflict = describe_conflict(ours, theirs, known, policy_);
    conflict.profile = scope_.profile;
    conflict.kind = scope_.kind;
    conflict.luid = luid;
    return conflict;
}

Outcome Reconciler::settle(ItemConflict conflict)
{
    write(conflict.luid, conflict.theirs, conflict.way == Way::Theirs ? conflict.with_theirs : conflict.with_ours);
    if (conflict.way == Way::Both) {
        // The same version once more, after a session that broke off.
        const auto last = items_.find_last_conflict(scope_.profile, scope_.kind, conflict.luid);
        const bool again = last && last->theirs == conflict.theirs && items_.find(scope_.kind, last->copy);
        if (again)
            return {StatusCode::Ok, {}};
        conflict.copy = items_.add_beside(scope_.kind, conflict.theirs);
    }
    items_.note_conflict(conflict);
    auto why = fmt::format("item {} was changed here and at the server", conflict.luid);
    std::string fields;
    for (const auto& field : conflict.fields)
        fields += (fields.empty() ? "" : ", ") + field.name;
    if (!fields.empty())
        why += ", both in " + fields;
    switch (conflict.way) {
    case Way::Ours: why += ": what was written here stays"; break;
    case Way::Theirs: why += ": what the server has stays"; break;
    case Way::Both: why += fmt::format(": both are kept, the server's as item {}", conflict.copy); break;
    }
    return {StatusCode::Ok, {}, why + "; see syncctl conflicts"};
}

Outcome Reconciler::remove(const std::string& luid, StatusCode done)
{
    const auto head = items_.find_head(scope_.kind, scope_.profile, luid);
    if (!head || !head->alive)
        return {done, {}};
    outgoing_.note_missing(luid, head->revision);
    return {StatusCode::Ok,
            {},
            fmt::format("item {} was edited here and deleted at the server: it stays, and goes there again", luid)};
}

} // namespace datastore
