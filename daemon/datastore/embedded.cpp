#include "datastore/embedded.hpp"

#include "datastore/course.hpp"
#include "datastore/outgoing.hpp"
#include "datastore/pairing.hpp"
#include "datastore/recognition.hpp"
#include "datastore/reconciler.hpp"
#include "item/audience.hpp"
#include "item/conversion.hpp"
#include "item/item.hpp"
#include "item/merge.hpp"
#include "kinds/service_kind.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace datastore {

using session::Incoming;
using session::IncomingKind;
using session::Outcome;
using session::SyncType;
using storage::ItemStore;
using syncml::StatusCode;

namespace {

/// `120 items were deleted, 3 changed and 8 added that are nearly the same as ones here`
std::string words(const storage::LossCounts& losses)
{
    const std::pair<std::uint64_t, std::string_view> all[] = {
        {losses.removals, "deleted"},
        {losses.updates, "changed"},
        {losses.merges, "added that are nearly the same as ones here"}};
    std::vector<std::string> parts;
    for (const auto& [count, done] : all) {
        if (count > 0 && parts.empty())
            parts.push_back(fmt::format("{} {} {}", count, count == 1 ? "item was" : "items were", done));
        else if (count > 0)
            parts.push_back(fmt::format("{} {}", count, done));
    }
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i)
        text += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
    return text;
}

} // namespace

class Embedded::Impl {
public:
    Impl(ItemStore& item_store, storage::SyncState& sync_state, Setup setup)
        : items(item_store), state(sync_state), reviews(items),
          guard(setup.guard), scope{setup.profile, setup.service, setup.kind, setup.mark, 0},
          database(state.identity() + " " + setup.uri), can_go_on(setup.can_go_on), policy(setup.policy),
          most(setup.most), peer_losses(items, state, scope, std::move(setup.listed), std::move(setup.rooms)),
          recognition(items, state, scope)
    {
    }

    /// Throws when there are so many of them that somebody is to look first.
    void judge_changes(SyncType asked);
    /// So many items of the server come: from here on what it changes may have to be planned first.
    void note_arrival(std::size_t count, std::uint64_t announced);
    /// Carries out what is planned, or holds it.
    void settle_plan();
    Outcome apply(Incoming& incoming);
    /// The LUID it names; a server may name it by its own id alone, or put our path before it.
    std::string luid_of(const Incoming& incoming) const;
    Outcome add(Incoming& incoming);
    /// An Add of what the server has added before, and has had the LUID of. Nothing: it is none, or another item's GUID
    /// by now.
    std::optional<Outcome> add_again(Incoming& incoming);
    Outcome replace(const std::string& luid, Incoming& incoming);
    /// What the server sends of an item, with what it does not keep of it.
    std::string complete(const std::string& luid, std::string data);
    Outcome remove(const Incoming& incoming);
    /// Leaves in it what may be stored of it. The Status that refuses it.
    std::optional<StatusCode> refuse(Incoming& incoming) const;
    void recall_quarantine();
    void release(bool from_server, std::vector<std::string> ids);
    /// What the item is to hold after the server has changed it: what it could not be told of ours stays, unless the
    /// two contradict each other. Nothing: it was told everything.
    std::optional<item::Merge> merge_untold(const std::string& luid, const std::string& theirs) const;
    bool refreshes() const { return type == SyncType::RefreshFromServer; }
    /// What the sides knew of each other's items before does not hold.
    bool compares() const { return type == SyncType::Slow || syncml::is_refresh(type); }

    ItemStore& items;
    storage::SyncState& state;
    storage::Reviews reviews;
    const Guard guard;
    Scope scope;
    const std::string database; ///< whose GUIDs they are
    const bool can_go_on;
    const ConflictPolicy policy;
    const std::size_t most; ///< octets of an item
    Losses peer_losses;
    Recognition recognition;
    storage::Luids arrived_there; ///< of what was sent in this session, what the server has taken as it is
    SyncType type = SyncType::TwoWay;
    bool has_much = false;                              ///< so much that the guard may have something to say
    bool plans = false;                                 ///< what the server changes, from here on
    std::uint64_t arrived = 0;                          ///< of the server's items
    std::string held;                                   ///< in words
    std::set<std::pair<bool, std::string>> quarantined; ///< from the server, id
    std::optional<Course> course;                       ///< from `prepare` on
    std::optional<Outgoing> outgoing;                   ///< from `prepare` on
    std::optional<Reconciler> reconciler;
    std::vector<std::string> notes;
};

Embedded::Embedded(ItemStore& items, storage::SyncState& state, Setup setup)
    : impl_(std::make_unique<Impl>(items, state, std::move(setup)))
{
}

Embedded::~Embedded() = default;

std::vector<syncml::MapItem> Embedded::pending_maps()
{
    std::vector<syncml::MapItem> maps;
    for (auto& entry : impl_->items.unmapped(impl_->scope.kind, impl_->scope.profile, impl_->database))
        maps.push_back({std::move(entry.guid), std::move(entry.luid)});
    return maps;
}

// ---- what somebody is to look at first (docs/decisions/0020-review.md) ---------------------

void Embedded::admit(SyncType type)
{
    auto& reviews = impl_->reviews;
    const auto& scope = impl_->scope;
    impl_->items.in_transaction([&] { impl_->settle_plan(); }); // of a session that broke off
    if (reviews.held(scope.kind, scope.profile).any())
        throw HeldForReview(impl_->held.empty() ? "what was found before waits to be looked at" : impl_->held);
    if (type == SyncType::Slow && impl_->guard.holds_slow && scope.mark > 0 &&
        !reviews.is_slow_agreed(scope.kind, scope.profile)) {
        reviews.hold(scope.kind, scope.profile, {.slow = true});
        throw HeldForReview("the server wants to compare all items of both sides (a slow sync), as if it did not know "
                            "the last session, and the profile lets that wait");
    }
    impl_->judge_changes(type);
}

void Embedded::Impl::judge_changes(SyncType asked)
{
    if (!guard.is_on() || !syncml::client_sends(asked) || asked == SyncType::Slow || scope.mark == 0)
        return;
    const auto upto = items.revision();
    const auto from = std::max(scope.mark, reviews.agreed_to(scope.kind, scope.profile));
    const auto losses = reviews.count_losses(scope.kind, scope.profile, from, upto);
    if (losses.total() <= guard.items)
        return;
    const auto population = items.count(scope.kind, upto, {}) + losses.removals;
    if (!guard.stops(losses, population))
        return;
    reviews.hold(scope.kind, scope.profile, {.outgoing = true});
    throw HeldForReview(fmt::format("here {}, of {} items; nothing of that was sent", words(losses), population));
}

void Embedded::Impl::note_arrival(std::size_t count, std::uint64_t announced)
{
    arrived += count;
    const bool are_few = announced > 0 && announced <= guard.items && arrived <= announced;
    plans = plans || (has_much && !are_few);
    if (plans)
        reconciler->plan();
}

void Embedded::Impl::settle_plan()
{
    const auto planned = reviews.count_planned(scope.kind, scope.profile);
    if (planned.total() > guard.items) {
        const auto population = items.count(scope.kind, items.revision(), {});
        if (guard.stops(planned, population)) {
            reviews.hold(scope.kind, scope.profile, {.incoming = true});
            held = fmt::format("on the server {}, of {} items here; nothing of that was done here", words(planned),
                               population);
            return;
        }
    }
    reviews.carry_out(scope.kind, scope.profile);
}

std::string Embedded::held() const
{
    return impl_->held;
}

// ---- the beginning -------------------------------------------------------------------

void Embedded::meet(item::Audience server)
{
    impl_->recognition.meet(server);
    impl_->scope.server = std::move(server);
}

std::uint64_t Embedded::prepare(SyncType type, bool resumed)
{
    auto& scope = impl_->scope;
    auto& items = impl_->items;
    impl_->type = type;
    items.attach_peer(scope.kind, scope.profile, impl_->database);
    // A slow sync that broke off has voided the mark, but not what the server knew of our items before it.
    const auto known_to = scope.mark > 0 ? scope.mark : items.settled_to(scope.kind, scope.profile);
    if (impl_->compares() && !resumed) {
        // The server may give an old GUID to another item; what it holds of ours is found by its content.
        items.forget_guids(scope.kind, scope.profile);
        scope.mark = 0;
    }
    scope.upto = items.revision();
    impl_->has_much = impl_->guard.is_on() && items.count(scope.kind) > impl_->guard.items;
    impl_->recall_quarantine();
    impl_->recognition.begin(type);
    impl_->course.emplace(resumed ? Course::go_on(impl_->state, scope.service)
                                  : Course::begin(impl_->state, scope.service, type, scope.upto, impl_->can_go_on));
    if (impl_->compares() && resumed) {
        scope.upto = impl_->course->upto();
        impl_->recognition.recall(*impl_->course);
    }
    const auto total = impl_->outgoing.emplace(items, impl_->state, scope, type, *impl_->course).total();
    impl_->reconciler.emplace(items, impl_->reviews, *impl_->outgoing, scope, impl_->policy, known_to);
    return total;
}

void Embedded::Impl::recall_quarantine()
{
    std::vector<std::string> deleted; // here: nobody misses them there
    for (auto& item : state.quarantined()) {
        if (item.service != scope.service)
            continue;
        if (!item.from_server && !items.find(scope.kind, item.id))
            deleted.push_back(item.id);
        quarantined.insert({item.from_server, std::move(item.id)});
    }
    release(false, std::move(deleted));
}

session::Changes Embedded::read(std::size_t bytes)
{
    return impl_->outgoing->read(bytes);
}

void Embedded::note_sent(const std::vector<std::string>& luids)
{
    impl_->course->on_moving();
    impl_->items.note_look(impl_->scope.kind, impl_->scope.profile, impl_->scope.upto);
    impl_->outgoing->note_sent(luids);
}

void Embedded::note_confirmed(const std::vector<session::Confirm::Entry>& entries)
{
    if (std::ranges::any_of(entries, [](const auto& entry) { return entry.verdict != session::Verdict::PutOff; }))
        impl_->course->on_moved();
    impl_->outgoing->note_confirmed(entries);
    std::vector<std::string> taken;
    if (!impl_->quarantined.empty())
        for (const auto& entry : entries)
            if (entry.verdict == session::Verdict::Taken)
                taken.push_back(entry.luid);
    impl_->release(false, std::move(taken));
    impl_->recognition.note_confirmed(entries);
    for (const auto& entry : entries)
        if (!impl_->compares() && entry.verdict == session::Verdict::Taken &&
            entry.kind != session::ChangeKind::Delete &&
            (entry.status == StatusCode::Ok || entry.status == StatusCode::ItemAdded))
            impl_->arrived_there.insert(entry.luid);
}

void Embedded::note_part_sent(const std::string& luid, const session::PartSent& part)
{
    impl_->course->on_moved();
    impl_->outgoing->note_part(luid, part);
}

// ---- incoming ----------------------------------------------------------------------

void Embedded::keep_chunk(const session::PartReceived& part, bool first)
{
    if (!impl_->course->can_go_on())
        return;
    impl_->course->on_moving();
    impl_->course->on_moved();
    const auto& service = impl_->scope.service;
    if (!first)
        return impl_->state.add_chunk_received(service, part.chunks.at(0));
    impl_->state.keep_part_received(service, {static_cast<int>(part.verb), part.target, part.source, part.type,
                                              part.format, part.size, part.chunks});
}

void Embedded::drop_part()
{
    impl_->state.clear_part_received(impl_->scope.service);
}

std::vector<Outcome> Embedded::apply(std::vector<Incoming> items, std::uint64_t announced)
{
    impl_->course->on_moving();
    impl_->course->on_moved();
    impl_->note_arrival(items.size(), announced);
    if (impl_->type == SyncType::Slow)
        impl_->state.note_slow_since(impl_->scope.service, impl_->scope.upto);
    const bool adds =
        std::any_of(items.begin(), items.end(), [](const Incoming& one) { return one.kind != IncomingKind::Delete; });
    if (adds)
        impl_->recognition.learn();
    std::vector<Outcome> outcomes;
    impl_->items.in_transaction([&] {
        for (auto& incoming : items)
            outcomes.push_back(impl_->apply(incoming));
    });
    std::vector<std::string> taken;
    if (!impl_->quarantined.empty())
        for (std::size_t i = 0; i < items.size(); ++i)
            if (syncml::is_success(outcomes[i].status) || items[i].kind == IncomingKind::Delete)
                taken.push_back(items[i].guid.empty() ? items[i].luid : items[i].guid);
    impl_->release(true, std::move(taken));
    return outcomes;
}

Outcome Embedded::Impl::apply(Incoming& incoming)
{
    if (incoming.kind == IncomingKind::Delete)
        return remove(incoming);
    if (const auto refusal = refuse(incoming))
        return {*refusal, {}};
    // Some servers send Replace for what they add.
    return incoming.kind == IncomingKind::Add || incoming.luid.empty() ? add(incoming)
                                                                       : replace(luid_of(incoming), incoming);
}

std::string Embedded::Impl::luid_of(const Incoming& incoming) const
{
    if (incoming.luid.empty())
        return items.find_by_guid(scope.kind, scope.profile, incoming.guid).value_or(std::string());
    return incoming.luid.substr(incoming.luid.rfind('/') + 1); // npos + 1: all of it
}

std::optional<StatusCode> Embedded::Impl::refuse(Incoming& incoming) const
{
    if (incoming.data.size() > most)
        return StatusCode::RequestEntityTooLarge;
    auto checked = item::check(std::move(incoming.data), kinds::of(scope.kind).content);
    if (checked && checked->data.size() > most) // with the line ends that it has here
        return StatusCode::RequestEntityTooLarge;
    if (!checked)
        return StatusCode::UnsupportedMediaType;
    incoming.data = std::move(checked->data);
    if (checked->form == item::Form::PlainText && is_of_directory(scope.kind)) { // of which the programs know nothing
        if (auto journal = item::convert(incoming.data, item::Form::ICalendar20))
            incoming.data = std::move(journal->data);
    }
    return std::nullopt;
}

Outcome Embedded::Impl::add(Incoming& incoming)
{
    // Without an id of the server's it could never be mapped, and would come again.
    if (incoming.guid.empty())
        return {StatusCode::IncompleteCommand, {}};
    if (auto outcome = add_again(incoming))
        return std::move(*outcome);
    const auto placing = refreshes() ? ItemStore::Placing::Stage : ItemStore::Placing::Match;
    auto write = recognition.add(incoming.guid, incoming.data, placing);
    return {write.created ? StatusCode::ItemAdded : StatusCode::Ok, std::move(write.luid)};
}

std::optional<Outcome> Embedded::Impl::add_again(Incoming& incoming)
{
    const auto luid = recognition.find_mapped(incoming.guid, incoming.data);
    if (!luid)
        return std::nullopt;
    if (recognition.was_made_anew(*luid)) {
        // It has made a second item of our edit, which is the one that it knows under the LUID.
        if (reconciler->find_base(*luid) != incoming.data)
            (void)reconciler->replace(*luid, incoming.data);
        return Outcome{StatusCode::ItemAdded,
                       items.add_surplus(scope.kind, scope.profile, incoming.guid, incoming.data)};
    }
    items.note_unmapped(scope.kind, scope.profile, incoming.guid);
    auto outcome = replace(*luid, incoming);
    if (syncml::is_success(outcome.status)) {
        outgoing->note_found(*luid);
        outcome.luid = *luid;
    }
    return outcome;
}

std::string Embedded::Impl::complete(const std::string& luid, std::string data)
{
    const auto head = items.find_head(scope.kind, scope.profile, luid);
    if (!head || !head->alive)
        return data;
    // What is not edited, or sent, is what the server had; of an edit that it has not, what was before.
    const bool has_ours = head->written_by_profile || head->revision <= outgoing->overwritable_to(luid);
    auto ours = has_ours ? items.find(scope.kind, luid) : std::nullopt;
    const auto sent =
        ours ? std::optional(item::render(std::move(ours->data), scope.server).data) : reconciler->find_base(luid);
    if (!sent)
        return data;
    using Evidence = Losses::Evidence;
    const auto evidence = compares() || outgoing->is_overruled(luid) ? Evidence::None
                          : arrived_there.contains(luid)             ? Evidence::Strong
                                                                     : Evidence::Weak;
    return peer_losses.restore(*sent, std::move(data), evidence);
}

Outcome Embedded::Impl::replace(const std::string& luid, Incoming& incoming)
{
    auto& data = incoming.data;
    if (!refreshes())
        data = complete(luid, std::move(data));
    if (!refreshes() && outgoing->is_overruled(luid))
        return reconciler->replace(luid, data);
    const auto untold = refreshes() ? std::nullopt : merge_untold(luid, data);
    if (untold && !untold->conflicts.empty())
        return reconciler->replace(luid, data);
    const auto& text = untold ? untold->text : data;
    const auto result =
        refreshes() ? items.stage_replacement(scope.kind, scope.profile, luid, data)
        : plans     ? reviews.plan_replacement(scope.kind, scope.profile, luid, text, outgoing->overwritable_to(luid))
                    : items.replace_from_peer(scope.kind, scope.profile, luid, text, outgoing->overwritable_to(luid));
    switch (result) {
    case ItemStore::PeerWrite::Done: return {StatusCode::Ok, {}};
    case ItemStore::PeerWrite::EditedMeanwhile: return reconciler->replace(luid, data);
    case ItemStore::PeerWrite::Missing: break;
    }
    // With the server's id it can be stored and mapped anew; without, the server has to add it.
    return incoming.guid.empty() ? Outcome{StatusCode::NotFound, {}} : add(incoming);
}

std::optional<item::Merge> Embedded::Impl::merge_untold(const std::string& luid, const std::string& theirs) const
{
    const auto ours = items.find(scope.kind, luid);
    if (!ours || !item::may_be_rendered(ours->data, scope.server))
        return std::nullopt;
    const auto told = item::render(ours->data, scope.server).data;
    if (told == ours->data)
        return std::nullopt;
    auto merge = item::merge(told, ours->data, theirs);
    return merge ? std::optional(std::move(*merge)) : std::nullopt;
}

Outcome Embedded::Impl::remove(const Incoming& incoming)
{
    const auto luid = luid_of(incoming);
    // Who archives nothing deletes, and says so (RepPro 1.2, Archive).
    const auto done = incoming.archive ? StatusCode::DeleteWithoutArchive : StatusCode::Ok;
    // The item is only to make room here. What another profile holds as well is not this server's to take away: its
    // server would be told of a deletion that nobody meant.
    if (incoming.soft_delete && !refreshes() && items.has_other_peer(scope.kind, scope.profile) &&
        items.find(scope.kind, luid).has_value())
        return {done,
                {},
                fmt::format("item {} stays, though the server wants it off this device: another profile has "
                            "it, too",
                            luid)};
    if (!refreshes() && outgoing->is_overruled(luid))
        return reconciler->remove(luid, done);
    const auto result = refreshes() ? items.unstage(scope.kind, scope.profile, luid)
                        : plans
                            ? reviews.plan_removal(scope.kind, scope.profile, luid, outgoing->overwritable_to(luid))
                            : items.remove_from_peer(scope.kind, scope.profile, luid, outgoing->overwritable_to(luid));
    switch (result) {
    case ItemStore::PeerWrite::Done: return {done, {}};
    case ItemStore::PeerWrite::EditedMeanwhile: return reconciler->remove(luid, done);
    case ItemStore::PeerWrite::Missing: break;
    }
    return {StatusCode::ItemNotDeleted, {}};
}

void Embedded::quarantine(const std::vector<session::Quarantine::Item>& items)
{
    std::vector<storage::QuarantinedItem> refused;
    for (const auto& item : items) {
        auto size = item.size;
        if (const auto ours = item.from_server ? std::nullopt : impl_->items.find(impl_->scope.kind, item.id))
            size = ours->data.size();
        refused.push_back(
            {impl_->scope.service, item.from_server, item.id, static_cast<int>(item.status), item.why, size});
        impl_->quarantined.insert({item.from_server, item.id});
    }
    impl_->state.quarantine(refused);
}

/// Whatever was refused of them before.
void Embedded::Impl::release(bool from_server, std::vector<std::string> ids)
{
    std::erase_if(ids, [&](const auto& id) { return quarantined.erase({from_server, id}) == 0; });
    if (!ids.empty())
        state.release(scope.service, from_server, ids);
}

void Embedded::note_mapped(const std::vector<syncml::MapItem>& maps)
{
    std::vector<storage::MapEntry> entries;
    for (const auto& map : maps)
        entries.push_back({map.guid, map.luid});
    impl_->items.note_mapped(impl_->scope.kind, impl_->scope.profile, entries);
}

// ---- the end -----------------------------------------------------------------------

std::uint64_t Embedded::commit()
{
    auto& items = impl_->items;
    auto& scope = impl_->scope;
    std::uint64_t removed = 0;
    Pairing pairing(items, impl_->reviews, scope, *impl_->reconciler);
    if (impl_->type == SyncType::Slow)
        pairing.plan(impl_->recognition.doubled(), impl_->recognition.taken(),
                     impl_->state.slow_since(scope.service).value_or(scope.upto));
    items.in_transaction([&] {
        if (impl_->refreshes()) {
            items.note_look(scope.kind, scope.profile, scope.upto);
            removed =
                items.publish_staged(scope.kind, scope.profile, scope.upto,
                                     impl_->has_much ? ItemStore::Publishing::Planned : ItemStore::Publishing::AtOnce);
        }
        impl_->settle_plan();
        if (impl_->held.empty())
            pairing.note_conflicts();
    });
    if (impl_->held.empty()) {
        impl_->reviews.settle(scope.kind, scope.profile);
        impl_->notes = pairing.notes();
    } else {
        removed = 0;
    }
    scope.mark = impl_->outgoing->settle();
    items.note_settled(scope.kind, scope.mark);
    items.promise_mark(scope.kind, scope.profile, scope.mark);
    return removed;
}

std::vector<std::string> Embedded::take_notes()
{
    auto notes = std::exchange(impl_->notes, {});
    for (auto& note : impl_->peer_losses.take_notes())
        notes.push_back(std::move(note));
    for (auto& note : impl_->outgoing ? impl_->outgoing->take_notes() : std::vector<std::string>())
        notes.push_back(std::move(note));
    return notes;
}

std::uint64_t Embedded::mark() const
{
    return impl_->scope.mark;
}

void Embedded::abandon()
{
    impl_->items.drop_staged(impl_->scope.kind, impl_->scope.profile);
    impl_->items.in_transaction([&] { impl_->settle_plan(); });
}

} // namespace datastore
