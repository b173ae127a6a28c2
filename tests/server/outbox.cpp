#include "outbox.hpp"

#include "codec/codec.hpp"
#include "large_object.hpp"

#include <algorithm>

namespace testserver {

namespace {

/// By which the client will name it.
const std::string& id_of(const syncml::ItemCommand& command)
{
    const auto& item = command.items.front();
    return item.source ? item.source->uri : item.target->uri;
}

std::string ref_of(const syncml::Command& command)
{
    if (const auto* alert = std::get_if<syncml::Alert>(&command); alert != nullptr && !alert->items.empty())
        return alert->items.front().source ? alert->items.front().source->uri : "";
    return {};
}

/// Makes the next of the items one that takes at most `most` octets, if there is one among those that come soon.
/// Nothing goes before a deletion that came before it.
bool bring_forward(std::deque<Outgoing>& items, std::size_t most, codec::Encoding encoding)
{
    constexpr std::size_t soon = 500;
    const auto end = items.begin() + static_cast<std::ptrdiff_t>(std::min(items.size(), soon));
    const auto found = std::find_if(items.begin(), end, [&](const Outgoing& item) {
        return item.command.verb == syncml::ItemVerb::Delete ||
               codec::encoded_size(syncml::SyncCommand(item.command), encoding) <= most;
    });
    if (found == items.begin() || found == end || found->command.verb == syncml::ItemVerb::Delete)
        return false;
    std::rotate(items.begin(), found, found + 1);
    return true;
}

} // namespace

syncml::Alert about_session(syncml::AlertCode code, const syncml::Header& header)
{
    syncml::Alert alert;
    alert.code = code;
    syncml::Item item;
    item.target = syncml::Location{header.target.uri, {}};
    item.source = syncml::Location{header.source.uri, {}};
    alert.items.push_back(std::move(item));
    return alert;
}

/// One message being filled.
class Outbox::Packing {
public:
    Packing(const syncml::Header& header, std::uint64_t limit, codec::Encoding encoding)
        : limit_(limit), encoding_(encoding)
    {
        message_.header = header;
        octets_ = codec::encoded_size(header, encoding_);
    }

    syncml::CmdId next_id() const { return last_id_ + 1; }
    std::size_t room() const { return octets_ < limit_ ? limit_ - octets_ : 0; }
    /// Nothing may follow a chunk.
    void close() { closed_ = true; }
    bool closed() const { return closed_; }
    bool has_room(std::size_t octets) const { return limit_ == 0 || octets_ + octets <= limit_; }
    void reserve(std::size_t octets) { octets_ += octets; }
    void take_id() { ++last_id_; }

    /// Puts the command in when it fits, or in any case when `force`.
    bool put(syncml::Command command, bool force)
    {
        std::visit([this](auto& any) { any.cmd_id = next_id(); }, command);
        const auto octets = codec::encoded_size(command, encoding_);
        if (!force && !has_room(octets))
            return false;
        octets_ += octets;
        take_id();
        message_.body.push_back(std::move(command));
        return true;
    }
    /// So that a client with tiny messages still gets on: one command beside the header's Status always goes.
    bool is_bare() const { return message_.body.size() <= 1; }
    syncml::Message& message() { return message_; }

private:
    syncml::Message message_;
    std::uint64_t limit_;
    codec::Encoding encoding_;
    std::size_t octets_ = 0;
    syncml::CmdId last_id_ = 0;
    bool closed_ = false;
};

std::size_t Outbox::room(const syncml::Header& header) const
{
    if (limit_ == 0)
        return SIZE_MAX;
    // The header's Status, and the Sync around an item or the Alert 222 and one more Status.
    constexpr std::size_t around = 900;
    const auto used = codec::encoded_size(header, encoding_) + around;
    return used < limit_ ? limit_ - used : 0;
}

void Outbox::add_sync(Exchange& exchange, bool number_of_changes)
{
    PendingSync pending{&exchange, std::nullopt};
    if (number_of_changes)
        pending.number_of_changes = exchange.outgoing().size();
    syncs_.push_back(pending);
}

syncml::Message Outbox::compose(const syncml::Header& header, syncml::Status header_status, unsigned asks_for_next)
{
    Packing packing(header, limit_, encoding_);
    packing.put(std::move(header_status), true);
    auto next = about_session(syncml::AlertCode::NextMessage, header);
    next.cmd_id = 999'999;
    const auto next_octets = codec::encoded_size(syncml::Command(next), encoding_);
    packing.reserve(asks_for_next * next_octets);

    while (!statuses_.empty() && packing.put(statuses_.front(), packing.is_bare()))
        statuses_.pop_front();
    while (statuses_.empty() && !commands_.empty()) {
        auto& [command, exchange] = commands_.front();
        const auto id = packing.next_id();
        if (!packing.put(command, packing.is_bare()))
            break;
        sent_.push_back({header.msg_id, id, syncml::name(command), ref_of(command), exchange, {}});
        commands_.pop_front();
    }
    while (statuses_.empty() && commands_.empty() && !syncs_.empty() && !packing.closed() &&
           pack_sync(packing, syncs_.front()))
        syncs_.pop_front();

    for (unsigned ask = 0; ask < asks_for_next; ++ask) {
        const auto id = packing.next_id();
        packing.put(next, true);
        sent_.push_back({header.msg_id, id, "Alert", {}, nullptr, {}});
    }
    return std::move(packing.message());
}

/// The next chunk, behind everything else in its message; `octets`: of the Sync so far.
std::optional<SentCommand> Outbox::place_chunk(Packing& packing, syncml::Sync& sync, Outgoing& outgoing,
                                               std::size_t& octets)
{
    const auto rest = std::string_view(outgoing.data).substr(outgoing.sent);
    auto command = outgoing.command;
    auto& item = command.items.front();
    if (outgoing.sent == 0 || outgoing.resumed)
        item.meta.size = outgoing.data.size();
    const auto room = packing.room() - std::min(packing.room(), octets);
    std::size_t size = 0;
    std::size_t taken = 0;
    for (auto most = room; size == 0 || size > room; most = taken - std::min(taken, size - room)) {
        taken = whole_characters(rest, most);
        if (taken == 0)
            return std::nullopt;
        item.data = std::string(rest.substr(0, taken));
        item.more_data = taken < rest.size();
        size = codec::encoded_size(syncml::SyncCommand(command), encoding_);
    }
    octets += size;
    outgoing.sent += taken;
    outgoing.waits = item.more_data;
    const auto& change = outgoing.change;
    SentCommand sent{packing.message().header.msg_id,
                     command.cmd_id,
                     std::string(syncml::name(command.verb)),
                     id_of(command),
                     nullptr,
                     change,
                     item.more_data};
    sync.commands.emplace_back(std::move(command));
    packing.close();
    return sent;
}

/// True when the datastore has nothing more to send.
bool Outbox::pack_sync(Packing& packing, PendingSync& pending)
{
    auto& exchange = *pending.exchange;
    auto& items = exchange.outgoing();
    if (!items.empty() && items.front().waits)
        return false;
    const bool bare = packing.is_bare();
    syncml::Sync sync;
    sync.cmd_id = packing.next_id();
    sync.target.uri = exchange.client_uri();
    sync.source.uri = exchange.told_uri();
    sync.number_of_changes = pending.number_of_changes;

    const auto frame = codec::encoded_size(syncml::Command(sync), encoding_);
    std::size_t octets = frame;
    syncml::CmdId id = sync.cmd_id;
    while (!items.empty() && !packing.closed()) {
        auto& command = items.front().command;
        command.cmd_id = id + 1;
        if (items.front().in_chunks) {
            auto chunk = place_chunk(packing, sync, items.front(), octets);
            if (!chunk)
                break;
            ++id;
            chunk->exchange = &exchange;
            ++exchange.report().chunks_to_client;
            if (!items.front().waits)
                items.pop_front();
            sent_.push_back(std::move(*chunk));
            continue;
        }
        const auto size = codec::encoded_size(syncml::SyncCommand(command), encoding_);
        if (use_chunks_ && size > room(packing.message().header)) { // it fits into no message
            items.front().data = std::get<std::string>(std::exchange(command.items.front().data, {}));
            items.front().in_chunks = true;
            exchange.on_sent(items.front().change);
            continue;
        }
        if (!packing.has_room(octets + size) && !(bare && sync.commands.empty())) {
            if (!bring_forward(items, packing.room() - std::min(packing.room(), octets), encoding_))
                break;
            continue;
        }
        octets += size;
        ++id;
        sync.commands.emplace_back(std::move(command));
        const auto& change = items.front().change;
        exchange.on_sent(change);
        const auto& packed = std::get<syncml::ItemCommand>(sync.commands.back());
        sent_.push_back({packing.message().header.msg_id, id, std::string(syncml::name(packed.verb)), id_of(packed),
                         &exchange, change});
        items.pop_front();
    }
    if (sync.commands.empty() && !bare && (!items.empty() || !packing.has_room(frame)))
        return false; // its first item goes into the next message
    sent_.push_back({packing.message().header.msg_id, sync.cmd_id, "Sync", exchange.told_uri(), &exchange, {}});
    pending.number_of_changes.reset();
    packing.reserve(octets);
    while (packing.next_id() <= id)
        packing.take_id();
    packing.message().body.emplace_back(std::move(sync));
    return items.empty();
}

} // namespace testserver
