#pragma once

#include "channel/messages.hpp"
#include "runner/session_runner.hpp"
#include "runner/wire.hpp"
#include "session/session.hpp"

#include <string>

namespace runner {

/// Names the account that anchors and maps belong to; another one has others. The
/// scheme is no part of it: moving to https does not cost a slow sync.
std::string account_identity(const std::string& url, const std::string& user);

/// What is known of the plan's server beside what it tells.
PeerRules find_rules(const channel::Plan& plan, const Surroundings& around);

/// The engine's setup for a plan, from what the profile and its stores remember: nothing as long as the state is bound
/// to another account.
///
/// Errors: NotSupported for a service that this program does not keep,
/// InvalidValue for an unknown sync type.
base::Result<session::Setup> prepare_setup(const channel::Plan& plan, const Surroundings& around, const Wire& wire);

/// A session with this error: counts against the syncs that it was to go on with and has not moved.
void note_vain_resumption(const channel::Plan& plan, storage::SyncState& state, const base::Error& error);

} // namespace runner
