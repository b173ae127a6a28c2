#include "commands.hpp"
#include "documents.hpp"
#include "find_profile.hpp"
#include "option_checks.hpp"
#include "plan_text.hpp"
#include "report.hpp"
#include "session_view.hpp"
#include "signal_queue.hpp"
#include "statistics_text.hpp"
#include "text.hpp"
#include "trace_file.hpp"
#include "units.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>
#include <system_error>

#include <poll.h>

namespace ctl {
namespace {

using syncd::Error;
using syncd::ErrorKind;
using syncd::Session;
using syncd::SyncOutcome;

struct Options {
    std::string profile;
    std::optional<std::string> type;
    bool no_wait = false;
    bool dry_run = false;
    std::optional<std::string> trace;
    bool trace_items = false;
};

/// Waits for a session on behalf of a person who may lose patience.
class Follower {
public:
    /// `trace`: takes the session's transcript; may be null.
    Follower(Context& context, std::string profile_id, TraceFile* trace)
        : client_(context.client), profile_id_(std::move(profile_id)), view_(SessionView::choose(context.json)),
          trace_(trace)
    {
    }

    /// Starts a session and returns it when it has ended. Throws Error when it is not accepted.
    Session follow(const syncd::SyncOptions& options)
    {
        const SignalQueue signals{SIGINT, SIGWINCH};
        std::optional<Error> refused;
        client_.start_sync(profile_id_, callback(), options, [&](std::optional<Error> error, Session session) {
            refused = std::move(error);
            session_ = std::move(session);
        });
        if (trace_ != nullptr)
            trace_->hand_over();
        for (;;) {
            client_.process();
            if (refused)
                throw *refused;
            // Once the service tells of the end all of the transcript is in the pipe.
            if (trace_ != nullptr)
                trace_->copy();
            if (session_.outcome())
                return std::move(session_);
            pollfd ready[] = {{client_.fd(), POLLIN, 0},
                              {signals.fd(), POLLIN, 0},
                              {trace_ != nullptr ? trace_->fd() : -1, POLLIN, 0}};
            if (poll(ready, std::size(ready), -1) < 0 && errno != EINTR)
                throw std::system_error(errno, std::generic_category(), "poll");
            drain(signals);
        }
    }

private:
    syncd::SyncProgressCallback callback()
    {
        syncd::SyncProgressCallback callback;
        callback.on_progress = [this](const std::string&, syncd::SyncServiceType service, bool is_from_server,
                                      std::uint32_t total, std::uint32_t synced) {
            view_.show({service, is_from_server, total, synced});
        };
        return callback;
    }

    void drain(const SignalQueue& signals)
    {
        while (const auto number = signals.next()) {
            if (*number == SIGWINCH)
                view_.resize();
            else
                interrupt();
        }
    }

    void interrupt()
    {
        if (session_.number() == 0)
            throw Failure(ExitStatus::Interrupted, "interrupted before the service answered",
                          "See whether the sync began: syncctl status " + profile_id_);
        if (is_stopping_)
            throw Failure(ExitStatus::Interrupted, "not waiting any longer for the sync to stop",
                          "See how it ended: syncctl history " + profile_id_);
        is_stopping_ = true;
        view_.note("Stopping the sync. Press Ctrl-C again to leave without waiting.");
        client_.stop_sync(profile_id_, [this](const std::optional<Error>& error) {
            // It may have ended by itself meanwhile; its own signal tells how.
            if (error && error->kind() != ErrorKind::NotRunning)
                view_.note(std::string("The sync cannot be stopped: ") + error->what());
        });
    }

    syncd::Client& client_;
    std::string profile_id_;
    SessionView view_;
    TraceFile* trace_;
    Session session_;
    bool is_stopping_ = false;
};

/// What the history says of the session; empty when it does not know it.
syncd::SessionRecord find_record(syncd::Client& client, const Session& session)
{
    // One may have been undone meanwhile, and another may have begun.
    for (auto& record : client.history(session.profile_id(), 5))
        if (record.session == session.number())
            return record;
    return {};
}

/// What was out of the ordinary, and what can be done about what it did.
std::string record_text(const syncd::SessionRecord& record)
{
    std::string text = types_text(record.services);
    if (!text.empty())
        text += "\n";
    for (const auto& note : record.notes)
        text += printable(note) + "\n";
    if (record.changes > 0)
        text += fmt::format("Changed here: {} item{}. Show with: syncctl diff {}; take back with: syncctl undo {}\n",
                            record.changes, record.changes == 1 ? "" : "s", record.session, record.session);
    return text;
}

Json session_document(const Session& session, const std::vector<syncd::SyncStatistics>& statistics,
                      const syncd::SessionRecord& record)
{
    const auto& error = session.error();
    return Json{
        {"profile_id", session.profile_id()},
        {"session", session.number()},
        {"outcome", std::string(to_string(*session.outcome()))},
        {"error", error ? error_document(error->name(), error->what())["error"] : Json()},
        {"services", document(statistics)},
        {"notes", record.notes},
        {"changes", record.changes},
    };
}

ExitStatus exit_status(const Session& session)
{
    switch (*session.outcome()) {
    case SyncOutcome::Completed: return ExitStatus::Ok;
    case SyncOutcome::Stopped: return ExitStatus::SyncStopped;
    case SyncOutcome::Failed:
    case SyncOutcome::Unknown: break;
    }
    return session.error()->kind() == ErrorKind::NoService ? ExitStatus::NoService : ExitStatus::SyncFailed;
}

/// What a person can do about a failed sync, in syncctl's own terms; the service's words do not know them.
std::string hint(const Error& error, const syncd::SyncProfileInfo& profile)
{
    const std::string update = fmt::format("Change it with: syncctl profile update {}", profile.profile_id);
    if (error.kind() == ErrorKind::NoService)
        return "When it is back, see: syncctl history " + profile.profile_id;
    if (error.kind() == ErrorKind::HeldForReview)
        return "See what waits: syncctl plan " + profile.profile_id;
    if (error.kind() == ErrorKind::Authentication)
        return update + " --ask-password, or --user NAME";
    if (error.kind() == ErrorKind::CredentialsLost)
        return update + " --user NAME";
    if (error.kind() == ErrorKind::DatabaseNotFound)
        return update + " --service SERVICE=DATABASE";
    if (error.kind() == ErrorKind::PlainCredentialsRefused)
        return update + " --allow-plain-credentials, or --url https://...";
    return {};
}

ExitStatus run(Context& context, const Options& options)
{
    if (options.trace && options.no_wait)
        throw Failure(ExitStatus::Usage, "who does not wait cannot write the session down",
                      "Leave --no-wait or --trace away.");
    if (options.trace_items && !options.trace)
        throw Failure(ExitStatus::Usage, "--trace-items says what stands in the transcript, and none is wanted",
                      "Add --trace FILE.");
    const auto profile = find_profile(context.client, options.profile);
    syncd::SyncOptions wanted{.type = options.type ? parse_word<syncd::SyncType>(*options.type) : std::nullopt};
    if (options.dry_run)
        return show_plan(context, profile, wanted.type);
    const std::string& id = profile.profile_id;
    if (options.no_wait) {
        const Session session = context.client.start_sync(id, {}, wanted);
        context.print(
            {{"profile_id", id}, {"session", session.number()}},
            fmt::format("The sync of {} was accepted as session {}.\n", profile.profile_name, session.number()));
        return ExitStatus::Ok;
    }

    std::optional<TraceFile> trace;
    if (options.trace) {
        trace.emplace(*options.trace);
        wanted.transcript = trace->writing_end();
        wanted.transcript_items = options.trace_items;
    }
    const auto begin = std::chrono::steady_clock::now();
    const Session session = Follower(context, id, trace ? &*trace : nullptr).follow(wanted);
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
    ExitStatus status = exit_status(session);
    // A service that went away cannot tell.
    const auto statistics =
        status == ExitStatus::NoService ? std::vector<syncd::SyncStatistics>() : context.client.statistics(id);
    const auto record = status == ExitStatus::NoService ? syncd::SessionRecord() : find_record(context.client, session);
    Json told = session_document(session, statistics, record);
    std::string transcript;
    if (trace) {
        told["transcript"] = trace->is_empty() ? Json() : Json(trace->path());
        transcript = trace->is_empty() ? "There is no transcript, since the session never began.\n"
                                       : fmt::format("The transcript is in {}.\n", printable(trace->path()));
    }
    context.print(told, fmt::format("{}: {} after {}\n{}{}{}", profile.profile_name, word(*session.outcome()),
                                    format_duration(took), statistics.empty() ? "" : statistics_text(statistics),
                                    record_text(record), transcript));
    if (trace && !trace->complaint().empty()) {
        report(trace->complaint(), "Free some space, and sync again.");
        if (status == ExitStatus::Ok)
            status = ExitStatus::Failed;
    }
    if (const auto& error = session.error())
        report(fmt::format("syncing {} failed: {}", profile.profile_name, error->what()), hint(*error, profile));
    return status;
}

} // namespace

void declare_start(Command parent)
{
    auto options = std::make_shared<Options>();
    Command command = parent.subcommand(
        "start", "Sync a profile now and wait for the end. Ctrl-C stops the sync; a second one leaves it alone");
    command.argument("PROFILE", options->profile, "Its id or name");
    command.option("--type", "TYPE", options->type, "What to exchange, this time only: " + all_words<syncd::SyncType>(),
                   check_word<syncd::SyncType>);
    command.flag("--dry-run", options->dry_run, "Show what it would do, as far as it is known here, and do nothing");
    command.flag("--no-wait", options->no_wait, "Return when the sync is accepted");
    command.option("--trace", "FILE", options->trace,
                   "Write every message into this new file, without passwords and contents of items");
    command.flag("--trace-items", options->trace_items, "With the contents of items");
    command.does([options](Context& context) { return run(context, *options); });
}

} // namespace ctl
