#include "datastore/pairing.hpp"

#include "item/merge.hpp"
#include "item/similarity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

namespace datastore {
namespace {

using storage::ItemConflict;
using Way = ItemConflict::Way;

/// Of so many that have something in common with an item each is looked at.
constexpr std::size_t most_kin = 16;
/// By so much one must be more like it than any other.
constexpr double margin = 0.1;
/// Others who write wait for so many at a time.
constexpr std::size_t at_once = 100;

std::optional<item::Sketch> sketch_of(const std::optional<storage::StoredItem>& stored)
{
    const auto document = stored ? item::parse(stored->data) : base::fail(base::Errc::NotFound, {});
    return document ? std::optional<item::Sketch>(*document) : std::nullopt;
}

/// The best score that an item has with any other, and the one after that.
struct Best {
    double first = 0, second = 0;

    void take(double score)
    {
        second = std::max(second, std::min(first, score));
        first = std::max(first, score);
    }
    bool is(double score) const { return score >= first && first - second >= margin; }
};

} // namespace

std::vector<Pairing::Pair> Pairing::find(const storage::Luids& beside, const storage::Luids& taken,
                                         std::uint64_t since) const
{
    std::vector<Pair> pairs;
    std::unordered_map<std::string, Best> best;
    const auto added = items_.created_by(scope_.profile, scope_.kind, std::min(since, scope_.upto));
    storage::Luids of_server;
    for (const auto& luid : added)
        of_server.insert(luid);
    const auto has_both = [&](const std::string& ours, const std::string& theirs) {
        if (of_server.contains(ours))
            return false; // whose two are similar is the server's business
        if (beside.contains(ours) && !taken.contains(ours))
            return true;
        // It was told both, as two, and took both.
        const auto is_there = [&](const std::string& luid) { return beside.contains(luid) || taken.contains(luid); };
        return is_there(ours) && was_sent(theirs) && is_there(theirs);
    };
    for (const auto& theirs : added) {
        const auto kin = items_.kin(scope_.kind, theirs, most_kin);
        const auto sketch = kin.empty() ? std::nullopt : sketch_of(items_.find(scope_.kind, theirs));
        if (!sketch)
            continue;
        std::size_t namesakes = 0;
        std::vector<Pair> similar;
        for (const auto& ours : kin) {
            const auto other = sketch_of(items_.find(scope_.kind, ours));
            if (!other)
                continue;
            namesakes += other->is_namesake(*sketch) ? 1 : 0;
            // Two of one meaning are two for the server as well.
            const auto similarity = other->compare(*sketch);
            if (similarity.likeness == item::Likeness::Similar && has_both(ours, theirs))
                similar.push_back({similarity.score, theirs, ours, similarity.is_by_name});
        }
        for (auto& pair : similar) {
            if (pair.is_by_name && namesakes > 1)
                continue;
            best[pair.ours].take(pair.score);
            best[pair.theirs].take(pair.score);
            pairs.push_back(std::move(pair));
        }
    }
    // Where it is not clear which of several it is, it is none.
    std::erase_if(pairs, [&](const Pair& pair) {
        return !best.at(pair.ours).is(pair.score) || !best.at(pair.theirs).is(pair.score);
    });
    return pairs;
}

void Pairing::plan(const storage::Luids& beside, const storage::Luids& taken, std::uint64_t since)
{
    if (beside.empty() && since >= scope_.upto)
        return;
    const auto pairs = find(beside, taken, since);
    for (std::size_t at = 0; at < pairs.size(); at += at_once)
        items_.in_transaction([&] {
            for (std::size_t i = at; i < std::min(at + at_once, pairs.size()); ++i)
                plan(pairs[i]);
        });
}

bool Pairing::was_sent(const std::string& luid) const
{
    const auto head = items_.find_head(scope_.kind, scope_.profile, luid);
    return head && head->created <= scope_.upto;
}

void Pairing::plan(const Pair& pair)
{
    const auto ours = items_.find(scope_.kind, pair.ours);
    const auto theirs = items_.find(scope_.kind, pair.theirs);
    const auto merge =
        ours && theirs ? item::merge(std::nullopt, ours->data, theirs->data) : base::fail(base::Errc::NotFound, {});
    if (!merge)
        return;
    if (merge->conflicts.empty()) {
        ++merged_;
        return reviews_.plan_match(scope_.kind, scope_.profile, *theirs, *ours, merge->text);
    }
    auto conflict = reconciler_.describe(pair.ours, ours->data, theirs->data, std::nullopt);
    if (conflict.way == Way::Both) {
        ++kept_;
        conflict.copy = pair.theirs;
        conflict.with_ours = ours->data; // nothing has been merged yet
    } else {
        ++merged_;
        reviews_.plan_match(scope_.kind, scope_.profile, *theirs, *ours,
                            conflict.way == Way::Theirs ? conflict.with_theirs : conflict.with_ours);
    }
    if (conflicts_.size() < storage::max_conflicts)
        conflicts_.push_back(std::move(conflict));
}

void Pairing::note_conflicts()
{
    for (const auto& conflict : std::exchange(conflicts_, {}))
        items_.note_conflict(conflict);
}

std::vector<std::string> Pairing::notes() const
{
    std::vector<std::string> notes;
    const auto items = [](std::size_t count) { return fmt::format("{} {}", count, count == 1 ? "item" : "items"); };
    if (merged_ > 0)
        notes.push_back(
            fmt::format("{} that the server added {} nearly the same as one here: they were merged, and the "
                        "server hears of it with the next sync; see syncctl diff",
                        items(merged_), merged_ == 1 ? "is" : "are"));
    if (kept_ > 0)
        notes.push_back(fmt::format("{} that the server added may be the same as one here, but something in them "
                                    "contradicts: both are kept; see syncctl conflicts",
                                    items(kept_)));
    return notes;
}

} // namespace datastore
