#include "session/draft.hpp"

#include "session/chunk.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

namespace session {
namespace {

void set_id(syncml::Command& command, syncml::CmdId id)
{
    std::visit([id](auto& value) { value.cmd_id = id; }, command);
}

} // namespace

Draft::Draft(const Setup& setup, syncml::Header header, std::size_t limit, std::size_t comfortable)
    : setup_(setup), limit_(limit == 0 ? std::numeric_limits<std::size_t>::max() : limit),
      comfortable_(std::min(limit_, comfortable)), header_size_(setup.header_size(header)), size_(header_size_)
{
    message_.header = std::move(header);
}

std::optional<syncml::CmdId> Draft::add(syncml::Command command)
{
    set_id(command, next_id_);
    const auto octets = setup_.command_size(command);
    if (octets > room())
        return std::nullopt;
    size_ += octets;
    message_.body.push_back(std::move(command));
    return next_id_++;
}

syncml::CmdId Draft::force(syncml::Command command)
{
    set_id(command, next_id_);
    size_ += setup_.command_size(command);
    message_.body.push_back(std::move(command));
    return next_id_++;
}

void Draft::reserve(const syncml::Command& command)
{
    reserved_ = setup_.command_size(command);
}

std::optional<Draft::Placed> Draft::add_item(const syncml::Sync& shell, syncml::ItemCommand item)
{
    Placed placed;
    syncml::SyncCommand command(std::move(item));
    const auto octets = measure(shell, command, placed);
    // One item may always fill a message; the second must fit comfortably.
    if (octets > (items_ == 0 ? room() : comfortable_room()))
        return std::nullopt;
    place(shell, std::move(command), placed, octets);
    return placed;
}

std::optional<Draft::PlacedChunk> Draft::add_chunk(const syncml::Sync& shell, syncml::ItemCommand item,
                                                   std::string_view rest, bool split)
{
    const auto chunk = item.meta.format == "b64" ? base64_chunk : text_chunk;
    syncml::SyncCommand command(std::move(item));
    auto& part = std::get<syncml::ItemCommand>(command).items.front();
    PlacedChunk result;
    for (auto most = std::min(split ? rest.size() / 2 : rest.size(), room());;) {
        result.octets = chunk(rest, most);
        if (result.octets == 0)
            return std::nullopt;
        part.data = std::string(rest.substr(0, result.octets));
        part.more_data = result.octets < rest.size();
        const auto octets = measure(shell, command, result.placed);
        if (octets <= room()) {
            place(shell, std::move(command), result.placed, octets);
            closed_ = true;
            return result;
        }
        // No octet of the data takes less than one in the message.
        most = result.octets - std::min(result.octets, octets - room());
    }
}

std::size_t Draft::measure(const syncml::Sync& shell, syncml::SyncCommand& item, Placed& placed) const
{
    std::size_t octets = 0;
    if (!stands_last(shell)) {
        syncml::Command sync = shell;
        placed.sync = next_id_;
        set_id(sync, next_id_);
        octets = setup_.command_size(sync);
    }
    placed.item = placed.sync ? next_id_ + 1 : next_id_;
    std::get<syncml::ItemCommand>(item).cmd_id = placed.item;
    return octets + setup_.sync_command_size(item);
}

void Draft::place(const syncml::Sync& shell, syncml::SyncCommand item, const Placed& placed, std::size_t octets)
{
    size_ += octets;
    ++items_;
    if (placed.sync) {
        syncml::Command sync = shell;
        set_id(sync, *placed.sync);
        message_.body.push_back(std::move(sync));
    }
    std::get<syncml::Sync>(message_.body.back()).commands.push_back(std::move(item));
    next_id_ = placed.item + 1;
}

bool Draft::stands_last(const syncml::Sync& shell) const
{
    const auto* sync = message_.body.empty() ? nullptr : std::get_if<syncml::Sync>(&message_.body.back());
    return sync != nullptr && sync->target == shell.target && sync->source == shell.source;
}

std::size_t Draft::room_below(std::size_t limit) const
{
    const auto taken = size_ + reserved_;
    return taken < limit && !closed_ ? limit - taken : 0;
}

syncml::Message Draft::finish(bool final) &&
{
    message_.final = final;
    return std::move(message_);
}

} // namespace session
