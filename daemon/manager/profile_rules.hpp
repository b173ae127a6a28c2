#pragma once

#include "base/result.hpp"
#include "manager/profile.hpp"
#include "manager/vault.hpp"
#include "storage/profile_repository.hpp"

#include <string>
#include <string_view>

/// What a profile may be (org.syncd1.Manager.xml, PROFILE DICTIONARY). Errors are
/// InvalidValue, and their message begins with the name of the key.
namespace manager {

/// The row of a new profile. `id` and the default `device_id` are given.
base::Result<storage::ProfileRow> new_profile(const ProfileInput& input, std::string id, Uid owner,
                                              std::string device_id, const Vault& vault);

/// The row that replaces `before`: only secrets, the device id and the times are kept.
base::Result<storage::ProfileRow> updated_profile(const ProfileInput& input, const storage::ProfileRow& before,
                                                  const Vault& vault);

/// Whether a word names one of the six sync types.
bool is_sync_type(std::string_view word);

bool has_enabled_service(const storage::ProfileRow& row);

/// Who the profile is to its server.
std::string device_id(const storage::ProfileRow& row);
/// `AUTO`, `XML` or `WBXML`; that of a profile from before there was a choice is XML, which it has used.
std::string conflict_policy(const storage::ProfileRow& row);
std::string encoding(const storage::ProfileRow& row);
/// `AUTO`, `1.2`, `1.1` or `1.0`
std::string protocol_version(const storage::ProfileRow& row);
ReviewRules review_rules(const storage::ProfileRow& row);

/// Of how many of its last sessions transcripts are kept; 0: of none.
std::uint32_t kept_transcripts(const storage::ProfileRow& row);

/// The filter of a service; empty: none.
std::string filter(const storage::ProfileRow& row, const std::string& service);
/// Where the items of a service are kept: `vdir:` and a path, `eds:` and the UID of a source or nothing; empty: in the
/// embedded store.
std::string store(const storage::ProfileRow& row, const std::string& service);
/// The path of its directory of files, or `eds:` and the UID of a source; empty: the embedded store.
std::string directory(const storage::ProfileRow& row, const std::string& service);

/// Whether a `directory` is a source of Evolution Data Server.
bool is_of_evolution(std::string_view directory);

/// Who the server is when it calls itself by a name; empty: the profile names none.
std::string server_id(const storage::ProfileRow& row);
/// Whether the server must prove that it knows the password that goes with its id.
bool authenticates_server(const storage::ProfileRow& row);

/// The boxes of HTTP's user and password, of the client certificate and of the server's password; empty: none. Their
/// contexts are those of services of these names.
std::string http_box(const storage::ProfileRow& row);
std::string certificate_box(const storage::ProfileRow& row);
std::string server_box(const storage::ProfileRow& row);
inline constexpr std::string_view http_context = "http";
inline constexpr std::string_view certificate_context = "certificate";
inline constexpr std::string_view server_context = "server";

} // namespace manager
