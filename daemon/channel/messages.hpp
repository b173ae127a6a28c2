#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The messages between broker and worker on their socketpair: one JSON document
/// per line. Broker to worker: one Plan, followed by the raw bytes of its secrets
/// in the order the plan lists them, so that no secret passes through a JSON
/// library. Worker to broker: Started, Progress …, one Result. The worker treats
/// the end of the stream as a request to stop.
namespace channel {

/// No line of the channel is longer; `to_line` shortens the texts of an event to keep it so.
inline constexpr std::size_t max_line_bytes = 64 * 1024;

struct ServicePlan {
    std::string service;             ///< `CONTACT`, `EVENT`
    std::string uri;                 ///< the server's database
    std::string type;                ///< `TWO_WAY` …
    std::optional<std::string> user; ///< datastore-level credentials
    base::Secret password;
};

struct Plan {
    std::string profile;      ///< id
    std::string profile_name; ///< for messages to people
    std::uint64_t session = 0;
    std::string trigger; ///< `user`, `timer`, `push`
    std::string device_id;
    std::string url;
    std::string user;
    base::Secret password;
    std::string http_user; ///< below SyncML; empty: none
    base::Secret http_password;
    base::Secret client_certificate;  ///< PEM with the key; empty: none
    std::string server_id;            ///< who the server is to us; empty: not known
    base::Secret server_password;     ///< that it knows as well
    bool authenticate_server = false; ///< it must prove that
    bool allow_plain_credentials = false;
    std::string ca_file;
    std::string encoding; ///< `AUTO`, `XML`, `WBXML`
    std::string sync_db;  ///< file; its directory belongs to this profile alone
    std::string items_db; ///< file; its directory belongs to this user alone
    std::vector<ServicePlan> services;
    std::uint64_t max_msg_size = 0;
    std::uint64_t max_obj_size = 0;
    std::uint64_t max_reply_bytes = 0;
    std::uint32_t connect_timeout_s = 0;
    std::uint32_t reply_timeout_s = 0;
    std::uint32_t session_timeout_s = 0;
    std::string log_level;
};

/// The sandbox is closed and the session begins.
struct Started {};

struct Progress {
    std::string service;
    bool from_server = false;
    std::uint32_t total = 0;
    std::uint32_t synced = 0; ///< at most `total`
    bool operator==(const Progress&) const = default;
};

struct Result {
    enum class Outcome { Completed, Stopped, Failed } outcome = Outcome::Failed;
    std::string error_name; ///< one of base::dbus_name; empty unless Failed
    std::string message;
    std::uint32_t retry_after_s = 0; ///< the server wants to be left alone for so long; 0: it does not say
    bool operator==(const Result&) const = default;
};

using Event = std::variant<Started, Progress, Result>;

/// The line of a plan (newline included) with its secrets' sizes; `secrets`
/// receives them in order. The line holds no secret.
std::string to_line(const Plan& plan, std::vector<base::Secret>& secrets);
std::string to_line(const Event& event);

/// A plan from its line; `secrets` of the sizes it lists are still to be read:
/// `secret_sizes` tells, `attach` puts them in place.
struct PlanHead {
    Plan plan;
    std::vector<std::size_t> secret_sizes;
};
base::Result<PlanHead> parse_plan(std::string_view line);
void attach(Plan& plan, std::vector<base::Secret> secrets);

/// Refuses (Malformed) lines over the bound, unknown events, and members that are missing, unknown, ill-typed
/// or against the rules stated above.
base::Result<Event> parse_event(std::string_view line);

/// What `syncd-session --describe` prints: every message with its members.
std::string describe();

} // namespace channel
