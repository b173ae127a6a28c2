#include "session_watch.hpp"

#include "codec/codec.hpp"
#include "crude_size.hpp"
#include "session/chunk.hpp"
#include "target.hpp"

#include <algorithm>
#include <type_traits>

namespace fuzz {

using session::SyncType;
using syncml::StatusCode;

namespace {

bool is_challenge(StatusCode code)
{
    return code == StatusCode::InvalidCredentials || code == StatusCode::MissingCredentials ||
           code == StatusCode::OptionalFeatureNotSupported || code == StatusCode::UnsupportedMediaType;
}

} // namespace

SessionWatch::SessionWatch(const SessionScript& script)
    : script_(script), setup_(script.setup()), services_(setup_.services.size())
{
}

void SessionWatch::on(const std::vector<session::Effect>& effects)
{
    require(!finished_, "a finished session says nothing more");
    require(!effects.empty(), "a session says what comes next");
    for (const auto& effect : effects)
        std::visit([this](const auto& one) { on(one); }, effect);
    const auto is_question = [](const session::Effect& effect) {
        return std::holds_alternative<session::Prepare>(effect) ||
               std::holds_alternative<session::ReadChanges>(effect) || std::holds_alternative<session::Apply>(effect) ||
               std::holds_alternative<session::Send>(effect) || std::holds_alternative<session::Wait>(effect) ||
               std::holds_alternative<session::Conclude>(effect);
    };
    const auto questions = std::count_if(effects.begin(), effects.end(), is_question);
    require(questions == (finished_ ? 0 : 1), "there is one question, or the end");
    require(finished_ || is_question(effects.back()), "the question comes last");
}

// ---- what the server says ---------------------------------------------------------

void SessionWatch::on_turn(const SessionScript::Turn& turn)
{
    stopped_ = stopped_ || turn.stops;
    items_received_ = 0;
    if (turn.breaks)
        return;
    const auto& header = turn.message.header;
    if (header.meta.max_msg_size)
        peer_max_msg_size_ = *header.meta.max_msg_size;
    last_received_ = header.msg_id;
    note_answers(turn.message);
    for (const auto& command : turn.message.body)
        note_received(command, !header.no_resp);
    // After a challenge everything begins again.
    for (const auto& command : turn.message.body)
        if (const auto* status = std::get_if<syncml::Status>(&command); status != nullptr && status->cmd_ref == 0)
            if (is_challenge(status->code))
                owed_.clear();
}

void SessionWatch::note_answers(const syncml::Message& message)
{
    for (const auto& command : message.body) {
        const auto* status = std::get_if<syncml::Status>(&command);
        if (status == nullptr || status->cmd_ref == 0)
            continue;
        const auto found = sent_.find({status->msg_ref != 0 ? status->msg_ref : last_sent_, status->cmd_ref});
        if (found != sent_.end() && !found->second.code)
            found->second.code = status->code;
    }
}

void SessionWatch::note_received(const syncml::Command& command, bool answerable)
{
    const auto note_all = [&](const auto& self, const auto& commands) -> void {
        for (const auto& inner : commands)
            std::visit(
                [&](const auto& one) {
                    using One = std::remove_cvref_t<decltype(one)>;
                    if constexpr (requires { one.items; }) {
                        if (answerable && !one.no_resp)
                            owed_[{last_received_, one.cmd_id}] = std::max<std::size_t>(one.items.size(), 1);
                    } else if (answerable && !one.no_resp) {
                        owed_[{last_received_, one.cmd_id}] = 1;
                    }
                    if constexpr (std::is_same_v<One, syncml::ItemCommand>)
                        items_received_ += one.items.size();
                    if constexpr (requires { one.commands; })
                        self(self, one.commands);
                },
                inner);
    };
    std::visit(
        [&](const auto& one) {
            using One = std::remove_cvref_t<decltype(one)>;
            if constexpr (std::is_same_v<One, syncml::Status>)
                return;
            bool wanted = answerable;
            if constexpr (requires { one.no_resp; })
                wanted = wanted && !one.no_resp;
            std::size_t count = 1;
            if constexpr (std::is_same_v<One, syncml::Alert> || std::is_same_v<One, syncml::ItemCommand>)
                count = std::max<std::size_t>(one.items.size(), 1);
            if (wanted)
                owed_[{last_received_, one.cmd_id}] = count;
            if constexpr (requires { one.commands; })
                note_all(note_all, one.commands);
            if constexpr (std::is_same_v<One, syncml::Alert>) {
                for (const auto& item : one.items)
                    if (item.source && item.meta.anchor)
                        for (std::size_t i = 0; i < services_.size(); ++i)
                            if (setup_.services[i].remote_uri == item.source->uri)
                                services_[i].server_anchors.insert(item.meta.anchor->next);
            } else if constexpr (std::is_same_v<One, syncml::Sync>) {
                for (std::size_t i = 0; i < services_.size(); ++i)
                    if (setup_.services[i].local_uri == one.target.uri && services_[i].type)
                        services_[i].server_sent_sync = true;
            }
        },
        command);
}

// ---- what we say ------------------------------------------------------------------------

std::size_t SessionWatch::service_of(const std::string& remote_uri) const
{
    for (std::size_t i = 0; i < services_.size(); ++i)
        if (setup_.services[i].remote_uri == remote_uri)
            return i;
    require(false, "what is sent is for a database of the profile");
    return 0;
}

void SessionWatch::check_size(const syncml::Message& message) const
{
    const auto size =
        script_.speaks_wbxml() ? codec::encode(message, codec::Encoding::Wbxml).size() : crude_size::of(message);
    if (peer_max_msg_size_ == 0 || size <= peer_max_msg_size_)
        return;
    // What has to be said, however little the server takes: the header, its Status, one command, and an Alert 221 or
    // 222.
    const auto count = std::count_if(message.body.begin(), message.body.end(), [](const syncml::Command& command) {
        const auto* alert = std::get_if<syncml::Alert>(&command);
        const auto* status = std::get_if<syncml::Status>(&command);
        return !(alert != nullptr &&
                 (alert->code == syncml::AlertCode::NextMessage || alert->code == syncml::AlertCode::ResultAlert)) &&
               !(status != nullptr && status->cmd_ref == 0);
    });
    require(count <= 2, "no message is larger than the server takes");
    for (const auto& command : message.body)
        if (const auto* sync = std::get_if<syncml::Sync>(&command))
            require(sync->commands.empty(), "no item makes a message larger than the server takes");
}

void SessionWatch::check_status(const syncml::Status& status)
{
    if (status.cmd_ref == 0)
        return require(status.msg_ref == last_received_, "the header of the last message is answered");
    const auto found = owed_.find({status.msg_ref, status.cmd_ref});
    require(found != owed_.end() && found->second > 0, "only what was asked is answered, and once");
    --found->second;
}

void SessionWatch::check_item(std::size_t service, const syncml::ItemCommand& command)
{
    require(command.items.size() == 1 && command.items.front().source, "an item that is sent has our id");
    const auto& item = command.items.front();
    const auto& changes = script_.changes()[service];
    const auto change = std::find_if(changes.begin(), changes.end(),
                                     [&](const session::Change& one) { return one.luid == item.source->uri; });
    require(change != changes.end(), "what is sent is a change that was read");
    if (command.verb == syncml::ItemVerb::Delete)
        return require(change->kind == session::ChangeKind::Delete && item.data == syncml::Data(),
                       "a deletion is a deletion");

    auto expected = change->data;
    auto& chunks = services_[service].chunks;
    const bool begun = chunks.contains(change->luid);
    if (!begun && !command.meta_of(item).size)
        return require(item.text() == expected, "an item is sent as it is");
    // Large objects have plain line ends, and may then be small enough for one chunk.
    if (change->format.empty())
        session::make_line_ends_plain(expected);
    auto& sent = chunks[change->luid];
    require(begun || command.meta_of(item).size == expected.size(), "the first chunk states the size");
    require(!item.text().empty(), "no chunk is empty");
    sent += item.text();
    require(expected.starts_with(sent), "chunks are the item");
    if (!item.more_data)
        require(sent == expected, "chunks are the whole item");
}

void SessionWatch::note_sent(Reference reference, const syncml::Command& command)
{
    auto& note = sent_[reference];
    if (const auto* alert = std::get_if<syncml::Alert>(&command)) {
        if (alert->code && syncml::find_sync_type(*alert->code)) {
            note.kind = SentCommand::Kind::Alert;
            note.service = service_of(alert->items.at(0).target->uri);
        }
    } else if (const auto* map = std::get_if<syncml::Map>(&command)) {
        note.kind = SentCommand::Kind::Map;
        note.service = service_of(map->target.uri);
        note.maps = map->items;
        require(!map->items.empty(), "a Map maps something");
    } else if (const auto* sync = std::get_if<syncml::Sync>(&command)) {
        note.kind = SentCommand::Kind::Sync;
        note.service = service_of(sync->target.uri);
    }
}

void SessionWatch::on(const session::Send& send)
{
    const auto& message = send.message;
    require(!suspended_, "nothing is sent after the message that suspends");
    require(!stopped_ || message.final, "a stop is the last package");
    suspended_ = stopped_;
    if (message.header.session_id != session_id_) {
        session_id_ = message.header.session_id;
        last_sent_ = 0;
        sent_.clear();
        owed_.clear();
        last_received_ = settled_ = 0;
    }
    require(message.header.msg_id == last_sent_ + 1, "messages are counted");
    last_sent_ = message.header.msg_id;
    require(send.url.starts_with("https://"), "a session that began with TLS stays there");
    check_size(message);

    syncml::CmdId last = 0;
    const auto is_next = [&last](syncml::CmdId id) { return id == std::exchange(last, id) + 1; };
    std::vector<std::pair<session::ServiceIndex, std::string>> luids;
    for (const auto& command : message.body) {
        const auto id = std::visit([](const auto& one) { return one.cmd_id; }, command);
        require(is_next(id), "commands are counted");
        if (const auto* status = std::get_if<syncml::Status>(&command)) {
            check_status(*status);
            sent_[{last_sent_, id}] = {};
            continue;
        }
        note_sent({last_sent_, id}, command);
        const auto* sync = std::get_if<syncml::Sync>(&command);
        if (sync == nullptr)
            continue;
        const auto service = service_of(sync->target.uri);
        require(services_[service].type.has_value(), "a Sync comes after the types are agreed");
        require(sync->commands.empty() || syncml::client_sends(*services_[service].type),
                "nothing is sent against the direction");
        for (const auto& inner : sync->commands) {
            const auto& item = std::get<syncml::ItemCommand>(inner);
            require(is_next(item.cmd_id), "commands are counted");
            const bool first = !services_[service].chunks.contains(item.items.at(0).source->uri);
            check_item(service, item);
            const auto& luid = item.items.front().source->uri;
            if (first)
                luids.emplace_back(service, luid);
            const auto& changes = script_.changes()[service];
            const auto change =
                std::find_if(changes.begin(), changes.end(), [&](const auto& one) { return one.luid == luid; });
            sent_[{last_sent_, item.cmd_id}] = {SentCommand::Kind::Item,       service, luid, change->kind,
                                                !item.items.front().more_data, {},      {}};
        }
    }
    if (message.final)
        settled_ = last_received_;
    require(luids == send.luids, "what is sent for the first time is named, to be noted");
}

// ---- what is to be remembered -----------------------------------------------------------

void SessionWatch::on(const session::Confirm& confirm)
{
    auto& service = services_.at(confirm.service);
    require(service.type && !service.concluded && !confirm.entries.empty(), "what is confirmed is of a running sync");
    for (const auto& entry : confirm.entries) {
        const bool answered = std::any_of(sent_.begin(), sent_.end(), [&](const auto& one) {
            const auto& command = one.second;
            return command.kind == SentCommand::Kind::Item && command.service == confirm.service &&
                   command.luid == entry.luid && command.change == entry.kind && command.code == entry.status;
        });
        require(answered, "what is confirmed has a Status of the server");
        require(service.confirmed.insert(entry.luid).second, "a change is confirmed once");
        require(entry.status != StatusCode::ChunkedItemAccepted || entry.verdict == session::Verdict::PutOff,
                "a part is not the whole");
    }
}

void SessionWatch::on(const session::ConfirmMaps& confirm)
{
    require(!confirm.maps.empty(), "confirmed maps are some");
    const bool answered = std::any_of(sent_.begin(), sent_.end(), [&](const auto& one) {
        const auto& command = one.second;
        return command.kind == SentCommand::Kind::Map && command.service == confirm.service &&
               command.maps == confirm.maps && command.code && syncml::is_success(*command.code);
    });
    require(answered, "maps are confirmed by a Status of the server");
}

void SessionWatch::on(const session::Prepare& prepare)
{
    auto& service = services_.at(prepare.service);
    require(!service.type && !service.concluded, "a datastore is prepared once");
    const auto asked = setup_.services[prepare.service].requested;
    require(prepare.type == asked || (asked == SyncType::TwoWay && prepare.type == SyncType::Slow),
            "the type is the one that was asked for, or slow instead of two-way");
    service.type = prepare.type;
}

void SessionWatch::on(const session::ReadChanges& read)
{
    const auto& service = services_.at(read.service);
    require(service.type && !service.concluded && syncml::client_sends(*service.type) && read.bytes > 0,
            "changes are read of a running sync that sends");
}

void SessionWatch::on(const session::NotePartSent& note) const
{
    const auto& chunks = services_.at(note.service).chunks;
    const auto sent = chunks.find(note.luid);
    require(sent != chunks.end() && note.part.octets > 0 && note.part.octets <= sent->second.size(),
            "a part that the server has was sent");
}

void SessionWatch::on(const session::KeepChunk& keep) const
{
    const auto& service = services_.at(keep.service);
    require(service.type && !service.concluded && syncml::server_sends(*service.type),
            "chunks are kept of a running sync that receives");
    require(keep.part.chunks.size() == 1 && keep.part.chunks.front().size() <= keep.part.size,
            "what is kept is a chunk");
    require(setup_.max_obj_size == 0 || keep.part.size <= setup_.max_obj_size, "no more is kept than an item may have");
}

void SessionWatch::on(const session::Quarantine& refused) const
{
    const auto& service = services_.at(refused.service);
    require(service.type && !service.concluded, "items are refused of a running sync");
    require(!refused.items.empty(), "where nothing was refused, nothing is kept");
    for (const auto& item : refused.items)
        require(!item.why.empty(), "what was refused has a reason");
}

void SessionWatch::on(const session::Wait& wait) const
{
    require(!stopped_, "a session that is to end waits for nothing");
    require(wait.time > wait.time.zero() && wait.time <= std::chrono::seconds(30), "no wait is long");
}

void SessionWatch::on(const session::Apply& apply)
{
    const auto& service = services_.at(apply.service);
    require(service.type && !service.concluded && syncml::server_sends(*service.type),
            "items are applied to a running sync that receives");
    require(!suspended_, "nothing is applied after the message that suspends");
    require(!apply.items.empty() && apply.items.size() <= items_received_, "only what came is applied");
    for (const auto& item : apply.items) {
        require(!item.guid.empty() || !item.luid.empty(), "an item has an id");
        require((item.kind == session::IncomingKind::Delete) == item.data.empty(), "an item has data");
    }
}

void SessionWatch::on(const session::Conclude& conclude)
{
    auto& service = services_.at(conclude.service);
    require(!service.concluded, "a service is concluded once");
    service.concluded = true;
    if (conclude.error) {
        service.failed = true;
        return require_for_people(conclude.error->message);
    }
    // The anchors move: nothing may be open.
    require(service.type == conclude.type && !service.broken, "what ends well has begun and did not break");
    require(conclude.own_next == setup_.services[conclude.service].own_next, "our anchor is the one of this session");
    require(service.server_anchors.contains(conclude.peer_next) || conclude.peer_next.empty(),
            "the server's anchor is one that it gave");
    require(!service.server_anchors.empty() || conclude.peer_next.empty(), "the server has alerted");
    for (const auto& [reference, command] : sent_) {
        if (command.service != conclude.service)
            continue;
        // What was given up amidst its chunks stays a local change.
        if (command.kind == SentCommand::Kind::Item && command.complete)
            require(command.code.has_value(), "no anchor moves over an item without a Status");
        if (command.kind == SentCommand::Kind::Sync && command.code)
            require(syncml::is_success(*command.code), "no anchor moves over a refused Sync");
    }
    if (conclude.type == SyncType::RefreshFromServer)
        require(service.server_sent_sync, "nothing is replaced by what did not come");
}

void SessionWatch::on(const session::Finished& finished)
{
    finished_ = true;
    failed_ = finished.error.has_value();
    require(std::all_of(services_.begin(), services_.end(), [](const Service& one) { return one.concluded; }),
            "every service is concluded before the end");
    const bool any_failed =
        std::any_of(services_.begin(), services_.end(), [](const Service& one) { return one.failed || one.broken; });
    require(failed_ || !any_failed, "a session with a failed service has failed");
    if (finished.error)
        require_for_people(finished.error->message);
    // Our Final comes when nothing is owed. What the server asks after the last one may stay without an answer.
    for (const auto& [reference, count] : owed_)
        require(failed_ || reference.first > settled_ || count == 0, "every command of the server is answered");
}

void SessionWatch::on(const session::Progress& progress) const
{
    require(progress.total == 0 || progress.done <= progress.total, "no progress goes beyond the end");
}

void SessionWatch::on(const session::Note& note) const
{
    require_for_people(note.text);
}

void SessionWatch::on(const session::GiveServerNonce&) const
{
    require(false, "a server that has nothing to prove is given no nonce");
}

void SessionWatch::on(const session::SaveNonce& save) const
{
    require(!save.nonce.empty(), "a nonce is one");
}

void SessionWatch::at_end(const std::vector<session::ServiceStatistics>& statistics) const
{
    require(finished_ && statistics.size() == services_.size(), "the session has come to its end");
    for (std::size_t i = 0; i < statistics.size(); ++i) {
        const auto& one = statistics[i];
        require(one.concluded, "a service is concluded at the end");
        for (const auto* counters : {&one.to_server, &one.from_server})
            require(counters->total >= counters->added + counters->updated + counters->removed + counters->failed,
                    "counters add up");
        require(one.to_server.total <= script_.changes()[i].size(), "no change is counted twice");
    }
}

} // namespace fuzz
