#pragma once

#include "base/result.hpp"
#include "channel/messages.hpp"
#include "manager/jobs.hpp"
#include "manager/manager.hpp"
#include "manager/user_files.hpp"
#include "manager/vault.hpp"
#include "storage/profile_repository.hpp"

#include <vector>

namespace manager {

/// The services that take part: those of the request, in the profile's order, else all; never one that is disabled.
std::vector<WantedService> wanted_services(const storage::ProfileRow& row, const Request& request);

/// The listed root that the directory is in; empty: it may be anywhere. Error: InvalidValue when it is in none.
base::Result<std::string> find_root(const Config& config, const std::string& directory);
/// The same of what may be a source of Evolution Data Server as well. Error: InvalidValue, too, where there are none.
base::Result<std::string> find_place(const Config& config, const std::string& directory);
/// Whether the profile's stores are where they may be. Error: InvalidValue.
base::Result<void> check_stores(const storage::ProfileRow& row, const Config& config);

/// What the worker of a session is told. Opens the sealed credentials.
/// Errors: CredentialsLost; NothingToSync when no service takes part; InvalidValue as of `find_root`.
base::Result<channel::Plan> make_plan(const storage::ProfileRow& row, const Job& job, const Config& config,
                                      const Vault& vault, const UserFiles& files);

} // namespace manager
