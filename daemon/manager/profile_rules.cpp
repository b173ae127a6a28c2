#include "manager/profile_rules.hpp"

#include "base/base64.hpp"
#include "kinds/service_kind.hpp"
#include "manager/credentials.hpp"
#include "manager/filter.hpp"
#include "manager/url.hpp"
#include "schedule/interval.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace manager {
namespace {

using storage::ProfileRow;

constexpr std::array<std::string_view, 3> modes{"MANUAL", "PERIODIC", "PUSH"};
constexpr std::array<std::string_view, 6> sync_types{
    "TWO_WAY", "SLOW", "ONE_WAY_FROM_CLIENT", "REFRESH_FROM_CLIENT", "ONE_WAY_FROM_SERVER", "REFRESH_FROM_SERVER"};
constexpr std::array<std::string_view, 3> encodings{"AUTO", "XML", "WBXML"};
constexpr std::array<std::string_view, 4> protocol_versions{"AUTO", "1.2", "1.1", "1.0"};
constexpr const char* device_id_key = "DeviceId";
constexpr const char* encoding_key = "Encoding";
constexpr std::string_view default_encoding = "XML";
constexpr std::array<std::string_view, 4> conflict_policies{"KEEP_BOTH", "SERVER_WINS", "CLIENT_WINS", "NEWEST_WINS"};
constexpr const char* conflict_policy_key = "ConflictPolicy";
constexpr std::string_view default_conflict_policy = "KEEP_BOTH";
constexpr const char* protocol_version_key = "ProtocolVersion";
constexpr std::string_view default_protocol_version = "AUTO";
constexpr const char* review_items_key = "ReviewItems";
constexpr const char* review_percent_key = "ReviewPercent";
constexpr const char* hold_slow_key = "HoldSlowSync";
constexpr const char* http_key = "HttpCredentials";
constexpr const char* certificate_key = "ClientCertificate";
constexpr const char* server_id_key = "ServerId";
constexpr const char* server_password_key = "ServerPassword";
constexpr const char* authenticate_server_key = "AuthenticateServer";
constexpr const char* filters_key = "Filters";
constexpr std::size_t max_filter_bytes = 1024;
constexpr const char* stores_key = "Stores";
constexpr std::string_view vdir_scheme = "vdir:";
constexpr std::string_view eds_scheme = "eds:";
constexpr std::size_t max_source_bytes = 128;
constexpr std::size_t max_store_bytes = 1024;
constexpr std::size_t max_certificate_bytes = 32 * 1024;
constexpr const char* keep_transcripts_key = "KeepTranscripts";
constexpr std::uint32_t max_kept_transcripts = 20;

template <class Words>
bool contains(const Words& words, std::string_view word)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

tl::unexpected<base::Error> refuse(std::string_view key, std::string_view why)
{
    return base::fail(base::Errc::InvalidValue, fmt::format("{}: {}", key, why));
}

bool has_control(std::string_view text)
{
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// A text that may be empty.
base::Result<void> check_text(std::string_view key, std::string_view text, std::size_t max)
{
    if (text.size() > max)
        return refuse(key, fmt::format("longer than {} bytes", max));
    if (has_control(text))
        return refuse(key, "must not hold control characters");
    return {};
}

base::Result<void> check_credentials(const std::string& prefix, const std::optional<std::string>& user,
                                     const std::optional<base::Secret>& password)
{
    if (user) {
        if (auto checked = check_text(prefix + "Id", *user, 1024); !checked)
            return checked;
        // Basic and MD5 authentication join user and password by a colon (RepPro 1.2 §5.23).
        if (user->find(':') != std::string::npos)
            return refuse(prefix + "Id", "must not hold a colon");
    }
    if (password && password->size() > 1024)
        return refuse(prefix + "Password", "longer than 1024 bytes");
    return {};
}

/// What a worker can do something with; whether it fits together is seen when it is used.
base::Result<void> check_certificate(const std::optional<base::Secret>& certificate)
{
    if (!certificate || certificate->empty())
        return {};
    const auto pem = certificate->reveal();
    const auto has = [&](std::string_view text) { return pem.find(text) != std::string_view::npos; };
    if (pem.size() > max_certificate_bytes)
        return refuse(certificate_key, fmt::format("longer than {} bytes", max_certificate_bytes));
    if (!has("-----BEGIN CERTIFICATE-----") || !has("PRIVATE KEY-----") || has(std::string_view("\0", 1)))
        return refuse(certificate_key, "must hold a certificate and its private key in PEM");
    if (has("ENCRYPTED"))
        return refuse(certificate_key, "its private key is encrypted; give it without (openssl pkey takes it off)");
    return {};
}

base::Result<void> check_server(const ProfileInput& input)
{
    const auto id = input.server_id.value_or("");
    if (auto checked = check_text(server_id_key, id, 255); !checked)
        return checked;
    if (input.server_password && input.server_password->size() > 1024)
        return refuse(server_password_key, "longer than 1024 bytes");
    if (input.server_password && !input.server_password->empty() && id.empty())
        return refuse(server_password_key, "there is no ServerId to go with it");
    return {};
}

base::Result<void> fill_mode(const ProfileInput& input, ProfileRow& row)
{
    if (!input.mode)
        return refuse("Mode", "required");
    if (!contains(modes, *input.mode))
        return refuse("Mode", "must be MANUAL, PERIODIC or PUSH");
    row.mode = *input.mode;
    // A key that does not fit the mode is refused so that a slip is not lost.
    if (input.type && row.mode != "MANUAL")
        return refuse("Type", fmt::format("only with Mode MANUAL; {} is always TWO_WAY", row.mode));
    row.type = input.type.value_or("TWO_WAY");
    if (!is_sync_type(row.type))
        return refuse("Type", "no sync type");
    if (row.mode == "PERIODIC" && !input.interval)
        return refuse("Interval", "required with Mode PERIODIC");
    if (row.mode != "PERIODIC" && input.interval)
        return refuse("Interval", "only with Mode PERIODIC");
    row.interval = input.interval.value_or("");
    if (input.interval && !schedule::find_interval(row.interval))
        return refuse("Interval", "no interval");
    return {};
}

/// The UID of a source is the name of a file in its user's settings.
base::Result<void> check_source(std::string_view key, std::string_view uid)
{
    const bool is_good = uid.size() <= max_source_bytes && std::all_of(uid.begin(), uid.end(), [](char c) {
                             return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                    std::string_view("-_.+@").find(c) != std::string_view::npos;
                         });
    if (!is_good)
        return refuse(key,
                      "must be eds: and the UID of a source of Evolution Data Server, or nothing for the usual one");
    return {};
}

/// One way of writing each path: who asks for `a/../b` may mean another directory than he gets.
base::Result<void> check_store(std::string_view key, std::string_view store)
{
    if (store.empty())
        return {};
    if (auto checked = check_text(key, store, max_store_bytes); !checked)
        return checked;
    if (store.starts_with(eds_scheme))
        return check_source(key, store.substr(eds_scheme.size()));
    if (!store.starts_with(vdir_scheme))
        return refuse(key, "must be vdir:/PATH, eds:SOURCE-UID, or empty for the store of syncd itself");
    auto path = store.substr(vdir_scheme.size());
    if (path.size() < 2 || path.front() != '/')
        return refuse(key, "must be an absolute path");
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto part = path.substr(0, path.find('/'));
        if (part.empty() || part == "." || part == "..")
            return refuse(key, "must be a path without . and .. and without a slash too many");
        path.remove_prefix(part.size());
    }
    return {};
}

base::Result<void> fill_services(const ProfileInput& input, ProfileRow& row)
{
    for (const auto& service : input.services) {
        if (kinds::find(service.type) == nullptr)
            return refuse("Services: ServiceType", "must be " + kinds::all_names());
        const auto prefix = fmt::format("Services: {}: ", service.type);
        if (std::any_of(row.services.begin(), row.services.end(),
                        [&](const auto& other) { return other.type == service.type; }))
            return refuse("Services: ServiceType", service.type + " is there twice");
        if (service.uri.empty())
            return refuse(prefix + "ServerDatabaseUri", "must not be empty");
        if (auto checked = check_text(prefix + "ServerDatabaseUri", service.uri, 512); !checked)
            return checked;
        if (auto checked = check_credentials(prefix, service.user, service.password); !checked)
            return checked;
        if (auto checked = check_text(prefix + "Filter", service.filter, max_filter_bytes); !checked)
            return checked;
        if (auto checked = check_filter(service.filter); !checked)
            return refuse(prefix + "Filter", checked.error().message);
        if (auto checked = check_store(prefix + "Store", service.store); !checked)
            return checked;
        row.services.push_back({service.type, service.uri, service.enabled, ""});
    }
    return {};
}

base::Result<void> fill_review(const ProfileInput& input, nlohmann::json& settings)
{
    const ReviewRules usual;
    const auto percent = input.review_percent.value_or(usual.percent);
    if (percent > 100)
        return refuse("ReviewPercent", "must be 0 to 100");
    const auto slow = input.slow_sync.value_or("ALLOW");
    if (slow != "ALLOW" && slow != "HOLD")
        return refuse("SlowSync", "must be ALLOW or HOLD");
    settings[review_items_key] = input.review_items.value_or(usual.items);
    settings[review_percent_key] = percent;
    if (slow == "HOLD")
        settings[hold_slow_key] = true;
    return {};
}

base::Result<void> fill_settings(const ProfileInput& input, ProfileRow& row, const std::string& default_device_id)
{
    row.allow_plain_credentials = input.allow_plain_credentials.value_or(false);
    if (input.ca_file) {
        if (!input.ca_file->starts_with('/'))
            return refuse("CaFile", "must be an absolute path");
        if (auto checked = check_text("CaFile", *input.ca_file, 4095); !checked)
            return checked;
        row.ca_file = *input.ca_file;
    }
    const auto device = input.device_id.value_or(default_device_id);
    const bool printable = std::all_of(device.begin(), device.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (device.empty() || device.size() > 128 || !printable)
        return refuse("DeviceId", "must be 1 to 128 printable ASCII characters without spaces");
    const auto encoding = input.encoding.value_or(std::string(default_encoding));
    if (!contains(encodings, encoding))
        return refuse("Encoding", "must be AUTO, XML or WBXML");
    const auto version = input.protocol_version.value_or(std::string(default_protocol_version));
    if (!contains(protocol_versions, version))
        return refuse("ProtocolVersion", "must be AUTO, 1.2, 1.1 or 1.0");
    const auto policy = input.conflict_policy.value_or(std::string(default_conflict_policy));
    if (!contains(conflict_policies, policy))
        return refuse("ConflictPolicy", "must be KEEP_BOTH, SERVER_WINS, CLIENT_WINS or NEWEST_WINS");
    nlohmann::json settings{{device_id_key, device},
                            {encoding_key, encoding},
                            {protocol_version_key, version},
                            {conflict_policy_key, policy}};
    if (auto checked = fill_review(input, settings); !checked)
        return checked;
    if (input.server_id && !input.server_id->empty())
        settings[server_id_key] = *input.server_id;
    for (const auto& service : input.services)
        if (!service.filter.empty())
            settings[filters_key][service.type] = service.filter;
    for (const auto& service : input.services)
        if (!service.store.empty())
            settings[stores_key][service.type] = service.store;
    if (input.authenticate_server.value_or(false))
        settings[authenticate_server_key] = true;
    const auto kept = input.keep_transcripts.value_or(0);
    if (kept > max_kept_transcripts)
        return refuse(keep_transcripts_key, fmt::format("must be 0 to {}", max_kept_transcripts));
    if (kept > 0)
        settings[keep_transcripts_key] = kept;
    row.settings = settings.dump();
    return {};
}

void put_box(ProfileRow& row, const char* key, const std::string& box)
{
    if (box.empty())
        return;
    auto settings = nlohmann::json::parse(row.settings);
    settings[key] = base::encode_base64(box);
    row.settings = settings.dump();
}

std::string setting(const ProfileRow& row, const char* key, std::string_view absent)
{
    const auto settings = nlohmann::json::parse(row.settings, nullptr, false);
    return settings.is_object() ? settings.value(key, std::string(absent)) : std::string(absent);
}

/// Everything of a row that is no secret and no time.
base::Result<ProfileRow> rows_settings(const ProfileInput& input, const std::string& default_device_id)
{
    ProfileRow row;
    if (!input.name || input.name->empty())
        return refuse("ProfileName", "required, and must not be empty");
    if (auto checked = check_text("ProfileName", *input.name, 256); !checked)
        return tl::unexpected(checked.error());
    row.name = *input.name;
    if (!input.url)
        return refuse("Url", "required");
    if (const auto origin = parse_url(*input.url); !origin)
        return tl::unexpected(origin.error());
    row.url = *input.url;
    for (const auto& checked : {check_credentials("", input.user, input.password),
                                check_credentials("Http", input.http_user, input.http_password),
                                check_certificate(input.client_certificate), check_server(input), fill_mode(input, row),
                                fill_services(input, row), fill_settings(input, row, default_device_id)})
        if (!checked)
            return tl::unexpected(checked.error());
    return row;
}

const ProfileRow::Service* find_service(const ProfileRow& row, std::string_view type)
{
    const auto found = std::find_if(row.services.begin(), row.services.end(),
                                    [type](const auto& service) { return service.type == type; });
    return found == row.services.end() ? nullptr : &*found;
}

std::string stored_box(const ProfileRow& row, std::string_view service)
{
    const auto* found = find_service(row, service);
    return found == nullptr ? std::string() : found->sealed_credentials;
}

/// Seals what is given and keeps of `before` what is not.
base::Result<void> fill_secrets(const ProfileInput& input, const ProfileRow& before, const Vault& vault,
                                ProfileRow& row)
{
    auto own = merge_credentials(vault, box_context(row.id), before.sealed_credentials, {input.user, input.password});
    if (!own)
        return tl::unexpected(own.error());
    row.sealed_credentials = std::move(*own);
    for (std::size_t i = 0; i < row.services.size(); ++i) {
        auto& service = row.services[i];
        const auto& given = input.services[i];
        auto box = merge_credentials(vault, box_context(row.id, service.type), stored_box(before, service.type),
                                     {given.user, given.password});
        if (!box)
            return base::fail(box.error().code, fmt::format("Services: {}: {}", service.type, box.error().message));
        service.sealed_credentials = std::move(*box);
    }
    auto http = merge_credentials(vault, box_context(row.id, http_context), http_box(before),
                                  {input.http_user, input.http_password});
    if (!http)
        return base::fail(http.error().code, "Http" + http.error().message);
    put_box(row, http_key, *http);
    const auto& certificate = input.client_certificate;
    if (!certificate)
        put_box(row, certificate_key, certificate_box(before));
    else if (!certificate->empty())
        put_box(row, certificate_key, vault.seal(*certificate, box_context(row.id, certificate_context)));
    if (server_id(row).empty()) // a password without an id is nobody's
        return authenticates_server(row) ? refuse(authenticate_server_key, "needs ServerId and ServerPassword")
                                         : base::Result<void>();
    const auto& password = input.server_password;
    if (!password)
        put_box(row, server_password_key, server_box(before));
    else if (!password->empty())
        put_box(row, server_password_key, vault.seal(*password, box_context(row.id, server_context)));
    if (authenticates_server(row) && server_box(row).empty())
        return refuse(authenticate_server_key, "needs ServerPassword");
    return {};
}

/// Whether all that a server may have refused is what it was. A password that is given again counts as another.
bool has_same_secrets(const ProfileRow& before, const ProfileRow& after)
{
    const auto is_same = [&](const ProfileRow::Service& service) {
        return stored_box(before, service.type) == service.sealed_credentials;
    };
    return before.sealed_credentials == after.sealed_credentials && http_box(before) == http_box(after) &&
           std::all_of(after.services.begin(), after.services.end(), is_same);
}

/// Nobody may send a stored password to a server of their choice.
base::Result<void> check_move(const ProfileInput& input, const ProfileRow& before, const ProfileRow& row)
{
    const auto from = parse_url(before.url);
    const auto to = parse_url(row.url);
    if (from && to && !is_move(*from, *to))
        return {};
    constexpr auto why = "it moves to another server, so Id and Password must be given again";
    if (!CredentialsInput{input.user, input.password}.replace_all())
        return refuse("Url", why);
    // The key of a certificate is shown to nobody, nor is the server's password: both may stay.
    if (!http_box(before).empty() && !CredentialsInput{input.http_user, input.http_password}.replace_all())
        return refuse("Url", fmt::format("{}, HttpId and HttpPassword too", why));
    for (const auto& service : input.services)
        if (!stored_box(before, service.type).empty() &&
            !CredentialsInput{service.user, service.password}.replace_all())
            return refuse("Url", fmt::format("{}, those of {} too", why, service.type));
    return {};
}

} // namespace

base::Result<ProfileRow> new_profile(const ProfileInput& input, std::string id, Uid owner, std::string device_id,
                                     const Vault& vault)
{
    auto row = rows_settings(input, device_id);
    if (!row)
        return row;
    if (!input.user)
        return refuse("Id", "required");
    if (!input.password)
        return refuse("Password", "required, may be empty");
    row->id = std::move(id);
    row->owner = owner;
    if (auto filled = fill_secrets(input, {}, vault, *row); !filled)
        return tl::unexpected(filled.error());
    return row;
}

base::Result<ProfileRow> updated_profile(const ProfileInput& input, const ProfileRow& before, const Vault& vault)
{
    auto row = rows_settings(input, device_id(before));
    if (!row)
        return row;
    row->id = before.id;
    row->owner = before.owner;
    row->last_end = before.last_end;
    row->next_due = before.next_due;
    for (const auto& checked : {check_move(input, before, *row), fill_secrets(input, before, vault, *row)})
        if (!checked)
            return tl::unexpected(checked.error());
    if (row->url == before.url) {
        row->not_before = before.not_before;
        row->held = before.held;
    }
    row->credentials_refused = before.credentials_refused && has_same_secrets(before, *row);
    return row;
}

bool is_sync_type(std::string_view word)
{
    return contains(sync_types, word);
}

bool has_enabled_service(const ProfileRow& row)
{
    return std::any_of(row.services.begin(), row.services.end(), [](const auto& service) { return service.enabled; });
}

std::string device_id(const ProfileRow& row)
{
    return setting(row, device_id_key, "");
}

std::string http_box(const ProfileRow& row)
{
    return base::decode_base64(setting(row, http_key, "")).value_or("");
}

std::string certificate_box(const ProfileRow& row)
{
    return base::decode_base64(setting(row, certificate_key, "")).value_or("");
}

std::string server_box(const ProfileRow& row)
{
    return base::decode_base64(setting(row, server_password_key, "")).value_or("");
}

std::string server_id(const ProfileRow& row)
{
    return setting(row, server_id_key, "");
}

bool authenticates_server(const ProfileRow& row)
{
    const auto settings = nlohmann::json::parse(row.settings, nullptr, false);
    return settings.is_object() && settings.value(authenticate_server_key, false);
}

std::uint32_t kept_transcripts(const ProfileRow& row)
{
    const auto settings = nlohmann::json::parse(row.settings, nullptr, false);
    return settings.is_object() ? settings.value(keep_transcripts_key, 0U) : 0U;
}

namespace {

std::string setting_of_service(const ProfileRow& row, const char* key, const std::string& service)
{
    const auto settings = nlohmann::json::parse(row.settings, nullptr, false);
    if (!settings.is_object() || !settings.contains(key))
        return {};
    return settings[key].value(service, std::string());
}

/// That which Evolution Data Server makes by itself.
const char* usual_source(std::string_view service)
{
    if (service == "CONTACT")
        return "system-address-book";
    if (service == "TASK")
        return "system-task-list";
    return service == "NOTE" ? "system-memo-list" : "system-calendar";
}

} // namespace

std::string filter(const ProfileRow& row, const std::string& service)
{
    return setting_of_service(row, filters_key, service);
}

std::string store(const ProfileRow& row, const std::string& service)
{
    return setting_of_service(row, stores_key, service);
}

std::string directory(const ProfileRow& row, const std::string& service)
{
    const auto text = store(row, service);
    if (text == eds_scheme)
        return text + usual_source(service);
    return text.starts_with(vdir_scheme) ? text.substr(vdir_scheme.size()) : text;
}

bool is_of_evolution(std::string_view directory)
{
    return directory.starts_with(eds_scheme);
}

std::string conflict_policy(const ProfileRow& row)
{
    return setting(row, conflict_policy_key, default_conflict_policy);
}

std::string encoding(const ProfileRow& row)
{
    return setting(row, encoding_key, default_encoding);
}

std::string protocol_version(const ProfileRow& row)
{
    return setting(row, protocol_version_key, default_protocol_version);
}

ReviewRules review_rules(const ProfileRow& row)
{
    ReviewRules rules;
    const auto settings = nlohmann::json::parse(row.settings, nullptr, false);
    if (!settings.is_object())
        return rules;
    rules.items = settings.value(review_items_key, rules.items);
    rules.percent = settings.value(review_percent_key, rules.percent);
    rules.holds_slow = settings.value(hold_slow_key, rules.holds_slow);
    return rules;
}

} // namespace manager
