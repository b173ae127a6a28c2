#pragma once

#include "base/result.hpp"
#include "channel/messages.hpp"
#include "manager/jobs.hpp"
#include "manager/manager.hpp"
#include "manager/user_files.hpp"
#include "manager/vault.hpp"
#include "storage/profile_repository.hpp"

namespace manager {

/// What the worker of a session is told. Opens the sealed credentials.
/// Errors: CredentialsLost; NothingToSync when no service is enabled.
base::Result<channel::Plan> make_plan(const storage::ProfileRow& row, const Job& job, const Config& config,
                                      const Vault& vault, const UserFiles& files);

} // namespace manager
