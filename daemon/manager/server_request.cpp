#include "manager/server_request.hpp"

#include "kinds/service_kind.hpp"
#include "manager/profile_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace manager {
namespace {

using Service = storage::ProfileRow::Service;

constexpr std::string_view usual_type = "TWO_WAY";

/// Servers write `./card` and `card` for the same.
std::string_view without_dot(std::string_view uri)
{
    return uri.substr(uri.starts_with("./") ? 2 : 0);
}

bool is_kept_as(const Service& service, std::string_view content_type)
{
    const auto* kind = kinds::find(service.type);
    return kind != nullptr && std::any_of(kind->forms.begin(), kind->forms.end(),
                                          [&](item::Form form) { return item::media_type(form) == content_type; });
}

/// The enabled service that is synchronized with the database; of several the one that the content type fits.
const Service* find_service(const storage::ProfileRow& row, const channel::AskedSync& asked)
{
    const Service* found = nullptr;
    for (const auto& service : row.services)
        if (service.enabled && without_dot(service.uri) == without_dot(asked.uri))
            if (found == nullptr ||
                (is_kept_as(service, asked.content_type) && !is_kept_as(*found, asked.content_type)))
                found = &service;
    return found;
}

bool replaces_everything(const WantedService& wanted)
{
    return wanted.type.starts_with("REFRESH_");
}

std::string describe(const std::vector<WantedService>& services)
{
    std::string text;
    for (const auto& [service, type] : services)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", service, type);
    return text;
}

std::string question_about(const std::vector<WantedService>& services, bool asks_user)
{
    const bool replaces = std::any_of(services.begin(), services.end(), replaces_everything);
    if (!replaces && !asks_user)
        return {};
    return fmt::format("the server asks for a session that {} ({}); start one of that type to agree, or do nothing",
                       replaces ? "replaces everything on one side" : "somebody here has to agree to",
                       describe(services));
}

} // namespace

std::optional<ServerRequest> find_request(const storage::ProfileRow& row, const channel::Verdict& verdict,
                                          bool authenticated)
{
    ServerRequest request;
    auto& services = request.services;
    if (verdict.alerts.syncs.empty())
        for (const auto& service : row.services)
            if (service.enabled)
                services.push_back({service.type, row.type});
    for (const auto& asked : verdict.alerts.syncs) {
        const auto* service = find_service(row, asked);
        const auto is_there = [&](const WantedService& wanted) { return wanted.service == service->type; };
        // The worker has read what a peer wrote, and may be the peer's by now.
        if (service == nullptr || !is_sync_type(asked.type) || std::any_of(services.begin(), services.end(), is_there))
            continue;
        services.push_back({service->type, authenticated ? asked.type : std::string(usual_type)});
    }
    if (services.empty())
        return std::nullopt;
    request.question = question_about(services, verdict.asks_user);
    return request;
}

} // namespace manager
