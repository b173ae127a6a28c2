#pragma once

#include "channel/messages.hpp"
#include "datastore/datastore.hpp"
#include "kinds/service_kind.hpp"
#include "runner/ending.hpp"
#include "runner/peer_rules.hpp"
#include "runner/progress_report.hpp"
#include "runner/session_report.hpp"
#include "storage/sync_state.hpp"
#include "transcript/recorder.hpp"
#include "transport/transport.hpp"

#include <functional>
#include <memory>

namespace runner {

/// What a session works with; everything outlives it.
struct Surroundings {
    transport::Transport& transport;
    storage::SyncState& state;
    const Ending& ending;
    /// The local items of a service, whose anchors with the server are given. Called again when it
    /// turns out that the service begins anew.
    std::function<std::unique_ptr<datastore::Datastore>(const kinds::ServiceKind&, const channel::ServicePlan&,
                                                        const storage::Anchors&)>
        open_datastore;
    ProgressReport::Tell tell;
    std::function<Time()> now;
    ProgressReport::Now steady_now;
    /// Lets the time pass; returns early when `ending` is set.
    std::function<void(std::chrono::seconds)> wait;
    transcript::Recorder* transcript = nullptr; ///< null: the session is not written down
    PeerRulesFiles peers{};
    std::vector<std::string> notes{}; ///< of what came before the session, for its report
};

/// Carries out one session of one profile and writes down what came of it; the
/// outcome is durable when this returns. A store that fails ends the session as Failed, Local.
///
/// What must be durable is so before the step that depends on it: what is sent before
/// the bytes leave, what is received before its Status leaves, the anchors last. Ended
/// at any point, it leaves everything such that the next session loses and doubles nothing.
channel::Result run_session(const channel::Plan& plan, const Surroundings& around);

} // namespace runner
