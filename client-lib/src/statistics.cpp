#include "statistics.hpp"

namespace syncd {

SyncStatistics parse_statistics(const Values& values)
{
    return {
        .sync_status = from_string<SyncStatus>(text(values, "SyncStatus")),
        .service_type = from_string<SyncServiceType>(text(values, "ServiceType")),
        .last_sync_time = time(values, "LastSyncTime"),
        .server_to_client_total = count(values, "ServerToClientTotal"),
        .server_to_client_added = count(values, "ServerToClientAdded"),
        .server_to_client_updated = count(values, "ServerToClientUpdated"),
        .server_to_client_removed = count(values, "ServerToClientRemoved"),
        .client_to_server_total = count(values, "ClientToServerTotal"),
        .client_to_server_added = count(values, "ClientToServerAdded"),
        .client_to_server_updated = count(values, "ClientToServerUpdated"),
        .client_to_server_removed = count(values, "ClientToServerRemoved"),
    };
}

SessionRecord parse_session_record(const Values& values)
{
    SessionRecord record{
        .session = value(values, "Session", std::uint64_t()),
        .trigger = from_string<SyncTrigger>(text(values, "Trigger")),
        .started = time(values, "Started"),
        .ended = time(values, "Ended"),
        .outcome = from_string<SyncOutcome>(text(values, "Outcome")),
        .error_name = text(values, "ErrorName"),
        .message = text(values, "Message"),
        .notes = value(values, "Notes", std::vector<std::string>()),
        .protocol_version = from_string<SyncProtocolVersion>(text(values, "ProtocolVersion")),
        .bytes_sent = value(values, "BytesSent", std::uint64_t()),
        .bytes_received = value(values, "BytesReceived", std::uint64_t()),
        .round_trips = value(values, "RoundTrips", std::uint64_t()),
        .services = {},
        .changes = value(values, "Changes", std::uint64_t()),
        .undone = value(values, "Undone", std::uint64_t()),
        .has_transcript = value(values, "HasTranscript", false),
    };
    for (const Values& service : value(values, "Services", std::vector<Values>()))
        record.services.push_back({
            .statistics = parse_statistics(service),
            .type = from_string<SyncType>(text(service, "Type")),
            .error_name = text(service, "ErrorName"),
            .message = text(service, "Message"),
        });
    return record;
}

} // namespace syncd
