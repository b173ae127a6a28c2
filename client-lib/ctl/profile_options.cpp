#include "profile_options.hpp"

#include "exit_status.hpp"
#include "option_checks.hpp"
#include "password.hpp"
#include "words.hpp"

#include <fmt/format.h>
#include <limits>

#include <algorithm>
#include <filesystem>

namespace ctl {
namespace {

using syncd::SyncConflictPolicy;
using syncd::SyncEncoding;
using syncd::SyncInterval;
using syncd::SyncMode;
using syncd::SyncProfileInfo;
using syncd::SyncProtocolVersion;
using syncd::SyncServiceInfo;
using syncd::SyncServiceType;
using syncd::SyncType;

/// `contact=card` in its parts.
struct Assignment {
    SyncServiceType service = SyncServiceType::Unknown;
    std::string value;
};

Assignment parse_assignment(const std::string& text)
{
    const auto equals = text.find('=');
    return {parse_word<SyncServiceType>(text.substr(0, equals)).value_or(SyncServiceType::Unknown),
            text.substr(equals + 1)};
}

std::string check_assignment(const std::string& text)
{
    const auto equals = text.find('=');
    if (equals == std::string::npos)
        return "expected SERVICE=VALUE, not " + text;
    return check_word<SyncServiceType>(text.substr(0, equals));
}

/// With the path as the service wants it: whoever gives one means it from where he is.
std::string absolute_store(const std::string& store)
{
    constexpr std::string_view scheme = "vdir:";
    if (!store.starts_with(scheme) || store.size() == scheme.size())
        return store;
    auto path = std::filesystem::absolute(store.substr(scheme.size())).lexically_normal();
    if (!path.has_filename())
        path = path.parent_path();
    return std::string(scheme) + path.string();
}

SyncServiceInfo* find_service(SyncProfileInfo& profile, SyncServiceType type)
{
    const auto found = std::ranges::find(profile.service_info, type, &SyncServiceInfo::service_type);
    return found == profile.service_info.end() ? nullptr : &*found;
}

SyncServiceInfo& service_of(SyncProfileInfo& profile, SyncServiceType type)
{
    if (SyncServiceInfo* service = find_service(profile, type))
        return *service;
    throw Failure(ExitStatus::Usage, fmt::format("the profile has no service {}", word(type)),
                  fmt::format("Add it with --service {}=DATABASE.", word(type)));
}

std::string check_slow_sync(const std::string& text)
{
    return text == "allow" || text == "hold" ? "" : "not \"" + text + "\" but one of allow, hold";
}

void apply_services(const ProfileOptions& options, SyncProfileInfo& profile)
{
    for (const std::string& text : options.removed)
        std::erase_if(profile.service_info,
                      [type = *parse_word<SyncServiceType>(text)](const SyncServiceInfo& service) {
                          return service.service_type == type;
                      });
    for (const std::string& text : options.services) {
        const auto [type, database] = parse_assignment(text);
        SyncServiceInfo* service = find_service(profile, type);
        if (!service) {
            service = &profile.service_info.emplace_back();
            service->service_type = type;
        }
        service->server_database_uri = database;
    }
    for (const std::string& text : options.enabled)
        service_of(profile, *parse_word<SyncServiceType>(text)).enable = true;
    for (const std::string& text : options.disabled)
        service_of(profile, *parse_word<SyncServiceType>(text)).enable = false;
    for (const std::string& text : options.service_users) {
        const auto [type, user] = parse_assignment(text);
        service_of(profile, type).id = user;
    }
    for (const std::string& text : options.filters) {
        const auto [type, filter] = parse_assignment(text);
        service_of(profile, type).filter = filter;
    }
    for (const std::string& text : options.stores) {
        const auto [type, store] = parse_assignment(text);
        service_of(profile, type).store = absolute_store(store);
    }
}

void apply_schedule(const ProfileOptions& options, syncd::SyncInfo& info)
{
    if (options.mode) {
        info.mode = *parse_word<SyncMode>(*options.mode);
        // What belonged to the mode before goes with it.
        info.type = SyncType::TwoWay;
        if (info.mode != SyncMode::Periodic)
            info.interval.reset();
    } else if (options.interval) {
        info.mode = SyncMode::Periodic; // nothing else has one
        info.type = SyncType::TwoWay;
    }
    if (options.type)
        info.type = *parse_word<SyncType>(*options.type);
    if (options.interval)
        info.interval = *parse_word<SyncInterval>(*options.interval);
}

} // namespace

void ProfileOptions::declare(Command& command, bool is_new)
{
    const auto service_word = check_word<SyncServiceType>;
    command.option("--url", "URL", url, "Address of the server, http:// or https://");
    command.option("--user", "NAME", user,
                   "User name at the server; without --password-file the password is asked for");
    command.option("--password-file", "FILE", password_file, "File with the password; - for standard input");
    command.list_option("--service", "SERVICE=DATABASE", services,
                        "A service and its database on the server: contact=card, event=cal", check_assignment);
    command.option("--mode", "MODE", mode, "When to sync: " + all_words<SyncMode>(), check_word<SyncMode>);
    command.option("--type", "TYPE", type, "For manual mode: " + all_words<SyncType>(), check_word<SyncType>);
    command.option("--interval", "INTERVAL", interval,
                   "For periodic mode, and implies it: " + all_words<SyncInterval>(), check_word<SyncInterval>);
    command.list_option("--disable", "SERVICE", disabled, "Keep this service, but do not sync it", service_word);
    command.list_option(
        "--filter", "SERVICE=EXPRESSION", filters,
        "Which of the server's items come here, such as 'event=DTSTART&GE;20260101T000000Z'; empty: all",
        check_assignment);
    command.list_option("--store", "SERVICE=STORE", stores,
                        "Where the items are kept: contact=vdir:PATH, a directory of files; contact=eds:, the "
                        "desktop's; empty: in syncd itself",
                        check_assignment);
    command.list_option("--service-user", "SERVICE=NAME", service_users, "User name of one database, if it has its own",
                        check_assignment);
    command.list_option("--service-password-file", "SERVICE=FILE", service_password_files,
                        "The password that goes with it", check_assignment);
    command.option("--http-user", "NAME", http_user,
                   "User name of HTTP authentication, if the web server wants one; as with --user");
    command.option("--http-password-file", "FILE", http_password_file, "The password that goes with it");
    command.option("--client-certificate", "FILE", client_certificate,
                   "PEM file with a certificate and its key, if the server wants one; '' for none");
    command.option("--server-id", "NAME", server_id, "What the server calls itself when it notifies; '' for none");
    command.option("--server-password-file", "FILE", server_password_file,
                   "File with the password by which the server proves that; - for standard input");
    command.flag("--authenticate-server", authenticate_server, "Sync only with a server that proves it every time");
    command.option("--ca-file", "FILE", ca_file, "PEM file with the authority that signed the server's certificate");
    command.option("--device-id", "ID", device_id, "Who this machine is to the server; made up when not given");
    command.option("--encoding", "ENCODING", encoding, "How messages are written: " + all_words<SyncEncoding>(),
                   check_word<SyncEncoding>);
    command.option("--conflict-policy", "POLICY", conflict_policy,
                   "Whose way it goes where both sides have changed the same: " + all_words<SyncConflictPolicy>(),
                   check_word<SyncConflictPolicy>);
    command.option("--protocol-version", "VERSION", protocol_version,
                   "Which SyncML is spoken: " + all_words<SyncProtocolVersion>(), check_word<SyncProtocolVersion>);
    command.number_option("--review-items", review_items, 0, std::numeric_limits<std::uint32_t>::max(),
                          "So many deletions and changes in one sync pass without review; 10 when not given");
    command.number_option("--review-percent", review_percent, 0, 100,
                          "So many of the items that are there pass, too; 30 when not given, 100 for no review");
    command.option("--slow-sync", "WHAT", slow_sync, "When the server wants one unexpectedly: allow or hold",
                   check_slow_sync);
    command.number_option("--keep-transcripts", keep_transcripts, 0, 20,
                          "Keep what was said in so many of the last syncs, without passwords and contents of items");
    command.flag("--allow-plain-credentials", allow_plain_credentials,
                 "Send the password even over an unencrypted connection");
    if (is_new)
        return;
    command.flag("--refuse-plain-credentials", refuse_plain_credentials, "Take that back");
    command.flag("--trust-server", trust_server, "Take --authenticate-server back");
    command.flag("--ask-password", ask_password, "Ask for a new password");
    command.list_option("--enable", "SERVICE", enabled, "Sync this service again", service_word);
    command.list_option("--remove-service", "SERVICE", removed, "Take a service away", service_word);
}

void apply(const ProfileOptions& options, SyncProfileInfo& profile)
{
    syncd::SyncInfo& info = profile.sync_info;
    if (options.url)
        info.url = *options.url;
    if (options.user)
        info.id = *options.user;
    if (options.ca_file) // the service has another working directory; empty: none
        info.ca_file = options.ca_file->empty() ? "" : std::filesystem::absolute(*options.ca_file).string();
    if (options.device_id)
        info.device_id = *options.device_id;
    if (options.server_id)
        info.server_id = *options.server_id;
    if (options.authenticate_server && options.trust_server)
        throw Failure(ExitStatus::Usage, "the server cannot be both authenticated and trusted");
    if (options.authenticate_server)
        info.authenticate_server = true;
    if (options.trust_server)
        info.authenticate_server = false;
    if (options.encoding)
        info.encoding = *parse_word<SyncEncoding>(*options.encoding);
    if (options.conflict_policy)
        info.conflict_policy = *parse_word<SyncConflictPolicy>(*options.conflict_policy);
    if (options.protocol_version)
        info.protocol_version = *parse_word<SyncProtocolVersion>(*options.protocol_version);
    if (options.review_items)
        info.review_items = *options.review_items;
    if (options.review_percent)
        info.review_percent = *options.review_percent;
    if (options.slow_sync)
        info.hold_slow_sync = *options.slow_sync == "hold";
    if (options.keep_transcripts)
        info.keep_transcripts = *options.keep_transcripts;
    if (options.allow_plain_credentials && options.refuse_plain_credentials)
        throw Failure(ExitStatus::Usage, "plain credentials cannot be both allowed and refused");
    if (options.allow_plain_credentials)
        info.allow_plain_credentials = true;
    if (options.refuse_plain_credentials)
        info.allow_plain_credentials = false;
    apply_schedule(options, info);
    apply_services(options, profile);
}

void read_secrets(const ProfileOptions& options, SyncProfileInfo& profile)
{
    syncd::SyncInfo& info = profile.sync_info;
    // An empty user name takes the stored password away, too.
    if (options.password_file)
        info.password = read_password(*options.password_file);
    else if (options.user && options.user->empty())
        info.password = "";
    else if (options.user)
        info.password = ask_password(fmt::format("Password of {} at {}", *options.user, info.url));
    else if (options.ask_password)
        info.password = ask_password(fmt::format("Password at {}", info.url));

    if (options.http_user)
        info.http_id = *options.http_user;
    if (options.http_password_file)
        info.http_password = read_password(*options.http_password_file);
    else if (options.http_user)
        info.http_password = options.http_user->empty()
                                 ? ""
                                 : ask_password(fmt::format("HTTP password of {} at {}", *options.http_user, info.url));
    if (options.client_certificate)
        info.client_certificate =
            options.client_certificate->empty() ? "" : read_certificate(*options.client_certificate);

    if (options.server_password_file)
        info.server_password = read_password(*options.server_password_file);

    for (const std::string& text : options.service_password_files) {
        const auto [type, file] = parse_assignment(text);
        service_of(profile, type).password = read_password(file);
    }
    for (const std::string& text : options.service_users) {
        const auto [type, user] = parse_assignment(text);
        SyncServiceInfo& service = service_of(profile, type);
        if (!service.password)
            service.password =
                user.empty() ? ""
                             : ask_password(fmt::format("Password of {} for {} at {}", user, word(type), info.url));
    }
}

SecretsWiped::~SecretsWiped()
{
    auto& info = profile_.sync_info;
    for (auto* secret : {&info.password, &info.http_password, &info.client_certificate, &info.server_password})
        if (*secret)
            syncd::wipe(**secret);
    for (SyncServiceInfo& service : profile_.service_info)
        if (service.password)
            syncd::wipe(*service.password);
}

} // namespace ctl
