#include "bus/values.hpp"

#include "bus/dictionary.hpp"
#include "item/excerpt.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace bus {
namespace {

std::uint64_t microseconds(manager::Time time)
{
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

/// Counters are `u` on the bus.
std::uint32_t counter(std::uint64_t value)
{
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, std::numeric_limits<std::uint32_t>::max()));
}

void add_counters(Values& values, const std::string& direction, const storage::CountersRecord& counters)
{
    values[direction + "Total"] = counter(counters.total);
    values[direction + "Added"] = counter(counters.added);
    values[direction + "Updated"] = counter(counters.updated);
    values[direction + "Removed"] = counter(counters.removed);
}

Values service_statistics(const storage::ServiceRecord& record)
{
    Values values{
        {"SyncStatus", record.status},
        {"ServiceType", record.service},
        {"LastSyncTime", static_cast<std::uint64_t>(record.time)},
    };
    add_counters(values, "ServerToClient", record.from_server);
    add_counters(values, "ClientToServer", record.to_server);
    return values;
}

std::vector<Values> services(const manager::ProfileView& profile)
{
    std::vector<Values> services;
    for (const auto& service : profile.services) {
        services.push_back(
            {{"ServiceType", service.type}, {"ServerDatabaseUri", service.uri}, {"Enable", service.enabled}});
        if (!service.filter.empty())
            services.back()["Filter"] = service.filter;
        if (!service.store.empty())
            services.back()["Store"] = service.store;
    }
    return services;
}

manager::ServiceInput read_service(Dictionary& dictionary)
{
    manager::ServiceInput service;
    bool has_type = false, has_uri = false;
    dictionary.each([&](std::string_view key) {
        if (key == "ServiceType")
            service.type = dictionary.text(), has_type = true;
        else if (key == "ServerDatabaseUri")
            service.uri = dictionary.text(), has_uri = true;
        else if (key == "Filter")
            service.filter = dictionary.text();
        else if (key == "Store")
            service.store = dictionary.text();
        else if (key == "Enable")
            service.enabled = dictionary.flag();
        else if (key == "Id")
            service.user = dictionary.text();
        else if (key == "Password")
            service.password = dictionary.secret();
        else
            return false;
        return true;
    });
    if (!has_type)
        dictionary.complain("a service lacks ServiceType");
    else if (!has_uri)
        dictionary.complain("the service " + service.type + " lacks ServerDatabaseUri");
    return service;
}

} // namespace

ProfileArgument read_profile(const Call& call)
{
    ProfileArgument argument;
    auto& input = argument.input;
    Dictionary dictionary(call.raw(), {});
    dictionary.each([&](std::string_view key) {
        if (key == "ProfileName")
            input.name = dictionary.text();
        else if (key == "Url")
            input.url = dictionary.text();
        else if (key == "Id")
            input.user = dictionary.text();
        else if (key == "Password")
            input.password = dictionary.secret();
        else if (key == "Mode")
            input.mode = dictionary.text();
        else if (key == "Type")
            input.type = dictionary.text();
        else if (key == "Interval")
            input.interval = dictionary.text();
        else if (key == "AllowPlainCredentials")
            input.allow_plain_credentials = dictionary.flag();
        else if (key == "CaFile")
            input.ca_file = dictionary.text();
        else if (key == "Encoding")
            input.encoding = dictionary.text();
        else if (key == "ConflictPolicy")
            input.conflict_policy = dictionary.text();
        else if (key == "ProtocolVersion")
            input.protocol_version = dictionary.text();
        else if (key == "ReviewItems")
            input.review_items = dictionary.number();
        else if (key == "ReviewPercent")
            input.review_percent = dictionary.number();
        else if (key == "SlowSync")
            input.slow_sync = dictionary.text();
        else if (key == "HttpId")
            input.http_user = dictionary.text();
        else if (key == "HttpPassword")
            input.http_password = dictionary.secret();
        else if (key == "ClientCertificate")
            input.client_certificate = dictionary.secret();
        else if (key == "ServerId")
            input.server_id = dictionary.text();
        else if (key == "ServerPassword")
            input.server_password = dictionary.secret();
        else if (key == "AuthenticateServer")
            input.authenticate_server = dictionary.flag();
        else if (key == "DeviceId")
            input.device_id = dictionary.text();
        else if (key == "KeepTranscripts")
            input.keep_transcripts = dictionary.number();
        else if (key == "Services")
            dictionary.list([&](Dictionary& service) { input.services.push_back(read_service(service)); });
        else
            return false;
        return true;
    });
    argument.complaint = dictionary.complaint();
    return argument;
}

Values profile_dictionary(const manager::ProfileView& profile)
{
    Values values{
        {"ProfileName", profile.name},
        {"Url", profile.url},
        {"Mode", profile.mode},
        {"Type", profile.type},
        {"Services", services(profile)},
        {"AllowPlainCredentials", profile.allow_plain_credentials},
        {"Encoding", profile.encoding},
        {"ConflictPolicy", profile.conflict_policy},
        {"ProtocolVersion", profile.protocol_version},
        {"ReviewItems", profile.review.items},
        {"ReviewPercent", profile.review.percent},
        {"SlowSync", std::string(profile.review.holds_slow ? "HOLD" : "ALLOW")},
        {"DeviceId", profile.device_id},
        {"HasCredentials", profile.has_credentials},
        {"HasHttpCredentials", profile.has_http_credentials},
        {"HasClientCertificate", profile.has_client_certificate},
        {"HasServerPassword", profile.has_server_password},
        {"AuthenticateServer", profile.authenticate_server},
        {"KeepTranscripts", profile.keep_transcripts},
    };
    if (!profile.interval.empty())
        values["Interval"] = profile.interval;
    if (!profile.ca_file.empty())
        values["CaFile"] = profile.ca_file;
    if (!profile.server_id.empty())
        values["ServerId"] = profile.server_id;
    return values;
}

Values profile_properties(const manager::ProfileView& profile)
{
    return {
        {"ProfileId", profile.id},
        {"ProfileName", profile.name},
        {"Url", profile.url},
        {"Mode", profile.mode},
        {"Type", profile.type},
        {"Interval", profile.interval},
        {"Services", services(profile)},
        {"HasCredentials", profile.has_credentials},
        {"State", std::string(manager::name(profile.state))},
        {"LastSyncTime", microseconds(profile.last_sync)},
        {"NextSyncTime", microseconds(profile.next_sync)},
        {"NotBefore", microseconds(profile.not_before)},
        {"Attention", profile.attention},
    };
}

std::vector<Values> statistics(const std::vector<storage::ServiceRecord>& records)
{
    std::vector<Values> list;
    std::ranges::transform(records, std::back_inserter(list), service_statistics);
    return list;
}

Values device_information(const std::optional<storage::PeerInfo>& information)
{
    if (!information)
        return {};
    return {{"Received", static_cast<std::uint64_t>(information->time)}, {"Document", information->document}};
}

std::vector<Values> plan(const std::vector<manager::ServicePlanView>& services)
{
    const auto put = [](Values& values, const std::string& direction, const manager::PlanCounts& counts) {
        values[direction + "Added"] = counter(counts.added);
        values[direction + "Updated"] = counter(counts.updated);
        values[direction + "Removed"] = counter(counts.removed);
    };
    std::vector<Values> list;
    for (const auto& service : services) {
        auto& values = list.emplace_back();
        values["ServiceType"] = service.service;
        std::vector<std::string> held;
        if (service.held.incoming)
            held.emplace_back("FROM_SERVER");
        if (service.held.outgoing)
            held.emplace_back("TO_SERVER");
        if (service.held.slow)
            held.emplace_back("SLOW_SYNC");
        if (service.held.store)
            held.emplace_back("STORE");
        values["Held"] = held;
        values["Compares"] = service.compares;
        put(values, "FromServer", service.from_server);
        put(values, "ToServer", service.to_server);
    }
    return list;
}

std::vector<Values> plan_items(const std::vector<manager::PlanItem>& items)
{
    std::vector<Values> list;
    for (const auto& item : items) {
        auto& values = list.emplace_back();
        values["Luid"] = item.luid;
        values["Change"] = item.change;
        if (item.before)
            values["Before"] = item::excerpt(*item.before, max_content);
        if (item.after)
            values["After"] = item::excerpt(*item.after, max_content);
        values["Next"] = item.next;
    }
    return list;
}

Values session_record(const storage::SessionRecord& record)
{
    std::vector<Values> services;
    for (const auto& service : record.services) {
        services.push_back(service_statistics(service));
        services.back()["Type"] = service.type;
        services.back()["ErrorName"] = service.error_name;
        services.back()["Message"] = service.error_message;
    }
    return {
        {"Session", record.session},
        {"Trigger", record.trigger},
        {"Started", static_cast<std::uint64_t>(record.started)},
        {"Ended", static_cast<std::uint64_t>(record.ended)},
        {"Outcome", record.outcome},
        {"ErrorName", record.error_name},
        {"Message", record.error_message},
        {"Notes", record.notes},
        {"ProtocolVersion", record.version},
        {"BytesSent", record.bytes_sent},
        {"BytesReceived", record.bytes_received},
        {"RoundTrips", record.round_trips},
        {"Services", services},
    };
}

} // namespace bus
