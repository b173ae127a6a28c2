#include "manager/notifications.hpp"

#include "base/log.hpp"
#include "manager/credentials.hpp"
#include "manager/profile_rules.hpp"
#include "manager/records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace manager {
namespace {

using base::Errc;
using namespace std::chrono_literals;

/// As many as a line of the channel holds with the longest names that they may have.
constexpr std::size_t max_accounts = 24;

/// Between two sessions of a profile that servers ask for: a flood of notifications costs no more.
constexpr auto least_interval = 1min;

/// A password that a server refuses is not shown to it again because it, or anybody in its name, asks.
bool takes_notifications(const storage::ProfileRow& row)
{
    return row.mode != "MANUAL" && !row.credentials_refused && has_enabled_service(row);
}

/// Where the server counts on from, as the number of a session that is ours to choose; 0: not a number.
std::uint32_t session_number(const std::string& id)
{
    const bool digits = std::all_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; });
    return !id.empty() && id.size() <= 9 && digits ? static_cast<std::uint32_t>(std::stoul(id)) : 0;
}

} // namespace

void Notifications::deliver(Uid owner, base::Secret octets, Done done)
{
    if (octets.size() > channel::max_notification_bytes) {
        ++counts_[owner]["TooLarge"];
        return done(base::fail(Errc::InvalidValue,
                               fmt::format("notification: longer than {} bytes", channel::max_notification_bytes)));
    }
    auto& queue = waiting_[owner];
    queue.push_back({std::move(octets), std::move(done), {}});
    if (queue.size() == 1)
        read_next(owner);
}

std::map<std::string, std::uint64_t> Notifications::counts(Uid owner) const
{
    const auto found = counts_.find(owner);
    return found == counts_.end() ? std::map<std::string, std::uint64_t>() : found->second;
}

// ---- reading ----------------------------------------------------------------------------

void Notifications::read_next(Uid owner)
{
    base::Result<void> begun;
    try {
        auto reading = make_reading(owner, waiting_.at(owner).front());
        if (reading.accounts.empty()) { // so nobody has to look at it
            channel::Verdict verdict;
            verdict.refusal = "UnknownServer";
            return on_verdict(owner, verdict);
        }
        begun =
            around_.workers.read(std::move(reading), [this, owner, alive = std::weak_ptr(alive_)](const auto& verdict) {
                if (!alive.expired())
                    on_verdict(owner, verdict);
            });
    } catch (const std::exception& error) {
        begun = base::fail(Errc::Storage, error.what());
    }
    if (!begun)
        on_verdict(owner, tl::unexpected(std::move(begun.error())));
}

channel::Reading Notifications::make_reading(Uid owner, Delivery& delivery) const
{
    channel::Reading reading;
    for (const auto* profile : around_.book.of(owner)) {
        const auto& row = profile->row;
        if (!takes_notifications(row))
            continue;
        if (reading.accounts.size() == max_accounts) {
            spdlog::warn("user {} has more than {} profiles for notifications; the others get none", owner,
                         max_accounts);
            break;
        }
        auto& account = reading.accounts.emplace_back();
        account.server_id = server_id(row).empty() ? row.url : server_id(row);
        if (const auto box = server_box(row); !box.empty()) {
            auto password = around_.vault.open_box(box, box_context(row.id, server_context));
            // Without its secret it would be taken for a hint.
            if (!password) {
                reading.accounts.pop_back();
                continue;
            }
            account.shares_password = true;
            account.password = std::move(*password);
        }
        account.nonces = server_nonces(around_.files.sync_db(row.owner, row.id));
        delivery.profiles.push_back(row.id);
    }
    reading.octets = std::move(delivery.octets);
    reading.log_level = around_.config.log_level;
    return reading;
}

void Notifications::on_verdict(Uid owner, const base::Result<channel::Verdict>& verdict)
{
    auto& queue = waiting_.at(owner);
    const auto delivery = std::move(queue.front());
    queue.pop_front();
    if (queue.empty())
        waiting_.erase(owner);
    else
        around_.timer.defer([this, owner, alive = std::weak_ptr(alive_)] {
            if (!alive.expired())
                read_next(owner);
        });
    base::Result<std::vector<std::string>> profiles;
    try {
        if (verdict)
            profiles = take(owner, delivery, *verdict);
        else
            profiles = tl::unexpected(verdict.error());
    } catch (const std::exception& error) {
        profiles = base::fail(Errc::Storage, error.what());
    }
    if (!profiles) {
        ++counts_[owner]["Failed"];
        spdlog::warn("a notification for user {} came to nothing: {}", owner, profiles.error().message);
    }
    delivery.done(std::move(profiles));
}

// ---- what comes of it ---------------------------------------------------------------------

std::vector<std::string> Notifications::take(Uid owner, const Delivery& delivery, const channel::Verdict& verdict)
{
    if (!verdict.refusal.empty()) {
        ++counts_[owner][verdict.refusal];
        spdlog::info("a notification for user {} is ignored: {}", owner, verdict.refusal);
        return {};
    }
    std::vector<std::string> syncing;
    for (const auto& match : verdict.matches) {
        auto* profile = match.account < delivery.profiles.size()
                            ? around_.book.find(Caller{owner}, delivery.profiles[match.account])
                            : nullptr;
        if (profile == nullptr || !takes_notifications(profile->row)) // any more
            continue;
        bool syncs = false;
        const std::string word(take_for(*profile, verdict, match.authenticated, syncs));
        ++counts_[owner][word];
        spdlog::info("profile {}: a notification of its server{}: {}", profile->row.name,
                     match.authenticated ? "" : ", which nothing proves", word);
        if (syncs)
            syncing.push_back(profile->row.id);
    }
    return syncing;
}

std::string_view Notifications::take_for(Profile& profile, const channel::Verdict& verdict, bool authenticated,
                                         bool& syncs)
{
    auto request = find_request(profile.row, verdict, authenticated);
    if (!request)
        return "NothingToSync";
    // Of what nothing proves no number is remembered: anybody could use them up.
    if (authenticated && !verdict.session.empty() && !around_.book.remember_notification(profile, verdict.session))
        return "Replayed";
    if (!request->question.empty()) {
        profile.row.held = request->question;
        around_.book.store_schedule(profile);
        sessions_.announce_later(profile);
        return "Held";
    }
    syncs = true;
    return begin(profile, std::move(*request), verdict);
}

std::string_view Notifications::begin(Profile& profile, ServerRequest request, const channel::Verdict& verdict)
{
    if (profile.state == JobState::Queued)
        return "Joined";
    const auto now = around_.clock.now();
    const auto earliest = profile.last_push > now ? now : std::max(now, profile.last_push + least_interval);
    if (profile.state != JobState::Idle || earliest > now || from_stored(profile.row.not_before) > now) {
        around_.schedule.ask(profile, earliest);
        sessions_.announce_later(profile);
        return "Postponed";
    }
    profile.last_push = now;
    around_.schedule.ask(profile, now); // stored, so that a session which a crash cuts off is made up for
    sessions_.start(profile, {.trigger = "push",
                              .type = {},
                              .services = std::move(request.services),
                              .session_id = session_number(verdict.session),
                              .alerts = verdict.alerts});
    return "Started";
}

} // namespace manager
