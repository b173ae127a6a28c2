#include "datastore/embedded.hpp"

#include "datastore/outgoing.hpp"
#include "item/item.hpp"

#include <cassert>
#include <optional>
#include <utility>

namespace datastore {

using session::Incoming;
using session::IncomingKind;
using session::Outcome;
using session::SyncType;
using storage::ItemStore;
using syncml::StatusCode;

class Embedded::Impl {
public:
    Impl(ItemStore& item_store, storage::SyncState& sync_state, Setup setup)
        : items(item_store), state(sync_state), scope{setup.profile, setup.service, setup.kind, setup.mark, 0},
          database(state.identity() + " " + setup.uri)
    {
    }

    Outcome apply(const Incoming& incoming);
    /// The LUID it names; a server may name it by its own id alone, or put our path before it.
    std::string luid_of(const Incoming& incoming) const;
    Outcome add(const Incoming& incoming, const std::string& data);
    Outcome replace(const Incoming& incoming, const std::string& data);
    Outcome remove(const Incoming& incoming);
    /// What may be stored of it, or the Status that refuses it.
    std::optional<StatusCode> refuse(const Incoming& incoming, std::string& data) const;
    /// Edits after this revision are not overwritten.
    std::uint64_t guard() const { return syncml::client_sends(type) || refreshes() ? scope.upto : scope.mark; }
    bool refreshes() const { return type == SyncType::RefreshFromServer; }

    ItemStore& items;
    storage::SyncState& state;
    Scope scope;
    const std::string database; ///< whose GUIDs they are
    SyncType type = SyncType::TwoWay;
    std::optional<Outgoing> outgoing; ///< from `prepare` on
};

Embedded::Embedded(ItemStore& items, storage::SyncState& state, Setup setup)
    : impl_(std::make_unique<Impl>(items, state, std::move(setup)))
{
}

Embedded::~Embedded() = default;

std::uint64_t Embedded::prepare(SyncType type)
{
    auto& scope = impl_->scope;
    impl_->type = type;
    impl_->items.attach_peer(scope.kind, scope.profile, impl_->database);
    scope.upto = impl_->items.revision();
    return impl_->outgoing.emplace(impl_->items, impl_->state, scope, type).total();
}

session::Changes Embedded::read(std::size_t bytes)
{
    return impl_->outgoing->read(bytes);
}

void Embedded::note_sent(const std::vector<std::string>& luids)
{
    impl_->outgoing->note_sent(luids);
}

void Embedded::note_confirmed(const std::vector<session::Confirm::Entry>& entries)
{
    impl_->outgoing->note_confirmed(entries);
}

// ---- incoming ----------------------------------------------------------------------

std::vector<Outcome> Embedded::apply(const std::vector<Incoming>& items)
{
    std::vector<Outcome> outcomes;
    impl_->items.in_transaction([&] {
        for (const auto& incoming : items)
            outcomes.push_back(impl_->apply(incoming));
    });
    return outcomes;
}

Outcome Embedded::Impl::apply(const Incoming& incoming)
{
    if (incoming.kind == IncomingKind::Delete)
        return remove(incoming);
    std::string data;
    if (const auto refusal = refuse(incoming, data))
        return {*refusal, {}};
    // Some servers send Replace for what they add.
    return incoming.kind == IncomingKind::Add || incoming.luid.empty() ? add(incoming, data) : replace(incoming, data);
}

std::string Embedded::Impl::luid_of(const Incoming& incoming) const
{
    if (incoming.luid.empty())
        return items.find_by_guid(scope.kind, scope.profile, incoming.guid).value_or(std::string());
    return incoming.luid.substr(incoming.luid.rfind('/') + 1); // npos + 1: all of it
}

std::optional<StatusCode> Embedded::Impl::refuse(const Incoming& incoming, std::string& data) const
{
    if (incoming.data.size() > item::max_bytes)
        return StatusCode::RequestEntityTooLarge;
    auto checked = item::check(incoming.data);
    const auto wanted = scope.kind == storage::ItemKind::Contact ? item::Kind::Contact : item::Kind::Event;
    if (!checked || item::kind(checked->form) != wanted)
        return StatusCode::UnsupportedMediaType;
    data = std::move(checked->data);
    return std::nullopt;
}

Outcome Embedded::Impl::add(const Incoming& incoming, const std::string& data)
{
    // Without an id of the server's it could never be mapped, and would come again.
    if (incoming.guid.empty())
        return {StatusCode::IncompleteCommand, {}};
    const auto placing = refreshes()              ? ItemStore::Placing::Stage
                         : type == SyncType::Slow ? ItemStore::Placing::Match
                                                  : ItemStore::Placing::Insert;
    auto write = items.add_from_peer(scope.kind, scope.profile, incoming.guid, data, placing);
    return {write.created ? StatusCode::ItemAdded : StatusCode::Ok, std::move(write.luid)};
}

Outcome Embedded::Impl::replace(const Incoming& incoming, const std::string& data)
{
    const auto result = refreshes()
                            ? items.stage_replacement(scope.kind, scope.profile, luid_of(incoming), data)
                            : items.replace_from_peer(scope.kind, scope.profile, luid_of(incoming), data, guard());
    switch (result) {
    case ItemStore::PeerWrite::Done: return {StatusCode::Ok, {}};
    case ItemStore::PeerWrite::EditedMeanwhile: return {StatusCode::Conflict, {}};
    case ItemStore::PeerWrite::Missing: break;
    }
    // With the server's id it can be stored and mapped anew; without, the server has to add it.
    return incoming.guid.empty() ? Outcome{StatusCode::NotFound, {}} : add(incoming, data);
}

Outcome Embedded::Impl::remove(const Incoming& incoming)
{
    const auto result = refreshes() ? items.unstage(scope.kind, scope.profile, luid_of(incoming))
                                    : items.remove_from_peer(scope.kind, scope.profile, luid_of(incoming), guard());
    switch (result) {
    case ItemStore::PeerWrite::Done: return {StatusCode::Ok, {}};
    case ItemStore::PeerWrite::EditedMeanwhile: return {StatusCode::Conflict, {}};
    case ItemStore::PeerWrite::Missing: break;
    }
    return {StatusCode::ItemNotDeleted, {}};
}

// ---- the end -----------------------------------------------------------------------

std::uint64_t Embedded::commit()
{
    auto& items = impl_->items;
    auto& scope = impl_->scope;
    std::uint64_t removed = 0;
    if (impl_->refreshes()) {
        // The maps of staged items are not in the state yet, so all GUIDs are still needed.
        removed = items.publish_staged(scope.kind, scope.profile, scope.upto);
    } else {
        std::vector<std::string> unconfirmed;
        for (auto& map : impl_->state.pending_maps(scope.service))
            unconfirmed.push_back(std::move(map.guid));
        items.settle_guids(scope.kind, scope.profile, unconfirmed);
    }
    scope.mark = impl_->outgoing->settle();
    return removed;
}

std::uint64_t Embedded::mark() const
{
    return impl_->scope.mark;
}

void Embedded::abandon()
{
    impl_->items.drop_staged(impl_->scope.kind, impl_->scope.profile);
}

} // namespace datastore
