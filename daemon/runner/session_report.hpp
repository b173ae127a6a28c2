#pragma once

#include "channel/messages.hpp"
#include "runner/exchange.hpp"
#include "session/session.hpp"
#include "storage/sync_state.hpp"
#include "syncml/version.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace runner {

using Time = std::chrono::system_clock::time_point;

/// What is written down about a session, from its beginning to its end.
class SessionReport {
public:
    SessionReport(const channel::Plan& plan, Time started);

    /// Something out of the ordinary, in words.
    void note(std::string text);
    /// The server has been heard in this version.
    void spoke(syncml::Version version) { record_.version = syncml::dtd(version); }
    /// Completes the record. `error`: empty when every service ended well.
    void end(const std::optional<base::Error>& error, const std::vector<session::ServiceStatistics>& services,
             const Traffic& traffic, Time ended);

    const storage::SessionRecord& record() const { return record_; }

private:
    storage::SessionRecord record_;
};

/// What the broker is told about a session that ended with `error`, or well.
channel::Result result_of(const std::optional<base::Error>& error);

} // namespace runner
