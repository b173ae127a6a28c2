#include <syncd/error.hpp>

#include <array>
#include <string_view>
#include <utility>

namespace syncd {
namespace {

ErrorKind kind_of(std::string_view name)
{
    using enum ErrorKind;
    static constexpr std::pair<std::string_view, ErrorKind> own[] = {
        {"NotFound", NotFound},
        {"QuotaExceeded", QuotaExceeded},
        {"InvalidValue", InvalidValue},
        {"NotRunning", NotRunning},
        {"NothingToSync", NothingToSync},
        {"Storage", Storage},
        {"CredentialsLost", CredentialsLost},
        {"HostNotFound", HostNotFound},
        {"Unreachable", Unreachable},
        {"Tls", Tls},
        {"Timeout", ErrorKind::Timeout},
        {"HttpStatus", HttpStatus},
        {"NotSyncML", NotSyncML},
        {"Malformed", Malformed},
        {"ForbiddenMarkup", ForbiddenMarkup},
        {"ReplyTooLarge", ReplyTooLarge},
        {"Authentication", Authentication},
        {"PlainCredentialsRefused", PlainCredentialsRefused},
        {"DatabaseNotFound", DatabaseNotFound},
        {"Server", Server},
        {"Protocol", Protocol},
        {"DirectionRefused", DirectionRefused},
        {"HeldForReview", HeldForReview},
        {"Local", Local},
        {"Interrupted", Interrupted},
        {"Stopped", Stopped},
    };
    // The standard names; those of NoService are what libdbus' daemon, dbus-broker, systemd's
    // activation and sd-bus itself say when there is nobody to talk to.
    static constexpr std::pair<std::string_view, ErrorKind> standard[] = {
        {"AccessDenied", AccessDenied},
        {"AuthFailed", AccessDenied},
        {"InteractiveAuthorizationRequired", InteractiveAuthorizationRequired},
        {"InvalidArgs", InvalidArgs},
        {"InvalidSignature", InvalidArgs},
        {"UnknownMethod", InvalidArgs},
        {"UnknownInterface", InvalidArgs},
        {"UnknownProperty", InvalidArgs},
        {"UnknownObject", NotFound}, // how the object of a profile that is not there answers
        {"NotSupported", NotSupported},
        {"ServiceUnknown", NoService},
        {"NameHasNoOwner", NoService},
        {"NoReply", NoService},
        {"Timeout", NoService},
        {"TimedOut", NoService},
        {"Disconnected", NoService},
        {"NoServer", NoService},
        {"FileNotFound", NoService},
        {"BadAddress", NoService},
    };
    constexpr std::string_view own_prefix = "org.syncd1.Error.";
    constexpr std::string_view standard_prefix = "org.freedesktop.DBus.Error.";
    if (name.starts_with(own_prefix)) {
        for (const auto& [suffix, kind] : own)
            if (name.substr(own_prefix.size()) == suffix)
                return kind;
    } else if (name.starts_with(standard_prefix)) {
        name.remove_prefix(standard_prefix.size());
        if (name.starts_with("Spawn.")) // dbus-daemon could not activate the service
            return NoService;
        for (const auto& [suffix, kind] : standard)
            if (name == suffix)
                return kind;
    } else if (name.starts_with("org.freedesktop.systemd1.")) { // systemd could not activate it
        return NoService;
    }
    return Failed;
}

} // namespace

Error::Error(std::string name, const std::string& message)
    : std::runtime_error(message), name_(std::move(name)), kind_(kind_of(name_))
{
}

} // namespace syncd
