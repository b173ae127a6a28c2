#include "manager/item_record.hpp"

#include <algorithm>
#include <utility>

namespace manager {
namespace {

HistoryEntry undoing(const storage::KeptSession& kept)
{
    HistoryEntry entry;
    entry.session = kept.number;
    entry.trigger = "undo";
    entry.started = entry.ended = kept.time;
    entry.outcome = "COMPLETED";
    entry.undone = kept.undone;
    return entry;
}

} // namespace

std::vector<HistoryEntry> with_changes(std::vector<storage::SessionRecord> sessions,
                                       const std::vector<storage::KeptSession>& kept, std::size_t limit)
{
    std::vector<HistoryEntry> entries;
    for (auto& session : sessions)
        static_cast<storage::SessionRecord&>(entries.emplace_back()) = std::move(session);
    // With fewer sessions than were asked for there are no older ones, which an older undoing could come after.
    const auto oldest = entries.size() < limit || entries.empty() ? 0 : entries.back().session;
    for (const auto& each : kept)
        if (each.undone != 0 && each.number >= oldest)
            entries.push_back(undoing(each));
    std::ranges::sort(entries, std::ranges::greater(), &HistoryEntry::session);
    for (auto& entry : entries) {
        const auto found = std::ranges::find(kept, entry.session, &storage::KeptSession::number);
        if (found != kept.end())
            entry.changes = found->added + found->updated + found->deleted;
    }
    if (entries.size() > limit)
        entries.resize(limit);
    return entries;
}

} // namespace manager
