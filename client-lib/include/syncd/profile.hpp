#pragma once

#include <syncd/enums.hpp>
#include <syncd/export.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace syncd {

/// A moment, in microseconds since 1970-01-01 UTC; zero means never.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// The server and the schedule of a profile.
///
/// `id`, `password`, those of HTTP, `client_certificate` and `server_password` are never filled in by the library: what
/// the service stores cannot be read back. In Client::add an absent one means empty; in
/// Client::update it means that the stored one stays, and an empty one clears it.
///
/// A password or certificate is an ordinary string here, which the caller wipes when it is done with it
/// (`syncd::wipe`). The library keeps no copy: the one message that carries it is
/// wiped when it has left.
struct SyncInfo {
    std::string url; ///< http:// or https://
    std::optional<std::string> id;
    std::optional<std::string> password;
    SyncMode mode = SyncMode::Manual;
    SyncType type = SyncType::TwoWay;     ///< for SyncMode::Manual; the other modes are TwoWay
    std::optional<SyncInterval> interval; ///< for SyncMode::Periodic, and required there
    bool allow_plain_credentials = false; ///< send the password even when the connection is not encrypted
    std::string ca_file;                  ///< path of a PEM file with the authority to trust; empty: the system's
    std::string device_id;                ///< who this machine is to the server; empty: made by add(), kept by update()
    SyncEncoding encoding = SyncEncoding::Xml;
    SyncConflictPolicy conflict_policy = SyncConflictPolicy::KeepBoth;
    SyncProtocolVersion protocol_version = SyncProtocolVersion::Auto;
    /// A session that would delete or change more items than this, on either side, and more than `review_percent` of
    /// those that are there, waits until somebody has looked at its plan (Client::plan).
    std::uint32_t review_items = 10;
    std::uint32_t review_percent = 30;        ///< 100: none ever waits
    bool hold_slow_sync = false;              ///< a slow sync that the server wants unexpectedly waits, too
    std::optional<std::string> http_id;       ///< for a web server that wants to know who asks (HTTP authentication)
    std::optional<std::string> http_password; ///< that goes with it
    std::optional<std::string> client_certificate; ///< PEM text with the private key, for a server that wants one
    std::string server_id;                         ///< the name of the server, for its notifications and its proof
    std::optional<std::string> server_password;    ///< by which the server proves that it is `server_id`
    bool authenticate_server = false;              ///< sync only with a server that proves it in every session
    std::uint32_t keep_transcripts = 0; ///< of so many of its last sessions, 20 at the most (Client::transcript)
};

/// One kind of records within a profile. `id` and `password` are for servers that guard each
/// database by itself; otherwise as in SyncInfo.
struct SyncServiceInfo {
    bool enable = true;
    SyncServiceType service_type = SyncServiceType::Unknown;
    std::string server_database_uri; ///< the server's name for it, such as `card`
    std::string filter{};            ///< which of the server's items come here (CGI grammar of OMA DS 1.2); empty: all
    std::string store{}; ///< where its items are kept: `vdir:/PATH`, a directory; `eds:UID`, the desktop; empty: syncd
    std::optional<std::string> id;
    std::optional<std::string> password;
};

struct SyncProfileInfo {
    std::string profile_id;   ///< opaque; made by the service. Client::add ignores it
    std::string profile_name; ///< free text; need not be unique
    SyncInfo sync_info;
    std::vector<SyncServiceInfo> service_info; ///< each service type at most once; the order is kept
    bool has_credentials = false;              ///< told by the service, like the three below; ignored when sent
    bool has_http_credentials = false;
    bool has_client_certificate = false;
    bool has_server_password = false;
};

/// What a profile is doing, and when it did and will sync.
struct ProfileStatus {
    ProfileState state = ProfileState::Idle;
    Time last_sync_time{};
    Time next_sync_time{};
    Time not_before{};     ///< until when the server asked to be left alone; nothing is started by itself until then
    std::string attention; ///< what somebody has to do before it syncs by itself again, in English; empty: nothing
};

/// Overwrites the characters of `text` and empties it.
SYNCD_API void wipe(std::string& text) noexcept;

} // namespace syncd
