#include "worker/progress_gate.hpp"

#include <algorithm>

namespace worker {
namespace {

using namespace std::chrono_literals;

constexpr ProgressGate::Time pause = 100ms;
constexpr double budget_max = 1000;
constexpr double budget_per_second = 100; // ten times what a good worker sends

} // namespace

bool ProgressGate::offer(const channel::Progress& progress, Time now)
{
    const auto passed = std::chrono::duration<double>(now - last_offered_.value_or(now));
    last_offered_ = now;
    budget_ = std::min(budget_max, budget_ + passed.count() * budget_per_second) - 1;
    if (budget_ < 0)
        return false;

    auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& other) {
        return other.newest.service == progress.service && other.newest.from_server == progress.from_server;
    });
    if (entry == entries_.end()) {
        entries_.push_back({progress, true});
        return true;
    }
    auto& newest = entry->newest;
    const auto before = newest;
    newest.total = std::max(newest.total, progress.total);
    newest.synced = std::max(newest.synced, progress.synced);
    entry->waiting = entry->waiting || newest != before;
    return true;
}

std::optional<channel::Progress> ProgressGate::take(Time now)
{
    const auto due = next();
    if (!due || *due > now)
        return std::nullopt;
    const auto entry = std::find_if(entries_.begin(), entries_.end(), [](const Entry& each) { return each.waiting; });
    entry->waiting = false;
    last_taken_ = now;
    // To the back, so that no service waits behind another for long.
    std::rotate(entry, entry + 1, entries_.end());
    return entries_.back().newest;
}

std::optional<ProgressGate::Time> ProgressGate::next() const
{
    if (std::none_of(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.waiting; }))
        return std::nullopt;
    return last_taken_ ? *last_taken_ + pause : Time::zero();
}

std::vector<channel::Progress> ProgressGate::drain()
{
    std::vector<channel::Progress> rest;
    for (auto& entry : entries_)
        if (std::exchange(entry.waiting, false))
            rest.push_back(entry.newest);
    return rest;
}

} // namespace worker
