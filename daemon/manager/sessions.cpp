#include "manager/sessions.hpp"

#include "manager/kept_transcripts.hpp"
#include "manager/plan.hpp"
#include "manager/profile_rules.hpp"
#include "manager/records.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace manager {
namespace {

using base::Errc;
using Outcome = base::Result<void>;

Outcome to_outcome(const channel::Result& result)
{
    switch (result.outcome) {
    case channel::Result::Outcome::Completed: return {};
    case channel::Result::Outcome::Stopped: return base::fail(Errc::Stopped, "");
    case channel::Result::Outcome::Failed: break;
    }
    return base::fail(base::find_errc(result.error_name).value_or(Errc::Failed), result.message);
}

Outcome to_outcome(const storage::SessionRecord& record)
{
    if (record.outcome == "COMPLETED")
        return {};
    if (record.outcome == "STOPPED")
        return base::fail(Errc::Stopped, "");
    return base::fail(base::find_errc(record.error_name).value_or(Errc::Failed), record.error_message);
}

/// How the session ended, for the case that its worker could not write it down.
storage::SessionRecord to_record(const Profile& profile, const Job& job, const Outcome& outcome, Time now)
{
    const bool stopped = !outcome && outcome.error().code == Errc::Stopped;
    storage::SessionRecord record;
    record.session = job.session;
    record.trigger = job.request.trigger;
    record.started = to_stored(job.started);
    record.ended = to_stored(now);
    record.outcome = outcome ? "COMPLETED" : stopped ? "STOPPED" : "FAILED";
    if (!outcome && !stopped) {
        record.error_name = base::dbus_name(outcome.error().code);
        record.error_message = outcome.error().message;
    }
    for (const auto& wanted : wanted_services(profile.row, job.request)) {
        auto& part = record.services.emplace_back();
        part.service = wanted.service;
        part.status = outcome ? "SUCCESS" : stopped ? "STOP" : "FAIL";
        part.type = wanted.type;
        part.time = record.ended;
        part.error_name = record.error_name;
        part.error_message = record.error_message;
    }
    return record;
}

void log_end(const Profile& profile, const Job& job, const Outcome& outcome)
{
    if (outcome)
        spdlog::info("profile {}: session {} completed", profile.row.name, job.session);
    else if (outcome.error().code == Errc::Stopped)
        spdlog::info("profile {}: session {} stopped", profile.row.name, job.session);
    else
        spdlog::warn("profile {}: session {} failed: {}", profile.row.name, job.session, outcome.error().message);
}

} // namespace

Sessions::Sessions(Surroundings around) : around_(around), jobs_(around.config.max_workers) {}

// ---- what callers ask for -----------------------------------------------------------

std::uint64_t Sessions::start(Profile& profile, Request request)
{
    if (const auto* job = jobs_.find(profile.row.id))
        return job->session;
    Job job;
    job.profile = profile.row.id;
    job.owner = profile.row.owner;
    job.request = std::move(request);
    job.started = around_.clock.now();
    job.session = around_.book.accept_session(profile, job.request.trigger, job.started);
    const auto session = jobs_.add(std::move(job)).session;
    profile.state = JobState::Queued;
    around_.schedule.began(profile);
    announce_later(profile);
    return session;
}

bool Sessions::stop(Profile& profile, std::chrono::milliseconds grace, std::function<void()> afterwards)
{
    auto* job = jobs_.find(profile.row.id);
    if (job == nullptr)
        return false;
    if (afterwards)
        job->afterwards.push_back(std::move(afterwards));
    if (!job->stopping) {
        job->stopping = true;
        profile.state = JobState::Stopping;
        announce_later(profile);
    }
    if (job->running)
        around_.workers.stop(job->session, grace);
    return true;
}

void Sessions::interrupt_all(std::chrono::milliseconds grace, std::function<void()> afterwards)
{
    when_empty_ = std::move(afterwards);
    for (const auto session : jobs_.sessions()) {
        auto& job = *jobs_.find_session(session);
        auto& profile = *around_.book.find(job.profile);
        if (job.stopping) { // as somebody asked; only the time is shorter now
            stop(profile, grace);
            continue;
        }
        job.stopping = job.interrupted = true;
        profile.state = JobState::Stopping;
        announce_later(profile);
        if (job.running)
            around_.workers.interrupt(session, grace);
    }
    turn_later();
}

void Sessions::announce_later(const Profile& profile)
{
    unannounced_.insert(profile.row.id);
    turn_later();
}

void Sessions::prune_transcripts(const Profile& profile)
{
    const auto& row = profile.row;
    try {
        KeptTranscripts(around_.files.transcripts(row.owner, row.id)).prune(kept_transcripts(row), profile.running);
    } catch (const std::exception& error) {
        spdlog::warn("profile {}: more transcripts are kept than it wants: {}", row.name, error.what());
    }
}

// ---- what the loop does ----------------------------------------------------------------

void Sessions::turn_later()
{
    if (std::exchange(turn_pending_, true))
        return;
    around_.timer.defer([this, alive = std::weak_ptr(alive_)] {
        if (!alive.expired())
            turn();
    });
}

void Sessions::turn()
{
    turn_pending_ = false;
    for (const auto session : jobs_.stopped_in_queue())
        end(session, jobs_.find_session(session)->interrupted
                         ? base::fail(Errc::Interrupted, "syncd was stopped before the session began; sync again")
                         : base::fail(Errc::Stopped, ""));
    while (auto* job = jobs_.next())
        begin(*job);
    for (const auto& id : std::exchange(unannounced_, {}))
        if (const auto* profile = around_.book.find(id))
            announce(*profile);
    if (jobs_.empty() && when_empty_)
        std::exchange(when_empty_, nullptr)();
}

void Sessions::begin(Job& job)
{
    auto& profile = *around_.book.find(job.profile);
    Outcome begun;
    try {
        begun = begin_worker(profile, job);
    } catch (const std::exception& error) {
        begun = base::fail(Errc::Local,
                           fmt::format("the session of profile {} cannot begin: {}", profile.row.name, error.what()));
    }
    if (!begun)
        return end(job.session, begun);
    job.running = true;
    profile.running = job.session;
    profile.state = JobState::Syncing;
    announce(profile);
}

Outcome Sessions::begin_worker(Profile& profile, Job& job)
{
    auto plan = make_plan(profile.row, job, around_.config, around_.vault, around_.files);
    if (!plan)
        return tl::unexpected(std::move(plan.error()));
    // The worker's sandbox opens these two directories, so they must be there before it starts.
    around_.files.make_sync_directory(job.owner, job.profile);
    const auto store = around_.stores.open(job.owner);
    if (!store)
        return base::fail(Errc::Local, store.error().message);
    if (is_blocked(profile, **store))
        return base::fail(Errc::HeldForReview,
                          fmt::format("profile {} waits for review, as an earlier session said. See what it is with "
                                      "\"syncctl plan {}\", and then \"syncctl release\" or \"syncctl reject\" it",
                                      profile.row.name, profile.row.name));
    job.items_revision = (*store)->revision();
    job.started = around_.clock.now();
    const auto& type = plan->services.front().type;
    if (type.starts_with("REFRESH_"))
        spdlog::warn("profile {}: session {} replaces everything on one side ({})", profile.row.name, job.session,
                     type);
    else
        spdlog::info("profile {}: session {} begins", profile.row.name, job.session);
    const auto session = job.session;
    auto transcript = std::exchange(job.request.transcript.pipe, nullptr);
    if (!transcript)
        transcript = keep_transcript(profile, session);
    plan->transcript = transcript != nullptr;
    const auto alive = std::weak_ptr(alive_);
    return around_.workers.start(
        std::move(*plan), std::move(transcript),
        [this, alive, session](const channel::Progress& progress) {
            if (!alive.expired())
                on_progress(session, progress);
        },
        [this, alive, session](const channel::Result& result) {
            if (!alive.expired())
                on_worker_end(session, result);
        });
}

worker::Handed Sessions::keep_transcript(const Profile& profile, std::uint64_t session)
{
    const auto& row = profile.row;
    if (kept_transcripts(row) == 0)
        return nullptr;
    try {
        around_.files.make_transcripts_directory(row.owner, row.id);
        const KeptTranscripts transcripts(around_.files.transcripts(row.owner, row.id));
        return std::make_shared<const base::Descriptor>(transcripts.create(session));
    } catch (const std::exception& error) { // which is no reason not to sync
        spdlog::warn("profile {}: no transcript of session {} is kept: {}", row.name, session, error.what());
        return nullptr;
    }
}

void Sessions::on_progress(std::uint64_t session, const channel::Progress& progress)
{
    if (const auto* job = jobs_.find_session(session))
        around_.announcer.tell(&Observer::on_progress, job->owner, job->profile, session, progress.service,
                               progress.from_server, progress.total, progress.synced);
}

void Sessions::on_worker_end(std::uint64_t session, const channel::Result& result)
{
    const auto* job = jobs_.find_session(session);
    if (job == nullptr)
        return;
    auto outcome = to_outcome(result);
    // A worker that wrote its end down and then died before it could send it: the record is the truth.
    if (!outcome && outcome.error().code == Errc::Interrupted) {
        try {
            if (const auto recorded = find_recorded_end(around_.files.sync_db(job->owner, job->profile), session))
                outcome = to_outcome(*recorded);
        } catch (const std::exception& error) {
            spdlog::warn("the record of session {} cannot be read, ignoring it: {}", session, error.what());
        }
    }
    end(session, outcome, std::chrono::seconds(result.retry_after_s));
}

void Sessions::end(std::uint64_t session, const Outcome& outcome, std::chrono::seconds wait)
{
    const auto job = std::move(*jobs_.find_session(session));
    jobs_.remove(session);
    auto& profile = *around_.book.find(job.profile);
    profile.state = JobState::Idle;
    profile.running = 0;
    profile.last_end = to_record(profile, job, outcome, around_.clock.now());
    around_.schedule.ended(profile, job.request.trigger, outcome, wait);
    log_end(profile, job, outcome);
    try {
        around_.book.session_ended(session);
    } catch (const std::exception& error) {
        spdlog::warn("the end of session {} could not be stored: {}", session, error.what());
    }
    prune_transcripts(profile);

    announce(profile);
    if (job.running)
        around_.changes.tell(job.owner, job.items_revision);
    announce_end(job, outcome);
    turn_later();
    for (const auto& afterwards : job.afterwards)
        afterwards();
}

// ---- what is told --------------------------------------------------------------------------

void Sessions::announce(const Profile& profile)
{
    unannounced_.erase(profile.row.id);
    around_.announcer.tell(&Observer::on_state_changed, view(profile));
}

void Sessions::announce_end(const Job& job, const Outcome& outcome)
{
    const auto& announcer = around_.announcer;
    if (outcome)
        announcer.tell(&Observer::on_completed, job.owner, job.profile, job.session);
    else if (outcome.error().code == Errc::Stopped)
        announcer.tell(&Observer::on_stopped, job.owner, job.profile, job.session);
    else
        announcer.tell(&Observer::on_failed, job.owner, job.profile, job.session, outcome.error());
}

} // namespace manager
