#include "obliging_server.hpp"

#include "codec/codec.hpp"

#include <utility>

namespace {

using syncml::StatusCode;

/// Statuses and commands of one reply, with their CmdIDs.
class ReplyBody {
public:
    ReplyBody(syncml::Message& reply, syncml::MsgId request) : reply_(reply), request_(request) {}

    syncml::Status& status(syncml::CmdId command, std::string name, StatusCode code)
    {
        syncml::Status status;
        status.cmd_id = next_++;
        status.msg_ref = request_;
        status.cmd_ref = command;
        status.cmd = std::move(name);
        status.code = code;
        return std::get<syncml::Status>(reply_.body.emplace_back(std::move(status)));
    }
    void command(syncml::Alert alert)
    {
        alert.cmd_id = next_++;
        reply_.body.emplace_back(std::move(alert));
    }
    void command(syncml::Sync sync)
    {
        sync.cmd_id = next_++;
        for (auto& inner : sync.commands)
            std::get<syncml::ItemCommand>(inner).cmd_id = next_++;
        reply_.body.emplace_back(std::move(sync));
    }

private:
    syncml::Message& reply_;
    syncml::MsgId request_;
    syncml::CmdId next_ = 1;
};

} // namespace

base::Result<transport::Reply> ObligingServer::post(const std::string& url, std::string_view media_type,
                                                    std::string_view body, transport::Repeat)
{
    urls.push_back(url);
    media_types.emplace_back(media_type);
    const auto encoding = codec::find_encoding(body).value();
    if (encoding == codec::Encoding::Wbxml && on_wbxml)
        return tl::unexpected(*on_wbxml);
    auto request = codec::decode(body, encoding, {});
    if (!request)
        return tl::unexpected(request.error());
    requests.push_back(*request);
    if (on_request)
        if (const auto go_on = on_request(*request); !go_on)
            return tl::unexpected(go_on.error());
    return transport::Reply{codec::encode(answer(*request), encoding), std::string(media_type), url};
}

syncml::Message ObligingServer::answer(const syncml::Message& request)
{
    syncml::Message reply;
    reply.header = request.header;
    std::swap(reply.header.source, reply.header.target);
    reply.header.cred.reset();
    reply.header.resp_uri = resp_uri;
    reply.final = request.final;
    ReplyBody body(reply, request.header.msg_id);
    body.status(0, "SyncHdr", StatusCode::AuthenticationAccepted);
    std::vector<syncml::Alert> alerts;
    std::vector<syncml::Sync> syncs;
    for (const auto& command : request.body) {
        if (const auto* alert = std::get_if<syncml::Alert>(&command)) {
            body.status(alert->cmd_id, "Alert", StatusCode::Ok);
            syncml::Alert ours = *alert;
            for (auto& item : ours.items) {
                std::swap(item.source, item.target);
                auto& anchor = anchors_[item.target->uri];
                const auto next = "server-" + request.header.session_id;
                item.meta.anchor = syncml::Anchor{std::exchange(anchor, next), next};
            }
            if (!early.empty()) {
                const auto& item = ours.items.at(0);
                syncml::Sync sync;
                sync.source = item.source.value();
                sync.target = item.target.value();
                sync.commands = early;
                syncs.push_back(std::move(sync));
            }
            alerts.push_back(std::move(ours));
        } else if (const auto* sync = std::get_if<syncml::Sync>(&command)) {
            body.status(sync->cmd_id, "Sync", StatusCode::Ok);
            for (const auto& inner : sync->commands) {
                const auto& item = std::get<syncml::ItemCommand>(inner);
                const bool add = item.verb == syncml::ItemVerb::Add;
                body.status(item.cmd_id, std::string(name(item.verb)), add ? StatusCode::ItemAdded : StatusCode::Ok);
            }
            syncml::Sync ours;
            ours.source = sync->target;
            ours.target = sync->source;
            ours.commands = std::exchange(items[sync->source.uri], {});
            syncs.push_back(std::move(ours));
        } else if (const auto* put = std::get_if<syncml::Put>(&command)) {
            body.status(put->cmd_id, "Put", StatusCode::Ok);
        } else if (const auto* get = std::get_if<syncml::Get>(&command)) {
            body.status(get->cmd_id, "Get", StatusCode::NotFound);
        } else if (const auto* map = std::get_if<syncml::Map>(&command)) {
            body.status(map->cmd_id, "Map", StatusCode::Ok);
        }
    }
    for (auto& alert : alerts)
        body.command(std::move(alert));
    for (auto& sync : syncs)
        body.command(std::move(sync));
    return reply;
}

syncml::SyncCommand server_add(std::string guid, std::string data)
{
    syncml::Item item;
    item.source = syncml::Location{std::move(guid), {}};
    item.data = std::move(data);
    syncml::ItemCommand command;
    command.verb = syncml::ItemVerb::Add;
    command.meta.type = "text/vcard";
    command.items.push_back(std::move(item));
    return command;
}
