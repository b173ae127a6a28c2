#include "profile.hpp"

#include "message.hpp"

#include <syncd/error.hpp>

#include <string.h>

namespace syncd {
namespace {

template <class Enum>
std::string word(Enum value, const char* key)
{
    if (value == Enum::Unknown)
        throw Error("org.syncd1.Error.InvalidValue", std::string(key) + " is not set, or has a value that only a "
                                                                        "newer version of this library knows");
    return std::string(to_string(value));
}

void append_service(sdbus::Message& message, const SyncServiceInfo& service)
{
    append_dictionary(message, [&](Dictionary& entries) {
        entries.add("ServiceType", word(service.service_type, "ServiceType"));
        entries.add("ServerDatabaseUri", service.server_database_uri);
        entries.add("Enable", service.enable);
        if (!service.filter.empty())
            entries.add("Filter", service.filter);
        if (!service.store.empty())
            entries.add("Store", service.store);
        if (service.id)
            entries.add("Id", *service.id);
        if (service.password)
            entries.add("Password", *service.password);
    });
}

SyncServiceInfo parse_service(const Values& values)
{
    return {
        .enable = value(values, "Enable", true),
        .service_type = from_string<SyncServiceType>(text(values, "ServiceType")),
        .server_database_uri = text(values, "ServerDatabaseUri"),
        .filter = text(values, "Filter"),
        .store = text(values, "Store"),
        .id = {},
        .password = {},
    };
}

} // namespace

void append_profile(sdbus::Message& message, const SyncProfileInfo& profile, bool is_new)
{
    const SyncInfo& info = profile.sync_info;
    append_dictionary(message, [&](Dictionary& entries) {
        entries.add("ProfileName", profile.profile_name);
        entries.add("Url", info.url);
        entries.add("Mode", word(info.mode, "Mode"));
        // TwoWay says nothing new in the other modes, where the key is refused.
        if (info.mode == SyncMode::Manual || info.type != SyncType::TwoWay)
            entries.add("Type", word(info.type, "Type"));
        if (info.interval)
            entries.add("Interval", word(*info.interval, "Interval"));
        entries.add("AllowPlainCredentials", info.allow_plain_credentials);
        if (!info.ca_file.empty())
            entries.add("CaFile", info.ca_file);
        if (!info.device_id.empty())
            entries.add("DeviceId", info.device_id);
        if (!info.server_id.empty())
            entries.add("ServerId", info.server_id);
        if (info.authenticate_server) // which is not so without being said
            entries.add("AuthenticateServer", true);
        if (info.encoding != SyncEncoding::Xml) // which it is without being said
            entries.add("Encoding", word(info.encoding, "Encoding"));
        if (info.conflict_policy != SyncConflictPolicy::KeepBoth) // likewise
            entries.add("ConflictPolicy", word(info.conflict_policy, "ConflictPolicy"));
        if (info.protocol_version != SyncProtocolVersion::Auto) // likewise
            entries.add("ProtocolVersion", word(info.protocol_version, "ProtocolVersion"));
        const SyncInfo usual;
        if (info.review_items != usual.review_items)
            entries.add("ReviewItems", info.review_items);
        if (info.review_percent != usual.review_percent)
            entries.add("ReviewPercent", info.review_percent);
        if (info.hold_slow_sync)
            entries.add("SlowSync", std::string("HOLD"));
        if (info.keep_transcripts != usual.keep_transcripts)
            entries.add("KeepTranscripts", info.keep_transcripts);
        // Absent means "keep" to Update, and nothing to Add, which requires both.
        if (info.id || is_new)
            entries.add("Id", info.id.value_or(""));
        if (info.password)
            entries.add("Password", *info.password);
        else if (is_new)
            entries.add("Password", std::string());
        for (const auto& [key, secret] : {std::pair("HttpId", &info.http_id),
                                          {"HttpPassword", &info.http_password},
                                          {"ClientCertificate", &info.client_certificate},
                                          {"ServerPassword", &info.server_password}})
            if (*secret)
                entries.add(key, **secret);
        entries.entry("Services", "aa{sv}", [&] {
            message.openContainer("a{sv}");
            for (const SyncServiceInfo& service : profile.service_info)
                append_service(message, service);
            message.closeContainer();
        });
    });
}

SyncProfileInfo parse_profile(std::string id, const Values& values)
{
    SyncProfileInfo profile;
    profile.profile_id = std::move(id);
    profile.profile_name = text(values, "ProfileName");
    profile.has_credentials = value(values, "HasCredentials", false);
    profile.has_http_credentials = value(values, "HasHttpCredentials", false);
    profile.has_client_certificate = value(values, "HasClientCertificate", false);
    profile.has_server_password = value(values, "HasServerPassword", false);

    SyncInfo& info = profile.sync_info;
    info.url = text(values, "Url");
    info.mode = from_string<SyncMode>(text(values, "Mode"));
    info.type = from_string<SyncType>(text(values, "Type"));
    if (values.contains("Interval"))
        info.interval = from_string<SyncInterval>(text(values, "Interval"));
    info.allow_plain_credentials = value(values, "AllowPlainCredentials", false);
    info.ca_file = text(values, "CaFile");
    info.device_id = text(values, "DeviceId");
    info.server_id = text(values, "ServerId");
    info.authenticate_server = value(values, "AuthenticateServer", false);
    if (values.contains("Encoding"))
        info.encoding = from_string<SyncEncoding>(text(values, "Encoding"));
    if (values.contains("ConflictPolicy"))
        info.conflict_policy = from_string<SyncConflictPolicy>(text(values, "ConflictPolicy"));
    if (values.contains("ProtocolVersion"))
        info.protocol_version = from_string<SyncProtocolVersion>(text(values, "ProtocolVersion"));
    info.review_items = value(values, "ReviewItems", info.review_items);
    info.review_percent = value(values, "ReviewPercent", info.review_percent);
    info.hold_slow_sync = text(values, "SlowSync") == "HOLD";
    info.keep_transcripts = value(values, "KeepTranscripts", info.keep_transcripts);
    for (const Values& service : value(values, "Services", std::vector<Values>()))
        profile.service_info.push_back(parse_service(service));
    return profile;
}

ProfileStatus parse_status(const Values& values)
{
    return {
        .state = from_string<ProfileState>(text(values, "State")),
        .last_sync_time = time(values, "LastSyncTime"),
        .next_sync_time = time(values, "NextSyncTime"),
        .not_before = time(values, "NotBefore"),
        .attention = text(values, "Attention"),
    };
}

void wipe(std::string& text) noexcept
{
    text.resize(text.capacity()); // what a longer text left behind goes too
    explicit_bzero(text.data(), text.size());
    text.clear();
}

} // namespace syncd
