#include "datastore/outgoing.hpp"

#include "item/item.hpp"

#include <cassert>
#include <utility>

namespace datastore {
namespace {

using session::ChangeKind;
using storage::ItemChange;

ChangeKind to_session(ItemChange::Kind kind)
{
    switch (kind) {
    case ItemChange::Kind::Add: return ChangeKind::Add;
    case ItemChange::Kind::Update: return ChangeKind::Update;
    case ItemChange::Kind::Delete: break;
    }
    return ChangeKind::Delete;
}

std::string type_of(std::string_view data, storage::ItemKind kind)
{
    const auto usual = kind == storage::ItemKind::Contact ? item::Form::VCard30 : item::Form::ICalendar20;
    return std::string(item::media_type(item::find_form(data).value_or(usual)));
}

} // namespace

Outgoing::Outgoing(storage::ItemStore& items, storage::SyncState& state, Scope scope, session::SyncType type,
                   Course& course)
    : items_(items), state_(state), scope_(std::move(scope)), type_(type), course_(course),
      after_luid_(course.confirmed_to()), end_(!syncml::client_sends(type)), part_(state.part_sent(scope_.service))
{
    if (syncml::client_sends_all(type)) {
        // At the beginning the total is at hand. Counted after the revision was taken: what happens in between can only
        // make it too large.
        total_ = after_luid_.empty() ? items_.count(scope_.kind) : items_.count(scope_.kind, scope_.upto, after_luid_);
        return;
    }
    for (auto& note : state_.sent_items(scope_.service))
        notes_.emplace(note.luid, std::move(note));
    if (!end_) {
        total_ = items_.count_changes(scope_.kind, scope_.profile, scope_.mark, scope_.upto);
        judge_notes();
    }
}

// ---- what earlier sessions left open -----------------------------------------------

void Outgoing::judge_notes()
{
    std::vector<Note> obsolete;
    for (const auto& [luid, note] : notes_)
        judge(note, obsolete);
    total_ += owed_.size();
    // Confirmed is what the next commit clears.
    state_.note_sent(scope_.service, obsolete);
}

void Outgoing::judge(const Note& note, std::vector<Note>& obsolete)
{
    const auto head = items_.find_head(scope_.kind, scope_.profile, note.luid);
    const bool settled = head && note.state == State::Confirmed && note.revision == head->revision;
    const bool changed =
        head && head->revision > scope_.mark && head->revision <= scope_.upto && !head->written_by_profile;
    const bool reported = changed && (head->alive || head->created <= scope_.mark || head->created_by_profile);
    if (reported) {
        // read_changed skips it, or makes an Update of an Add.
        if (settled)
            --total_;
    } else if (changed) {
        // It came and went since the mark, but the peer has seen it.
        if (!settled)
            owed_.push_back(note.luid);
    } else if (note.state == State::Sent) {
        // The session ended well, but this item got no answer that settles it.
        if (head && note.revision == head->revision)
            owed_.push_back(note.luid);
        else if (!head || head->revision <= scope_.upto)
            obsolete.push_back({note.luid, note.revision, State::Confirmed});
    }
}

bool Outgoing::is_settled(const std::string& luid) const
{
    const auto note = notes_.find(luid);
    if (note == notes_.end() || note->second.state != State::Confirmed)
        return false;
    const auto head = items_.find_head(scope_.kind, scope_.profile, luid);
    return head && head->revision == note->second.revision;
}

bool Outgoing::is_open(const std::string& luid) const
{
    return (!end_ && delivered_ < total_) || unsettled_.contains(luid);
}

// ---- reading -----------------------------------------------------------------------

session::Changes Outgoing::read(std::size_t bytes)
{
    session::Changes page;
    size_ = 0;
    while (!end_ && page.changes.empty()) {
        read_owed(page, bytes);
        if (!owed_.empty())
            break;
        if (syncml::client_sends_all(type_))
            read_all(page, bytes);
        else
            read_changed(page, bytes);
    }
    end_ = end_ || delivered_ >= total_;
    page.end = end_;
    return page;
}

void Outgoing::read_owed(session::Changes& page, std::size_t bytes)
{
    while (!owed_.empty() && (page.changes.empty() || size_ < bytes)) {
        const auto luid = std::move(owed_.front());
        owed_.pop_front();
        const auto head = items_.find_head(scope_.kind, scope_.profile, luid);
        if (head->revision > scope_.upto)
            continue; // edited since `prepare`
        if (!head->alive) {
            deliver(page, ChangeKind::Delete, luid, head->revision, {});
        } else if (auto item = items_.find(scope_.kind, luid)) {
            deliver(page, ChangeKind::Update, luid, item->revision, std::move(item->data));
        }
    }
}

void Outgoing::read_changed(session::Changes& page, std::size_t bytes)
{
    if (!page.changes.empty() && size_ >= bytes)
        return;
    auto changes =
        items_.changes(scope_.kind, scope_.profile, scope_.mark, scope_.upto, after_revision_, bytes - size_);
    end_ = changes.empty();
    for (auto& change : changes) {
        after_revision_ = change.revision;
        const auto note = notes_.find(change.luid);
        if (note == notes_.end())
            deliver(page, to_session(change.kind), std::move(change.luid), change.revision, std::move(change.data));
        else if (note->second.state == State::Sent || note->second.revision != change.revision)
            // The peer may have it already, so an Add could double it; a Replace cannot.
            deliver(page, change.kind == ItemChange::Kind::Delete ? ChangeKind::Delete : ChangeKind::Update,
                    std::move(change.luid), change.revision, std::move(change.data));
    }
}

void Outgoing::read_all(session::Changes& page, std::size_t bytes)
{
    auto items = items_.page(scope_.kind, scope_.upto, after_luid_, bytes);
    end_ = items.empty();
    for (auto& item : items) {
        after_luid_ = item.luid;
        order_.push_back(item.luid);
        deliver(page, ChangeKind::Add, std::move(item.luid), item.revision, std::move(item.data));
    }
}

void Outgoing::deliver(session::Changes& page, ChangeKind kind, std::string luid, std::uint64_t revision,
                       std::string data)
{
    size_ += data.size();
    ++delivered_;
    unsettled_[luid] = revision;
    auto type = kind == ChangeKind::Delete ? std::string() : type_of(data, scope_.kind);
    auto& change = page.changes.emplace_back();
    change = {kind, std::move(luid), std::move(type), {}, std::move(data)};
    if (part_ && part_->luid == change.luid && part_->revision == revision && kind != ChangeKind::Delete)
        change.part = session::PartSent{static_cast<syncml::ItemVerb>(part_->verb), part_->format, part_->octets};
}

// ---- settling ----------------------------------------------------------------------

void Outgoing::note_sent(const std::vector<std::string>& luids)
{
    note(luids, State::Sent);
}

void Outgoing::note_part(const std::string& luid, const session::PartSent& part)
{
    if (const auto sent = unsettled_.find(luid); sent != unsettled_.end())
        state_.set_part_sent(scope_.service,
                             {luid, sent->second, static_cast<int>(part.verb), part.format, part.octets});
}

void Outgoing::note_confirmed(const std::vector<session::Confirm::Entry>& entries)
{
    std::vector<std::string> luids;
    for (const auto& entry : entries)
        luids.push_back(entry.luid);
    note(luids, State::Confirmed);
    for (const auto& luid : luids)
        unsettled_.erase(luid);
    follow_confirmed();
}

void Outgoing::follow_confirmed()
{
    std::string last;
    for (; !order_.empty() && !unsettled_.contains(order_.front()); order_.pop_front())
        last = std::move(order_.front());
    if (!last.empty())
        course_.on_confirmed_to(std::move(last));
}

void Outgoing::note(const std::vector<std::string>& luids, State state)
{
    // Of a session that sends everything the Course knows how far it is.
    if (syncml::client_sends_all(type_))
        return;
    std::vector<Note> notes;
    for (const auto& luid : luids) {
        const auto sent = unsettled_.find(luid);
        if (sent != unsettled_.end()) // else a second answer
            notes.push_back({luid, sent->second, state});
    }
    if (!notes.empty())
        state_.note_sent(scope_.service, notes);
}

std::uint64_t Outgoing::settle()
{
    std::vector<Note> notes;
    for (const auto& [luid, revision] : unsettled_)
        notes.push_back({luid, revision, State::Sent});
    if (!notes.empty())
        state_.note_sent(scope_.service, notes);

    // A one-way session from the server settles no local change.
    const bool refreshed = type_ == session::SyncType::RefreshFromServer;
    const auto from = syncml::client_sends(type_) || refreshed ? scope_.upto : scope_.mark;
    const auto settled = items_.settled_revision(scope_.kind, scope_.profile, from);
    if (!syncml::client_sends(type_) || syncml::client_sends_all(type_))
        return settled;
    const auto missed = items_.find_missed_addition(scope_.kind, scope_.profile, scope_.mark, scope_.upto);
    return missed ? *missed - 1 : settled;
}

} // namespace datastore
