#include "documents.hpp"

#include "units.hpp"

#include <string>

namespace ctl {
namespace {

/// Empty means that there is none.
Json text_or_null(const std::string& text)
{
    return text.empty() ? Json() : Json(text);
}

template <class Enum>
Json word_of(Enum value)
{
    return std::string(to_string(value));
}

} // namespace

Json document(const syncd::SyncProfileInfo& profile)
{
    const syncd::SyncInfo& info = profile.sync_info;
    Json services = Json::array();
    for (const syncd::SyncServiceInfo& service : profile.service_info)
        services.push_back(Json{
            {"service_type", word_of(service.service_type)},
            {"server_database_uri", service.server_database_uri},
            {"enable", service.enable},
            {"filter", text_or_null(service.filter)},
            {"store", text_or_null(service.store)},
        });
    return Json{
        {"profile_id", profile.profile_id},
        {"profile_name", profile.profile_name},
        {"url", info.url},
        {"mode", word_of(info.mode)},
        {"type", word_of(info.type)},
        {"interval", info.interval ? word_of(*info.interval) : Json()},
        {"has_credentials", profile.has_credentials},
        {"has_http_credentials", profile.has_http_credentials},
        {"has_client_certificate", profile.has_client_certificate},
        {"has_server_password", profile.has_server_password},
        {"allow_plain_credentials", info.allow_plain_credentials},
        {"ca_file", text_or_null(info.ca_file)},
        {"device_id", text_or_null(info.device_id)},
        {"server_id", text_or_null(info.server_id)},
        {"authenticate_server", info.authenticate_server},
        {"encoding", word_of(info.encoding)},
        {"conflict_policy", word_of(info.conflict_policy)},
        {"protocol_version", word_of(info.protocol_version)},
        {"review_items", info.review_items},
        {"review_percent", info.review_percent},
        {"slow_sync", info.hold_slow_sync ? "hold" : "allow"},
        {"keep_transcripts", info.keep_transcripts},
        {"services", std::move(services)},
    };
}

Json document(const syncd::SyncStatistics& statistics)
{
    return Json{
        {"service_type", word_of(statistics.service_type)},
        {"sync_status", word_of(statistics.sync_status)},
        {"last_sync_time", microseconds(statistics.last_sync_time)},
        {"server_to_client_total", statistics.server_to_client_total},
        {"server_to_client_added", statistics.server_to_client_added},
        {"server_to_client_updated", statistics.server_to_client_updated},
        {"server_to_client_removed", statistics.server_to_client_removed},
        {"client_to_server_total", statistics.client_to_server_total},
        {"client_to_server_added", statistics.client_to_server_added},
        {"client_to_server_updated", statistics.client_to_server_updated},
        {"client_to_server_removed", statistics.client_to_server_removed},
    };
}

Json document(const syncd::SessionRecord& record)
{
    Json services = Json::array();
    for (const syncd::ServiceRecord& service : record.services) {
        Json entry = document(service.statistics);
        entry["type"] = word_of(service.type);
        entry["error_name"] = text_or_null(service.error_name);
        entry["message"] = text_or_null(service.message);
        services.push_back(std::move(entry));
    }
    return Json{
        {"session", record.session},
        {"trigger", word_of(record.trigger)},
        {"started", microseconds(record.started)},
        {"ended", microseconds(record.ended)},
        {"outcome", word_of(record.outcome)},
        {"error_name", text_or_null(record.error_name)},
        {"message", text_or_null(record.message)},
        {"notes", record.notes},
        {"protocol_version", record.protocol_version == syncd::SyncProtocolVersion::Unknown
                                 ? Json()
                                 : Json(word_of(record.protocol_version))},
        {"bytes_sent", record.bytes_sent},
        {"bytes_received", record.bytes_received},
        {"round_trips", record.round_trips},
        {"services", std::move(services)},
        {"changes", record.changes},
        {"undone", record.undone == 0 ? Json() : Json(record.undone)},
        {"has_transcript", record.has_transcript},
    };
}

Json document(const syncd::ItemChange& change)
{
    return Json{
        {"profile_id", change.profile_id},
        {"session", change.session},
        {"undone", change.undone == 0 ? Json() : Json(change.undone)},
        {"time", microseconds(change.time)},
        {"service_type", word_of(change.service_type)},
        {"item_id", change.item_id},
        {"what", word_of(change.kind)},
        {"rule", word_of(change.rule)},
        {"is_last", change.is_last},
        {"before", change.before ? Json(*change.before) : Json()},
        {"after", change.after ? Json(*change.after) : Json()},
        {"sent", false},
        {"name", Json()},
        {"answer", Json()},
        {"status", Json()},
    };
}

Json document(const syncd::SentItem& item)
{
    return Json{
        {"profile_id", item.profile_id},
        {"session", item.session},
        {"undone", Json()},
        {"time", microseconds(item.time)},
        {"service_type", word_of(item.service_type)},
        {"item_id", item.item_id},
        {"what", word_of(item.kind)},
        {"rule", Json()},
        {"is_last", Json()},
        {"before", Json()},
        {"after", Json()},
        {"sent", true},
        {"name", text_or_null(item.name)},
        {"answer", word_of(item.answer)},
        {"status", item.status == 0 ? Json() : Json(item.status)},
    };
}

Json document(const syncd::UndoReport& report)
{
    Json items = Json::array();
    for (const auto& item : report.left_alone_items)
        items.push_back(Json{{"service_type", word_of(item.service_type)}, {"item_id", item.item_id}});
    return Json{
        {"session", report.session == 0 ? Json() : Json(report.session)},
        {"restored", report.restored},
        {"reverted", report.reverted},
        {"removed", report.removed},
        {"left_alone", report.left_alone},
        {"left_alone_items", std::move(items)},
    };
}

Json document(const syncd::ItemExplanation& explanation)
{
    return Json{
        {"content", explanation.content ? Json(*explanation.content) : Json()},
        {"revision", explanation.revision},
        {"writer", text_or_null(explanation.writer)},
        {"creator", text_or_null(explanation.creator)},
        {"changes", document(explanation.changes)},
        {"sent", document(explanation.sent)},
    };
}

Json error_document(const std::string& name, const std::string& message)
{
    return Json{{"error", {{"name", text_or_null(name)}, {"message", message}}}};
}

} // namespace ctl
