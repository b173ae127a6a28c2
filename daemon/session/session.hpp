#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"
#include "syncml/message.hpp"
#include "syncml/version.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What goes into and comes out of the engine (engine.hpp): its setup, the
/// events it is fed and the effects it answers with.
namespace session {

using syncml::SyncType;
using ServiceIndex = std::size_t; ///< position in Setup::services

/// Authentication as the profile wants it.
enum class AuthScheme { None, Basic, Md5 };

/// The beginning of an item in chunks that the server sent, kept for a sync that goes on.
struct PartReceived {
    syncml::ItemVerb verb = syncml::ItemVerb::Add;
    std::string target, source; ///< of its Item
    std::string type, format;
    std::uint64_t size = 0;          ///< of all of it
    std::vector<std::string> chunks; ///< as they came
    bool operator==(const PartReceived&) const = default;
};

struct ServiceSetup {
    std::string name;       ///< for messages to people: `CONTACT`
    std::string local_uri;  ///< our datastore's LocURI, e.g. `contacts`
    std::string remote_uri; ///< the server's
    SyncType requested = SyncType::TwoWay;
    /// A sync of this type broke off before its end: the server is asked to go on with it (Alert 225), and
    /// `requested` is what runs when it does not.
    std::optional<SyncType> interrupted;
    std::string own_last;  ///< our anchor of the last good session; empty: none
    std::string own_next;  ///< our anchor of this session
    std::string peer_last; ///< the server's anchor of the last good session; empty: none
    /// The anchors of the session after it, which the server may have ended well though we did not; empty: there was
    /// none.
    std::string tried_own, tried_peer;
    /// What came of an item of the server when the sync broke off.
    std::optional<PartReceived> part_received;
    /// Cached maps that no Status confirmed yet; they go first.
    std::vector<syncml::MapItem> pending_maps;
    std::optional<std::string> user; ///< datastore-level credentials
    base::Secret password;
    /// The server's Last is not compared with `peer_last`: it never is what it was told to be.
    bool believes_anchors = false;
    /// Types that the server says to know for this datastore (DevInf, SyncCap); empty: it does not say, or it is old
    /// news.
    std::vector<std::uint32_t> peer_sync_types{};
    /// Record filter (CGI) for what the server sends; empty: none. A server that cannot filter is not sent it.
    std::string filter{};
    std::string last_filter{};   ///< that was in force in the last good session
    bool can_be_filtered = true; ///< false: it is not, whatever the server says
};

/// The message of Alerts by which a server asked for a session (DS 1.0 and 1.1, server alerted sync).
struct ServerAlerts {
    syncml::MsgId message = 0;
    std::string target, source; ///< of its header
    struct Alert {
        syncml::CmdId command = 0;
        std::string target, source; ///< of one of its items
    };
    std::vector<Alert> alerts; ///< those of one command behind each other
};

struct Setup {
    syncml::Version version = syncml::Version::V1_2; ///< that is spoken
    std::string server_uri;                          ///< the configured URL: Target LocURI and first address
    std::string device_id;                           ///< Source LocURI
    std::uint32_t session_id = 1;
    std::string user; ///< empty: no authentication
    base::Secret password;
    AuthScheme first_scheme = AuthScheme::Md5; ///< used before any challenge
    bool may_send_basic = true;                ///< false: a basic challenge ends in PlainCredentialsRefused
    std::string nonce;                         ///< base64, from the last session; empty: first contact
    /// Base64, that the server is to prove itself by in notifications and sessions to come; empty: it has nothing to
    /// prove.
    std::string server_nonce;
    /// Nothing is exchanged before the server has shown credentials for these.
    bool authenticates_server = false;
    std::string server_id;
    base::Secret server_password;
    std::vector<std::string> server_nonces; ///< base64, that it has of earlier sessions
    std::string server_challenge;           ///< base64, for this session
    std::uint64_t max_msg_size = 0;         ///< ours
    std::uint64_t max_obj_size = 0;         ///< ours
    syncml::DevInf devinf;                  ///< ours
    /// The server's, as an earlier session's SavePeerInfo gave it; only its flags and filters matter here.
    std::optional<syncml::DevInf> peer_devinf;
    bool states_sizes = false; ///< with every item, because the server has asked for that (SizesWanted)
    std::string devinf_type;   ///< media type of device information on this wire
    bool put_devinf = true;
    bool get_devinf = true;
    std::vector<ServiceSetup> services;        ///< enabled ones only, at least one
    std::optional<ServerAlerts> server_alerts; ///< that the first package answers

    /// The octets a command, or a header with an empty body, takes on the wire.
    /// Pure functions: the codec's, handed in so that the engine needs no codec.
    std::function<std::size_t(const syncml::Command&)> command_size;
    std::function<std::size_t(const syncml::SyncCommand&)> sync_command_size;
    std::function<std::size_t(const syncml::Header&)> header_size;
};

/// The SessionID after this one, for a session that begins anew.
constexpr std::uint32_t next_session_id(std::uint32_t id)
{
    return id % 9999 + 1;
}

// ---- items between engine and datastore ------------------------------------

enum class ChangeKind { Add, Update, Delete };

/// How much of an item in chunks the server has acknowledged (213).
struct PartSent {
    syncml::ItemVerb verb = syncml::ItemVerb::Add; ///< of its chunks
    std::string format;
    std::uint64_t octets = 0; ///< of its data with plain line ends (chunk.hpp)
    bool operator==(const PartSent&) const = default;
};

/// One local item to send.
struct Change {
    ChangeKind kind = ChangeKind::Add;
    std::string luid;
    std::string type;   ///< media type, e.g. `text/vcard`; empty for Delete
    std::string format; ///< empty or `b64` when `data` is base64
    std::string data;
    bool again = false; ///< sent before, and answered as Verdict::OnceMore says
    /// In a sync that goes on: what the server has of it, unchanged since.
    std::optional<PartSent> part{};
    std::string unsendable{}; ///< why the server would not understand it: it is not sent; empty: it is
    bool operator==(const Change&) const = default;
};

enum class IncomingKind { Add, Replace, Delete };

/// One item command of the server, to be carried out locally.
struct Incoming {
    IncomingKind kind = IncomingKind::Add;
    std::string luid; ///< Replace, Delete; for an Add empty
    std::string guid; ///< Add: the server's id; else mostly empty
    std::string type;
    std::string data;         ///< b64 already undone
    bool soft_delete = false; ///< the server keeps it, and wants it only off this device
    bool archive = false;     ///< a copy is to be kept elsewhere
    bool operator==(const Incoming&) const = default;
};

/// What became of one Incoming. `status` is sent to the server; a success counts.
struct Outcome {
    syncml::StatusCode status = syncml::StatusCode::Ok;
    std::string luid;  ///< of an added item, for the Map
    std::string why{}; ///< of a failure, for people, where the Status alone does not say it
    bool operator==(const Outcome&) const = default;
};

// ---- events ----------------------------------------------------------------

/// The server's answer to the last Send.
struct Received {
    syncml::Message message;
};
/// Answer to ReadChanges. `end`: nothing follows. At least one change unless `end`.
struct Changes {
    std::vector<Change> changes;
    bool end = true;
};
/// Answer to Prepare.
struct Prepared {
    std::uint64_t total = 0; ///< changes that ReadChanges will deliver
};
/// Answer to Apply, one outcome per incoming item, in order.
struct Applied {
    std::vector<Outcome> outcomes;
};
/// Answer to Wait: the time is over, or was cut short because the session is to end.
struct Waited {};
/// Answer to Conclude.
struct Concluded {};
/// Answer to any question: it could not be done. The session ends in order as far as
/// it can (for a transport error at once); services not yet complete fail with it.
struct Broke {
    base::Error error;
    std::optional<ServiceIndex> service; ///< set: only this service is affected
    bool full = false;                   ///< there is no room for it
};

using Event = std::variant<Received, Changes, Prepared, Applied, Waited, Concluded, Broke>;

// ---- effects ---------------------------------------------------------------

struct SaveNonce { ///< a nonce for the next session, durable at once (base64)
    std::string nonce;
};
struct GiveServerNonce {}; ///< Setup::server_nonce goes to the server with the next Send: it may use it from then on
struct SizesWanted {};     ///< to be remembered for Setup::states_sizes
struct SavePeerInfo {      ///< the server's device information
    syncml::DevInf devinf;
};
/// What the server's Status makes of a change that was sent.
enum class Verdict {
    Taken,    ///< the server has its last word on it: not to be sent again until it changes
    Refused,  ///< it would only be refused again (415 …): not to be sent until it changes, and the edit is not to be
              ///< lost
    Missing,  ///< the server has no such item: it goes again, as Add
    OnceMore, ///< it came incomplete, as the server sees it: it goes again, once
    PutOff    ///< another session may repair it (417 retry later …): it stays a local change, for the next one
};
/// The server has answered for sent changes, each with its Status. A change that was read but is not
/// among them by the end of the session (no answer, too large to send) stays a local
/// change also when the service concludes well, and is sent again next time.
struct Confirm {
    ServiceIndex service = 0;
    struct Entry {
        std::string luid;
        ChangeKind kind = ChangeKind::Add;
        syncml::StatusCode status = syncml::StatusCode::Ok;
        Verdict verdict = Verdict::Taken;
    };
    std::vector<Entry> entries;
};
/// From here on the server may take the session for good with these anchors: to be remembered for
/// ServiceSetup::tried_own until the service concludes.
struct TryAnchors {
    ServiceIndex service = 0;
    std::string own_next;
    std::string peer_next;
};
/// The server has so much of an item in chunks that is on its way: if the sync breaks off, that is not to be sent
/// again.
struct NotePartSent {
    ServiceIndex service = 0;
    std::string luid;
    PartSent part;
};
/// A chunk of an item of the server, to be durable before the next Send, and to come back as `part_received` if the
/// sync goes on in another session. `first`: it begins the item, and whatever was kept before is void.
struct KeepChunk {
    ServiceIndex service = 0;
    PartReceived part; ///< with what there is to keep, this one chunk at least
    bool first = true;
};
/// Nothing of an item in chunks is to be kept any more.
struct DropPart {
    ServiceIndex service = 0;
};
struct ConfirmMaps { ///< these maps are known to the server; drop them from the cache
    ServiceIndex service = 0;
    std::vector<syncml::MapItem> maps;
};
/// Items are not on the other side, or not as they are on this one, and will not be until they are others or who
/// refused them is: to be kept until then, for people. One for what a message of the server had refused of a service.
struct Quarantine {
    struct Item {
        bool from_server = false;
        std::string id; ///< ours: the LUID; the server's: its GUID or, if it gave none, our LUID
        syncml::StatusCode status = syncml::StatusCode::Ok;
        std::string why;
        std::uint64_t size = 0; ///< octets; 0: the datastore knows
    };
    ServiceIndex service = 0;
    std::vector<Item> items;
};
/// A step of progress: for people, may be dropped.
struct Progress {
    ServiceIndex service = 0;
    bool from_server = false;
    std::uint64_t total = 0; ///< 0: not known yet
    std::uint64_t done = 0;
};
/// For the report: why something out of the ordinary happens, e.g. a slow sync.
struct Note {
    std::optional<ServiceIndex> service;
    std::string text;
};

// Questions: at most one in an answer, and then the last of its effects.

/// The type is agreed: get ready to be read from and written to. Slow: the maps
/// are void. RefreshFromServer: what comes is staged until Conclude. Both but when the server goes on with
/// the sync of that type that broke off: then what was confirmed in it is not to be read again.
/// Answer: Prepared.
struct Prepare {
    ServiceIndex service = 0;
    SyncType type = SyncType::TwoWay;
    bool resumed = false;
};
/// Answer: Changes, about `bytes` of data, never less than one item.
struct ReadChanges {
    ServiceIndex service = 0;
    std::size_t bytes = 0;
};
/// Carry these out, durable before the answer: Applied.
struct Apply {
    ServiceIndex service = 0;
    std::vector<Incoming> items;
    std::uint64_t announced = 0; ///< how many the server has said there will be in this sync; 0: it has not
};
/// Post a message. `luids` are the items whose commands it carries, per service, to be
/// remembered durably as *sent* before the bytes leave. Answer: Received.
struct Send {
    syncml::Message message;
    std::string url;
    std::vector<std::pair<ServiceIndex, std::string>> luids;
    /// It does no harm when the server carries it out twice: there is no Add in it, and no part of an item.
    bool repeatable = true;
};
/// Let the time pass: the server is busy. Answer: Waited.
struct Wait {
    std::chrono::seconds time{};
};
/// A service has come to its end: with no error, commit everything (the anchors
/// last); with one, leave the anchors and drop what was staged. Answer: Concluded.
struct Conclude {
    ServiceIndex service = 0;
    SyncType type = SyncType::TwoWay; ///< the type that ran
    std::optional<base::Error> error;
    std::string own_next; ///< anchors to store on success
    std::string peer_next;
    bool compare_next = false; ///< the next sync is to be slow
    std::string filter{};      ///< the one that was in force
};
/// What a server that has not let us in yet says of how it was spoken to.
enum class Objection {
    None,
    Version, ///< it does not speak this version of SyncML: 505, 513, or a reply in one that is unknown here
    Message  ///< it can do nothing with the first message as a whole: 400, 501
};
/// The session is over; no further event is accepted.
struct Finished {
    std::optional<base::Error> error;      ///< empty: every service ended well
    Objection objection = Objection::None; ///< with an error: an older version may do better
};

using Effect = std::variant<SaveNonce, GiveServerNonce, SizesWanted, SavePeerInfo, Confirm, TryAnchors, NotePartSent,
                            KeepChunk, DropPart, ConfirmMaps, Quarantine, Progress, Note, Prepare, ReadChanges, Apply,
                            Send, Wait, Conclude, Finished>;

// ---- statistics --------------------------------------------------------------

/// What was confirmed, not what was sent. `total` counts every item command
/// exchanged in that direction, failed ones included.
struct Counters {
    std::uint64_t total = 0;
    std::uint64_t added = 0;
    std::uint64_t updated = 0;
    std::uint64_t removed = 0;
    std::uint64_t failed = 0;
    bool operator==(const Counters&) const = default;
};

struct ServiceStatistics {
    SyncType type = SyncType::TwoWay; ///< the type that ran
    Counters to_server;
    Counters from_server;
    std::optional<base::Error> error; ///< Errc::Stopped for a stopped one
    bool concluded = false;
};

} // namespace session
