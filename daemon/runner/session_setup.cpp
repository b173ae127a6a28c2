#include "runner/session_setup.hpp"

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "item/item.hpp"
#include "runner/anchor.hpp"
#include "runner/device_document.hpp"
#include "runner/device_info.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>

namespace runner {
namespace {

/// Sessions in a row that were to go on with a sync and moved nothing. One that the server broke itself counts three
/// times as much as one that the network did.
constexpr unsigned max_in_vain = 9;

bool is_https(std::string_view url)
{
    constexpr std::string_view scheme = "https:";
    return base::lower(url.substr(0, scheme.size())) == scheme;
}

/// SessionID has at most four octets (RepPro 1.2 §5.1.16).
std::uint32_t session_id(std::uint64_t number)
{
    return static_cast<std::uint32_t>(number % 9999 + 1);
}

/// What had come of an item of the server when the sync broke off.
std::optional<session::PartReceived> find_part(const std::string& service, const storage::SyncState& state)
{
    auto part = state.part_received(service);
    if (!part)
        return std::nullopt;
    return session::PartReceived{static_cast<syncml::ItemVerb>(part->verb),
                                 std::move(part->target),
                                 std::move(part->source),
                                 std::move(part->type),
                                 std::move(part->format),
                                 part->size,
                                 std::move(part->chunks)};
}

/// The sync that broke off, if that is what is wanted now. A server that breaks off each time when it is to go on with
/// it is not asked for ever.
std::optional<syncml::SyncType> find_interrupted(const channel::ServicePlan& plan, syncml::SyncType requested,
                                                 storage::SyncState& state, bool by_server)
{
    auto open = state.find_anchors(plan.service, plan.uri) ? state.open_sync(plan.service) : std::nullopt;
    const auto type = open ? syncml::find_sync_type(open->type) : std::nullopt;
    // A two-way sync may have turned out to be a slow one.
    const bool wanted = type == requested || (type == syncml::SyncType::Slow && requested == syncml::SyncType::TwoWay);
    // What a server alerts to is what it has to tell, and a sync that goes on tells it, too.
    if (!type || !(wanted || by_server) || open->resumed >= max_in_vain)
        return std::nullopt;
    ++open->resumed;
    state.set_open_sync(plan.service, *open);
    return type;
}

/// A server may have been made new since it described itself. A clock that was set back tells nothing.
bool is_out_of_date(const storage::PeerInfo& info, Time now)
{
    constexpr auto longest = std::chrono::days(30);
    const Time since(std::chrono::microseconds(info.time));
    return info.doubted || now < since || now - since > longest;
}

/// The server's device information, of the account that the plan names.
std::optional<syncml::DevInf> find_peer_devinf(const channel::Plan& plan, const storage::SyncState& state)
{
    const bool known = state.identity() == account_identity(plan.url, plan.user);
    const auto info = known ? state.peer_info() : std::nullopt;
    return info ? find_device_info(info->document) : std::nullopt;
}

/// What the server's own words, and what is known of it beside them, mean for a service.
void use_what_is_known(const PeerRules& rules, const session::Setup& whole, session::ServiceSetup& setup)
{
    setup.believes_anchors = rules.believe_anchors.value_or(false);
    setup.can_be_filtered = rules.filters.value_or(true);
    const auto* store = whole.peer_devinf ? syncml::find_datastore(*whole.peer_devinf, setup.remote_uri) : nullptr;
    if (rules.sync_types)
        setup.peer_sync_types = *rules.sync_types;
    else if (store != nullptr && !whole.get_devinf) // what is asked for again may be wrong
        setup.peer_sync_types = store->sync_types;
}

base::Result<session::ServiceSetup> prepare_service(const channel::ServicePlan& plan, const kinds::ServiceKind& kind,
                                                    const Surroundings& around, bool known)
{
    const auto type = syncml::find_sync_type(plan.type);
    if (!type)
        return base::fail(
            base::Errc::InvalidValue,
            fmt::format("{}: there is no sync type '{}'. Start it with another.", plan.service, plan.type));
    const auto anchors =
        known ? around.state.find_anchors(plan.service, plan.uri).value_or(storage::Anchors{}) : storage::Anchors{};
    session::ServiceSetup setup;
    setup.name = plan.service;
    setup.local_uri = kind.local_uri;
    setup.remote_uri = plan.uri;
    setup.requested = *type;
    setup.own_last = anchors.own_last;
    setup.own_next = next_anchor(anchors.own_last, around.now());
    setup.peer_last = anchors.peer_last;
    if (known) {
        auto tried = around.state.tried(plan.service, plan.uri);
        setup.tried_own = std::move(tried.own);
        setup.tried_peer = std::move(tried.peer);
    }
    setup.filter = plan.filter;
    setup.last_filter = anchors.filter;
    if (known)
        setup.pending_maps = around.open_datastore(kind, plan, anchors)->pending_maps();
    setup.user = plan.user;
    setup.password = plan.password;
    return setup;
}

} // namespace

void note_vain_resumption(const channel::Plan& plan, storage::SyncState& state, const base::Error& error)
{
    using base::Errc;
    if (error.code == Errc::HostNotFound || error.code == Errc::Unreachable || error.code == Errc::Timeout ||
        error.code == Errc::Stopped)
        return;
    for (const auto& service : plan.services) {
        auto open = state.open_sync(service.service);
        if (!open || open->resumed == 0)
            continue;
        open->resumed += 2;
        state.set_open_sync(service.service, *open);
    }
}

std::string account_identity(const std::string& url, const std::string& user)
{
    const auto scheme = url.find("://");
    const auto begin = scheme == std::string::npos ? 0 : scheme + 3;
    const auto host = base::lower(url.substr(begin, url.find_first_of("/?#", begin) - begin));
    return fingerprint(host + '\n' + user);
}

namespace {

std::string new_nonce()
{
    std::array<char, 16> octets{};
    randombytes_buf(octets.data(), octets.size());
    return base::encode_base64({octets.data(), octets.size()});
}

/// What the server waits for an answer to; a binary notification has none.
std::optional<session::ServerAlerts> server_alerts(const channel::Alerts& alerts)
{
    if (alerts.message == 0)
        return std::nullopt;
    session::ServerAlerts answered{alerts.message, alerts.target, alerts.source, {}};
    for (const auto& sync : alerts.syncs)
        answered.alerts.push_back({sync.command, sync.target, sync.uri});
    return answered;
}

} // namespace

PeerRules find_rules(const channel::Plan& plan, const Surroundings& around)
{
    const auto devinf = find_peer_devinf(plan, around.state);
    return around.peers.find(plan.url, devinf ? &*devinf : nullptr);
}

base::Result<session::Setup> prepare_setup(const channel::Plan& plan, const Surroundings& around, const Wire& wire)
{
    const auto encoding = wire.encoding;
    auto& state = around.state;
    const bool known = state.identity() == account_identity(plan.url, plan.user);
    session::Setup setup;
    setup.version = wire.version;
    setup.server_uri = plan.url;
    setup.device_id = plan.device_id;
    setup.session_id = plan.session_id != 0 ? plan.session_id : session_id(plan.session);
    setup.user = plan.user;
    setup.password = plan.password;
    setup.first_scheme = plan.user.empty() ? session::AuthScheme::None : session::AuthScheme::Md5;
    setup.may_send_basic = is_https(plan.url) || plan.allow_plain_credentials;
    setup.server_alerts = server_alerts(plan.alerts);
    if (!plan.server_password.empty())
        setup.server_nonce = new_nonce();
    setup.authenticates_server = plan.authenticate_server;
    if (plan.authenticate_server) {
        setup.server_id = plan.server_id;
        setup.server_password = plan.server_password;
        setup.server_challenge = new_nonce();
        if (known)
            setup.server_nonces = state.server_nonces();
    }
    if (known)
        setup.nonce = state.nonce();
    setup.states_sizes = known && state.wants_sizes();
    setup.max_msg_size = plan.max_msg_size;
    setup.max_obj_size = std::min<std::uint64_t>(plan.max_obj_size, item::max_bytes);
    setup.devinf_type = codec::devinf_media_type(encoding);
    setup.command_size = [encoding](const syncml::Command& command) { return codec::encoded_size(command, encoding); };
    setup.sync_command_size = [encoding](const syncml::SyncCommand& command) {
        return codec::encoded_size(command, encoding);
    };
    setup.header_size = [encoding](const syncml::Header& header) { return codec::encoded_size(header, encoding); };

    const auto rules = find_rules(plan, around);
    setup.peer_devinf = find_peer_devinf(plan, state);
    // In an older version a server does not say all that it can.
    setup.get_devinf = !setup.peer_devinf || setup.peer_devinf->ver_dtd != syncml::dtd(wire.version) ||
                       is_out_of_date(*state.peer_info(), around.now());
    std::vector<const kinds::ServiceKind*> kinds;
    bool may_be_new_there = false;
    for (const auto& service : plan.services) {
        const kinds::ServiceKind* kind = kinds::find(service.service);
        if (!kind)
            return base::fail(base::Errc::NotSupported,
                              fmt::format("{} is not kept here. Take it out of the profile.", service.service));
        auto prepared = prepare_service(service, *kind, around, known);
        if (!prepared)
            return tl::unexpected(std::move(prepared.error()));
        use_what_is_known(rules, setup, *prepared);
        // A sync does not go on with another filter than it began with. One that began with any is not kept
        // (process.cpp).
        const bool is_unfiltered = prepared->filter.empty() && prepared->last_filter.empty();
        if (known && is_unfiltered && syncml::has_suspend(wire.version))
            prepared->interrupted = find_interrupted(service, prepared->requested, state, plan.trigger == "push");
        if (prepared->interrupted && syncml::has_large_objects(wire.version))
            prepared->part_received = find_part(service.service, state);
        may_be_new_there |= prepared->own_last.empty() || prepared->requested == syncml::SyncType::Slow;
        kinds.push_back(kind);
        setup.services.push_back(std::move(*prepared));
    }

    setup.devinf = own_device_info(plan.device_id, kinds, rules.properties.value_or(false), wire.version);
    // Some servers expect it with every slow sync, too.
    setup.put_devinf = may_be_new_there || fingerprint(to_json(setup.devinf)) != state.sent_devinf_hash();
    return setup;
}

} // namespace runner
