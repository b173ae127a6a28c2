#include "session/outgoing.hpp"

#include "session/chunk.hpp"

#include <cassert>
#include <iterator>
#include <utility>

namespace session {
namespace {

syncml::ItemVerb verb_for(ChangeKind kind, SyncType type)
{
    switch (kind) {
    case ChangeKind::Delete: return syncml::ItemVerb::Delete;
    case ChangeKind::Update: return syncml::ItemVerb::Replace;
    case ChangeKind::Add: break;
    }
    // A slow sync is Replace (OMA DS 1.2 protocol, slow sync). SyncEvolution's server
    // answers Replace with 200 when it matched the item and 201 when it is new, but
    // Add always with 201: only Replace tells what really happened.
    return type == SyncType::Slow ? syncml::ItemVerb::Replace : syncml::ItemVerb::Add;
}

} // namespace

Outgoing::Outgoing(SyncType type, std::uint64_t total)
    : type_(type), total_(syncml::client_sends(type) ? total : 0), end_(!syncml::client_sends(type))
{
}

void Outgoing::take(Changes changes)
{
    assert(!changes.changes.empty() || changes.end);
    std::move(changes.changes.begin(), changes.changes.end(), std::back_inserter(waiting_));
    end_ = changes.end;
}

void Outgoing::cancel()
{
    waiting_.clear();
    chunks_.reset();
    end_ = true;
    sync_sent_ = true;
}

bool Outgoing::may_send_next() const
{
    return !no_more_ && !(full_ && verb_for(next().kind, type_) == syncml::ItemVerb::Add);
}

syncml::ItemCommand Outgoing::next_command() const
{
    auto result = command();
    if (next().kind == ChangeKind::Delete)
        return result;
    auto data = next().data;
    if (states_sizes_) {
        if (next().format.empty())
            make_line_ends_plain(data); // Size counts what arrives
        result.items.front().meta.size = data.size();
    }
    result.items.front().data = std::move(data);
    return result;
}

syncml::ItemCommand Outgoing::command() const
{
    const auto& change = next();
    syncml::ItemCommand command;
    command.verb = verb_for(change.kind, type_);
    command.meta.type = change.type;
    command.meta.format = change.format;
    command.items.emplace_back().source = syncml::Location{change.luid, {}};
    return command;
}

SentItem Outgoing::on_sent(ServiceIndex service)
{
    auto sent = next_sent(service);
    waiting_.pop_front();
    ++sent_;
    return sent;
}

SentItem Outgoing::next_sent(ServiceIndex service) const
{
    SentItem sent{service, next().luid, next().kind, verb_for(next().kind, type_)};
    sent.again = next().again;
    sent.with_size = states_sizes_;
    return sent;
}

void Outgoing::begin_chunks()
{
    auto& change = waiting_.front();
    // Base64 has no line ends, or none that count.
    if (change.format.empty())
        make_line_ends_plain(change.data);
    chunks_ = Chunks{};
}

syncml::ItemCommand Outgoing::next_chunk() const
{
    auto result = command();
    if (is_first_chunk())
        result.items.front().meta.size = next().data.size();
    return result;
}

std::string_view Outgoing::rest() const
{
    return std::string_view(next().data).substr(chunks_->sent);
}

SentItem Outgoing::on_chunk_sent(ServiceIndex service, std::size_t octets)
{
    if (octets == rest().size()) {
        chunks_.reset();
        auto sent = on_sent(service);
        sent.part = SentItem::Part::LastChunk;
        return sent;
    }
    chunks_->sent += octets;
    chunks_->unanswered = true;
    auto sent = next_sent(service);
    sent.part = SentItem::Part::Chunk;
    return sent;
}

Change Outgoing::on_put_off()
{
    chunks_.reset();
    auto change = std::move(waiting_.front());
    waiting_.pop_front();
    count(counters_, Fate::PutOff);
    return change;
}

Fate Outgoing::on_status(const SentItem& item, syncml::StatusCode code)
{
    if (item.part == SentItem::Part::Chunk) {
        chunks_.reset(); // the server does not want the rest either
        waiting_.pop_front();
    } else {
        ++answered_;
    }
    const auto fate = fate_of(item, code, type_);
    full_ = full_ || (code == syncml::StatusCode::DeviceFull && item.verb == syncml::ItemVerb::Add);
    count(counters_, fate);
    return fate;
}

} // namespace session
