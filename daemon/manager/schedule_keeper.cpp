#include "manager/schedule_keeper.hpp"

#include "base/log.hpp"
#include "schedule/interval.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

namespace manager {
namespace {

using schedule::Interval;

std::optional<Interval> interval_of(const storage::ProfileRow& row)
{
    return row.mode == "PERIODIC" ? schedule::find_interval(row.interval) : std::nullopt;
}

/// Spreads profiles and their sessions, and is the same again for the same session.
schedule::Jitter jitter(const std::string& profile, Time time)
{
    const auto text = profile + std::to_string(to_stored(time));
    std::array<unsigned char, crypto_generichash_BYTES> hash{};
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                       nullptr, 0);
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i)
        number = number << 8U | hash[i];
    return std::ldexp(static_cast<double>(number), -32);
}

/// Trying again before the regular time would fail again until somebody acts, and a
/// wrong password must not be repeated until the account is locked.
bool needs_a_person(base::Errc code)
{
    using base::Errc;
    constexpr std::array codes{Errc::Authentication,  Errc::PlainCredentialsRefused, Errc::DatabaseNotFound,
                               Errc::CredentialsLost, Errc::NothingToSync,           Errc::DirectionRefused,
                               Errc::Stopped};
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

} // namespace

ScheduleKeeper::ScheduleKeeper(ProfileBook& book, schedule::Clock& clock, schedule::Timer& timer,
                               std::function<void(Profile&)> on_due)
    : book_(book), clock_(clock), timer_(timer), on_due_(std::move(on_due))
{
}

ScheduleKeeper::~ScheduleKeeper()
{
    timer_.disarm();
}

void ScheduleKeeper::load()
{
    const auto now = clock_.now();
    book_.each([&](Profile& profile) {
        const auto& row = profile.row;
        if (const auto interval = interval_of(row))
            profile.due = schedule::catch_up(from_stored(row.next_due), *interval, now, jitter(row.id, now));
    });
    arm();
}

void ScheduleKeeper::plan(storage::ProfileRow& row, const storage::ProfileRow* before) const
{
    const auto interval = interval_of(row);
    if (!interval) {
        row.next_due = 0;
        return;
    }
    if (before != nullptr && before->mode == row.mode && before->interval == row.interval)
        return;
    const auto now = clock_.now();
    const auto last = row.last_end != 0 ? from_stored(row.last_end) : now;
    const auto chance = jitter(row.id, last);
    row.next_due = to_stored(schedule::catch_up(schedule::next_due(last, *interval, chance), *interval, now, chance));
}

void ScheduleKeeper::adopt(Profile& profile)
{
    profile.failures = 0;
    if (profile.state == JobState::Idle)
        profile.due = from_stored(profile.row.next_due);
    arm();
}

void ScheduleKeeper::arm()
{
    Time next{};
    book_.each([&](Profile& profile) {
        if (profile.due != Time{} && (next == Time{} || profile.due < next))
            next = profile.due;
    });
    if (next == Time{} || retired_)
        timer_.disarm();
    else
        timer_.arm(next, [this] { on_time(); });
}

void ScheduleKeeper::began(Profile& profile)
{
    profile.due = Time{};
    arm();
}

void ScheduleKeeper::ended(Profile& profile, std::string_view trigger, const base::Result<void>& outcome)
{
    const auto now = clock_.now();
    auto due = from_stored(profile.row.next_due);
    if (!retired_) {
        const auto interval = interval_of(profile.row);
        const auto chance = jitter(profile.row.id, now);
        const bool try_again = interval && trigger == "timer" && !outcome && !needs_a_person(outcome.error().code);
        profile.failures = try_again ? profile.failures + 1 : 0;
        due = !interval   ? Time{}
              : try_again ? schedule::retry_due(now, *interval, profile.failures, chance)
                          : schedule::next_due(now, *interval, chance);
    }
    set_times(profile, now, due);
    arm();
}

void ScheduleKeeper::retire()
{
    retired_ = true;
    arm();
}

void ScheduleKeeper::on_time()
{
    const auto now = clock_.now();
    std::vector<Profile*> due;
    book_.each([&](Profile& profile) {
        if (profile.due != Time{} && profile.due <= now)
            due.push_back(&profile);
    });
    for (auto* profile : due) {
        on_due_(*profile);
        // Nothing came of it: the schedule goes on.
        if (const auto interval = interval_of(profile->row); interval && profile->due != Time{})
            set_times(*profile, from_stored(profile->row.last_end),
                      schedule::next_due(now, *interval, jitter(profile->row.id, now)));
    }
    arm();
}

void ScheduleKeeper::set_times(Profile& profile, Time last_end, Time due)
{
    try {
        book_.set_times(profile, last_end, due);
    } catch (const std::exception& error) {
        spdlog::error("the times of profile {} could not be stored, going on without: {}", profile.row.name,
                      error.what());
    }
    profile.due = retired_ ? Time{} : due;
}

} // namespace manager
