#include "manager/plan.hpp"

#include "manager/credentials.hpp"
#include "manager/profile_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace manager {
namespace {

constexpr std::uint64_t messages_in_reply = 16;

/// Peers overrun MaxMsgSize, and some send a large object in one piece.
std::uint64_t max_reply_bytes(const Config& config)
{
    return config.max_reply_bytes != 0 ? config.max_reply_bytes
                                       : messages_in_reply * config.max_msg_size + config.max_obj_size;
}

/// The vault knows no names.
base::Result<Credentials> open_credentials(const Vault& vault, const storage::ProfileRow& row, std::string_view service,
                                           const std::string& stored)
{
    auto opened = open_credentials(vault, box_context(row.id, service), stored);
    if (!opened)
        return base::fail(opened.error().code, fmt::format("profile {}: {}", row.name, opened.error().message));
    return opened;
}

base::Result<base::Secret> open_secret(const Vault& vault, const storage::ProfileRow& row, std::string_view context,
                                       const std::string& box)
{
    if (box.empty())
        return base::Secret();
    auto secret = vault.open_box(box, box_context(row.id, context));
    if (!secret)
        return base::fail(secret.error().code, fmt::format("profile {}: {}", row.name, secret.error().message));
    return secret;
}

} // namespace

std::vector<WantedService> wanted_services(const storage::ProfileRow& row, const Request& request)
{
    std::vector<WantedService> wanted;
    for (const auto& service : row.services) {
        const auto found = std::find_if(request.services.begin(), request.services.end(),
                                        [&](const WantedService& one) { return one.service == service.type; });
        if (!service.enabled || (found == request.services.end() && !request.services.empty()))
            continue;
        wanted.push_back(!request.services.empty() ? *found
                         : !request.type.empty()   ? WantedService{service.type, request.type}
                                                   : WantedService{service.type, row.type});
    }
    return wanted;
}

base::Result<std::string> find_root(const Config& config, const std::string& directory)
{
    if (!config.store_roots)
        return std::string();
    for (const auto& root : *config.store_roots)
        if (directory.size() > root.size() + 1 && directory.starts_with(root) && directory[root.size()] == '/')
            return root;
    return base::fail(base::Errc::InvalidValue,
                      fmt::format("Store: {} is below no directory that the administrator allows; StoreRoots in "
                                  "syncd.conf(5) lists those",
                                  directory));
}

base::Result<std::string> find_place(const Config& config, const std::string& directory)
{
    if (!is_of_evolution(directory))
        return find_root(config, directory);
    if (config.store_roots)
        return base::fail(base::Errc::InvalidValue,
                          fmt::format("Store: {} belongs to the session of its user, which only a syncd of theirs can "
                                      "reach: use syncd --user",
                                      directory));
    if (!config.has_evolution)
        return base::fail(base::Errc::InvalidValue,
                          fmt::format("Store: {}: this syncd was built without Evolution Data Server", directory));
    return std::string();
}

base::Result<void> check_stores(const storage::ProfileRow& row, const Config& config)
{
    for (const auto& service : row.services) {
        const auto path = directory(row, service.type);
        if (const auto root = find_place(config, path); !path.empty() && !root)
            return base::fail(root.error().code, fmt::format("Services: {}: {}", service.type, root.error().message));
    }
    return {};
}

base::Result<channel::Plan> make_plan(const storage::ProfileRow& row, const Job& job, const Config& config,
                                      const Vault& vault, const UserFiles& files)
{
    const auto wanted = wanted_services(row, job.request);
    if (wanted.empty())
        return base::fail(base::Errc::NothingToSync, fmt::format("no service of profile {} is enabled", row.name));
    auto own = open_credentials(vault, row, {}, row.sealed_credentials);
    if (!own)
        return tl::unexpected(std::move(own.error()));

    channel::Plan plan;
    plan.profile = row.id;
    plan.profile_name = row.name;
    plan.owner = row.owner;
    plan.session = job.session;
    plan.trigger = job.request.trigger;
    plan.session_id = job.request.session_id;
    plan.alerts = job.request.alerts;
    plan.device_id = device_id(row);
    plan.url = row.url;
    plan.user = std::move(own->user);
    plan.password = std::move(own->password);
    auto http = open_credentials(vault, row, http_context, http_box(row));
    if (!http)
        return tl::unexpected(std::move(http.error()));
    plan.http_user = std::move(http->user);
    plan.http_password = std::move(http->password);
    auto certificate = open_secret(vault, row, certificate_context, certificate_box(row));
    if (!certificate)
        return tl::unexpected(std::move(certificate.error()));
    plan.client_certificate = std::move(*certificate);
    auto server_password = open_secret(vault, row, server_context, server_box(row));
    if (!server_password)
        return tl::unexpected(std::move(server_password.error()));
    plan.server_id = server_id(row);
    plan.server_password = std::move(*server_password);
    plan.authenticate_server = authenticates_server(row);
    plan.allow_plain_credentials = row.allow_plain_credentials;
    plan.ca_file = row.ca_file;
    plan.encoding = encoding(row);
    plan.conflict_policy = conflict_policy(row);
    plan.protocol_version = protocol_version(row);
    plan.peer_rules = config.peer_rules;
    const auto review = review_rules(row);
    plan.review_items = review.items;
    plan.review_percent = review.percent;
    plan.hold_slow_sync = review.holds_slow;
    plan.sync_db = files.sync_db(row.owner, row.id);
    plan.items_db = files.items_db(row.owner);
    for (const auto& service : row.services) {
        const auto found = std::find_if(wanted.begin(), wanted.end(),
                                        [&](const WantedService& one) { return one.service == service.type; });
        if (found == wanted.end())
            continue;
        auto& planned = plan.services.emplace_back();
        planned.service = service.type;
        planned.uri = service.uri;
        planned.type = found->type;
        planned.filter = filter(row, service.type);
        planned.directory = directory(row, service.type);
        if (!planned.directory.empty()) {
            auto root = find_place(config, planned.directory);
            if (!root)
                return base::fail(root.error().code, fmt::format("profile {}: {}", row.name, root.error().message));
            planned.directory_root = std::move(*root);
        }
        if (service.sealed_credentials.empty())
            continue;
        auto opened = open_credentials(vault, row, service.type, service.sealed_credentials);
        if (!opened)
            return tl::unexpected(std::move(opened.error()));
        planned.user = std::move(opened->user);
        planned.password = std::move(opened->password);
    }
    plan.max_msg_size = config.max_msg_size;
    plan.max_obj_size = config.max_obj_size;
    plan.max_reply_bytes = max_reply_bytes(config);
    plan.connect_timeout_s = config.connect_timeout_s;
    plan.reply_timeout_s = config.reply_timeout_s;
    plan.session_timeout_s = config.session_timeout_s;
    plan.history_sessions = config.history.sessions;
    plan.history_bytes = config.history.bytes;
    plan.log_level = config.log_level;
    plan.transcript_items = job.request.transcript.items;
    return plan;
}

} // namespace manager
