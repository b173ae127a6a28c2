#include "model_server.hpp"

#include "base/base64.hpp"
#include "crude_size.hpp"
#include "syncml/credentials.hpp"

#include <utility>

namespace model {
namespace {

using syncml::StatusCode;
using syncml::SyncType;

constexpr auto password = "s3cret";

syncml::ItemCommand command_for(const Database::Change& change)
{
    syncml::ItemCommand command;
    auto& item = command.items.emplace_back();
    switch (change.kind) {
    case Database::Change::Add:
        command.verb = syncml::ItemVerb::Add;
        item.source = syncml::Location{change.guid, {}};
        break;
    case Database::Change::Replace:
        command.verb = syncml::ItemVerb::Replace;
        item.target = syncml::Location{change.luid, {}};
        break;
    case Database::Change::Delete:
        command.verb = syncml::ItemVerb::Delete;
        item.target = syncml::Location{change.luid, {}};
        return command;
    }
    command.meta.type = "text/vcard";
    item.data = change.data;
    return command;
}

} // namespace

void Server::expect(bool condition, std::string rule)
{
    if (!condition)
        violations_.push_back(std::move(rule));
}

syncml::Message Server::respond(const std::string& url, const syncml::Message& message)
{
    auto& session = session_for(url, message);
    const auto& header = message.header;
    expect(header.session_id == session.id, "the SessionID stays the same");
    expect(header.msg_id == session.client_message + 1, "MsgIDs count up by one");
    expect(header.target.uri == url, "Target is where the message goes");
    expect(max_msg_size == 0 || header.msg_id == 1 || crude_size::of(message) <= max_msg_size,
           "no message is larger than MaxMsgSize");
    expect(!session.ended, "nothing comes after the end");
    session.client_message = header.msg_id;
    session.client_max_msg_size = header.meta.max_msg_size.value_or(0);

    syncml::Status header_status;
    header_status.msg_ref = header.msg_id;
    header_status.cmd = "SyncHdr";
    if (!authenticate(session, message, header_status)) {
        session.ended = true;
        syncml::Message refusal;
        refusal.header.session_id = session.id;
        refusal.header.msg_id = ++session.own_message;
        refusal.header.target = header.source;
        refusal.header.source.uri = base_url;
        if (max_msg_size > 0)
            refusal.header.meta.max_msg_size = max_msg_size;
        header_status.cmd_id = 1;
        refusal.body.emplace_back(header_status);
        refusal.final = true;
        return refusal;
    }
    read(session, message);
    return reply(session, message, header_status);
}

Server::Session& Server::session_for(const std::string& url, const syncml::Message& message)
{
    const auto device = message.header.source.uri;
    const auto found = sessions_.find(device);
    if (found != sessions_.end() && url != base_url) {
        expect(url == found->second->url, "RespURI is used");
        return *found->second;
    }
    // A second session of a device ends its first. A repetition after a challenge
    // goes on with the session's numbers.
    auto session = std::make_unique<Session>();
    session->device = device;
    session->id = message.header.session_id;
    session->url = std::string(base_url) + "?s=" + std::to_string(next_session_++);
    session->client_message = message.header.msg_id - 1;
    session->own_message = message.header.msg_id - 1;
    return *(sessions_[device] = std::move(session));
}

bool Server::authenticate(Session& session, const syncml::Message& message, syncml::Status& status)
{
    const auto& header = message.header;
    if (session.authorized && accepts_for_session) {
        expect(!header.cred, "no credentials after 212");
        return true;
    }
    const auto nonce = std::exchange(nonces_[session.device], "nonce-" + std::to_string(next_nonce_++));
    const auto good = syncml::md5_credentials(header.source.name, base::Secret(password), nonce);
    const bool accepted = header.cred && header.cred->data == good;
    status.code = !accepted             ? StatusCode::InvalidCredentials
                  : accepts_for_session ? StatusCode::AuthenticationAccepted
                                        : StatusCode::Ok;
    auto& chal = status.chal.emplace();
    chal.type = "syncml:auth-md5";
    chal.format = "b64";
    chal.next_nonce = base::encode_base64(nonces_[session.device]);
    session.authorized = accepted;
    return accepted;
}

// ---- what the client sends ------------------------------------------------------

void Server::read(Session& session, const syncml::Message& message)
{
    syncml::CmdId last = 0;
    bool only_statuses_so_far = true;
    for (const auto& command : message.body) {
        const auto id = std::visit([](const auto& value) { return value.cmd_id; }, command);
        expect(id > last, "CmdIDs count up");
        last = id;
        const bool is_status = std::holds_alternative<syncml::Status>(command);
        expect(!is_status || only_statuses_so_far, "Status come first");
        only_statuses_so_far = only_statuses_so_far && is_status;
        if (const auto* status = std::get_if<syncml::Status>(&command))
            read(session, *status);
        else if (const auto* alert = std::get_if<syncml::Alert>(&command))
            read(session, *alert);
        else if (const auto* sync = std::get_if<syncml::Sync>(&command)) {
            read(session, *sync);
            if (!sync->commands.empty())
                last = std::get<syncml::ItemCommand>(sync->commands.back()).cmd_id;
        } else if (const auto* map = std::get_if<syncml::Map>(&command))
            read(session, *map);
        else
            answer(session, id, syncml::name(command), StatusCode::Ok);
    }
    expect(!message.body.empty(), "a message says something");
    const bool only_header_status = message.body.size() == 1 && std::holds_alternative<syncml::Status>(message.body[0]);
    expect(!only_header_status || message.final, "a message is more than a Status for the header");
    if (message.final)
        end_of_client_package(session);
}

void Server::answer(Session& session, syncml::CmdId command, std::string name, StatusCode code)
{
    syncml::Status status;
    status.msg_ref = session.client_message;
    status.cmd_ref = command;
    status.cmd = std::move(name);
    status.code = code;
    session.statuses.push_back(std::move(status));
}

void Server::read(Session& session, const syncml::Alert& alert)
{
    if (alert.code == syncml::AlertCode::NextMessage)
        return answer(session, alert.cmd_id, "Alert", StatusCode::Ok);
    if (alert.code == syncml::AlertCode::Resume) // it cannot
        return answer(session, alert.cmd_id, "Alert", StatusCode::OptionalFeatureNotSupported);
    const auto& item = alert.items.at(0);
    const auto database = databases.find(item.target->uri);
    if (session.client_packages > 0) { // after Status 508
        const auto* service = find(session, item.target->uri);
        expect(service != nullptr && service->type == SyncType::Slow && alert.code == syncml::AlertCode::SlowSync,
               "a late Alert follows a Status 508");
        return answer(session, alert.cmd_id, "Alert", takes_second_alert ? StatusCode::Ok : StatusCode::Forbidden);
    }
    if (database == databases.end())
        return answer(session, alert.cmd_id, "Alert", StatusCode::NotFound);

    auto type = *syncml::find_sync_type(*alert.code);
    const auto known = database->second.anchors(session.device);
    const auto& theirs = *item.meta.anchor;
    const bool matches = !theirs.last.empty() && theirs.last == known.device;
    StatusCode code = StatusCode::Ok;
    if (!matches && type != SyncType::Slow && !syncml::is_refresh(type)) {
        code = StatusCode::RefreshRequired;
        type = type == SyncType::TwoWay             ? SyncType::Slow
               : type == SyncType::OneWayFromClient ? SyncType::RefreshFromClient
                                                    : SyncType::RefreshFromServer;
    }
    answer(session, alert.cmd_id, "Alert", code);
    session.services.push_back(
        {item.source->uri, item.target->uri, type, {theirs.next, "s" + std::to_string(next_anchor_++)}});

    syncml::Alert own;
    own.code = syncml::to_alert(type);
    auto& own_item = own.items.emplace_back();
    own_item.target = item.source;
    own_item.source = item.target;
    own_item.meta.anchor = syncml::Anchor{known.own, session.services.back().next.own};
    session.commands.emplace_back(std::move(own));
}

Server::Service* Server::find(Session& session, const std::string& database)
{
    for (auto& service : session.services) {
        if (service.database == database)
            return &service;
    }
    return nullptr;
}

void Server::read(Session& session, const syncml::Sync& sync)
{
    expect(session.client_packages == 1, "Sync belongs into the second package");
    auto* service = find(session, sync.target.uri);
    if (service == nullptr)
        return expect(false, "Sync names an agreed database");
    answer(session, sync.cmd_id, "Sync", StatusCode::Ok);
    auto& database = databases[service->database];
    database.receive();
    for (const auto& inner : sync.commands) {
        const auto& command = std::get<syncml::ItemCommand>(inner);
        const auto& item = command.items.at(0);
        const auto luid = item.source->uri;
        expect(syncml::client_sends(service->type), "the client sends only where it may");
        auto code = StatusCode::Ok;
        if (command.verb == syncml::ItemVerb::Add)
            code = database.add(luid, item.text());
        else if (command.verb == syncml::ItemVerb::Replace)
            code = database.replace(luid, item.text());
        else
            code = database.remove_for_device(luid);
        answer(session, command.cmd_id, std::string(syncml::name(command.verb)), code);
    }
}

void Server::read(Session& session, const syncml::Map& map)
{
    auto* service = find(session, map.target.uri);
    expect(service != nullptr && session.client_packages >= 1, "Map names an agreed database");
    if (service != nullptr) {
        for (const auto& item : map.items)
            databases[service->database].map(item.guid, item.luid);
    }
    answer(session, map.cmd_id, "Map", StatusCode::Ok);
}

void Server::read(Session& session, const syncml::Status& status)
{
    const auto alert = session.alerts.find({status.msg_ref, status.cmd_ref});
    if (alert != session.alerts.end() && status.code == StatusCode::RefreshRequired) {
        find(session, alert->second)->type = SyncType::Slow;
        databases[alert->second].begin(session.device, SyncType::Slow);
        return;
    }
    const auto found = session.sent.find({status.msg_ref, status.cmd_ref});
    if (found == session.sent.end())
        return;
    const auto& [service, change] = found->second;
    databases[session.services[service].database].on_status(change, syncml::is_success(status.code));
    session.sent.erase(found);
}

void Server::end_of_client_package(Session& session)
{
    ++session.client_packages;
    session.owes_final = true;
    if (session.client_packages == 1) {
        for (const auto& service : session.services)
            databases[service.database].begin(session.device, service.type);
        if (asks_for_devinf) {
            syncml::Get get;
            get.items.emplace_back().target = syncml::Location{"./devinf12", {}};
            session.commands.emplace_back(std::move(get));
        }
    } else if (session.client_packages == 2) {
        for (std::size_t i = 0; i < session.services.size(); ++i) {
            if (!syncml::server_sends(session.services[i].type))
                continue;
            auto& outgoing = session.outgoing.emplace_back();
            outgoing.service = i;
            for (auto& change : databases[session.services[i].database].changes())
                outgoing.changes.push_back(std::move(change));
            outgoing.total = outgoing.changes.size();
        }
        if (session.outgoing.empty())
            commit(session); // the client has nothing to answer
    } else {
        expect(session.sent.empty(), "every item of the server is answered");
        if (session.client_packages == 3)
            commit(session);
    }
}

void Server::commit(Session& session)
{
    for (const auto& service : session.services)
        databases[service.database].commit(service.next);
}

// ---- what the server sends --------------------------------------------------------

syncml::Message Server::reply(Session& session, const syncml::Message& to, syncml::Status header_status)
{
    syncml::Message message;
    message.header.session_id = session.id;
    message.header.msg_id = ++session.own_message;
    message.header.target = to.header.source;
    message.header.source.uri = to.header.target.uri;
    if (session.client_packages <= 1)
        message.header.resp_uri = session.url;
    if (max_msg_size > 0)
        message.header.meta.max_msg_size = max_msg_size;
    header_status.cmd_id = 1;
    message.body.emplace_back(std::move(header_status));

    const bool all = fill(session, message);
    message.final = all && session.owes_final;
    session.owes_final = session.owes_final && !message.final;
    if (!to.final && message.body.size() == 1) {
        syncml::Alert next;
        next.cmd_id = 2;
        next.code = syncml::AlertCode::NextMessage;
        message.body.emplace_back(std::move(next));
    }
    return message;
}

bool Server::fill(Session& session, syncml::Message& message)
{
    const auto limit = session.client_max_msg_size;
    auto next_id = static_cast<syncml::CmdId>(2);
    const auto fits = [&](const syncml::Command& command) {
        return limit == 0 || crude_size::of(message) + crude_size::of(command) + 100 <= limit;
    };
    for (; !session.statuses.empty(); session.statuses.pop_front()) {
        auto& status = session.statuses.front();
        status.cmd_id = next_id;
        if (!fits(status))
            return false;
        message.body.emplace_back(std::move(status));
        ++next_id;
    }
    for (; !session.commands.empty(); session.commands.pop_front()) {
        auto& command = session.commands.front();
        std::visit([&](auto& value) { value.cmd_id = next_id; }, command);
        if (!fits(command))
            return false;
        if (const auto* alert = std::get_if<syncml::Alert>(&command))
            session.alerts[{message.header.msg_id, next_id}] = alert->items.at(0).source->uri;
        message.body.push_back(std::move(command));
        ++next_id;
    }
    return fill_sync(session, message);
}

bool Server::fill_sync(Session& session, syncml::Message& message)
{
    const auto limit = session.client_max_msg_size;
    auto next_id = std::visit([](const auto& value) { return value.cmd_id; }, message.body.back()) + 1;
    auto size = crude_size::of(message);
    for (; !session.outgoing.empty(); session.outgoing.pop_front()) {
        auto& outgoing = session.outgoing.front();
        const auto& service = session.services[outgoing.service];
        syncml::Sync sync;
        sync.cmd_id = next_id++;
        sync.target.uri = service.client_uri;
        sync.source.uri = service.database;
        if (counts_changes && !outgoing.begun)
            sync.number_of_changes = outgoing.total;
        size += crude_size::of(syncml::Command(sync));
        if (limit > 0 && size + 100 > limit)
            return false;
        outgoing.begun = true;
        while (!outgoing.changes.empty()) {
            auto command = command_for(outgoing.changes.front());
            command.cmd_id = next_id;
            const auto octets = crude_size::of(syncml::SyncCommand(command));
            if (limit > 0 && size + octets + 100 > limit) {
                message.body.emplace_back(std::move(sync));
                return false;
            }
            size += octets;
            session.sent[{message.header.msg_id, next_id}] = {outgoing.service, outgoing.changes.front()};
            outgoing.changes.pop_front();
            sync.commands.emplace_back(std::move(command));
            ++next_id;
        }
        message.body.emplace_back(std::move(sync));
    }
    return true;
}

} // namespace model
