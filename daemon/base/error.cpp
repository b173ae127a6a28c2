#include "base/error.hpp"

namespace base {

std::string_view dbus_name(Errc code)
{
    switch (code) {
    case Errc::InvalidArgs: return "org.freedesktop.DBus.Error.InvalidArgs";
    case Errc::AccessDenied: return "org.freedesktop.DBus.Error.AccessDenied";
    case Errc::InteractiveAuthorizationRequired: return "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired";
    case Errc::NotSupported: return "org.freedesktop.DBus.Error.NotSupported";
    case Errc::Failed: return "org.freedesktop.DBus.Error.Failed";
    case Errc::NotFound: return "org.syncd1.Error.NotFound";
    case Errc::QuotaExceeded: return "org.syncd1.Error.QuotaExceeded";
    case Errc::InvalidValue: return "org.syncd1.Error.InvalidValue";
    case Errc::NotRunning: return "org.syncd1.Error.NotRunning";
    case Errc::NothingToSync: return "org.syncd1.Error.NothingToSync";
    case Errc::Storage: return "org.syncd1.Error.Storage";
    case Errc::CredentialsLost: return "org.syncd1.Error.CredentialsLost";
    case Errc::HostNotFound: return "org.syncd1.Error.HostNotFound";
    case Errc::Unreachable: return "org.syncd1.Error.Unreachable";
    case Errc::Tls: return "org.syncd1.Error.Tls";
    case Errc::Timeout: return "org.syncd1.Error.Timeout";
    case Errc::HttpStatus: return "org.syncd1.Error.HttpStatus";
    case Errc::NotSyncML: return "org.syncd1.Error.NotSyncML";
    case Errc::Malformed: return "org.syncd1.Error.Malformed";
    case Errc::ForbiddenMarkup: return "org.syncd1.Error.ForbiddenMarkup";
    case Errc::ReplyTooLarge: return "org.syncd1.Error.ReplyTooLarge";
    case Errc::Authentication: return "org.syncd1.Error.Authentication";
    case Errc::PlainCredentialsRefused: return "org.syncd1.Error.PlainCredentialsRefused";
    case Errc::DatabaseNotFound: return "org.syncd1.Error.DatabaseNotFound";
    case Errc::Server: return "org.syncd1.Error.Server";
    case Errc::Protocol: return "org.syncd1.Error.Protocol";
    case Errc::DirectionRefused: return "org.syncd1.Error.DirectionRefused";
    case Errc::HeldForReview: return "org.syncd1.Error.HeldForReview";
    case Errc::Local: return "org.syncd1.Error.Local";
    case Errc::Interrupted: return "org.syncd1.Error.Interrupted";
    case Errc::Stopped: return "org.syncd1.Error.Stopped";
    }
    return "org.freedesktop.DBus.Error.Failed";
}

std::optional<Errc> find_errc(std::string_view name)
{
    for (int value = 0; value <= static_cast<int>(Errc::Stopped); ++value) {
        const auto code = static_cast<Errc>(value);
        if (dbus_name(code) == name)
            return code;
    }
    return std::nullopt;
}

} // namespace base
