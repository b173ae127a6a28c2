#pragma once

#include <syncd/export.hpp>

#include <stdexcept>
#include <string>

namespace syncd {

/// What went wrong, for a program to decide on.
enum class ErrorKind {
    // A call failed.
    NoService,                        ///< no bus, no service on it, it went away or did not answer in time
    AccessDenied,                     ///< this user may not do that
    InteractiveAuthorizationRequired, ///< allowed after asking the user: ClientOptions::allow_interactive_authorization
    InvalidArgs,                      ///< the service does not understand the call: the versions do not fit
    InvalidValue,                     ///< a value makes no sense; what() names its key
    NotFound,                         ///< no such profile or item for this user
    NotSupported,                     ///< not in this version of the service
    NotRunning,                       ///< stop_sync without a session
    NothingToSync,                    ///< the profile has no enabled service
    QuotaExceeded,                    ///< as many profiles as a user may have
    CredentialsLost,                  ///< the stored credentials cannot be opened any more: give them again
    Storage,                          ///< the service cannot read or write its database
    Failed,                           ///< anything else, and names that this library does not know

    // A session failed.
    HostNotFound,            ///< the server's name does not resolve
    Unreachable,             ///< no connection, or it broke
    Tls,                     ///< the server's certificate or the handshake was refused
    Timeout,                 ///< the server took too long
    HttpStatus,              ///< the server answered with an HTTP error
    NotSyncML,               ///< the server answered with something else, such as a web page
    Malformed,               ///< the server's answer is broken
    ForbiddenMarkup,         ///< the server's answer uses markup that is refused for safety
    ReplyTooLarge,           ///< the server's answer exceeds the limits
    Authentication,          ///< the server refuses the user name or password
    PlainCredentialsRefused, ///< the password would have travelled unencrypted
    DatabaseNotFound,        ///< the server has no database of that name
    Server,                  ///< the server reports a failure of its own
    Protocol,                ///< the server breaks the rules of OMA DS
    DirectionRefused,        ///< the server asked for a direction that must not be obeyed
    HeldForReview,           ///< it would change more than the profile lets pass unseen: Client::plan
    Local,                   ///< the local items cannot be read or written
    Interrupted,             ///< the sync ended before its time
    Stopped,                 ///< ended by stop_sync
};

/// A failed call, or why a session failed. what() is English and meant for a person:
/// what happened and what to do next.
class SYNCD_API Error : public std::runtime_error {
public:
    /// `name`: a D-Bus error name, which decides the kind.
    Error(std::string name, const std::string& message);

    /// The D-Bus error name, such as `org.syncd1.Error.NotFound`. The names that the
    /// service uses are never renamed.
    const std::string& name() const noexcept { return name_; }
    ErrorKind kind() const noexcept { return kind_; }

private:
    std::string name_;
    ErrorKind kind_;
};

} // namespace syncd
