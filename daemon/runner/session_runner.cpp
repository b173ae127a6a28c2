#include "runner/session_runner.hpp"

#include "base/log.hpp"
#include "runner/local_failure.hpp"
#include "runner/session_driver.hpp"
#include "runner/session_setup.hpp"
#include "runner/transcript_of.hpp"
#include "runner/wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace runner {
namespace {

/// What nobody would wait for, and a number that the channel carries.
constexpr std::chrono::seconds longest_wait = std::chrono::days(365);

/// What a failure says to a person: with what has been tried in vain.
base::Error describe(base::Error error, const channel::Plan& plan, const std::vector<syncml::Version>& tried_too)
{
    if (tried_too.empty()) {
        error.message += fmt::format(" The profile allows no version but {}: set its ProtocolVersion to AUTO.",
                                     plan.protocol_version);
        return error;
    }
    std::string list;
    for (std::size_t i = 0; i < tried_too.size(); ++i)
        list += fmt::format("{}{}",
                            i == 0                      ? ""
                            : i + 1 == tried_too.size() ? " and "
                                                        : ", ",
                            syncml::dtd(tried_too[i]));
    error.message += fmt::format(" SyncML {} {} tried, too.", list, tried_too.size() == 1 ? "was" : "were");
    if (error.code == base::Errc::Protocol)
        error.message += " Ask the server's operator which version it speaks.";
    return error;
}

std::string why_next(const Wire& wire, const Wire& next, const base::Error& error)
{
    if (next.version != wire.version)
        return fmt::format("The server did not take SyncML {}, so {} is next: {}", syncml::dtd(wire.version),
                           syncml::dtd(next.version), error.message);
    return fmt::format("The server did not take WBXML, so XML is next: {}", error.message);
}

/// The session in one wire after the other, until one is taken.
class Attempts {
public:
    Attempts(const channel::Plan& plan, const Surroundings& around, SessionReport& report)
        : plan_(plan), around_(around), report_(report),
          search_(search_wires(plan, around.state, find_rules(plan, around), around.now()))
    {
    }

    std::optional<base::Error> run()
    {
        std::optional<base::Error> of_best; // of the version that was tried first
        std::vector<syncml::Version> others;
        while (true) {
            auto error = run_once();
            const auto sign = error && driver_ ? sign_of(failure(*error)) : Sign::None;
            if (sign == Sign::None)
                return error;
            const auto wire = search_.current();
            if (!search_.advance(sign)) {
                if (of_best || sign == Sign::WrongVersion)
                    return describe(std::move(of_best).value_or(std::move(*error)), plan_, others);
                return error;
            }
            const auto next = search_.current();
            auto note = why_next(wire, next, *error);
            spdlog::info("{}", note);
            if (around_.transcript)
                around_.transcript->note({note});
            report_.note(std::move(note));
            if (next.version != wire.version) {
                others.push_back(next.version);
                if (!of_best)
                    of_best = std::move(error);
            }
            // What came back may have been an answer, though nobody can read it.
            sessions_ += driver_->was_answered() || around_.transport.http_status() == 200 ? 1 : 0;
        }
    }

    std::vector<session::ServiceStatistics> statistics() const
    {
        return driver_ ? driver_->statistics() : std::vector<session::ServiceStatistics>();
    }
    const Traffic& traffic() const { return traffic_; }

private:
    std::optional<base::Error> run_once()
    {
        driver_.reset();
        auto setup = prepare_setup(plan_, around_, search_.current());
        if (!setup)
            return std::move(setup.error());
        // A session that the server has answered in is over for it.
        for (unsigned i = 0; i < sessions_; ++i)
            setup->session_id = session::next_session_id(setup->session_id);
        if (around_.transcript)
            around_.transcript->attempt(attempt_of(*setup, search_.current().encoding));
        auto error = driver_.emplace(plan_, around_, search_, std::move(*setup), report_).run();
        traffic_ += driver_->traffic();
        if (driver_->was_answered())
            report_.spoke(search_.current().version);
        return error;
    }

    Failure failure(const base::Error& error) const
    {
        const auto& transport = around_.transport;
        return {error.code, driver_->objection(), driver_->was_answered(), transport.http_status(),
                transport.retry_after().has_value()};
    }

    const channel::Plan& plan_;
    const Surroundings& around_;
    SessionReport& report_;
    WireSearch search_;
    std::optional<SessionDriver> driver_;
    Traffic traffic_;
    unsigned sessions_ = 0; ///< that were answered and refused
};

/// The session up to its end, but for writing that down.
std::optional<base::Error> carry_out(const channel::Plan& plan, const Surroundings& around, SessionReport& report)
{
    std::optional<Attempts> attempts;
    std::optional<base::Error> error;
    try {
        if (around.state.identity().empty())
            around.state.bind_to(account_identity(plan.url, plan.user));
        error = attempts.emplace(plan, around, report).run();
        if (!error)
            around.state.settle_server_nonce();
        else
            note_vain_resumption(plan, around.state, *error);
    } catch (const std::exception& exception) {
        error = local_failure(exception);
    }
    // Nobody asked for a stop: the broker was killed, and finds this when it starts again.
    if (error && error->code == base::Errc::Stopped && around.ending.orphaned)
        error = {base::Errc::Interrupted, "syncd itself ended while the session ran. What was confirmed is kept; the "
                                          "next synchronization goes on from there."};
    if (around.transcript && !around.transcript->is_whole())
        report.note("The transcript of this session ends before it does: what was to take it did not.");
    if (attempts)
        report.end(error, attempts->statistics(), attempts->traffic(), around.now());
    else
        report.end(error, {}, {}, around.now());
    return error;
}

} // namespace

channel::Result run_session(const channel::Plan& plan, const Surroundings& around)
{
    try {
        SessionReport report(plan, around.now());
        for (const auto& note : around.notes)
            report.note(note);
        around.state.begin_session(report.record());
        const auto error = carry_out(plan, around, report);
        around.state.end_session(report.record(), {.with_items = plan.history_sessions});
        auto result = result_of(error);
        if (const auto wait = around.transport.retry_after(); wait && error)
            result.retry_after_s = static_cast<std::uint32_t>(std::min(wait->count(), longest_wait.count()));
        return result;
    } catch (const std::exception& exception) {
        return result_of(local_failure(exception));
    }
}

} // namespace runner
