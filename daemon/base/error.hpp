#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace base {

/// Every outcome that can reach a person, once. The names on D-Bus are API:
/// they are added to, never renamed (base::dbus_name).
enum class Errc {
    // Answers to a call.
    InvalidArgs,                      ///< wrong signature or variant type
    AccessDenied,                     ///< polkit or ownership said no
    InteractiveAuthorizationRequired, ///< would be allowed after asking the user
    NotSupported,                     ///< not in this build or not yet
    Failed,                           ///< anything without a better name
    NotFound,                         ///< no such profile or item for this caller
    QuotaExceeded,                    ///< a per-user limit is reached
    InvalidValue,                     ///< well-typed but senseless; the message names the key
    NotRunning,                       ///< StopSync without a session
    NothingToSync,                    ///< no enabled service
    Storage,                          ///< the database cannot be read or written
    CredentialsLost,                  ///< sealed credentials cannot be opened any more

    // How a session can end badly.
    HostNotFound,            ///< the name of the server does not resolve
    Unreachable,             ///< no connection, or it broke
    Tls,                     ///< certificate or handshake refused
    Timeout,                 ///< the server or a whole phase took too long
    HttpStatus,              ///< the server answered with an HTTP error
    NotSyncML,               ///< the reply is something else, e.g. a login page
    Malformed,               ///< the reply is broken SyncML
    ForbiddenMarkup,         ///< the reply uses a DTD or entities
    ReplyTooLarge,           ///< the reply exceeds the limits
    Authentication,          ///< the server refuses the credentials
    PlainCredentialsRefused, ///< basic credentials would travel in the clear
    DatabaseNotFound,        ///< the server has no such database (404)
    Server,                  ///< the server reported its own failure
    Protocol,                ///< the server broke the rules of OMA DS
    DirectionRefused,        ///< the server alerted a type that we must not obey
    HeldForReview,           ///< it would change more than the profile lets pass unseen; somebody is to look at it
    Local,                   ///< the local store failed
    Interrupted,             ///< the worker ended before the session did
    Stopped,                 ///< ended by StopSync; an outcome, not a failure
};

struct Error {
    Errc code = Errc::Failed;
    /// English, for a person: what happened, to which profile, service and
    /// item, and what to do next. Never contains a secret.
    std::string message;

    bool operator==(const Error&) const = default;
};

/// The D-Bus error name of a code, e.g. `org.syncd1.Error.NotFound`.
std::string_view dbus_name(Errc code);

/// The code of a D-Bus error name; nothing for a name that is not ours.
std::optional<Errc> find_errc(std::string_view dbus_name);

} // namespace base
