#include "datastore/outgoing.hpp"

#include "item/item.hpp"
#include "kinds/service_kind.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace datastore {
namespace {

using session::ChangeKind;
using session::Verdict;
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

/// How an item goes out that has been sent before. The peer may have it already, so an Add could double it; a Replace
/// cannot. Where it has said that it has none it is to be an Add.
ChangeKind kind_again(storage::SyncState::SentState state)
{
    return state == storage::SyncState::SentState::Missing ? ChangeKind::Add : ChangeKind::Update;
}

constexpr int overruled_code = static_cast<int>(syncml::StatusCode::ConflictResolvedServerWins);

constexpr int merged_code = static_cast<int>(syncml::StatusCode::ConflictResolvedWithMerge);

constexpr int type_code = static_cast<int>(syncml::StatusCode::UnsupportedMediaType);

std::string_view name_of(item::Form form)
{
    switch (form) {
    case item::Form::VCard21: return "vCard 2.1";
    case item::Form::VCard30: return "vCard 3.0";
    case item::Form::VCard40: return "vCard 4.0";
    case item::Form::VCalendar10: return "vCalendar 1.0";
    case item::Form::ICalendar20: return "iCalendar 2.0";
    case item::Form::PlainText: return "plain text";
    }
    return {};
}

} // namespace

Outgoing::Outgoing(storage::ItemStore& items, storage::SyncState& state, Scope scope, session::SyncType type,
                   Course& course)
    : items_(items), state_(state), scope_(std::move(scope)), type_(type), course_(course),
      after_luid_(course.confirmed_to()), end_(!syncml::client_sends(type)), part_(state.part_sent(scope_.service))
{
    for (auto& note : state_.sent_items(scope_.service))
        notes_.emplace(note.luid, std::move(note));
    if (sends_all()) {
        // At the beginning the total is at hand. Counted after the revision was taken: what happens in between can only
        // make it too large.
        total_ = after_luid_.empty() ? items_.count(scope_.kind) : items_.count(scope_.kind, scope_.upto, after_luid_);
        return;
    }
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
    for (const auto& note : obsolete)
        notes_.erase(note.luid);
    // Confirmed is what the next commit clears.
    state_.note_sent(scope_.service, obsolete);
}

void Outgoing::judge(const Note& note, std::vector<Note>& obsolete)
{
    const auto head = items_.find_head(scope_.kind, scope_.profile, note.luid);
    const bool is_last = head && note.revision == head->revision;
    const bool settled = head && is_settled(note, head->revision, !head->alive);
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
    } else if (note.state != State::Confirmed) {
        // The session ended well, but this item got no answer that settles it.
        if (is_last && !settled)
            owed_.push_back(note.luid);
        else if (is_last && note.state == State::Refused)
            return; // it waits for a change
        else if (!head || head->revision <= scope_.upto)
            obsolete.push_back({note.luid, note.revision, State::Confirmed, 0});
    }
}

/// Whether there is nothing to send of an item that is or was changed last by this revision.
bool Outgoing::is_settled(const Note& note, std::uint64_t revision, bool deleted)
{
    if (note.state == State::Missing)
        return deleted; // the peer has nothing to delete
    return note.state != State::Sent && note.revision == revision;
}

// ---- what the peer may overwrite -----------------------------------------------------

std::uint64_t Outgoing::overwritable_to(const std::string& luid) const
{
    const auto sent = unsettled_.find(luid);
    const auto note = notes_.find(luid);
    const bool noted = note != notes_.end();
    // An item that was put off may be older than the mark: the session that sent it ended well.
    if (sent != unsettled_.end())
        return std::min(scope_.mark, sent->second.revision - 1);
    if (noted && note->second.state != State::Confirmed)
        return std::min(scope_.mark, note->second.revision - 1);
    const bool all_is_delivered = end_ || delivered_ >= total_;
    if (syncml::client_sends(type_) && all_is_delivered)
        return scope_.upto;
    return noted ? std::max(scope_.mark, note->second.revision) : scope_.mark;
}

bool Outgoing::is_overruled(const std::string& luid) const
{
    const auto note = notes_.find(luid);
    return note != notes_.end() && note->second.state == State::Confirmed && note->second.code == overruled_code;
}

void Outgoing::note_missing(const std::string& luid, std::uint64_t revision)
{
    const Note note{luid, revision, State::Missing, 0};
    notes_.insert_or_assign(luid, note);
    state_.note_sent(scope_.service, {note});
}

void Outgoing::note_found(const std::string& luid)
{
    const auto note = notes_.find(luid);
    if (note == notes_.end() || note->second.state != State::Missing)
        return;
    note->second.state = State::Sent;
    state_.note_sent(scope_.service, {note->second});
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
        if (sends_all())
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
            deliver(page, kind_again(notes_.at(luid).state), luid, item->revision, std::move(item->data));
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
        const auto found = notes_.find(change.luid);
        const auto state = found == notes_.end() ? std::nullopt : std::optional(found->second.state);
        const bool is_delete = change.kind == ItemChange::Kind::Delete;
        if (state && is_settled(found->second, change.revision, is_delete))
            continue;
        const auto kind = is_delete || !state ? to_session(change.kind) : kind_again(*state);
        deliver(page, kind, std::move(change.luid), change.revision, std::move(change.data));
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
    const auto note = notes_.find(luid);
    const bool again = note != notes_.end() && note->second.revision == revision && is_again(note->second);
    Delivered delivered{revision, kind, false, false, false};
    std::string type, unsendable;
    if (kind != ChangeKind::Delete) {
        // The next form, after the server has not taken the first one.
        const std::size_t attempt = again && note->second.code == type_code ? 1 : 0;
        const auto& kind_of_service = kinds::of(scope_.kind);
        const auto own = item::find_form(data);
        delivered.has_other_form =
            own && attempt == 0 && item::forms_for(*own, kind_of_service.content, scope_.server).size() > 1;
        const auto before =
            attempt > 0 || item::may_be_rendered(data, scope_.server) ? std::optional(data) : std::nullopt;
        auto rendering = item::render(std::move(data), scope_.server, attempt);
        note_losses(luid, rendering);
        if (!rendering.failure.empty())
            unsendable =
                fmt::format("the server understands nothing that it can be written in ({})", rendering.failure);
        type = item::media_type(own ? rendering.form : kind_of_service.forms.front());
        delivered.converted = before && rendering.data != *before;
        data = std::move(rendering.data);
    }
    const bool converted = delivered.converted;
    unsettled_[luid] = delivered;
    auto& change = page.changes.emplace_back();
    change = {kind, std::move(luid), std::move(type), {}, std::move(data), again, {}, std::move(unsendable)};
    if (part_ && !converted && part_->luid == change.luid && part_->revision == revision && kind != ChangeKind::Delete)
        change.part = session::PartSent{static_cast<syncml::ItemVerb>(part_->verb), part_->format, part_->octets};
}

void Outgoing::note_losses(const std::string& luid, const item::Rendering& rendering)
{
    constexpr std::size_t most = 100; // kinds of losses
    std::string last;
    for (const auto& loss : rendering.losses) {
        // Those of one field stand behind each other.
        if (loss.field == std::exchange(last, loss.field))
            continue;
        auto key = fmt::format("in {}, without {}", name_of(rendering.form), loss.field);
        if (lost_.size() == most && !lost_.contains(key))
            return;
        auto& lost = lost_[std::move(key)];
        if (lost.items++ == 0)
            lost.example = fmt::format("item {}: {}", luid, loss.value);
    }
}

std::vector<std::string> Outgoing::take_notes()
{
    constexpr std::size_t most = 10;
    std::vector<std::string> notes;
    for (const auto& [way, lost] : std::exchange(lost_, {})) {
        if (notes.size() == most) {
            notes.emplace_back("there is more that was not sent because the server's form has no words for it");
            break;
        }
        notes.push_back(fmt::format("{} {} sent {} ({}); it stays here", lost.items,
                                    lost.items == 1 ? "item was" : "items were", way, lost.example));
    }
    return notes;
}

bool Outgoing::is_again(const Note& note)
{
    return note.state == State::Sent && note.code != 0;
}

// ---- settling ----------------------------------------------------------------------

void Outgoing::note_sent(const std::vector<std::string>& luids)
{
    std::vector<Note> notes;
    std::vector<Delivery> deliveries;
    for (const auto& luid : luids) {
        const auto found = unsettled_.find(luid);
        if (found == unsettled_.end())
            continue;
        auto& sent = found->second;
        sent.sent = true;
        deliveries.push_back(delivery(luid, sent));
        const auto known = notes_.find(luid);
        const bool again = known != notes_.end() && known->second.revision == sent.revision && is_again(known->second);
        Note note{luid, sent.revision, State::Sent, again ? known->second.code : 0};
        // What it says of earlier sessions does not hold any more.
        if (known != notes_.end())
            known->second = note;
        // Of a session that sends everything the Course knows how far it is.
        if (!sends_all() || known != notes_.end())
            notes.push_back(std::move(note));
    }
    state_.in_transaction([&] {
        state_.note_sent(scope_.service, notes);
        state_.note_deliveries(deliveries);
    });
}

void Outgoing::note_part(const std::string& luid, const session::PartSent& part)
{
    const auto found = unsettled_.find(luid);
    if (found == unsettled_.end())
        return;
    const auto& sent = found->second;
    state_.in_transaction([&] {
        // The first chunk of one that is gone on with was sent in another session.
        if (!sent.sent)
            state_.note_deliveries({delivery(luid, sent)});
        // In another form it may be other octets when the server has told something else of itself.
        if (!sent.converted)
            state_.set_part_sent(scope_.service,
                                 {luid, sent.revision, static_cast<int>(part.verb), part.format, part.octets});
    });
}

void Outgoing::note_confirmed(const std::vector<session::Confirm::Entry>& entries)
{
    std::vector<Note> notes;
    std::vector<Delivery> deliveries;
    for (const auto& entry : entries) {
        const auto found = unsettled_.find(entry.luid);
        if (found == unsettled_.end())
            continue; // a second answer
        const auto delivered = found->second;
        auto& answered = deliveries.emplace_back(delivery(entry.luid, delivered));
        answered.answer = answer_of(entry, delivered);
        answered.code = static_cast<int>(entry.status);
        if (entry.verdict != Verdict::PutOff)
            note_answer(entry, delivered, notes);
    }
    state_.in_transaction([&] {
        state_.note_sent(scope_.service, notes);
        state_.note_deliveries(deliveries);
        follow_confirmed();
    });
}

storage::Delivery Outgoing::delivery(const std::string& luid, const Delivered& delivered) const
{
    using Kind = Delivery::Kind;
    const auto kind = delivered.kind == ChangeKind::Delete   ? Kind::Deleted
                      : type_ == session::SyncType::Slow     ? Kind::Compared
                      : delivered.kind == ChangeKind::Update ? Kind::Updated
                                                             : Kind::Added;
    return {scope_.service, luid, kind, Delivery::Answer::None, 0, 0, 0};
}

storage::Delivery::Answer Outgoing::answer_of(const session::Confirm::Entry& entry, const Delivered& delivered)
{
    using Answer = Delivery::Answer;
    const auto code = static_cast<int>(entry.status);
    switch (entry.verdict) {
    case Verdict::Taken:
        return code == overruled_code ? Answer::ServerWins : code == merged_code ? Answer::Merged : Answer::Taken;
    case Verdict::Refused: return goes_in_other_form(entry, delivered) ? Answer::PutOff : Answer::Refused;
    case Verdict::Missing:
    case Verdict::OnceMore:
    case Verdict::PutOff: break;
    }
    return Answer::PutOff;
}

bool Outgoing::goes_in_other_form(const session::Confirm::Entry& entry, const Delivered& delivered)
{
    return entry.status == syncml::StatusCode::UnsupportedMediaType && delivered.has_other_form;
}

void Outgoing::note_answer(const session::Confirm::Entry& entry, const Delivered& delivered, std::vector<Note>& notes)
{
    const auto revision = delivered.revision;
    const auto code = static_cast<int>(entry.status);
    Note note{entry.luid, revision, State::Confirmed, 0};
    if (entry.verdict == Verdict::Missing)
        note.state = State::Missing;
    else if (entry.verdict == Verdict::OnceMore)
        note = {entry.luid, revision, State::Sent, code};
    // Of an item that is no more there is no edit to lose.
    else if (entry.verdict == Verdict::Refused && entry.kind != ChangeKind::Delete)
        note = {entry.luid, revision, goes_in_other_form(entry, delivered) ? State::Sent : State::Refused, code};
    else if (entry.status == syncml::StatusCode::ConflictResolvedServerWins)
        note.code = overruled_code; // for a session that goes on with this one
    const bool known = notes_.contains(entry.luid);
    if (note.state == State::Confirmed || note.state == State::Refused)
        unsettled_.erase(entry.luid);
    if (!sends_all() || known || note.state != State::Confirmed || note.code != 0) {
        notes_.insert_or_assign(entry.luid, note);
        notes.push_back(std::move(note));
    }
}

void Outgoing::follow_confirmed()
{
    std::string last;
    for (; !order_.empty() && !unsettled_.contains(order_.front()); order_.pop_front())
        last = std::move(order_.front());
    if (!last.empty())
        course_.on_confirmed_to(std::move(last));
}

Outgoing::Note Outgoing::note_to_leave(const std::string& luid, const Delivered& delivered) const
{
    const auto note = notes_.find(luid);
    const bool known = note != notes_.end() && note->second.revision == delivered.revision;
    if (known && (note->second.state == State::Missing || is_again(note->second)))
        return note->second;
    // What was to be an Add and was kept back is an Add still.
    const bool is_new = delivered.kind == ChangeKind::Add && !delivered.sent && type_ != session::SyncType::Slow;
    return {luid, delivered.revision, is_new ? State::Missing : State::Sent, 0};
}

std::uint64_t Outgoing::settle()
{
    std::vector<Note> notes;
    for (const auto& [luid, delivered] : unsettled_)
        notes.push_back(note_to_leave(luid, delivered));
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
