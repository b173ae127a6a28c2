#include "datastore/losses.hpp"

#include "item/item.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace datastore {

using Keeping = storage::SyncState::Keeping;

Losses::Losses(const storage::ItemStore& items, storage::SyncState& state, const Scope& scope, Listed listed,
               item::Rooms rooms)
    : items_(items), state_(state), scope_(scope), listed_(std::move(listed)), rooms_(std::move(rooms)),
      known_(state.keeping(scope.service))
{
    for (const auto& [name, room] : listed_.value_or(item::Rooms()))
        if (room.size > 0 || room.count > 0)
            rooms_.emplace(name, room);
}

/// Of items that came from the server some have it. Asked once for each name, when it is missing for the first time.
bool Losses::has_come(const std::string& name) const
{
    bool found = false;
    items_.each(scope_.kind, [&](const storage::StoredItem& item) {
        for (const auto* end : {":", ";"}) {
            if (found || item.data.find("\n" + name + end) == std::string::npos)
                continue;
            const auto head = items_.find_head(scope_.kind, scope_.profile, item.luid);
            found = head && head->written_by_profile;
        }
    });
    return found;
}

bool Losses::is_lost(const std::string& name) const
{
    if (name == "N" || name == "UID") // which no item should be without, so that nobody has deleted it
        return true;
    const auto found = std::find_if(known_.begin(), known_.end(), [&](const Keeping& one) { return one.name == name; });
    if (found != known_.end())
        return found->is_lost();
    // Without a word about parts of an event nothing is known of them.
    const bool is_part = name == "VALARM" || name == "RECURRENCE-ID";
    return listed_ && !is_part && !listed_->contains(name);
}

void Losses::learn(const item::Kept& kept, Evidence evidence)
{
    std::vector<Keeping> news;
    for (const auto& name : kept.dropped) {
        auto found = std::find_if(known_.begin(), known_.end(), [&](const Keeping& one) { return one.name == name; });
        if (found == known_.end()) {
            if (known_.size() >= storage::SyncState::max_keeping)
                continue;
            found = known_.insert(known_.end(), Keeping{name, 0, has_come(name)});
        }
        const bool before = found->is_lost();
        const bool is_unlisted = listed_ && !listed_->contains(name);
        found->dropped = std::min(found->dropped + (evidence == Evidence::Strong || is_unlisted ? Keeping::enough : 1),
                                  Keeping::enough);
        if (!before && found->is_lost())
            notes_.push_back(
                fmt::format("the server does not keep {}: it stays here in items that come back without it", name));
        news.push_back(*found);
    }
    for (const auto& name : kept.kept) {
        const auto found =
            std::find_if(known_.begin(), known_.end(), [&](const Keeping& one) { return one.name == name; });
        const bool is_unlisted = listed_ && !listed_->contains(name);
        if (found != known_.end() && !found->kept) {
            found->kept = true;
            news.push_back(*found);
        } else if (found == known_.end() && is_unlisted && known_.size() < storage::SyncState::max_keeping) {
            news.push_back(known_.emplace_back(Keeping{name, 0, true}));
        }
    }
    if (!news.empty())
        state_.note_keeping(scope_.service, news);
}

std::string Losses::restore(const std::string& sent, std::string came, Evidence evidence)
{
    const auto kept = item::find_kept(sent, came);
    if (evidence != Evidence::None)
        learn(kept, evidence);
    std::set<std::string> lost;
    std::copy_if(kept.dropped.begin(), kept.dropped.end(), std::inserter(lost, lost.end()),
                 [this](const std::string& name) { return is_lost(name); });
    if (lost.empty() && rooms_.empty())
        return came;
    auto restored = item::restore(sent, came, lost, rooms_);
    if (restored == came || !item::check(restored))
        return came;
    if (!has_told_of_rooms_ && (lost.empty() || restored != item::restore(sent, came, lost))) {
        has_told_of_rooms_ = true;
        notes_.emplace_back(
            "the server has cut off some of what it was sent, as it is known to do (MaxSize, MaxOccur); here "
            "that stays whole");
    }
    return restored;
}

std::vector<std::string> Losses::take_notes()
{
    return std::exchange(notes_, {});
}

} // namespace datastore
