#pragma once

#include "base/secret.hpp"
#include "storage/item_store.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A profile in the domain's own terms. Words are those of the D-Bus contract
/// (org.syncd1.Manager.xml); they are checked by the manager, not by these types.
namespace manager {

using Uid = std::uint32_t;
using Time = std::chrono::sys_time<std::chrono::microseconds>; ///< the epoch: never

struct ServiceInput {
    std::string type; ///< `CONTACT`
    std::string uri;
    bool enabled = true;
    std::optional<std::string> user; ///< absent: keep (Update) or none (Add)
    std::optional<base::Secret> password;
    std::string filter{}; ///< CGI, for what the server sends; empty: none
    std::string store{};  ///< `vdir:` and a path, or `eds:`; empty: the embedded store
};

/// What Add and Update are given, types already checked. Absent means that the key was absent.
struct ProfileInput {
    std::optional<std::string> name;
    std::optional<std::string> url;
    std::optional<std::string> user;
    std::optional<base::Secret> password;
    std::optional<std::string> mode;
    std::optional<std::string> type;
    std::optional<std::string> interval;
    std::vector<ServiceInput> services;
    std::optional<bool> allow_plain_credentials;
    std::optional<std::string> ca_file;
    std::optional<std::string> encoding;
    std::optional<std::string> conflict_policy;
    std::optional<std::string> protocol_version;
    std::optional<std::uint32_t> review_items;
    std::optional<std::uint32_t> review_percent;
    std::optional<std::string> slow_sync;
    std::optional<std::string> http_user; ///< absent, as for `user`: keep (Update) or none (Add)
    std::optional<base::Secret> http_password;
    std::optional<base::Secret> client_certificate; ///< absent: keep or none; empty: none
    std::optional<std::string> server_id;
    std::optional<base::Secret> server_password; ///< absent: keep or none; empty: none
    std::optional<bool> authenticate_server;
    std::optional<std::string> device_id; ///< absent: made (Add) or kept (Update)
    std::optional<std::uint32_t> keep_transcripts;
};

struct ServiceView {
    std::string type;
    std::string uri;
    bool enabled = true;
    std::string filter{};
    std::string store{};
};

enum class JobState { Idle, Queued, Syncing, Stopping };
std::string_view name(JobState state); ///< `Idle`, …

/// What a session may do before somebody has looked at it.
struct ReviewRules {
    std::uint32_t items = 10;   ///< so many deletions and changes pass always
    std::uint32_t percent = 30; ///< so many of the items that are there pass, too; 100: all of them
    bool holds_slow = false;    ///< a slow sync that nobody expects waits
};

/// What may be shown of a profile: everything but its secrets.
struct ProfileView {
    std::string id;
    Uid owner = 0;
    std::string name;
    std::string url;
    std::string mode, type, interval;
    std::vector<ServiceView> services;
    bool allow_plain_credentials = false;
    std::string ca_file;
    std::string encoding;         ///< `AUTO`, `XML`, `WBXML`
    std::string conflict_policy;  ///< `KEEP_BOTH` …
    std::string protocol_version; ///< `AUTO`, `1.2`, `1.1`, `1.0`
    ReviewRules review;
    std::string device_id;
    std::string server_id; ///< empty: none
    bool authenticate_server = false;
    std::uint32_t keep_transcripts = 0; ///< of its last sessions
    bool has_credentials = false;
    bool has_http_credentials = false;
    bool has_client_certificate = false;
    bool has_server_password = false;
    JobState state = JobState::Idle;
    Time last_sync{};
    Time next_sync{};
    Time not_before{};     ///< until when the server asked to be left alone; the epoch: it did not
    std::string attention; ///< what somebody has to do before it syncs by itself again, in words; empty: nothing
};

/// Who calls. `all`: may name profiles of other users.
struct Caller {
    Uid uid = 0;
    bool all = false;
};

} // namespace manager
