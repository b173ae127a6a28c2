#include "runner/notification_reader.hpp"

#include "base/base64.hpp"
#include "notification/notification.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace runner {
namespace {

using notification::Refusal;
using syncml::AlertCode;

static_assert(channel::max_notification_bytes == notification::max_octets);

/// The type that a client runs when a server alerts this one (OMA DS 1.2 protocol, Alerts by the server).
syncml::SyncType type_of(AlertCode code)
{
    using syncml::SyncType;
    static constexpr std::array<std::pair<AlertCode, SyncType>, 6> types{{
        {AlertCode::TwoWayByServer, SyncType::TwoWay},
        {AlertCode::OneWayFromClientByServer, SyncType::OneWayFromClient},
        {AlertCode::RefreshFromClientByServer, SyncType::RefreshFromClient},
        {AlertCode::OneWayFromServerByServer, SyncType::OneWayFromServer},
        {AlertCode::RefreshFromServerByServer, SyncType::RefreshFromServer},
        {AlertCode::SlowSync, SyncType::Slow},
    }};
    const auto* const found = std::ranges::find(types, code, &std::pair<AlertCode, SyncType>::first);
    return found == types.end() ? SyncType::TwoWay : found->second;
}

/// What it says to one account; nobody else is told whether there is one.
tl::expected<notification::Notification, Refusal> read_for(const channel::Account& account, std::string_view octets)
{
    return notification::read(octets, [&](std::string_view server) -> std::optional<notification::Credentials> {
        if (server != account.server_id)
            return std::nullopt;
        notification::Credentials credentials;
        if (account.shares_password)
            credentials.password = account.password;
        for (const auto& nonce : account.nonces)
            credentials.nonces.push_back(base::decode_base64(nonce).value_or(""));
        return credentials;
    });
}

void tell(const notification::Notification& notification, channel::Verdict& verdict)
{
    verdict.asks_user = notification.ui_mode == notification::UiMode::UserInteraction;
    verdict.session = notification.session_id;
    auto& alerts = verdict.alerts;
    alerts.message = notification.message;
    alerts.target = notification.target;
    alerts.source = notification.server_id;
    alerts.syncs.clear();
    for (const auto& sync : notification.syncs)
        alerts.syncs.push_back(
            {std::string(syncml::name(type_of(sync.code))), sync.uri, sync.content_type, sync.command, sync.target});
}

} // namespace

channel::Verdict read_notification(const channel::Reading& reading)
{
    channel::Verdict verdict;
    auto refusal = Refusal::UnknownServer;
    for (std::uint32_t i = 0; i < reading.accounts.size(); ++i) {
        const auto notification = read_for(reading.accounts[i], reading.octets.reveal());
        if (notification) {
            tell(*notification, verdict);
            verdict.matches.push_back({i, notification->authenticated});
        } else if (notification.error() != Refusal::UnknownServer) {
            refusal = notification.error(); // of an account that is meant
        }
    }
    if (verdict.matches.empty())
        verdict.refusal = notification::name(refusal);
    return verdict;
}

} // namespace runner
