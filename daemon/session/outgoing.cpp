#include "session/outgoing.hpp"

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
    end_ = true;
    sync_sent_ = true;
}

syncml::ItemCommand Outgoing::next_command() const
{
    const auto& change = next();
    syncml::ItemCommand command;
    command.verb = verb_for(change.kind, type_);
    command.meta.type = change.type;
    command.meta.format = change.format;
    auto& item = command.items.emplace_back();
    item.source = syncml::Location{change.luid, {}};
    if (change.kind != ChangeKind::Delete)
        item.data = change.data;
    return command;
}

SentItem Outgoing::on_sent(ServiceIndex service)
{
    SentItem sent{service, std::move(waiting_.front().luid), next().kind, verb_for(next().kind, type_)};
    waiting_.pop_front();
    ++sent_;
    return sent;
}

Change Outgoing::on_refused()
{
    auto change = std::move(waiting_.front());
    waiting_.pop_front();
    count(counters_, Fate::PutOff);
    return change;
}

Fate Outgoing::on_status(const SentItem& item, syncml::StatusCode code)
{
    ++answered_;
    const auto fate = fate_of(item, code, type_);
    count(counters_, fate);
    return fate;
}

} // namespace session
