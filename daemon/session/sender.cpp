#include "session/sender.hpp"

#include "session/device_information.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace session {
namespace {

// What we put into one message when the server states no limit and our own is unknown.
constexpr std::size_t usual_message_size = 128 * 1024;

} // namespace

base::Result<std::variant<ReadChanges, Send>> Sender::fill()
{
    if (!draft_) {
        if (const auto begun = begin(); !begun)
            return tl::unexpected(begun.error());
    }
    const auto filled = fill_all();
    if (filled == Filled::Asking)
        return *std::exchange(question_, std::nullopt);
    return finish(filled == Filled::Done);
}

base::Result<Send> Sender::ask_for_result()
{
    if (const auto begun = begin(); !begun)
        return tl::unexpected(begun.error());
    fill_statuses();
    draft_->release();
    draft_->force(alert_about_session(syncml::AlertCode::ResultAlert));
    return take_draft(false);
}

base::Result<Send> Sender::challenge()
{
    if (const auto begun = begin(); !begun)
        return tl::unexpected(begun.error());
    fill_statuses();
    draft_->release();
    return take_draft(false);
}

base::Result<Send> Sender::suspend()
{
    const auto alert = alert_about_session(syncml::AlertCode::Suspend);
    if (!draft_) {
        if (const auto begun = begin(); !begun)
            return tl::unexpected(begun.error());
        if (!conversation_.peer_suspends)
            draft_->reserve(alert);
        fill_statuses(); // what is without one comes again
    }
    draft_->release();
    // One that stood half filled may have no room for it: the sync then breaks off as with a lost connection.
    const bool told = conversation_.peer_suspends || draft_->add(alert);
    return take_draft(told);
}

bool Sender::has_nothing_to_say() const
{
    return conversation_.owed.empty() && conversation_.queue.empty() &&
           std::none_of(conversation_.services.begin(), conversation_.services.end(),
                        [](const Service& service) { return !service.maps().empty(); });
}

base::Result<void> Sender::begin()
{
    auto header = conversation_.next_header();
    if (!header)
        return tl::unexpected(header.error());
    const auto& setup = conversation_.setup;
    const auto own = setup.max_msg_size > 0 ? setup.max_msg_size : usual_message_size;
    draft_.emplace(setup, std::move(*header), conversation_.peer_max_msg_size, own);
    own_commands_ = 0;
    repeatable_ = true;
    luids_.clear();
    for (auto& service : conversation_.services)
        service.outgoing().begin_message();
    if (conversation_.header_answer && conversation_.header_answer->chal && !conversation_.peer_refused)
        conversation_.effects.emplace_back(GiveServerNonce{});
    if (conversation_.header_answer)
        draft_->force(*std::exchange(conversation_.header_answer, std::nullopt));
    if (!conversation_.peer_final)
        draft_->reserve(alert_about_session(syncml::AlertCode::NextMessage));
    return {};
}

Sender::Filled Sender::fill_all()
{
    if (fill_statuses() == Filled::Full || fill_queue() == Filled::Full)
        return Filled::Full;
    draft_->release(); // beside a change or a Map nobody needs Alert 222
    // Our own part of the package is through; until the server's Final only Status follow.
    if (conversation_.own_final_sent || conversation_.package == Package::Initialization)
        return Filled::Done;
    for (auto& service : conversation_.services) {
        if (!service.is_agreed())
            continue;
        if (fill_maps(service) == Filled::Full)
            return Filled::Full;
        if (conversation_.package != Package::Modifications)
            continue;
        if (const auto filled = fill_changes(service); filled != Filled::Done)
            return filled;
    }
    return Filled::Done;
}

Sender::Filled Sender::fill_statuses()
{
    auto& owed = conversation_.owed;
    for (; !owed.empty(); owed.pop_front()) {
        if (draft_->add(owed.front()))
            continue;
        if (draft_->commands() > 1)
            return Filled::Full;
        draft_->force(owed.front()); // it will not get smaller
    }
    return Filled::Done;
}

Sender::Filled Sender::fill_queue()
{
    auto& queue = conversation_.queue;
    for (; !queue.empty(); queue.pop_front()) {
        auto& [command, sent] = queue.front();
        // Alert 223 lets nobody wait for what is to follow it.
        const auto* alert = std::get_if<syncml::Alert>(&command);
        const bool is_last_word = alert != nullptr && alert->code == syncml::AlertCode::NoEndOfData;
        auto id = draft_->add(command);
        if (!id && !is_bare())
            return Filled::Full;
        if (!id)
            id = place_in_bare_message(std::move(command));
        if (!id)
            continue;
        conversation_.sent.add(*id, std::move(sent));
        own_commands_ += is_last_word ? 0 : 1;
    }
    return Filled::Done;
}

std::optional<syncml::CmdId> Sender::place_in_bare_message(syncml::Command command)
{
    // The server can do without the list of properties, and without any device information.
    if (leave_out_properties(command))
        return draft_->add(std::move(command));
    return draft_->force(std::move(command)); // it will not get smaller
}

Sender::Filled Sender::fill_maps(Service& service)
{
    while (!service.maps().empty()) {
        const auto count = maps_that_fit(service);
        if (count == 0 && !is_bare())
            return Filled::Full;
        syncml::Map map;
        map.target.uri = service.setup().remote_uri;
        map.source.uri = service.setup().local_uri;
        map.items = service.take_maps(std::max<std::size_t>(count, 1));
        SentMap sent{service.index(), map.items};
        conversation_.sent.add(draft_->force(std::move(map)), std::move(sent));
        ++own_commands_;
    }
    return Filled::Done;
}

std::size_t Sender::maps_that_fit(const Service& service) const
{
    const auto& size = conversation_.setup.command_size;
    syncml::Map map;
    map.cmd_id = draft_->commands() + 1;
    map.target.uri = service.setup().remote_uri;
    map.source.uri = service.setup().local_uri;
    const auto empty = size(map);
    auto taken = empty;
    std::size_t count = 0;
    for (const auto& item : service.maps()) {
        map.items.assign(1, item);
        taken += size(map) - empty;
        if (taken > draft_->room())
            break;
        ++count;
    }
    return count;
}

Sender::Filled Sender::fill_changes(Service& service)
{
    auto& outgoing = service.outgoing();
    while (!outgoing.is_complete()) {
        if (outgoing.waits_for_status())
            return Filled::Full;
        if (outgoing.must_read()) {
            const auto left = draft_->comfortable_room();
            if (draft_->items() > 0 && left < draft_->comfortable_size() / 16)
                return Filled::Full;
            question_ = ReadChanges{service.index(), std::max<std::size_t>(left, 1)}; // one at least comes
            return Filled::Asking;
        }
        if (outgoing.has_next() && !outgoing.may_send_next()) {
            outgoing.on_put_off(); // the receiver of the Status has said why
            continue;
        }
        if (outgoing.has_next() && !outgoing.next().unsendable.empty()) {
            refuse_change(service, syncml::StatusCode::UnsupportedMediaType, outgoing.next().unsendable);
            continue;
        }
        if (outgoing.has_next() && is_too_large(service, outgoing.next())) {
            refuse_large_change(service);
            continue;
        }
        if (outgoing.has_next() && !outgoing.is_in_chunks() && service.is_resumed() && conversation_.peer_takes_chunks)
            outgoing.go_on_with_chunks();
        const bool placed = outgoing.is_in_chunks() ? place_chunk(service)
                            : outgoing.has_next()   ? place_change(service)
                                                    : place_empty_sync(service);
        if (placed)
            continue;
        if (outgoing.has_next() && !outgoing.is_in_chunks() && is_time_for_chunks(outgoing.next())) {
            outgoing.begin_chunks();
            continue;
        }
        if (!is_bare()) {
            if (!outgoing.has_next() || outgoing.is_in_chunks())
                return Filled::Full;
            if (outgoing.bring_forward(draft_->comfortable_room()))
                continue;
            // What the next message is filled with has smaller ones among it.
            if (!outgoing.can_read() || outgoing.waiting_octets() >= draft_->comfortable_size())
                return Filled::Full;
            question_ = ReadChanges{service.index(), draft_->comfortable_size()};
            return Filled::Asking;
        }
        if (outgoing.has_next())
            refuse_large_change(service);
        else
            outgoing.on_sync_sent(); // not even an empty Sync fits: the limit is absurd
    }
    return Filled::Done;
}

bool Sender::place_change(Service& service)
{
    auto& outgoing = service.outgoing();
    if (conversation_.states_sizes)
        outgoing.state_sizes();
    if (outgoing.next().data.size() > draft_->room())
        return false; // seen without a copy of what may be a large object
    const auto placed = draft_->add_item(service.sync_shell(conversation_.peer_wants_counts), outgoing.next_command());
    if (!placed)
        return false;
    luids_.emplace_back(service.index(), outgoing.next().luid);
    on_placed(service, *placed, outgoing.on_sent(service.index()));
    return true;
}

bool Sender::place_chunk(Service& service)
{
    auto& outgoing = service.outgoing();
    const auto chunk = draft_->add_chunk(service.sync_shell(conversation_.peer_wants_counts), outgoing.next_chunk(),
                                         outgoing.rest(), outgoing.must_split());
    if (!chunk)
        return false;
    // A server that takes a chunk for a whole item must get the rest as Replace, in whatever session.
    if (outgoing.is_first_chunk())
        luids_.emplace_back(service.index(), outgoing.next().luid);
    on_placed(service, chunk->placed, outgoing.on_chunk_sent(service.index(), chunk->octets));
    return true;
}

void Sender::on_placed(Service& service, const Draft::Placed& placed, SentItem sent)
{
    if (placed.sync) {
        conversation_.sent.add(*placed.sync, SentSync{service.index()});
        service.outgoing().on_sync_sent();
    }
    if (sent.verb == syncml::ItemVerb::Add || sent.part != SentItem::Part::Whole)
        repeatable_ = false;
    conversation_.sent.add(placed.item, std::move(sent));
    ++own_commands_;
}

bool Sender::is_time_for_chunks(const Change& change) const
{
    if (!conversation_.peer_takes_chunks || change.data.empty())
        return false;
    // What another message holds whole waits for it, because the next chunk would wait as well.
    return is_bare() || (change.data.size() > draft_->empty_room() && draft_->room() > draft_->comfortable_size() / 8);
}

bool Sender::place_empty_sync(Service& service)
{
    const auto id = draft_->add(service.sync_shell(conversation_.peer_wants_counts));
    if (!id)
        return false;
    conversation_.sent.add(*id, SentSync{service.index()});
    service.outgoing().on_sync_sent();
    ++own_commands_;
    return true;
}

bool Sender::is_too_large(const Service& service, const Change& change) const
{
    const auto limit = service.peer_max_obj_size.value_or(conversation_.peer_max_obj_size);
    return limit > 0 && change.data.size() > limit;
}

void Sender::refuse_change(Service& service, syncml::StatusCode status, std::string why)
{
    const auto change = service.outgoing().on_put_off();
    conversation_.note_item(service.index(),
                            fmt::format("{}: item {} was not sent: {}.", service.setup().name, change.luid, why));
    conversation_.quarantine(service.index(), {false, change.luid, status, std::move(why), change.data.size()});
}

void Sender::refuse_large_change(Service& service)
{
    refuse_change(
        service, syncml::StatusCode::RequestEntityTooLarge,
        fmt::format("with {} octets it is larger than the server accepts", service.outgoing().next().data.size()));
}

bool Sender::is_bare() const
{
    // The Status for the header, and the one for an Alert 222, which comes every time.
    return own_commands_ == 0 && draft_->commands() <= 2;
}

Send Sender::finish(bool complete)
{
    const bool final = complete && !conversation_.own_final_sent;
    draft_->release();
    if (!conversation_.peer_final && own_commands_ == 0 && !final)
        draft_->force(alert_about_session(syncml::AlertCode::NextMessage));
    conversation_.own_final_sent = conversation_.own_final_sent || final;
    return take_draft(final);
}

Send Sender::take_draft(bool final)
{
    conversation_.sent.end_message(draft_->commands());
    auto message = std::move(*draft_).finish(final);
    draft_.reset();
    return {std::move(message), conversation_.url, std::exchange(luids_, {}), repeatable_};
}

syncml::Alert Sender::alert_about_session(syncml::AlertCode code) const
{
    syncml::Alert alert;
    alert.code = code;
    auto& item = alert.items.emplace_back();
    item.target = syncml::Location{conversation_.url, {}};
    item.source = syncml::Location{conversation_.setup.device_id, {}};
    return alert;
}

} // namespace session
