#include "model_client.hpp"

#include "crude_size.hpp"

#include <cassert>
#include <utility>

namespace model {

using namespace session;
using syncml::StatusCode;

// ---- the user --------------------------------------------------------------------

std::string Store::put(std::string data)
{
    auto luid = std::to_string(next_luid_++);
    items_[luid] = {std::move(data), Pending::Add, ++edits_};
    return luid;
}

void Store::change(const std::string& luid, std::string data)
{
    auto& item = items_.at(luid);
    item.data = std::move(data);
    item.edited = ++edits_;
    if (item.pending == Pending::Nothing)
        item.pending = Pending::Update;
}

void Store::remove(const std::string& luid)
{
    // Also of an item that was never sent: a Delete of what the server does not know does no harm.
    deletions_[luid] = ++edits_;
    items_.erase(luid);
}

std::vector<std::string> Store::luids() const
{
    std::vector<std::string> result;
    for (const auto& [luid, item] : items_)
        result.push_back(luid);
    return result;
}

std::multiset<std::string> Store::content() const
{
    std::multiset<std::string> result;
    for (const auto& [luid, item] : items_)
        result.insert(item.data);
    return result;
}

// ---- one session ------------------------------------------------------------------

std::uint64_t Store::prepare(SyncType type)
{
    type_ = type;
    prepared_at_ = edits_;
    outgoing_.clear();
    read_ = 0;
    staged_.clear();
    const bool from_scratch = type == SyncType::Slow || syncml::is_refresh(type);
    if (from_scratch) {
        // If this session breaks, the next must begin from scratch as well.
        own_last.clear();
        peer_last.clear();
        pending_maps.clear();
        luid_of_.clear();
    }
    if (!syncml::client_sends(type))
        return 0;
    for (const auto& [luid, item] : items_) {
        if (from_scratch || item.pending == Pending::Add)
            outgoing_.push_back({ChangeKind::Add, luid, "text/vcard", "", item.data});
        else if (item.pending == Pending::Update)
            outgoing_.push_back({ChangeKind::Update, luid, "text/vcard", "", item.data});
    }
    if (!from_scratch) {
        for (const auto& [luid, when] : deletions_)
            outgoing_.push_back({ChangeKind::Delete, luid, "", "", ""});
    }
    return outgoing_.size();
}

Changes Store::read(std::size_t bytes)
{
    Changes result;
    std::size_t taken = 0;
    while (read_ < outgoing_.size() && (result.changes.empty() || taken < bytes)) {
        taken += outgoing_[read_].data.size();
        result.changes.push_back(outgoing_[read_++]);
    }
    result.end = read_ == outgoing_.size();
    return result;
}

void Store::note_sent(const std::string& luid)
{
    const auto found = items_.find(luid);
    if (found != items_.end() && found->second.pending == Pending::Add)
        found->second.pending = Pending::Update; // if no answer comes, it goes as Replace
}

void Store::note_confirmed(const Confirm::Entry& entry)
{
    if (entry.verdict == session::Verdict::PutOff)
        return;
    if (entry.kind == ChangeKind::Delete) {
        deletions_.erase(entry.luid);
        return;
    }
    const auto found = items_.find(entry.luid);
    if (found == items_.end())
        return;
    if (found->second.edited <= prepared_at_)
        found->second.pending = Pending::Nothing;
}

Outcome Store::apply_add(const Incoming& incoming)
{
    auto& luid = luid_of_[incoming.guid];
    auto& items = type_ == SyncType::RefreshFromServer ? staged_ : items_;
    const auto found = items.find(luid);
    if (!luid.empty() && found != items.end()) { // it came before, and the map was lost
        if (found->second.edited > prepared_at_)
            return {StatusCode::Ok, luid};
        found->second = {incoming.data, Pending::Nothing, found->second.edited};
    } else {
        luid = std::to_string(next_luid_++);
        items[luid] = {incoming.data, Pending::Nothing, 0};
    }
    ++done_.added;
    pending_maps.push_back({incoming.guid, luid});
    return {StatusCode::ItemAdded, luid};
}

Outcome Store::apply(const Incoming& incoming)
{
    if (incoming.kind == IncomingKind::Add)
        return apply_add(incoming);
    const auto found = items_.find(incoming.luid);
    const auto deleted = deletions_.find(incoming.luid);
    if (deleted != deletions_.end() && deleted->second > prepared_at_)
        return {StatusCode::Conflict, {}};
    if (found == items_.end())
        return {incoming.kind == IncomingKind::Delete ? StatusCode::ItemNotDeleted : StatusCode::NotFound, {}};
    if (found->second.edited > prepared_at_)
        return {StatusCode::Conflict, {}};
    if (incoming.kind == IncomingKind::Delete) {
        items_.erase(found);
        ++done_.removed;
    } else {
        found->second.data = incoming.data;
        found->second.pending = Pending::Nothing;
        ++done_.updated;
    }
    return {StatusCode::Ok, {}};
}

void Store::confirm_maps(const std::vector<syncml::MapItem>& maps)
{
    for (const auto& map : maps)
        std::erase(pending_maps, map);
}

void Store::commit(std::string own_anchor, std::string peer_anchor)
{
    own_last = std::move(own_anchor);
    peer_last = std::move(peer_anchor);
    if (type_ == SyncType::RefreshFromServer) {
        for (auto& [luid, item] : items_) {
            if (item.edited > prepared_at_)
                staged_[luid] = {item.data, Pending::Add, item.edited};
        }
        items_ = std::exchange(staged_, {});
    }
    if (type_ == SyncType::Slow || syncml::is_refresh(type_))
        std::erase_if(deletions_, [&](const auto& deletion) { return deletion.second <= prepared_at_; });
}

// ---- the device ---------------------------------------------------------------------

Client::Client(Server& server, std::string device) : server_(server), device_(std::move(device)) {}

Setup Client::setup(SyncType type)
{
    Setup setup;
    setup.server_uri = Server::base_url;
    setup.device_id = device_;
    setup.session_id = next_session_++;
    setup.user = "alice";
    setup.password = base::Secret("s3cret");
    setup.nonce = nonce_;
    setup.max_msg_size = max_msg_size;
    setup.devinf.device_id = device_;
    setup.devinf_type = "application/vnd.syncml-devinf+xml";
    setup.put_devinf = put_devinf;
    setup.get_devinf = false;
    setup.peer_devinf.emplace().number_of_changes = true;
    auto& info = setup.devinf.datastores.emplace_back();
    for (int i = 0; i < 30; ++i)
        info.capabilities.emplace_back().properties.emplace_back().name = "X-PROPERTY-" + std::to_string(i);
    order_.clear();
    for (const auto& [database, store] : stores) {
        ServiceSetup service;
        service.name = database;
        service.local_uri = "my-" + database;
        service.remote_uri = database;
        service.requested = type;
        service.own_last = store.own_last;
        service.own_next = "c" + std::to_string(next_anchor_++);
        service.peer_last = store.peer_last;
        service.pending_maps = store.pending_maps;
        setup.services.push_back(std::move(service));
        order_.push_back(database);
    }
    crude_size::install(setup);
    return setup;
}

void Client::carry_out(const Effect& effect, Run& run)
{
    if (const auto* nonce = std::get_if<SaveNonce>(&effect))
        nonce_ = nonce->nonce;
    else if (const auto* confirm = std::get_if<Confirm>(&effect)) {
        for (const auto& entry : confirm->entries)
            stores[order_[confirm->service]].note_confirmed(entry);
    } else if (const auto* maps = std::get_if<ConfirmMaps>(&effect))
        stores[order_[maps->service]].confirm_maps(maps->maps);
    else if (const auto* note = std::get_if<Note>(&effect))
        run.notes.push_back(note->text);
}

Client::Run Client::sync(SyncType type, std::optional<Cut> cut)
{
    Run run;
    for (auto& [uri, store] : stores) {
        store.forget_done();
        server_.databases[uri].forget_done();
    }
    Engine engine(setup(type));
    auto effects = engine.start();
    while (!engine.finished()) {
        for (const auto& effect : effects)
            carry_out(effect, run);
        const auto question = std::move(effects.back());
        if (const auto* prepare = std::get_if<Prepare>(&question))
            effects = engine.step(Prepared{stores[order_[prepare->service]].prepare(prepare->type)});
        else if (const auto* read = std::get_if<ReadChanges>(&question))
            effects = engine.step(stores[order_[read->service]].read(read->bytes));
        else if (const auto* apply = std::get_if<Apply>(&question)) {
            if (meanwhile)
                meanwhile();
            Applied applied;
            for (const auto& item : apply->items)
                applied.outcomes.push_back(stores[order_[apply->service]].apply(item));
            effects = engine.step(std::move(applied));
        } else if (const auto* conclude = std::get_if<Conclude>(&question)) {
            auto& store = stores[order_[conclude->service]];
            if (conclude->error)
                store.abandon();
            else
                store.commit(conclude->own_next, conclude->peer_next);
            effects = engine.step(Concluded{});
        } else {
            const auto& send = std::get<Send>(question);
            for (const auto& [service, luid] : send.luids)
                stores[order_[service]].note_sent(luid);
            const bool breaks = cut && cut->exchange == run.exchanges;
            ++run.exchanges;
            std::optional<syncml::Message> reply;
            if (!breaks || cut->after_the_server)
                reply = server_.respond(send.url, send.message);
            if (breaks)
                effects = engine.step(Broke{{base::Errc::Unreachable, "cut"}, {}});
            else
                effects = engine.step(Received{std::move(*reply)});
        }
    }
    for (const auto& effect : effects)
        carry_out(effect, run);
    run.error = std::get<Finished>(effects.back()).error;
    run.statistics = engine.statistics();
    for (const auto& database : order_) {
        run.at_server.push_back(server_.databases[database].done());
        run.at_client.push_back(stores[database].done());
    }
    return run;
}

} // namespace model
