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

/// Of a profile that syncs by itself.
std::optional<Interval> interval_of(const storage::ProfileRow& row)
{
    return row.mode == "PERIODIC" && !row.credentials_refused ? schedule::find_interval(row.interval) : std::nullopt;
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

/// Whether it is due for no other reason than that its server has asked.
bool waits_for_server(const storage::ProfileRow& row)
{
    return row.mode == "PUSH" && !row.credentials_refused;
}

/// What a server has asked for is tried so often, over about a day.
constexpr unsigned most_tries_of_push = 8;

/// Nobody is kept away for longer, whatever a server says.
constexpr std::chrono::hours longest_wait{24};

/// `planned`, or when the server wants to be asked again.
Time respectful(const storage::ProfileRow& row, Time planned)
{
    return std::max(planned, from_stored(row.not_before));
}

/// Trying again before the regular time would fail again until somebody acts, and a
/// wrong password must not be repeated until the account is locked.
bool needs_a_person(base::Errc code)
{
    using base::Errc;
    constexpr std::array codes{
        Errc::Authentication, Errc::PlainCredentialsRefused, Errc::DatabaseNotFound, Errc::CredentialsLost,
        Errc::NothingToSync,  Errc::DirectionRefused,        Errc::HeldForReview,    Errc::Stopped};
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
        auto& row = profile.row;
        if (from_stored(row.not_before) > now + longest_wait) // the clock was wrong
            row.not_before = 0;
        const auto interval = interval_of(row);
        if (interval || (waits_for_server(row) && row.next_due != 0))
            profile.due =
                respectful(row, schedule::catch_up(from_stored(row.next_due), interval.value_or(Interval::Day1), now,
                                                   jitter(row.id, now)));
    });
    arm();
}

void ScheduleKeeper::plan(storage::ProfileRow& row, const storage::ProfileRow* before) const
{
    const auto interval = interval_of(row);
    if (!interval) {
        if (before == nullptr || before->mode != row.mode || !waits_for_server(row))
            row.next_due = 0;
        return;
    }
    if (before != nullptr && before->mode == row.mode && before->interval == row.interval &&
        !before->credentials_refused)
        return;
    const auto now = clock_.now();
    const auto last = row.last_end != 0 ? from_stored(row.last_end) : now;
    const auto chance = jitter(row.id, last);
    const auto due = schedule::catch_up(schedule::next_due(last, *interval, chance), *interval, now, chance);
    row.next_due = to_stored(respectful(row, due));
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

void ScheduleKeeper::ask(Profile& profile, Time at)
{
    const auto due = respectful(profile.row, at);
    auto& planned = profile.state == JobState::Idle ? profile.due : profile.asked;
    if (planned != Time{} && planned <= due)
        return;
    if (profile.state == JobState::Idle)
        set_due(profile, due);
    else
        profile.asked = due;
    arm();
}

void ScheduleKeeper::began(Profile& profile)
{
    profile.due = Time{};
    arm();
}

void ScheduleKeeper::ended(Profile& profile, std::string_view trigger, const base::Result<void>& outcome,
                           std::chrono::seconds wait)
{
    const auto now = clock_.now();
    auto& row = profile.row;
    auto due = from_stored(row.next_due);
    row.last_end = to_stored(now);
    if (outcome)
        row.not_before = 0;
    else if (wait > wait.zero())
        row.not_before = to_stored(now + std::min<std::chrono::seconds>(wait, longest_wait));
    if (outcome || outcome.error().code == base::Errc::Authentication)
        row.credentials_refused = !outcome;
    if (!outcome && outcome.error().code == base::Errc::HeldForReview)
        row.held = outcome.error().message;
    if (!retired_) {
        const auto interval = interval_of(row);
        const auto chance = jitter(row.id, now);
        const bool failed = !outcome && !needs_a_person(outcome.error().code);
        profile.failures = failed && trigger != "user" ? profile.failures + 1 : 0;
        const auto asked = std::exchange(profile.asked, Time{});
        due = Time{};
        if (profile.failures > 0 && (interval || (waits_for_server(row) && profile.failures < most_tries_of_push)))
            due = schedule::retry_due(now, interval.value_or(Interval::Day1), profile.failures, chance);
        else if (interval)
            due = schedule::next_due(now, *interval, chance);
        if (asked != Time{} && !row.credentials_refused && (due == Time{} || asked < due))
            due = asked;
        if (due != Time{})
            due = respectful(row, due);
    }
    set_due(profile, due);
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
        if (profile->due == Time{})
            continue;
        const auto interval = interval_of(profile->row);
        set_due(*profile, interval ? schedule::next_due(now, *interval, jitter(profile->row.id, now)) : Time{});
    }
    arm();
}

void ScheduleKeeper::set_due(Profile& profile, Time due)
{
    profile.row.next_due = to_stored(due);
    try {
        book_.store_schedule(profile);
    } catch (const std::exception& error) {
        spdlog::error("the times of profile {} could not be stored, going on without: {}", profile.row.name,
                      error.what());
    }
    profile.due = retired_ ? Time{} : due;
}

} // namespace manager
