#include "session.hpp"

#include "versions.hpp"

#include "codec/codec.hpp"

#include <algorithm>

namespace testserver {

using syncml::StatusCode;

std::string_view plain_uri(std::string_view uri)
{
    if (uri.starts_with("./"))
        return uri.substr(2);
    return uri.starts_with("/") ? uri.substr(1) : uri;
}

Session::Session(Store& store, UnfinishedSyncs& unfinished, Journal& journal, Faults& faults, const Options& options,
                 std::string uri, std::string resp_uri)
    : store_(store), unfinished_(unfinished), faults_(faults), options_(options), uri_(std::move(uri)),
      resp_uri_(std::move(resp_uri)), report_(journal.begin_session()), referee_(journal, options.max_msg_size),
      large_([this](std::string text) { referee_.broke("large-object", std::move(text)); })
{
    for (syncml::CmdId command = 1; command <= options_.alerts; ++command)
        open_.push_back({.message = 1, .command = command, .name = "Alert", .ref = {}, .change = {}});
    our_message_ = options_.alerts > 0 ? 1 : 0;
    referee_.expect_fresh_start(our_message_);
}

syncml::Message Session::handle(const syncml::Message& message, const Envelope& envelope)
{
    encoding_ = envelope.encoding;
    outbox_.set_encoding(encoding_);
    report_->encoding = encoding_ == codec::Encoding::Xml ? "xml" : "wbxml";
    const auto& header = message.header;
    client_header_ = header;
    client_header_.cred.reset();
    if (report_->messages == 0) {
        report_->device = header.source.uri;
        report_->session = header.session_id;
        device_ = store_.device(header.source.uri);
    }
    ++report_->messages;
    ++our_message_;
    referee_.check(message, envelope);
    if (header.target.uri != uri_ && header.target.uri != resp_uri_ && header.target.uri != moved_uri())
        referee_.broke("target", "Target is '" + header.target.uri + "'");
    if (header.meta.max_msg_size)
        outbox_.set_limit(*header.meta.max_msg_size);
    if (header.meta.max_obj_size)
        client_max_obj_size_ = *header.meta.max_obj_size;

    auto header_status = status_for(message, 0, "SyncHdr", StatusCode::Ok);
    header_status.target_refs = {header.target.uri};
    header_status.source_refs = {header.source.uri};
    if (!version_agreed_) {
        if (!understands(options_, header))
            return refuse_version(message, std::move(header_status));
        version_ = *syncml::find_version(header.ver_dtd);
        version_agreed_ = true;
        report_->version = syncml::dtd(version_);
    }
    const auto put_off_before = std::exchange(put_off_, std::nullopt);
    if (put_off_before) {
        // The client has been told nothing of its credentials yet.
        header_status.code = put_off_before->code;
        header_status.chal = put_off_before->chal;
    } else if (authenticated_ && !options_.auth_each_message) {
        if (header.cred)
            referee_.broke("cred", "credentials were accepted for the whole session and are sent again");
    } else {
        auto verdict = check_credentials(header, version_, options_, store_);
        if (verdict.accepted() && login_refused_ && options_.login_retry == LoginRetry::InNewSession)
            verdict = refuse_credentials(header, options_, store_);
        if (!verdict.accepted()) {
            login_refused_ = true;
            return refuse(message, std::move(verdict));
        }
        authenticated_ = true;
        report_->user = verdict.user;
        header_status.code = verdict.code;
        header_status.chal = std::move(verdict.chal);
    }
    if (faults_.strike(Misbehaviour::RefuseCredentials, header.msg_id)) {
        authenticated_ = false;
        return refuse(message, refuse_credentials(header, options_, store_));
    }
    if (const auto code = faults_.strike_code("SyncHdr", header.msg_id)) {
        if (*code == StatusCode::InvalidCredentials || *code == StatusCode::MissingCredentials)
            authenticated_ = false;
        if (!syncml::is_success(*code))
            return refuse(message, {*code, {}, {}});
        header_status.code = *code;
    }

    if (faults_.strike(Misbehaviour::Moved, header.msg_id))
        return send_away(message, moved_uri());
    if (faults_.strike(Misbehaviour::MovedAway, header.msg_id))
        return send_away(message, "http://elsewhere.example.net/sync");
    for (const auto& command : message.body) {
        const auto* status = std::get_if<syncml::Status>(&command);
        if (status != nullptr && status->cmd_ref == 0 && status->chal && !syncml::is_success(status->code) &&
            !options_.own_credentials.empty())
            return repeat_with_proof(header_status, *status);
    }
    // A datastore that was refused for its credentials is alerted once more, in a package 1 of its own.
    if (package_ == Package::ClientSync && alerts_guarded_datastore(message))
        package_ = Package::ClientInit;

    next_asked_ = result_asked_ = false;
    large_.allow(options_.trims_text ? 2 : 0); // the line end of the item
    large_.begin_message();
    for (const auto& command : message.body)
        if (suspension_ == Suspension::None || std::holds_alternative<syncml::Status>(command))
            std::visit([&](const auto& any) { on(message, any); }, command);
        else
            cancel(message, command);
    large_.end_message(message.final && suspension_ == Suspension::None);
    if (put_off_before && !result_asked_ && suspension_ == Suspension::None)
        referee_.broke("result-alert", "we were busy and no Alert 221 asks for what we owe");
    if (result_asked_ && (!put_off_before || message.final || message.body.size() > 2))
        referee_.broke("result-alert",
                       put_off_before ? "Alert 221 does not stand alone" : "Alert 221, and nothing was put off");
    if (suspension_ != Suspension::None) {
        ended_ = true;
        if (!message.final && suspension_ == Suspension::ByClient)
            referee_.broke("suspend", "Alert 224 without Final");
    } else if (!is_clients_turn()) {
        if (message.final)
            referee_.broke("final", "Final while our package is not finished");
        if (!next_asked_ && !ended_)
            referee_.broke("next-message", "our package is not finished and no Alert 222 asks for the rest");
    } else if (message.final) {
        finish_client_package();
    }
    if (suspension_ == Suspension::None && faults_.strike(Misbehaviour::Busy, header.msg_id))
        return put_off(message, header_status);
    return reply(message, std::move(header_status));
}

syncml::Message Session::refuse_version(const syncml::Message& message, syncml::Status header_status)
{
    version_ = *options_.versions.rbegin();
    auto result = outbox_.compose(our_header(),
                                  testserver::refuse_version(options_, message.header, std::move(header_status)), 0);
    result.final = true;
    referee_.expect_fresh_start(options_.alerts > 0 ? 1 : 0);
    return result;
}

syncml::Message Session::refuse(const syncml::Message& message, Verdict verdict)
{
    auto header_status = status_for(message, 0, "SyncHdr", verdict.code);
    header_status.chal = std::move(verdict.chal);
    Outbox refusal; // what was waiting waits on
    for (const auto& command : message.body) {
        if (std::holds_alternative<syncml::Status>(command))
            continue;
        std::visit(
            [&](const auto& any) {
                refusal.answer(status_for(message, any.cmd_id, syncml::name(command), verdict.code));
            },
            command);
    }
    auto result = refusal.compose(our_header(), std::move(header_status), 0);
    result.final = true;
    referee_.expect_fresh_start(options_.alerts > 0 ? 1 : 0);
    return result;
}

syncml::Message Session::send_away(const syncml::Message& message, const std::string& to)
{
    auto result = refuse(message, {static_cast<StatusCode>(301), {}, {}});
    std::get<syncml::Status>(result.body.front()).items.emplace_back().target = syncml::Location{to, {}};
    result.header.resp_uri.clear();
    ended_ = true;
    return result;
}

syncml::Message Session::reply(const syncml::Message& message, syncml::Status header_status)
{
    for (auto& exchange : exchanges_)
        if (!exchange.outgoing().empty() && exchange.outgoing().front().in_chunks &&
            faults_.strike(Misbehaviour::LargeUnfinished, message.header.msg_id))
            exchange.give_up_chunks(StatusCode::IncompleteCommand);
    if (!ended_ && faults_.strike(Misbehaviour::Suspend, message.header.msg_id))
        suspend(Suspension::ByServer);
    if (options_.sends_early && package_ == Package::ClientSync && !message.final)
        for (auto& exchange : exchanges_)
            if (exchange.begun() && exchange.agreed() == syncml::SyncType::TwoWay && !exchange.dropped() &&
                sent_early_.insert(&exchange).second)
                plan(exchange, true);
    // The client's package goes on: it waits for our leave (OMA DS 1.2 protocol, Alert 222).
    const bool ask_for_next = is_clients_turn() && !message.final && suspension_ == Suspension::None;
    const unsigned asks = ask_for_next ? (options_.asks_twice ? 2 : 1) : 0;
    auto result = outbox_.compose(our_header(), std::move(header_status), asks);
    open_.splice(open_.end(), outbox_.take_sent());
    if (options_.several_items)
        join_commands(result);
    if (suspension_ != Suspension::None) {
        result.final = true;
    } else if (!is_clients_turn() && outbox_.empty() &&
               !faults_.strike(Misbehaviour::NeverFinal, message.header.msg_id)) {
        result.final = true;
        package_ = static_cast<Package>(static_cast<int>(package_) + 1);
        // Nothing of ours wants an answer: package 5 would be empty and does not come.
        const bool awaits_map = std::ranges::any_of(
            exchanges_, [](const Exchange& exchange) { return !exchange.dropped() && exchange.unmapped() != 0; });
        const bool last = report_->completed || (package_ == Package::ClientMap && open_.empty() && !awaits_map);
        if (last && !report_->completed) {
            package_ = Package::ServerMap;
            finish_client_package();
        }
        ended_ = last;
    }
    said_final_ = result.final;
    referee_.on_reply(our_message_);
    last_reply_ = result;
    return result;
}

bool Session::alerts_guarded_datastore(const syncml::Message& message) const
{
    return std::ranges::any_of(message.body, [&](const syncml::Command& command) {
        const auto* alert = std::get_if<syncml::Alert>(&command);
        return alert != nullptr && std::ranges::any_of(alert->items, [&](const syncml::Item& item) {
                   return item.target && guards_.awaits(std::string(plain_uri(item.target->uri)));
               });
    });
}

syncml::Message Session::repeat_with_proof(const syncml::Status& header_status, const syncml::Status& refusal)
{
    const auto before = last_reply_.header.msg_id;
    auto result = last_reply_;
    result.header = our_header();
    const auto& own = options_.own_credentials;
    auto& cred = result.header.cred.emplace();
    cred.meta.type = refusal.chal->type;
    cred.meta.format = "b64";
    cred.data = base::Secret(md5_credentials(own.substr(0, own.find(':')), own.substr(own.find(':') + 1),
                                             refusal.chal->next_nonce, version_));
    auto status = header_status;
    status.cmd_id = 9999;
    result.body.insert(result.body.begin(), std::move(status));
    for (auto& sent : open_)
        if (sent.message == before)
            sent.message = our_message_;
    referee_.on_reply(our_message_);
    last_reply_ = result;
    return result;
}

syncml::Message Session::put_off(const syncml::Message& message, const syncml::Status& header_status)
{
    put_off_ = header_status;
    Outbox busy; // what was waiting waits on
    auto result = busy.compose(our_header(), status_for(message, 0, "SyncHdr", StatusCode::InProgress), 0);
    said_final_ = false;
    referee_.on_reply(our_message_);
    return result;
}

syncml::Header Session::our_header() const
{
    syncml::Header header;
    header.ver_dtd = syncml::dtd(version_);
    header.ver_proto = syncml::protocol(version_);
    header.session_id = client_header_.session_id;
    header.msg_id = our_message_;
    header.target = client_header_.source;
    header.source.uri = client_header_.target.uri;
    if (our_message_ == 1 || !authenticated_)
        header.resp_uri = resp_uri_;
    header.meta.max_msg_size = options_.max_msg_size;
    if (has_large_objects())
        header.meta.max_obj_size = options_.max_obj_size;
    return header;
}

syncml::Status Session::status_for(const syncml::Message& message, syncml::CmdId id, std::string_view command,
                                   StatusCode code) const
{
    syncml::Status status;
    status.msg_ref = message.header.msg_id;
    status.cmd_ref = id;
    status.cmd = command;
    status.code = code;
    return status;
}

void Session::answer(bool no_resp, syncml::Status status)
{
    if (!no_resp)
        outbox_.answer(std::move(status));
}

Exchange* Session::find_exchange(const std::string& uri)
{
    const auto found = std::ranges::find_if(
        exchanges_, [&](const Exchange& exchange) { return exchange.uri() == plain_uri(uri) && !exchange.dropped(); });
    return found == exchanges_.end() ? nullptr : &*found;
}

/// Neighbours of one kind become one command of several items.
void Session::join_commands(syncml::Message& reply)
{
    for (auto& command : reply.body) {
        auto* sync = std::get_if<syncml::Sync>(&command);
        if (sync == nullptr)
            continue;
        std::vector<syncml::SyncCommand> joined;
        for (auto& inner : sync->commands) {
            auto& next = std::get<syncml::ItemCommand>(inner);
            auto* last = joined.empty() ? nullptr : &std::get<syncml::ItemCommand>(joined.back());
            const bool chunk = next.items.front().more_data || next.items.front().meta.size;
            if (last == nullptr || chunk || last->verb != next.verb || last->meta != next.meta) {
                joined.push_back(std::move(inner));
                continue;
            }
            for (auto& sent : open_)
                if (sent.message == our_message_ && sent.command == next.cmd_id)
                    sent.command = last->cmd_id;
            last->items.push_back(std::move(next.items.front()));
        }
        sync->commands = std::move(joined);
    }
}

// ---- suspension ------------------------------------------------------------------

void Session::suspend(Suspension by)
{
    suspension_ = by;
    report_->suspended = true;
    for (auto& exchange : exchanges_)
        exchange.unfinished().asked = true;
    outbox_.cancel();
    if (by == Suspension::ByServer)
        outbox_.add(about_session(syncml::AlertCode::Suspend, our_header()));
}

void Session::cancel(const syncml::Message& message, const syncml::Command& command)
{
    if (const auto* sync = std::get_if<syncml::Sync>(&command))
        return refuse_commands(message, *sync, StatusCode::OperationCancelled);
    std::visit(
        [&](const auto& any) {
            answer(false, status_for(message, any.cmd_id, syncml::name(command), StatusCode::OperationCancelled));
        },
        command);
}

// ---- package ends ----------------------------------------------------------------

void Session::check_answers()
{
    for (const auto& sent : open_)
        referee_.broke("status", "no Status for our " + sent.name + ", command " + std::to_string(sent.command) +
                                     " of message " + std::to_string(sent.message));
    open_.clear();
}

void Session::plan(Exchange& exchange, bool early)
{
    outbox_.use_chunks(sends_chunks());
    exchange.plan(
        outbox_.room(our_header()), sends_chunks() ? client_max_obj_size_ : 0,
        [this](const syncml::SyncCommand& command) { return codec::encoded_size(command, encoding_); }, early);
    outbox_.add_sync(exchange, has_large_objects() && device_.number_of_changes && !early);
}

void Session::finish_client_package()
{
    check_answers();
    switch (package_) {
    case Package::ClientInit:
        if (!device_.devinf_known || options_.asks_devinf) {
            syncml::Get get;
            get.meta.type = codec::devinf_media_type(encoding_);
            syncml::Item item;
            item.target = syncml::Location{std::string(syncml::devinf_uri(version_)), {}};
            get.items.push_back(std::move(item));
            outbox_.add(std::move(get));
        }
        break;
    case Package::ClientSync:
        for (auto& exchange : exchanges_) {
            if (exchange.dropped())
                continue;
            if (!exchange.begun()) {
                referee_.broke("sync", "no Sync for " + exchange.uri() + ", though it was alerted");
                exchange.begin();
            }
            if (const auto told = announced_.find(&exchange); told != announced_.end())
                if (told->second.changes != told->second.seen)
                    referee_.broke("number-of-changes", std::to_string(told->second.changes) + " announced for " +
                                                            exchange.uri() + ", " + std::to_string(told->second.seen) +
                                                            " sent");
            if (!syncml::server_sends(exchange.agreed()))
                continue; // a from-client sync has nothing to go back, not even an empty Sync
            plan(exchange, false);
        }
        break;
    case Package::ClientMap:
    case Package::ServerMap:
        for (auto& exchange : exchanges_) {
            if (exchange.dropped())
                continue;
            if (exchange.unmapped() != 0)
                referee_.broke("map", std::to_string(exchange.unmapped()) + " items of " + exchange.uri() +
                                          " were added and never mapped");
            exchange.commit();
        }
        report_->completed = true;
        break;
    case Package::ServerInit:
    case Package::ServerSync: break;
    }
    if (is_clients_turn())
        package_ = static_cast<Package>(static_cast<int>(package_) + 1);
}

} // namespace testserver
