#pragma once

#include "base/secret.hpp"
#include "syncml/codes.hpp"
#include "syncml/message.hpp"

#include <tl/expected.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Server alerted notifications (OMA DS, package #0): a server asks for a session, in a few octets that come by any
/// way. Nothing is known of who sent them until the digest is checked.
namespace notification {

enum class UiMode { NotSpecified, Background, Informative, UserInteraction };
enum class Initiator { User, Server };

/// One database that the server wants to synchronize.
struct Sync {
    syncml::AlertCode code = syncml::AlertCode::TwoWayByServer; ///< 206…210, or 201 as some servers have it
    std::string uri;                                            ///< the server's database
    std::string content_type;                                   ///< media type; empty when none is said that is known
    syncml::CmdId command = 0;                                  ///< of its Alert, in a message of Alerts
    std::string target;                                         ///< of that Alert
    bool operator==(const Sync&) const = default;
};

struct Notification {
    int version = 12; ///< of the protocol, times ten
    UiMode ui_mode = UiMode::NotSpecified;
    Initiator initiator = Initiator::Server;
    std::string session_id; ///< for the session; empty: any
    std::string server_id;
    syncml::MsgId message = 0; ///< of a message of Alerts, which is to be answered; 0: it is none
    std::string target;        ///< of that message
    std::vector<Sync> syncs;   ///< none: every database, in the way that is configured
    /// By a secret that we share with the server. Without one it is a hint and no more: a usual
    /// synchronization may follow, but none that replaces anything.
    bool authenticated = false;
    bool operator==(const Notification&) const = default;
};

/// Why a notification is ignored.
enum class Refusal {
    TooLarge,      ///< more octets than any has
    Broken,        ///< cut short, or no notification at all
    Version,       ///< of a protocol that is not 1.0, 1.1 or 1.2
    UnknownServer, ///< no account is with a server of this id
    Unsigned,      ///< nothing proves where it comes from, and there is a password that could
    WrongDigest,   ///< what should prove it does not
    NothingToSync, ///< it asks for nothing that can be done
};
std::string_view name(Refusal refusal); ///< `WrongDigest`

/// What we share with a server.
struct Credentials {
    std::optional<base::Secret> password; ///< an empty one is a password, too; none: nothing can be checked
    std::vector<std::string> nonces;      ///< octets, the most likely first; the empty one counts in any case
};
/// Nothing for a server that nobody has an account with. The id is the sender's word.
using FindCredentials = std::function<std::optional<Credentials>(std::string_view server_id)>;

constexpr std::size_t max_octets = 4096;

/// Reads a notification of either form: the one of DS 1.2, in bits, or a message with Alerts (DS 1.0 and 1.1, but also
/// sent to newer devices), in XML or WBXML. What is reserved or the vendor's is passed over, and so are Syncs
/// of an unknown type.
tl::expected<Notification, Refusal> read(std::string_view octets, const FindCredentials& find_credentials);

} // namespace notification
