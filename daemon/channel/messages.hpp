#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The messages between broker and worker on their socketpair: one JSON document
/// per line. Broker to worker: one order, a Plan to carry out or a Reading, followed by
/// the raw bytes of its secrets in the order it lists them, so that no secret passes through a JSON
/// library. Worker to broker: Started, then Progress … or one Verdict, and one Result. The worker treats
/// the end of the stream as a request to stop.
namespace channel {

/// No line of the channel is longer; `to_line` shortens the texts of an event to keep it so.
inline constexpr std::size_t max_line_bytes = 64 * 1024;

/// No server's notification is longer.
inline constexpr std::size_t max_notification_bytes = 4096;

/// One database that a server's notification asks to synchronize.
struct AskedSync {
    std::string type; ///< `TWO_WAY` …
    std::string uri;
    std::string content_type;  ///< empty: not said
    std::uint32_t command = 0; ///< CmdID of its Alert, in a message of Alerts
    std::string target;        ///< its Target, there
    bool operator==(const AskedSync&) const = default;
};

/// What a notification says.
struct Alerts {
    std::uint32_t message = 0; ///< MsgID of a message of Alerts (DS 1.0 and 1.1), which wants Statuses; 0: it is none
    std::string target;        ///< Target and Source of that
    std::string source;
    std::vector<AskedSync> syncs; ///< none: every database, as configured
    bool operator==(const Alerts&) const = default;
};

struct ServicePlan {
    std::string service;             ///< `CONTACT`
    std::string uri;                 ///< the server's database
    std::string type;                ///< `TWO_WAY` …
    std::optional<std::string> user; ///< datastore-level credentials
    base::Secret password;
    std::string filter{}; ///< CGI, for what the server sends; empty: none
    /// Of files that are its items, or `eds:` and the UID of a source of Evolution Data Server; empty: they are in the
    /// embedded store.
    std::string directory{};
    /// Nothing outside of this directory may be touched for it, and no link be followed; empty: the user's own worker
    /// may go where the user may.
    std::string directory_root{};
};

struct Plan {
    std::string profile;      ///< id
    std::string profile_name; ///< for messages to people
    std::uint32_t owner = 0;  ///< uid of the user
    std::uint64_t session = 0;
    std::string trigger;          ///< `user`, `timer`, `push`
    std::uint32_t session_id = 0; ///< to the server, as its notification wants it; 0: ours to choose
    Alerts alerts;                ///< of that notification
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
    std::string encoding;                ///< `AUTO`, `XML`, `WBXML`
    std::string conflict_policy;         ///< `KEEP_BOTH`, `SERVER_WINS`, `CLIENT_WINS`, `NEWEST_WINS`
    std::string protocol_version;        ///< `AUTO`, `1.2`, `1.1`, `1.0`
    std::vector<std::string> peer_rules; ///< directories of the files of peers
    std::uint32_t review_items = 0;      ///< so many deletions and changes pass without review
    std::uint32_t review_percent = 0;    ///< and so many of the items that are there
    bool hold_slow_sync = false;         ///< when nobody expects it
    std::string sync_db;                 ///< file; its directory belongs to this profile alone
    std::string items_db;                ///< file; its directory belongs to this user alone
    std::vector<ServicePlan> services;
    std::uint64_t max_msg_size = 0;
    std::uint64_t max_obj_size = 0;
    std::uint64_t max_reply_bytes = 0;
    std::uint32_t connect_timeout_s = 0;
    std::uint32_t reply_timeout_s = 0;
    std::uint32_t session_timeout_s = 0;
    std::uint64_t history_sessions = 0; ///< so many keep what they changed
    std::uint64_t history_bytes = 0;    ///< of one user's items
    std::string log_level;
    bool transcript = false;       ///< descriptor 4 takes it
    bool transcript_items = false; ///< with the contents of items
};

/// A profile that a notification may be for.
struct Account {
    std::string server_id;        ///< what its server calls itself
    bool shares_password = false; ///< with the server; else there is nothing to prove a notification by
    base::Secret password;
    std::vector<std::string> nonces; ///< base64, that the server may use, the likeliest first
};

/// A notification to be read.
struct Reading {
    base::Secret octets;
    std::vector<Account> accounts;
    std::string log_level;
};

/// What a worker is started for.
using Order = std::variant<Plan, Reading>;

/// The sandbox is closed and the session begins.
struct Started {};

struct Progress {
    std::string service;
    bool from_server = false;
    std::uint32_t total = 0;
    std::uint32_t synced = 0; ///< at most `total`
    bool operator==(const Progress&) const = default;
};

/// An account that a notification is for.
struct Match {
    std::uint32_t account = 0;  ///< place in the Reading
    bool authenticated = false; ///< it proved itself
    bool operator==(const Match&) const = default;
};

/// What came of a Reading.
struct Verdict {
    std::string refusal; ///< why the notification is ignored, one of `refusals`; empty: it is for the `matches`
    std::vector<Match> matches;
    bool asks_user = false; ///< somebody here has to agree first
    std::string session;    ///< id that the session is to have; empty: any
    Alerts alerts;
    bool operator==(const Verdict&) const = default;
};

inline constexpr std::array<std::string_view, 7> refusals{"TooLarge", "Broken",      "Version",      "UnknownServer",
                                                          "Unsigned", "WrongDigest", "NothingToSync"};

struct Result {
    enum class Outcome { Completed, Stopped, Failed } outcome = Outcome::Failed;
    std::string error_name; ///< one of base::dbus_name; empty unless Failed
    std::string message;
    std::uint32_t retry_after_s = 0; ///< the server wants to be left alone for so long; 0: it does not say
    bool operator==(const Result&) const = default;
};

using Event = std::variant<Started, Progress, Verdict, Result>;

/// The line of an order (newline included) with its secrets' sizes; `secrets`
/// receives them in order. The line holds no secret.
std::string to_line(const Order& order, std::vector<base::Secret>& secrets);
std::string to_line(const Event& event);

/// An order from its line; `secrets` of the sizes it lists are still to be read:
/// `secret_sizes` tells, `attach` puts them in place.
struct OrderHead {
    Order order;
    std::vector<std::size_t> secret_sizes;
};
base::Result<OrderHead> parse_order(std::string_view line);
void attach(Order& order, std::vector<base::Secret> secrets);

/// Refuses (Malformed) lines over the bound, unknown events, and members that are missing, unknown, ill-typed
/// or against the rules stated above.
base::Result<Event> parse_event(std::string_view line);

/// What `syncd-session --describe` prints: every message with its members.
std::string describe();

} // namespace channel
