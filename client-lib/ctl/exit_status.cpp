#include "exit_status.hpp"

namespace ctl {

using syncd::ErrorKind;

ExitStatus exit_status(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::NoService: return ExitStatus::NoService;
    case ErrorKind::AccessDenied:
    case ErrorKind::InteractiveAuthorizationRequired: return ExitStatus::AccessDenied;
    case ErrorKind::NotFound: return ExitStatus::NotFound;
    case ErrorKind::InvalidValue:
    case ErrorKind::NotSupported:
    case ErrorKind::NotRunning:
    case ErrorKind::NothingToSync:
    case ErrorKind::QuotaExceeded:
    case ErrorKind::CredentialsLost: return ExitStatus::Refused;
    case ErrorKind::InvalidArgs:
    case ErrorKind::Storage:
    case ErrorKind::Failed:
    case ErrorKind::HostNotFound:
    case ErrorKind::Unreachable:
    case ErrorKind::Tls:
    case ErrorKind::Timeout:
    case ErrorKind::HttpStatus:
    case ErrorKind::NotSyncML:
    case ErrorKind::Malformed:
    case ErrorKind::ForbiddenMarkup:
    case ErrorKind::ReplyTooLarge:
    case ErrorKind::Authentication:
    case ErrorKind::PlainCredentialsRefused:
    case ErrorKind::DatabaseNotFound:
    case ErrorKind::Server:
    case ErrorKind::Protocol:
    case ErrorKind::DirectionRefused:
    case ErrorKind::HeldForReview:
    case ErrorKind::Local:
    case ErrorKind::Interrupted:
    case ErrorKind::Stopped: return ExitStatus::Failed;
    }
    return ExitStatus::Failed;
}

std::string hint(ErrorKind kind, bool is_user_bus)
{
    const std::string systemctl = is_user_bus ? "systemctl --user" : "systemctl";
    if (kind == ErrorKind::NoService)
        return "See whether it runs: " + systemctl + " status syncd. The other service is reached with --bus " +
               (is_user_bus ? "system." : "user.");
    if (kind == ErrorKind::InteractiveAuthorizationRequired)
        return "Run it on a terminal, without --no-ask, so that you can be asked.";
    if (kind == ErrorKind::InvalidArgs)
        return "syncctl and the service are of different versions; see syncctl --version and syncctl status.";
    return {};
}

} // namespace ctl
