#include "exchange.hpp"

#include "content.hpp"

#include <algorithm>
#include <utility>

namespace testserver {

using syncml::AlertCode;
using syncml::ItemVerb;
using syncml::StatusCode;
using syncml::SyncType;

Exchange::Exchange(Store& store, UnfinishedSyncs& unfinished, Store::Collection collection,
                   const DatastoreOptions& datastore, std::string device, std::string client_uri,
                   const Options& options, DatastoreReport& report)
    : store_(store), syncs_(unfinished), collection_(collection), datastore_(datastore), device_(std::move(device)),
      client_uri_(std::move(client_uri)), options_(options), report_(report)
{
}

StatusCode Exchange::agree(AlertCode requested, const syncml::Anchor& anchor, bool distrust)
{
    auto type = syncml::find_sync_type(requested);
    if (!type && requested != AlertCode::Resume)
        return StatusCode::OptionalFeatureNotSupported;

    const auto known = store_.find_anchors(collection_, device_);
    client_next_ = anchor.next;
    own_last_ = known ? known->server : "";
    own_next_ = store_.next_anchor();
    report_.requested = requested;

    if (!type && can_resume(anchor) && !distrust)
        return resume();
    auto status = StatusCode::Ok;
    if (type && options_.from_client_as_two_way && *type == SyncType::OneWayFromClient)
        type = SyncType::TwoWay;
    if (type && options_.slow_when_empty && type != SyncType::Slow && store_.list(collection_).empty()) {
        type = SyncType::Slow;
        status = StatusCode::RefreshRequired;
    }
    const bool trusted = known && !anchor.last.empty() && known->client == anchor.last && !distrust;
    if (!type && options_.resume == ResumePolicy::Override && trusted) {
        status = StatusCode::ResumeOverridden;
        type = SyncType::TwoWay;
    } else if (!type || (!trusted && (type == SyncType::TwoWay || type == SyncType::OneWayFromClient ||
                                      type == SyncType::OneWayFromServer))) {
        status = StatusCode::RefreshRequired;
        if (type == SyncType::OneWayFromClient)
            type = SyncType::RefreshFromClient;
        else if (type == SyncType::OneWayFromServer)
            type = SyncType::RefreshFromServer;
        else
            type = SyncType::Slow;
    }
    type_ = *type;
    report_.agreed = syncml::to_alert(type_);
    unfinished_ = syncs_.begin({collection_, device_});
    unfinished_->type = type_;
    unfinished_->client_last = anchor.last;
    unfinished_->own_last = own_last_;
    unfinished_->answer = status;
    return status;
}

bool Exchange::can_resume(const syncml::Anchor& anchor) const
{
    if (options_.resume != ResumePolicy::Yes && options_.resume != ResumePolicy::OriginalCode)
        return false;
    const auto left = syncs_.find({collection_, device_});
    return left && (anchor.last.empty() || anchor.last == left->client_last);
}

StatusCode Exchange::resume()
{
    unfinished_ = syncs_.find({collection_, device_});
    unfinished_->asked = false;
    type_ = unfinished_->type;
    own_last_ = unfinished_->own_last;
    report_.agreed = syncml::to_alert(type_);
    report_.resumed = unfinished_->begun;
    if (!options_.keeps_partial_objects)
        unfinished_->incoming.reset();
    if (auto& object = unfinished_->incoming) {
        object->resumed_at = object->data.size();
        object->doubtful = object->last_chunk;
    }
    // Before its first Sync the client may not have seen what we had answered, the type that runs.
    return report_.resumed ? StatusCode::Ok : unfinished_->answer;
}

void Exchange::filter(std::string record)
{
    report_.filter = std::move(record);
}

AlertCode Exchange::alert() const
{
    return report_.resumed && options_.resume == ResumePolicy::Yes ? AlertCode::Resume : syncml::to_alert(type_);
}

void Exchange::fall_back_to_slow()
{
    type_ = SyncType::Slow;
    report_.resumed = false;
    const auto before = std::exchange(unfinished_, syncs_.begin({collection_, device_}));
    unfinished_->type = type_;
    unfinished_->client_last = before->client_last;
    unfinished_->own_last = before->own_last;
}

void Exchange::begin()
{
    seen_ = true;
    report_.agreed = syncml::to_alert(type_);
    if (type_ == SyncType::Slow || syncml::is_refresh(type_)) {
        if (!unfinished_->begun) {
            // From here on the old anchors would promise links that no longer exist.
            store_.clear_links(collection_, device_);
            store_.clear_anchors(collection_, device_);
            if (type_ == SyncType::RefreshFromClient)
                store_.clear(collection_);
        }
        if (type_ == SyncType::Slow)
            build_index();
    }
    unfinished_->begun = true;
}

void Exchange::build_index()
{
    for (const auto& item : store_.list(collection_)) {
        by_content_.emplace(canonical(item.data), item.guid);
        if (auto about = key(item.data); !about.empty())
            by_key_.emplace(std::move(about), item.guid);
    }
}

std::optional<StoredItem> Exchange::take_match(std::unordered_multimap<std::string, std::string>& index,
                                               const std::string& key)
{
    while (true) {
        const auto found = index.find(key);
        if (found == index.end())
            return std::nullopt;
        const auto guid = found->second;
        index.erase(found);
        const auto item = store_.find(collection_, guid);
        // The other index may have given it away already.
        if (item && !store_.find_link_by_guid(collection_, device_, guid))
            return item;
    }
}

StatusCode Exchange::apply(ItemVerb verb, const syncml::Item& item, const std::string& data)
{
    const auto& luid = item.source->uri;
    if (const auto code = find_answer(verb, luid, data))
        return *code;
    const auto code = carry_out(verb, luid, data);
    if (!syncml::is_success(code) && code != StatusCode::ConflictResolvedServerWins && code != options_.matched)
        ++report_.from_client.failed;
    unfinished_->answered[luid] = {verb == ItemVerb::Delete, std::hash<std::string>()(data), code};
    return code;
}

/// Of what had been carried out before the sync broke off, and its Status perhaps lost.
std::optional<StatusCode> Exchange::find_answer(ItemVerb verb, const std::string& luid, const std::string& data)
{
    if (!may_repeat(luid))
        return std::nullopt;
    const auto& before = unfinished_->answered.at(luid);
    if (before.is_delete != (verb == ItemVerb::Delete) || before.digest != std::hash<std::string>()(data))
        return std::nullopt;
    if (before.is_delete)
        ++report_.repeated.removed;
    else if (before.code == StatusCode::ItemAdded)
        ++report_.repeated.added;
    else
        ++report_.repeated.updated;
    return options_.repeats_statuses ? before.code : StatusCode::AlreadyExists;
}

StatusCode Exchange::carry_out(ItemVerb verb, const std::string& luid, const std::string& data)
{
    switch (verb) {
    case ItemVerb::Add: return type_ == SyncType::Slow ? match(luid, data) : add(luid, data);
    case ItemVerb::Replace: return type_ == SyncType::Slow ? match(luid, data) : replace(luid, data);
    case ItemVerb::Delete: return type_ == SyncType::Slow ? StatusCode::Forbidden : remove(luid);
    case ItemVerb::Copy:
    case ItemVerb::Move: break;
    }
    return StatusCode::OptionalFeatureNotSupported;
}

Store::Collection Exchange::bin()
{
    return store_.collection("the bin", std::to_string(collection_));
}

/// An item of that name which was deleted, if it comes back.
std::optional<std::string> Exchange::take_from_bin(const std::string& data)
{
    if (!options_.restores_deleted)
        return std::nullopt;
    for (const auto& old : store_.list(bin()))
        if (key(old.data) == key(data)) {
            store_.remove(bin(), old.guid);
            return old.data;
        }
    return std::nullopt;
}

StatusCode Exchange::add(const std::string& luid, const std::string& data)
{
    if (options_.repeats_answers && store_.find_link(collection_, device_, luid))
        return replace(luid, data);
    if (options_.capacity && store_.list(collection_).size() >= *options_.capacity)
        return StatusCode::DeviceFull;
    const auto old = take_from_bin(data);
    const auto item = store_.add(collection_, old.value_or(data));
    // What came back instead is news to the client.
    store_.set_link(collection_, device_, {luid, item.guid, old ? 0 : item.revision});
    ++report_.from_client.added;
    return StatusCode::ItemAdded;
}

StatusCode Exchange::replace(const std::string& luid, const std::string& data)
{
    const auto link = store_.find_link(collection_, device_, luid);
    const auto item = link ? store_.find(collection_, link->guid) : std::nullopt;
    if (!item) {
        // Unknown, or deleted here while the client changed it: the change survives.
        store_.remove_link(collection_, device_, luid);
        return options_.adds_unknown ? add(luid, data) : StatusCode::NotFound;
    }
    if (item->revision > link->revision)
        return resolve(luid, *item, data);
    const auto written = store_.replace(collection_, item->guid, data);
    store_.set_link(collection_, device_, {luid, item->guid, written->revision});
    ++report_.from_client.updated;
    return StatusCode::Ok;
}

StatusCode Exchange::remove(const std::string& luid)
{
    const auto link = store_.find_link(collection_, device_, luid);
    if (!link)
        return StatusCode::ItemNotDeleted;
    if (options_.keeps_deleted)
        return StatusCode::Ok;
    store_.remove_link(collection_, device_, luid);
    const auto item = store_.find(collection_, link->guid);
    if (item && item->revision > link->revision && type_ == SyncType::TwoWay) {
        // Changed here while the client deleted it: the change survives and goes back as Add.
        ++report_.conflicts;
        return StatusCode::ConflictResolvedServerWins;
    }
    if (item && options_.restores_deleted)
        store_.add(bin(), item->data);
    store_.remove(collection_, link->guid);
    ++report_.from_client.removed;
    return StatusCode::Ok;
}

StatusCode Exchange::match(const std::string& luid, const std::string& data)
{
    if (store_.find_link(collection_, device_, luid))
        return replace(luid, data);
    if (!options_.pairs)
        return add(luid, data);
    if (const auto equal = take_match(by_content_, canonical(data))) {
        store_.set_link(collection_, device_, {luid, equal->guid, equal->revision});
        ++report_.matched;
        return options_.matched;
    }
    if (const auto about = key(data); !about.empty())
        if (const auto same = take_match(by_key_, about))
            return resolve(luid, *same, data);
    return add(luid, data);
}

StatusCode Exchange::resolve(const std::string& luid, const StoredItem& item, const std::string& data)
{
    if (canonical(item.data) == canonical(data)) {
        store_.set_link(collection_, device_, {luid, item.guid, item.revision});
        return StatusCode::Ok;
    }
    ++report_.conflicts;
    auto policy = options_.conflict;
    if (policy == ConflictPolicy::Newer)
        policy = changed_at(data) > changed_at(item.data) ? ConflictPolicy::ClientWins : ConflictPolicy::ServerWins;
    if (type_ == SyncType::OneWayFromClient)
        policy = ConflictPolicy::ClientWins; // nothing can go back
    switch (policy) {
    case ConflictPolicy::ClientWins: {
        const auto written = store_.replace(collection_, item.guid, data);
        store_.set_link(collection_, device_, {luid, item.guid, written->revision});
        ++report_.from_client.updated;
        return StatusCode::ConflictResolvedClientWins;
    }
    case ConflictPolicy::Duplicate: {
        // The client's copy becomes an item of its own; ours is new to the client.
        const auto copy = store_.add(collection_, data);
        store_.set_link(collection_, device_, {luid, copy.guid, copy.revision});
        ++report_.from_client.added;
        return StatusCode::ConflictResolvedWithDuplicate;
    }
    case ConflictPolicy::ServerWins:
    case ConflictPolicy::Newer: break;
    }
    // Revision 0: ours goes back as Replace.
    store_.set_link(collection_, device_, {luid, item.guid, 0});
    return StatusCode::ConflictResolvedServerWins;
}

void Exchange::plan(std::size_t max_octets, std::uint64_t max_object,
                    const std::function<std::size_t(const syncml::SyncCommand&)>& size, bool early)
{
    if (!syncml::server_sends(type_))
        return;
    for (auto& change : store_.changes(collection_, device_)) {
        if (early && change.kind != Change::Kind::Add)
            continue; // the client may still change it, too
        if (!report_.filter.empty() && change.kind != Change::Kind::Delete &&
            passes(store_.find(collection_, change.guid)->data, report_.filter) == false)
            continue;
        if (change.kind == Change::Kind::Add &&
            (unfinished_->unmapped.contains(change.guid) || !planned_.insert(change.guid).second))
            continue; // the client has it; only the Map is missing
        Outgoing out;
        out.change = change;
        syncml::Item item;
        if (change.kind == Change::Kind::Add)
            item.source = syncml::Location{id_to_send(change.guid), {}};
        else
            item.target = syncml::Location{change.luid, {}};
        switch (change.kind) {
        case Change::Kind::Add: out.command.verb = ItemVerb::Add; break;
        case Change::Kind::Replace: out.command.verb = ItemVerb::Replace; break;
        case Change::Kind::Delete:
            out.command.verb = ItemVerb::Delete;
            out.command.archive = options_.deletes == DeleteMark::Archive;
            out.command.soft_delete = options_.deletes == DeleteMark::Soft;
            break;
        }
        if (change.kind != Change::Kind::Delete) {
            out.command.meta.type = datastore_.type;
            item.data = store_.find(collection_, change.guid)->data;
        }
        out.command.items.push_back(std::move(item));
        out.command.cmd_id = 999'999; // the longest that can come
        if (size(out.command) > max_octets && out.command.items.front().text().size() > max_object) {
            ++report_.too_large;
            continue;
        }
        outgoing_.push_back(std::move(out));
        report_.sent_early += early ? 1 : 0;
    }
    go_on_with_chunks();
}

void Exchange::go_on_with_chunks()
{
    const auto on_its_way = std::exchange(unfinished_->outgoing, std::nullopt);
    if (!on_its_way)
        return;
    const auto found = std::ranges::find_if(outgoing_, [&](const Outgoing& out) {
        return out.change.guid == on_its_way->first.guid && out.change.kind == on_its_way->first.kind &&
               out.change.revision == on_its_way->first.revision;
    });
    if (found == outgoing_.end())
        return;
    auto out = std::move(*found);
    outgoing_.erase(found);
    out.data = std::get<std::string>(std::exchange(out.command.items.front().data, {}));
    out.in_chunks = out.resumed = true;
    out.sent = on_its_way->second;
    outgoing_.push_front(std::move(out));
    unfinished_->outgoing = on_its_way;
}

void Exchange::on_chunk_accepted()
{
    auto& out = outgoing_.front();
    out.waits = out.resumed = false;
    unfinished_->outgoing.emplace(out.change, out.sent);
}

void Exchange::restart_chunks()
{
    auto& out = outgoing_.front();
    out.waits = out.resumed = false;
    out.sent = 0;
    unfinished_->outgoing.reset();
}

void Exchange::give_up_chunks(StatusCode code)
{
    if (outgoing_.empty() || !outgoing_.front().in_chunks)
        return;
    on_status(outgoing_.front().change, code);
    outgoing_.pop_front();
}

void Exchange::on_sent(const Change& change)
{
    if (change.kind == Change::Kind::Add)
        store_.set_offer(collection_, device_, change.guid, change.revision);
}

void Exchange::on_status(const Change& change, StatusCode code)
{
    if (unfinished_->outgoing && unfinished_->outgoing->first.guid == change.guid)
        unfinished_->outgoing.reset();
    const bool gone = code == StatusCode::NotFound || code == StatusCode::Gone;
    switch (change.kind) {
    case Change::Kind::Add:
        if (!syncml::is_success(code) && code != StatusCode::AlreadyExists) {
            ++report_.to_client.failed;
            store_.take_offer(collection_, device_, change.guid);
            return;
        }
        ++report_.to_client.added;
        if (options_.adds_again)
            add_again(change.guid);
        if (!store_.find_link_by_guid(collection_, device_, change.guid))
            unfinished_->unmapped.insert(change.guid);
        return;
    case Change::Kind::Replace:
        if (!syncml::is_success(code)) {
            ++report_.to_client.failed;
            if (gone) // it will come back as Add
                store_.remove_link(collection_, device_, change.luid);
            return;
        }
        ++report_.to_client.updated;
        store_.set_link(collection_, device_, {change.luid, change.guid, change.revision});
        return;
    case Change::Kind::Delete:
        if (!syncml::is_success(code) && !gone) {
            ++report_.to_client.failed;
            return;
        }
        if (!gone && code != StatusCode::ItemNotDeleted)
            ++report_.to_client.removed;
        report_.not_archived += code == StatusCode::DeleteWithoutArchive ? 1 : 0;
        store_.remove_link(collection_, device_, change.luid);
        return;
    }
}

// DevInf 1.2, MaxGUIDSize: who has a longer GUID sends another id in its place, which holds until the Map.
std::string Exchange::id_to_send(const std::string& guid)
{
    if (!options_.temporary_ids)
        return guid;
    auto& guids = syncs_.temporary_ids({collection_, device_});
    const auto known = std::ranges::find_if(guids, [&](const auto& each) { return each.second == guid; });
    if (known != guids.end())
        return known->first;
    std::string id;
    for (int number = 1; id.empty() || guids.contains(id); ++number)
        id = "t" + std::to_string(number);
    guids.emplace(id, guid);
    return id;
}

bool Exchange::map(const syncml::MapItem& item)
{
    auto guid = item.guid;
    auto& temporary = syncs_.temporary_ids({collection_, device_});
    if (const auto found = temporary.find(item.guid); found != temporary.end())
        guid = temporary.extract(found).mapped();
    const auto revision = store_.take_offer(collection_, device_, guid);
    if (!revision) {
        // A Map that is repeated because its Status was lost.
        const auto link = store_.find_link(collection_, device_, item.luid);
        return link && (link->guid == guid || options_.temporary_ids);
    }
    store_.set_link(collection_, device_, {item.luid, guid, *revision});
    ++report_.maps;
    unfinished_->unmapped.erase(guid);
    return true;
}

void Exchange::add_again(const std::string& guid)
{
    const auto item = store_.find(collection_, guid);
    if (!item || outgoing_.empty() || !added_again_.insert(guid).second)
        return;
    Outgoing out;
    out.change = {Change::Kind::Add, guid, {}, item->revision};
    out.command.verb = ItemVerb::Add;
    out.command.meta.type = datastore_.type;
    auto& again = out.command.items.emplace_back();
    again.source = syncml::Location{guid, {}};
    again.data = item->data;
    outgoing_.push_back(std::move(out));
    ++report_.added_again;
}

void Exchange::commit()
{
    store_.set_anchors(collection_, device_, {client_next_, own_next_});
    syncs_.finish({collection_, device_});
    report_.completed = true;
}

} // namespace testserver
