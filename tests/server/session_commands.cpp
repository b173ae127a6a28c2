#include "session.hpp"

#include "content.hpp"

#include "codec/codec.hpp"

#include <glib.h>

#include <algorithm>

/// What a session does with each command of the client.
namespace testserver {

using syncml::AlertCode;
using syncml::StatusCode;

namespace {

constexpr auto cgi_filter = "syncml:filtertype-cgi";

std::string decode_base64(const std::string& text)
{
    gsize size = 0;
    const std::unique_ptr<guchar, decltype(&g_free)> bytes(g_base64_decode(text.c_str(), &size), g_free);
    return {reinterpret_cast<const char*>(bytes.get()), size};
}

std::string trimmed(const std::string& text)
{
    constexpr const char* space = " \t\r\n";
    const auto first = text.find_first_not_of(space);
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(space) + 1 - first);
}

} // namespace

void Session::on(const syncml::Message&, const syncml::Status& status)
{
    if (status.chal && status.cmd_ref == 0)
        report_->nonce = status.chal->next_nonce;
    if (status.cmd_ref == 0)
        return; // the referee looks at those
    auto refs = status.target_refs;
    refs.insert(refs.end(), status.source_refs.begin(), status.source_refs.end());
    const auto answers = [&](const SentCommand& command) {
        return command.message == status.msg_ref && command.command == status.cmd_ref;
    };
    auto sent = std::ranges::find_if(open_, answers);
    if (options_.several_items && std::ranges::count_if(open_, answers) > 1) {
        // One for all when it names none, else for the one that it names.
        const auto named = std::ranges::find_if(open_, [&](const SentCommand& command) {
            return answers(command) && std::ranges::find(refs, command.ref) != refs.end();
        });
        if (refs.size() != 1) {
            open_.remove_if([&](const SentCommand& command) {
                if (answers(command) && command.change)
                    on_sent_item(command, status.code);
                return answers(command);
            });
            return;
        }
        sent = named;
    }
    if (sent == open_.end()) {
        referee_.broke("status", "a Status for command " + std::to_string(status.cmd_ref) + " of message " +
                                     std::to_string(status.msg_ref) + ", which waits for none");
        return;
    }
    if (sent->name != status.cmd)
        referee_.broke("status", "a Status for " + status.cmd + " answers our " + sent->name);
    if (!sent->ref.empty() && !refs.empty() && std::ranges::find(refs, sent->ref) == refs.end())
        referee_.broke("status-ref", "the Status of our " + sent->name + " for " + sent->ref + " names " + refs[0]);

    if (sent->change) {
        on_sent_item(*sent, status.code);
    } else if (sent->name == "Alert" && sent->exchange != nullptr) {
        if (status.code == StatusCode::RefreshRequired) {
            sent->exchange->fall_back_to_slow();
        } else if (!syncml::is_success(status.code)) {
            sent->exchange->drop();
        } else {
            const auto* anchor =
                status.items.empty() ? nullptr : std::get_if<syncml::Anchor>(&status.items.front().data);
            if (anchor == nullptr || anchor->next != sent->exchange->own_next())
                referee_.broke("anchor-echo", "the Status of our Alert for " + sent->exchange->uri() +
                                                  " does not repeat our Next anchor");
        }
    } else if (sent->name == "Sync" && !syncml::is_success(status.code)) {
        sent->exchange->drop();
    } else if (sent->name == "Results" && syncml::is_success(status.code)) {
        device_.told = true;
        store_.set_device(report_->device, device_);
    }
    open_.erase(sent);
}

void Session::on_sent_item(const SentCommand& sent, StatusCode code)
{
    auto& exchange = *sent.exchange;
    if (!sent.more)
        return exchange.on_status(*sent.change, code);
    auto& items = exchange.outgoing();
    if (items.empty() || !items.front().waits || items.front().change.guid != sent.change->guid)
        return; // given up
    if (code == StatusCode::ChunkedItemAccepted || faults_.strike(Misbehaviour::LargeGoesOn, client_header_.msg_id))
        exchange.on_chunk_accepted();
    else if (items.front().resumed && (code == StatusCode::IncompleteCommand || code == StatusCode::SizeMismatch))
        exchange.restart_chunks();
    else
        exchange.give_up_chunks(code);
}

std::optional<StatusCode> Session::take_chunk(const syncml::Message& message, const syncml::ItemCommand& command,
                                              syncml::Item& item, Exchange& exchange)
{
    const auto number = message.header.msg_id;
    auto code = large_.take(exchange, command, item, options_.max_obj_size);
    if (!large_.was_large())
        return code;
    ++exchange.report().chunks_from_client;
    if (!code && faults_.strike(Misbehaviour::LargeMismatch, number))
        return StatusCode::SizeMismatch;
    if (code != StatusCode::ChunkedItemAccepted)
        return code;
    if (faults_.strike(Misbehaviour::LargeRefused, number))
        code = StatusCode::RequestEntityTooLarge;
    else if (faults_.strike(Misbehaviour::LargeSwallowed, number))
        code = StatusCode::Ok;
    if (code != StatusCode::ChunkedItemAccepted)
        large_.drop();
    if (faults_.strike(Misbehaviour::LargeLost, number)) {
        large_.drop();
        syncml::Alert lost;
        lost.code = AlertCode::NoEndOfData;
        lost.items.emplace_back().source = item.source;
        outbox_.add(std::move(lost));
    }
    return code;
}

void Session::on(const syncml::Message& message, const syncml::Alert& alert)
{
    auto status = status_for(message, alert.cmd_id, "Alert", StatusCode::Ok);
    if (!alert.code) {
        status.code = StatusCode::BadRequest;
    } else if (alert.code == AlertCode::NextMessage) {
        next_asked_ = true;
        if (said_final_)
            referee_.broke("next-message", "Alert 222, but our last message had Final");
        if (alert.items.empty() || !alert.items.front().target || !alert.items.front().source)
            referee_.broke("next-message", "Alert 222 without Target and Source");
    } else if (alert.code == AlertCode::ResultAlert) {
        next_asked_ = result_asked_ = true;
        if (alert.items.empty() || !alert.items.front().target || !alert.items.front().source)
            referee_.broke("result-alert", "Alert 221 without Target and Source");
    } else if (alert.code == AlertCode::NoEndOfData) {
        for (auto& exchange : exchanges_)
            exchange.give_up_chunks(StatusCode::IncompleteCommand);
    } else if (alert.code == AlertCode::Suspend && has_suspend()) {
        suspend(Suspension::ByClient);
    } else if (syncml::find_sync_type(*alert.code) || (alert.code == AlertCode::Resume && has_suspend())) {
        if (alert.items.empty())
            status.code = StatusCode::IncompleteCommand;
        for (const auto& item : alert.items)
            on_sync_alert(message, alert, item);
        if (!alert.items.empty())
            return;
    } else if (alert.code != AlertCode::Display) {
        status.code = StatusCode::OptionalFeatureNotSupported;
    }
    if (!syncml::is_success(status.code))
        referee_.broke("alert", "an Alert that must be answered with " + std::to_string(static_cast<int>(status.code)));
    if (const auto told = faults_.strike_code("Alert", message.header.msg_id))
        status.code = *told;
    answer(alert.no_resp, std::move(status));
}

void Session::on_sync_alert(const syncml::Message& message, const syncml::Alert& alert, const syncml::Item& item)
{
    auto status = status_for(message, alert.cmd_id, "Alert", StatusCode::Ok);
    if (item.target)
        status.target_refs = {item.target->uri};
    if (item.source)
        status.source_refs = {item.source->uri};
    const auto refuse = [&](StatusCode code) {
        status.code = code;
        answer(alert.no_resp, std::move(status));
    };
    if (!item.target || !item.source || !item.meta.anchor || item.meta.anchor->next.empty()) {
        referee_.broke("alert", "a sync Alert without Target, Source or Next anchor");
        return refuse(StatusCode::IncompleteCommand);
    }
    auto* known = find_exchange(item.target->uri);
    if (package_ != Package::ClientInit) {
        // After its 508 to our Alert the client may say 201 itself, before its Sync.
        if (package_ == Package::ClientSync && known != nullptr && !known->begun() &&
            alert.code == AlertCode::SlowSync && known->agreed() == syncml::SyncType::Slow)
            return refuse(StatusCode::Ok);
        referee_.broke("alert", "a sync Alert outside of the first package");
        return refuse(StatusCode::CommandNotAllowed);
    }
    const auto told = faults_.strike_code("Alert", message.header.msg_id);
    if (told && !syncml::is_success(*told))
        return refuse(*told);
    const auto datastore = std::ranges::find(options_.datastores, plain_uri(item.target->uri), &DatastoreOptions::name);
    if (datastore == options_.datastores.end() || faults_.strike(Misbehaviour::NoDatabase, message.header.msg_id))
        return refuse(!options_.no_store_of_ours.empty() && plain_uri(item.target->uri) == options_.no_store_of_ours
                          ? StatusCode::BadRequest
                          : StatusCode::NotFound);
    auto verdict = guards_.check(alert.cred, datastore->name, version_);
    status.chal = std::move(verdict.chal);
    if (!verdict.accepted())
        return refuse(verdict.code);
    if (const auto type = syncml::find_sync_type(*alert.code); type && options_.refused_types.contains(*type))
        return refuse(StatusCode::OptionalFeatureNotSupported);
    if (alert.code == AlertCode::Resume && options_.resume == ResumePolicy::Unknown)
        return refuse(StatusCode::OptionalFeatureNotSupported);
    if (alert.code == AlertCode::Resume && options_.resume == ResumePolicy::Fail)
        return refuse(StatusCode::CommandFailed);
    if (!item.target->filter.empty())
        if (const auto refusal = find_refusal(item.target->filter.front(), *datastore))
            return refuse(*refusal);
    if (known != nullptr) {
        referee_.broke("alert", "a second sync Alert for " + known->uri());
        return refuse(StatusCode::CommandNotAllowed);
    }

    const auto is_put = [](const syncml::Command& command) { return std::holds_alternative<syncml::Put>(command); };
    if (alert.code == AlertCode::SlowSync && options_.wants_devinf_to_compare &&
        std::ranges::none_of(message.body, is_put))
        return refuse(StatusCode::IncompleteCommand);
    if (alert.code == AlertCode::SlowSync && options_.throttles_slow_syncs &&
        store_.find_anchors(store_.collection(report_->user, datastore->name), report_->device))
        return refuse(StatusCode::RetryLater);

    auto& exchange =
        exchanges_.emplace_back(store_, unfinished_, store_.collection(report_->user, datastore->name), *datastore,
                                report_->device, item.source->uri, options_, report_->datastores[datastore->name]);
    status.code = exchange.agree(*alert.code, *item.meta.anchor,
                                 faults_.strike(Misbehaviour::RefreshRequired, message.header.msg_id));
    if (status.code == StatusCode::Ok)
        status.code = verdict.code;
    if (!item.target->filter.empty())
        exchange.filter(item.target->filter.front().record);
    syncml::Item echo;
    echo.data = syncml::Anchor{{}, item.meta.anchor->next};
    status.items.push_back(std::move(echo));
    answer(alert.no_resp, std::move(status));

    syncml::Alert ours;
    ours.code = exchange.alert();
    syncml::Item about;
    about.target = syncml::Location{exchange.client_uri(), {}};
    about.source = syncml::Location{exchange.told_uri(), {}};
    about.meta.anchor = syncml::Anchor{exchange.own_last(), exchange.own_next()};
    if (faults_.strike(Misbehaviour::WrongLast, message.header.msg_id))
        about.meta.anchor->last = "of another time";
    if (has_large_objects())
        about.meta.max_obj_size = options_.max_obj_size;
    ours.items.push_back(std::move(about));
    outbox_.add(std::move(ours), &exchange);
}

std::optional<StatusCode> Session::find_refusal(const syncml::Filter& filter, const DatastoreOptions& datastore)
{
    if (options_.fails_at_filters)
        return StatusCode::CommandFailed;
    if (!options_.description.filters || !syncml::has_filters(version_)) {
        referee_.broke("filter", "we have not said that we can filter");
        return StatusCode::OptionalFeatureNotSupported;
    }
    if (filter.content_type != datastore.type)
        referee_.broke("filter", "it is of '" + filter.content_type + "', which is not what we send");
    if (filter.type != "INCLUSIVE")
        return StatusCode::OptionalFeatureNotSupported;
    if (filter.grammar != cgi_filter)
        return StatusCode::UnknownSearchGrammar;
    return passes("", filter.record) ? std::nullopt : std::optional(StatusCode::BadCgiScript);
}

void Session::on_devinf(const syncml::DevInf& devinf)
{
    if (devinf.device_id != report_->device)
        referee_.broke("devinf", "DevID '" + devinf.device_id + "' is not the Source of the header");
    if (devinf.ver_dtd != syncml::dtd(version_))
        referee_.broke("devinf", "device information of version '" + devinf.ver_dtd + "'");
    if (devinf.datastores.empty())
        referee_.broke("devinf", "device information without a datastore");
    for (const auto& datastore : devinf.datastores)
        if (std::ranges::any_of(datastore.sync_types, [](auto type) { return type < 1 || type > 7; }))
            referee_.broke("devinf",
                           "datastore " + datastore.source_ref + " has a type in SyncCap that is in no standard");
    for (const auto& datastore : devinf.datastores)
        if (datastore.rx_preferred.empty() || datastore.tx_preferred.empty() || datastore.sync_types.empty())
            referee_.broke("devinf", "datastore " + datastore.source_ref + " lacks Rx-Pref, Tx-Pref or SyncCap");
    report_->devinf = devinf;
    device_.devinf_known = true;
    device_.number_of_changes = devinf.number_of_changes;
    device_.large_objects = devinf.large_objects;
    store_.set_device(report_->device, device_);
}

void Session::on(const syncml::Message& message, const syncml::Put& put)
{
    auto status = status_for(message, put.cmd_id, "Put", StatusCode::NotFound);
    for (const auto& item : put.items) {
        const auto* devinf = std::get_if<syncml::DevInf>(&item.data);
        if (devinf == nullptr || !item.source || !is_devinf_uri(item.source->uri))
            continue;
        on_devinf(*devinf);
        status.source_refs = {item.source->uri};
        status.code = StatusCode::Ok;
    }
    if (put.meta.type != codec::devinf_media_type(encoding_))
        referee_.broke("devinf", "Put has Type '" + put.meta.type + "'");
    if (const auto told = faults_.strike_code("Put", message.header.msg_id))
        status.code = *told;
    answer(put.no_resp, std::move(status));
}

void Session::on(const syncml::Message& message, const syncml::Get& get)
{
    auto status = status_for(message, get.cmd_id, "Get", StatusCode::NotFound);
    if (!get.items.empty() && get.items.front().target && is_devinf_uri(get.items.front().target->uri)) {
        report_->asked_devinf = true;
        status.target_refs = {get.items.front().target->uri};
        syncml::Results results;
        results.cmd_id = 999'999;
        results.msg_ref = message.header.msg_id;
        results.cmd_ref = get.cmd_id;
        results.meta.type = codec::devinf_media_type(encoding_);
        syncml::Item item;
        item.source = syncml::Location{std::string(syncml::devinf_uri(version_)), {}};
        item.data = devinf();
        results.items.push_back(std::move(item));
        const auto told = faults_.strike_code("Get", message.header.msg_id);
        const bool fits = codec::encoded_size(syncml::Command(results), encoding_) <= outbox_.room(our_header());
        status.code = told.value_or(fits ? StatusCode::Ok : StatusCode::RequestEntityTooLarge);
        if (syncml::is_success(status.code))
            outbox_.add(std::move(results));
    }
    answer(get.no_resp, std::move(status));
}

void Session::on(const syncml::Message& message, const syncml::Results& results)
{
    for (const auto& item : results.items)
        if (const auto* devinf = std::get_if<syncml::DevInf>(&item.data))
            on_devinf(*devinf);
    auto status = status_for(message, results.cmd_id, "Results", StatusCode::Ok);
    if (!results.items.empty() && results.items.front().source)
        status.source_refs = {results.items.front().source->uri};
    if (const auto told = faults_.strike_code("Results", message.header.msg_id))
        status.code = *told;
    answer(false, std::move(status));
}

void Session::on(const syncml::Message& message, const syncml::Sync& sync)
{
    auto* exchange = find_exchange(sync.target.uri);
    if (package_ != Package::ClientSync) {
        referee_.broke("sync", "a Sync outside of the client's sync package");
        return refuse_commands(message, sync, StatusCode::CommandNotAllowed);
    }
    if (exchange == nullptr) {
        referee_.broke("sync", "a Sync for " + sync.target.uri + ", which was not agreed on");
        return refuse_commands(message, sync, StatusCode::Forbidden);
    }
    if (sync.source.uri != exchange->client_uri())
        referee_.broke("sync", "Source of the Sync is " + sync.source.uri);
    if (sync.number_of_changes && !has_large_objects())
        referee_.broke("version", "NumberOfChanges, which SyncML 1.0 does not have");
    if (!exchange->begun()) {
        exchange->begin();
        if (sync.number_of_changes)
            announced_[exchange] = {*sync.number_of_changes, 0};
        else if (has_large_objects() && device_.told && options_.number_of_changes)
            referee_.broke("number-of-changes", "missing for " + exchange->uri() + ", though the server supports it");
    } else if (sync.number_of_changes) {
        referee_.broke("number-of-changes", "repeated in a later Sync of " + exchange->uri());
    }
    const auto told = faults_.strike_code("Sync", message.header.msg_id);
    if (told && !syncml::is_success(*told)) {
        announced_.erase(exchange);
        return refuse_commands(message, sync, *told);
    }
    auto verdict = guards_.check(sync.cred, exchange->uri(), version_);
    if (!verdict.accepted()) {
        announced_.erase(exchange);
        return refuse_commands(message, sync, verdict.code);
    }
    auto status = status_for(message, sync.cmd_id, "Sync", told.value_or(verdict.code));
    status.chal = std::move(verdict.chal);
    status.target_refs = {sync.target.uri};
    status.source_refs = {sync.source.uri};
    answer(sync.no_resp, std::move(status));
    for (const auto& command : sync.commands)
        if (const auto* item_command = std::get_if<syncml::ItemCommand>(&command))
            on_item_command(message, *item_command, exchange);
        else if (const auto* group = std::get_if<syncml::Group>(&command))
            refuse_command(message, group->cmd_id, syncml::name(group->kind));
        else if (const auto* unknown = std::get_if<syncml::Unsupported>(&command))
            refuse_command(message, unknown->cmd_id, unknown->name);
}

void Session::refuse_command(const syncml::Message& message, syncml::CmdId id, std::string_view name)
{
    referee_.broke("command", std::string(name) + " is none that this server has declared");
    answer(false, status_for(message, id, name, StatusCode::OptionalFeatureNotSupported));
}

void Session::refuse_commands(const syncml::Message& message, const syncml::Sync& sync, StatusCode code)
{
    answer(sync.no_resp, status_for(message, sync.cmd_id, "Sync", code));
    for (const auto& command : sync.commands)
        if (const auto* item_command = std::get_if<syncml::ItemCommand>(&command))
            answer(item_command->no_resp,
                   status_for(message, item_command->cmd_id, syncml::name(item_command->verb), code));
}

void Session::on_item_command(const syncml::Message& message, const syncml::ItemCommand& command, Exchange* exchange)
{
    const auto verb = syncml::name(command.verb);
    const bool has_data = command.verb == syncml::ItemVerb::Add || command.verb == syncml::ItemVerb::Replace;
    if (command.items.empty())
        return answer(command.no_resp, status_for(message, command.cmd_id, verb, StatusCode::IncompleteCommand));
    for (auto item : command.items) {
        auto status = status_for(message, command.cmd_id, verb, StatusCode::IncompleteCommand);
        const auto meta = command.meta_of(item);
        if (auto* text = std::get_if<std::string>(&item.data); text != nullptr && options_.trims_text)
            *text = trimmed(*text);
        const auto chunk = has_large_objects() && options_.large_objects && item.source
                               ? take_chunk(message, command, item, *exchange)
                               : std::optional<StatusCode>();
        // Of an item whose beginning is lost the whole follows.
        const bool more_comes =
            chunk == StatusCode::ChunkedItemAccepted || (chunk == StatusCode::IncompleteCommand && item.more_data);
        if (const auto told = announced_.find(exchange); told != announced_.end() && !more_comes)
            ++told->second.seen;
        if (item.source)
            status.source_refs = {item.source->uri};
        const auto* datastore = &exchange->datastore();
        const auto told = faults_.strike_code(verb, message.header.msg_id);
        if (told && !syncml::is_success(*told)) {
            status.code = *told;
            answer(command.no_resp, std::move(status));
            continue;
        }
        if (!item.source || item.source->uri.empty()) {
            referee_.broke("item", std::string(verb) + " without Source");
        } else if (chunk) {
            status.code = *chunk;
        } else if (item.more_data) {
            referee_.broke("large-object", "MoreData, which this server has not declared");
            status.code = StatusCode::OptionalFeatureNotSupported;
        } else if (has_data && item.text().empty()) {
            referee_.broke("item", std::string(verb) + " of " + item.source->uri + " without Data");
        } else if (has_data && meta.type != datastore->type && meta.type != datastore->other) {
            referee_.broke("item-type", std::string(verb) + " of " + item.source->uri + " has Type " + meta.type);
            status.code = StatusCode::UnsupportedMediaType;
        } else if (has_data && options_.wants_sizes && !large_.was_large() && !meta.size) {
            status.code = StatusCode::SizeRequired;
        } else if (has_data && !large_.was_large() && meta.size && *meta.size != item.text().size()) {
            referee_.broke("size", std::string(verb) + " of " + item.source->uri + " has Size " +
                                       std::to_string(*meta.size) + " and " + std::to_string(item.text().size()) +
                                       " octets");
            status.code = StatusCode::SizeMismatch;
        } else if (has_data && item.text().size() > options_.largest_item) {
            status.code = StatusCode::RequestEntityTooLarge;
        } else if (!syncml::client_sends(exchange->agreed())) {
            referee_.broke("direction", std::string(verb) + " of " + item.source->uri + " in a sync from the server");
            status.code = StatusCode::CommandNotAllowed;
        } else {
            if (!has_data && !std::holds_alternative<std::monostate>(item.data))
                referee_.broke("item", "Delete of " + item.source->uri + " with Data");
            if (command.verb == syncml::ItemVerb::Add && exchange->holds(item.source->uri) &&
                !exchange->may_repeat(item.source->uri))
                referee_.broke("add-twice", "Add of " + item.source->uri + ", which is there already");
            const auto data = meta.format == "b64" ? decode_base64(item.text()) : item.text();
            status.code = exchange->apply(command.verb, item, options_.keeps != nullptr ? options_.keeps(data) : data);
            status.code = told.value_or(status.code);
        }
        answer(command.no_resp, std::move(status));
    }
}

void Session::on(const syncml::Message& message, const syncml::Map& map)
{
    auto status = status_for(message, map.cmd_id, "Map", StatusCode::Ok);
    status.target_refs = {map.target.uri};
    status.source_refs = {map.source.uri};
    auto* exchange = find_exchange(map.target.uri);
    if (exchange == nullptr) {
        referee_.broke("map", "a Map for " + map.target.uri + ", which was not agreed on");
        status.code = StatusCode::NotFound;
    } else if (const auto told = faults_.strike_code("Map", message.header.msg_id);
               told && !syncml::is_success(*told)) {
        status.code = *told;
        exchange->unfinished().unmapped.clear(); // it is not the client's fault
    } else {
        status.code = told.value_or(StatusCode::Ok);
        for (const auto& item : map.items)
            if (!exchange->map(item)) {
                referee_.broke("map", "a Map for " + item.guid + ", which was not sent");
                status.code = StatusCode::NotFound;
            }
    }
    answer(false, std::move(status));
}

void Session::on(const syncml::Message& message, const syncml::ItemCommand& command)
{
    refuse_command(message, command.cmd_id, syncml::name(command.verb));
}

void Session::on(const syncml::Message& message, const syncml::Group& group)
{
    refuse_command(message, group.cmd_id, syncml::name(group.kind));
}

void Session::on(const syncml::Message& message, const syncml::Unsupported& command)
{
    refuse_command(message, command.cmd_id, command.name);
}

syncml::DevInf Session::devinf() const
{
    syncml::DevInf info;
    info.ver_dtd = syncml::dtd(version_);
    const auto& description = options_.description;
    info.manufacturer = description.manufacturer;
    info.model = description.model;
    info.software_version = description.software;
    info.device_id = uri_;
    info.device_type = "server";
    info.utc = description.utc;
    info.number_of_changes = options_.number_of_changes;
    info.large_objects = options_.large_objects;
    for (const auto& datastore : options_.datastores) {
        syncml::DataStoreInfo store;
        store.source_ref = description.before_uri + datastore.name + description.behind_uri;
        store.tx_preferred = store.rx_preferred = {{datastore.type, datastore.version}};
        store.tx = store.rx = {{datastore.other, datastore.other_version}};
        if (const auto told = description.receives.find(datastore.name); told != description.receives.end()) {
            store.rx_preferred.assign(told->second.begin(), told->second.begin() + 1);
            store.rx.assign(told->second.begin() + 1, told->second.end());
        }
        if (const auto told = description.properties.find(datastore.name); told != description.properties.end())
            store.capabilities.push_back({{datastore.type, datastore.version}, false, told->second});
        store.sync_types = description.sync_types;
        if (description.filters && syncml::has_filters(version_))
            store.filter_rx = {{cgi_filter, "1.0"}};
        info.datastores.push_back(std::move(store));
    }
    return info;
}

} // namespace testserver
