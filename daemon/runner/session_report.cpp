#include "runner/session_report.hpp"

#include <cassert>

namespace runner {
namespace {

std::int64_t microseconds(Time time)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

storage::CountersRecord record_of(const session::Counters& counters)
{
    return {counters.total, counters.added, counters.updated, counters.removed, counters.failed};
}

} // namespace

SessionReport::SessionReport(const channel::Plan& plan, Time started)
{
    record_.session = plan.session;
    record_.trigger = plan.trigger;
    record_.started = microseconds(started);
    for (const auto& service : plan.services) {
        storage::ServiceRecord& part = record_.services.emplace_back();
        part.service = service.service;
        part.type = service.type;
    }
}

void SessionReport::note(std::string text)
{
    record_.notes.push_back(std::move(text));
}

void SessionReport::end(const std::optional<base::Error>& error,
                        const std::vector<session::ServiceStatistics>& services, const Traffic& traffic, Time ended)
{
    record_.ended = microseconds(ended);
    record_.outcome = !error ? "COMPLETED" : error->code == base::Errc::Stopped ? "STOPPED" : "FAILED";
    if (error && error->code != base::Errc::Stopped) {
        record_.error_name = base::dbus_name(error->code);
        record_.error_message = error->message;
    }
    record_.bytes_sent = traffic.bytes_sent;
    record_.bytes_received = traffic.bytes_received;
    record_.round_trips = traffic.round_trips;

    assert(services.empty() || services.size() == record_.services.size());
    for (std::size_t i = 0; i < record_.services.size(); ++i) {
        storage::ServiceRecord& part = record_.services[i];
        part.time = record_.ended;
        // A session that could not even begin has failed for each of its services.
        std::optional<base::Error> failure = error;
        if (i < services.size()) {
            const auto& statistics = services[i];
            failure = statistics.error;
            part.type = syncml::name(statistics.type);
            part.from_server = record_of(statistics.from_server);
            part.to_server = record_of(statistics.to_server);
            // A service that was cut off ended for the reason that the session did.
            if (failure ? failure->code == base::Errc::Stopped : !statistics.concluded)
                failure = error;
        }
        if (!failure) {
            part.status = "SUCCESS";
        } else if (failure->code == base::Errc::Stopped) {
            part.status = "STOP";
        } else {
            part.status = "FAIL";
            part.error_name = base::dbus_name(failure->code);
            part.error_message = failure->message;
        }
    }
}

channel::Result result_of(const std::optional<base::Error>& error)
{
    using Outcome = channel::Result::Outcome;
    if (!error)
        return {Outcome::Completed, {}, {}};
    if (error->code == base::Errc::Stopped)
        return {Outcome::Stopped, {}, error->message};
    return {Outcome::Failed, std::string(base::dbus_name(error->code)), error->message};
}

} // namespace runner
