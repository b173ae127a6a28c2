#include "session/outgoing.hpp"

#include "session/chunk.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <numeric>
#include <utility>

namespace session {
namespace {

// What is not worth being gone on with: it has to be cut in two.
constexpr std::size_t least_rest = 64;

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
    // What a server has the beginning of must come before anything else (OMA DS 1.2 protocol, resume).
    std::stable_partition(changes.changes.begin(), changes.changes.end(),
                          [](const Change& change) { return change.part.has_value(); });
    std::move(changes.changes.begin(), changes.changes.end(), std::back_inserter(waiting_));
    end_ = changes.end;
}

void Outgoing::cancel()
{
    waiting_.clear();
    next_ = 0;
    chunks_.reset();
    end_ = true;
    sync_sent_ = true;
}

std::size_t Outgoing::waiting_octets() const
{
    return std::accumulate(waiting_.begin(), waiting_.end(), std::size_t(0),
                           [](std::size_t sum, const Change& change) { return sum + change.data.size(); });
}

bool Outgoing::bring_forward(std::size_t octets)
{
    assert(!chunks_);
    octets = std::min(octets, next().data.size());
    const auto from = waiting_.begin() + static_cast<std::ptrdiff_t>(next_);
    const auto found = std::find_if(from, waiting_.end(), [&](const Change& change) {
        return change.kind == ChangeKind::Delete || change.data.size() < octets;
    });
    if (found == from || found == waiting_.end() || found->data.size() >= octets)
        return false;
    next_ = static_cast<std::size_t>(found - waiting_.begin());
    return true;
}

void Outgoing::begin_message()
{
    if (!chunks_)
        next_ = 0;
}

Change Outgoing::take_next()
{
    const auto place = waiting_.begin() + static_cast<std::ptrdiff_t>(next_);
    auto change = std::move(*place);
    waiting_.erase(place);
    if (next_ == waiting_.size())
        next_ = 0;
    return change;
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
    command.verb = chunks_ ? chunks_->verb : verb_for(change.kind, type_);
    command.meta.type = change.type;
    command.meta.format = change.format;
    command.items.emplace_back().source = syncml::Location{change.luid, {}};
    return command;
}

SentItem Outgoing::on_sent(ServiceIndex service)
{
    auto sent = next_sent(service);
    take_next();
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
    auto& change = waiting_[next_];
    // Base64 has no line ends, or none that count.
    if (change.format.empty())
        make_line_ends_plain(change.data);
    chunks_ = Chunks{};
    chunks_->verb = verb_for(change.kind, type_);
}

bool Outgoing::go_on_with_chunks()
{
    const auto part = std::exchange(waiting_[next_].part, std::nullopt);
    if (!part || part->format != next().format || next().kind == ChangeKind::Delete)
        return false;
    begin_chunks();
    if (part->octets + least_rest > next().data.size()) {
        chunks_.reset();
        return false;
    }
    chunks_->sent = part->octets;
    chunks_->verb = part->verb;
    chunks_->resumed = true;
    return true;
}

bool Outgoing::begin_again(const SentItem& chunk, syncml::StatusCode code)
{
    if (!chunk.resumed || chunk.part != SentItem::Part::Chunk || syncml::is_success(code))
        return false;
    begin_chunks();
    return true;
}

PartSent Outgoing::part() const
{
    return {chunks_->verb, next().format, chunks_->sent};
}

void Outgoing::on_chunk_taken()
{
    chunks_->unanswered = false;
    chunks_->taken = true;
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
        const auto chunks = std::exchange(chunks_, std::nullopt);
        auto sent = on_sent(service);
        sent.verb = chunks->verb;
        sent.part = SentItem::Part::LastChunk;
        sent.resumed = chunks->resumed;
        return sent;
    }
    chunks_->sent += octets;
    chunks_->unanswered = true;
    auto sent = next_sent(service);
    sent.verb = chunks_->verb;
    sent.part = SentItem::Part::Chunk;
    sent.resumed = chunks_->resumed;
    return sent;
}

Change Outgoing::on_put_off()
{
    chunks_.reset();
    auto change = take_next();
    count(counters_, Fate::PutOff);
    return change;
}

Fate Outgoing::on_status(const SentItem& item, syncml::StatusCode code)
{
    if (item.part == SentItem::Part::Chunk) {
        chunks_.reset(); // the server does not want the rest either
        take_next();
    } else {
        ++answered_;
    }
    const auto fate = fate_of(item, code, type_);
    full_ = full_ || (code == syncml::StatusCode::DeviceFull && item.verb == syncml::ItemVerb::Add);
    count(counters_, fate);
    return fate;
}

} // namespace session
