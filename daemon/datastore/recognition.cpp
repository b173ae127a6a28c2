#include "datastore/recognition.hpp"

#include "item/audience.hpp"
#include "item/item.hpp"
#include "item/similarity.hpp"
#include "kinds/service_kind.hpp"

#include <utility>

namespace datastore {

using session::SyncType;
using session::Verdict;
using storage::ItemStore;
using syncml::StatusCode;

namespace {

storage::Traits traits_of(std::string_view data)
{
    const auto document = item::parse(data);
    if (!document)
        return {};
    const item::Sketch sketch(*document);
    return {sketch.normal().text(), sketch.keys()};
}

/// Of two with one id of the server's, which may have used it again.
bool may_be_same(std::string_view ours, std::string_view theirs)
{
    const auto one = item::parse(ours);
    const auto other = item::parse(theirs);
    if (!one || !other)
        return false;
    const item::Sketch sketch(*one), another(*other);
    // Many events have one name.
    const bool is_contact = item::kind(*one) == item::Kind::Contact;
    return sketch.compare(another).likeness != item::Likeness::Different || (is_contact && sketch.is_namesake(another));
}

/// Another one whenever one of the two is.
constexpr int rules = item::normal_form_version + 1000 * item::sketch_version;

} // namespace

Recognition::Recognition(ItemStore& items, storage::SyncState& state, const Scope& scope)
    : items_(items), state_(state), scope_(scope), likeness_{rules, traits_of}
{
}

void Recognition::meet(const item::Audience& server)
{
    if (const auto ways = item::ways_of(kinds::of(scope_.kind).content, server); ways != 0) {
        constexpr int most_rules = 10'000, most_ways = 200'000;
        static_assert(rules < most_rules);
        likeness_ = {rules + most_rules * (1 + ways % most_ways), [server](std::string_view data) {
                         return traits_of(item::render(std::string(data), server).data);
                     }};
    }
}

void Recognition::begin(SyncType type)
{
    type_ = type;
    if (compares()) {
        // Nothing of an empty store can be like an item of the server's; items that come meanwhile are found by equal
        // data.
        if (items_.count(scope_.kind) > 0)
            matching_.likeness = &likeness_;
        return;
    }
    // What was sent before a session broke a server may hold and not know as ours (SyncEvolution, which does not
    // resume): it adds it as its own. Everything else that it adds is new.
    matching_.likeness = &likeness_;
    matching_.among.emplace();
    using State = storage::SyncState::SentState;
    for (const auto& note : state_.sent_items(scope_.service)) {
        if (note.state == State::Sent)
            in_doubt_.insert(note.luid);
        if (note.state == State::Sent || note.state == State::Confirmed)
            matching_.among->insert(note.luid);
    }
}

void Recognition::recall(const Course& course)
{
    for (const auto& [luid, revision] : items_.list(scope_.kind)) {
        const auto head = items_.find_head(scope_.kind, scope_.profile, luid);
        const bool came = head && head->created > course.upto() && head->created_by_profile;
        if (came || !storage::is_behind(luid, course.confirmed_to()))
            matching_.taken.insert(luid);
    }
}

void Recognition::learn()
{
    // Those that were sent before are the same throughout the session.
    if (matching_.among && std::exchange(has_learned_, true))
        return;
    items_.learn_meanings(scope_.kind, matching_);
}

void Recognition::note_confirmed(const std::vector<session::Confirm::Entry>& entries)
{
    for (const auto& entry : entries) {
        if (entry.verdict != Verdict::Taken)
            continue;
        const bool is_new_there = entry.status == StatusCode::ItemAdded;
        if (!compares() && is_new_there && entry.kind == session::ChangeKind::Update)
            made_anew_.insert(entry.luid);
        if (type_ == SyncType::Slow)
            // What the server did not have to add it has matched with an item of its own: if it adds an equal one, that
            // is another. What it did add it may have held already, without having seen that: now it has two of them.
            (is_new_there ? matching_.doubled : matching_.taken).insert(entry.luid);
        else if (is_new_there && in_doubt_.contains(entry.luid))
            // It held what the broken session brought and made a second item of it, because it did not know it as
            // ours: it will add the first one here.
            matching_.doubled.insert(entry.luid);
    }
}

std::optional<std::string> Recognition::find_mapped(std::string_view guid, std::string_view data)
{
    auto luid = items_.find_mapped(scope_.kind, scope_.profile, guid);
    if (!luid)
        return std::nullopt;
    const auto ours = items_.find(scope_.kind, *luid);
    if (!ours || !may_be_same(ours->data, data)) {
        items_.forget_guid(scope_.kind, scope_.profile, guid);
        return std::nullopt;
    }
    return luid;
}

ItemStore::Write Recognition::add(std::string_view guid, std::string_view data, ItemStore::Placing placing)
{
    auto write = items_.add_from_peer(scope_.kind, scope_.profile, guid, data, placing, matching_);
    matching_.taken.insert(write.surplus_of.empty() ? write.luid : write.surplus_of);
    // Behind the Delete of the other one: a server that has made one item of both has it again.
    if (!write.surplus_of.empty() && type_ == SyncType::Slow)
        items_.resend(scope_.kind, write.surplus_of);
    return write;
}

} // namespace datastore
