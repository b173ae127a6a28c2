// The part of Receiver that deals with the server's commands but Sync: its Alerts, device information and what is not
// known here.

#include "session/device_information.hpp"
#include "session/receiver.hpp"
#include "session/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace session {

using syncml::StatusCode;

void Receiver::read(const syncml::Alert& alert)
{
    using syncml::AlertCode;
    if (!alert.code)
        return answers_.add(alert.cmd_id, "Alert", alert.no_resp, StatusCode::BadRequest);
    if (*alert.code == AlertCode::NoEndOfData)
        read_no_end_of_data(alert);
    const bool suspends = *alert.code == AlertCode::Suspend && syncml::has_suspend(conversation_.setup.version);
    conversation_.peer_suspends = conversation_.peer_suspends || suspends;
    if (*alert.code == AlertCode::NextMessage || *alert.code == AlertCode::NoEndOfData || suspends)
        return answers_.add(alert.cmd_id, "Alert", alert.no_resp, StatusCode::Ok);
    brought_commands_ = true;
    if (*alert.code == AlertCode::Display) {
        for (const auto& item : alert.items)
            conversation_.note(std::nullopt, fmt::format("The server says: {}", item.text()));
        return answers_.add(alert.cmd_id, "Alert", alert.no_resp, StatusCode::Ok);
    }
    const bool begins = syncml::find_sync_type(*alert.code) || *alert.code == AlertCode::Resume;
    if (!begins || alert.items.empty())
        return answers_.add(alert.cmd_id, "Alert", alert.no_resp, StatusCode::OptionalFeatureNotSupported);
    for (const auto& item : alert.items) {
        syncml::Status status;
        status.cmd_ref = alert.cmd_id;
        status.cmd = "Alert";
        if (item.target)
            status.target_refs = {item.target->uri};
        if (item.source)
            status.source_refs = {item.source->uri};
        status.code = read_sync_alert(*alert.code, item);
        if (item.meta.anchor)
            status.items.emplace_back().data = syncml::Anchor{{}, item.meta.anchor->next};
        answers_.add(std::move(status), alert.no_resp);
    }
}

/// The server did not get the end of an item of ours, as it sees it.
void Receiver::read_no_end_of_data(const syncml::Alert& alert)
{
    for (auto& service : conversation_.services) {
        auto& outgoing = service.outgoing();
        if (!outgoing.is_in_chunks())
            continue;
        const auto names = [&luid = outgoing.next().luid](const std::optional<syncml::Location>& location) {
            return location && location->uri == luid;
        };
        const bool meant =
            alert.items.empty() || std::any_of(alert.items.begin(), alert.items.end(), [&](const syncml::Item& item) {
                return names(item.target) || names(item.source);
            });
        if (!meant)
            continue;
        const auto change = outgoing.on_put_off();
        conversation_.note_item(service.index(),
                                fmt::format("{}: the server has lost the beginning of item {} (alert 223); it is sent "
                                            "again in the next session.",
                                            service.setup().name, change.luid));
    }
}

StatusCode Receiver::read_sync_alert(syncml::AlertCode code, const syncml::Item& item)
{
    auto* service = conversation_.find_service(item.target ? item.target->uri : std::string(),
                                               item.source ? item.source->uri : std::string());
    if (service == nullptr)
        return StatusCode::NotFound;
    if (conversation_.package != Package::Initialization)
        return service->on_late_alert(code, item);
    made_progress_ = true;
    const auto reply = service->on_server_alert(code, item);
    if (!reply.note.empty())
        conversation_.note(service->index(), reply.note);
    return reply.status;
}

bool Receiver::keep_devinf(const std::vector<syncml::Item>& items)
{
    const auto* devinf = find_devinf(items);
    if (devinf == nullptr)
        return false;
    conversation_.learn(*devinf);
    conversation_.effects.emplace_back(SavePeerInfo{*devinf});
    return true;
}

void Receiver::read(const syncml::Put& put)
{
    brought_commands_ = true;
    syncml::Status status;
    status.cmd_ref = put.cmd_id;
    status.cmd = "Put";
    for (const auto& item : put.items) {
        if (item.source)
            status.source_refs.push_back(item.source->uri);
    }
    status.code = keep_devinf(put.items) ? StatusCode::Ok : StatusCode::NotFound;
    answers_.add(std::move(status), put.no_resp);
}

void Receiver::read(const syncml::Results& results)
{
    brought_commands_ = true;
    syncml::Status status;
    status.cmd_ref = results.cmd_id;
    status.cmd = "Results";
    for (const auto& item : results.items) {
        if (item.source)
            status.source_refs.push_back(item.source->uri);
    }
    keep_devinf(results.items);
    answers_.add(std::move(status), false);
}

void Receiver::read(const syncml::Get& get)
{
    brought_commands_ = true;
    const bool known = std::any_of(get.items.begin(), get.items.end(), [this](const syncml::Item& item) {
        return item.target && is_devinf_uri(item.target->uri, conversation_.setup.version);
    });
    syncml::Status status;
    status.cmd_ref = get.cmd_id;
    status.cmd = "Get";
    for (const auto& item : get.items) {
        if (item.target)
            status.target_refs.push_back(item.target->uri);
    }
    status.code = known ? StatusCode::Ok : StatusCode::NotFound;
    answers_.add(std::move(status), get.no_resp);
    if (known)
        conversation_.queue.emplace_back(
            devinf_results(conversation_.setup, conversation_.peer_last_msg_id, get.cmd_id), SentOther{});
}

void Receiver::read(const syncml::Map& map)
{
    brought_commands_ = true;
    answers_.add(map.cmd_id, "Map", false, StatusCode::OptionalFeatureNotSupported); // only servers keep maps
}

void Receiver::read(const syncml::ItemCommand& command)
{
    brought_commands_ = true;
    answers_.add(command.cmd_id, std::string(syncml::name(command.verb)), command.no_resp,
                 StatusCode::CommandNotAllowed); // outside Sync
}

void Receiver::read(const syncml::Group& group)
{
    brought_commands_ = true;
    auto copy = group;
    read_group(nullptr, copy, StatusCode::CommandNotAllowed); // outside Sync
}

void Receiver::read(const syncml::Unsupported& command)
{
    brought_commands_ = true;
    answers_.add(command.cmd_id, command.name, command.no_resp, StatusCode::CommandNotImplemented);
}

} // namespace session
