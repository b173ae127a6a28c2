#pragma once

#include <syncd/enums.hpp>
#include <syncd/profile.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace syncd {

/// One service in one session. What counts is what was confirmed; the totals include
/// what failed.
struct SyncStatistics {
    SyncStatus sync_status = SyncStatus::None;
    SyncServiceType service_type = SyncServiceType::Unknown;
    Time last_sync_time{};
    std::uint32_t server_to_client_total = 0;
    std::uint32_t server_to_client_added = 0;
    std::uint32_t server_to_client_updated = 0;
    std::uint32_t server_to_client_removed = 0;
    std::uint32_t client_to_server_total = 0;
    std::uint32_t client_to_server_added = 0;
    std::uint32_t client_to_server_updated = 0;
    std::uint32_t client_to_server_removed = 0;
};

/// One service of an ended session.
struct ServiceRecord {
    SyncStatistics statistics;
    SyncType type = SyncType::Unknown; ///< what was carried out, e.g. Slow for a first TwoWay
    std::string error_name;            ///< a D-Bus error name; empty when it ended well
    std::string message;
};

/// An ended session.
struct SessionRecord {
    std::uint64_t session = 0;
    SyncTrigger trigger = SyncTrigger::Unknown;
    Time started{};
    Time ended{};
    SyncOutcome outcome = SyncOutcome::Unknown;
    std::string error_name; ///< a D-Bus error name; empty unless Failed
    std::string message;
    std::vector<std::string> notes;                                      ///< what was out of the ordinary, in words
    SyncProtocolVersion protocol_version = SyncProtocolVersion::Unknown; ///< that was spoken; Unknown: no answer came
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t round_trips = 0;
    std::vector<ServiceRecord> services;
    std::uint64_t changes = 0;   ///< of it here, that are kept to be shown and undone
    std::uint64_t undone = 0;    ///< of an undoing: the session that it took back; else 0
    bool has_transcript = false; ///< its transcript is kept, see Client::transcript
};

} // namespace syncd
