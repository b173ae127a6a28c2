#include "session/draft.hpp"

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
      comfortable_(std::min(limit_, comfortable)), size_(setup.header_size(header))
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
    syncml::Command sync;
    std::size_t octets = 0;
    if (!stands_last(shell)) {
        sync = shell;
        placed.sync = next_id_;
        set_id(sync, next_id_);
        octets = setup_.command_size(sync);
    }
    placed.item = item.cmd_id = placed.sync ? next_id_ + 1 : next_id_;
    syncml::SyncCommand command(std::move(item));
    octets += setup_.sync_command_size(command);
    // One item may always fill a message; the second must fit comfortably.
    if (octets > (items_ == 0 ? room() : comfortable_room()))
        return std::nullopt;

    size_ += octets;
    ++items_;
    if (placed.sync)
        message_.body.push_back(std::move(sync));
    std::get<syncml::Sync>(message_.body.back()).commands.push_back(std::move(command));
    next_id_ = placed.item + 1;
    return placed;
}

bool Draft::stands_last(const syncml::Sync& shell) const
{
    const auto* sync = message_.body.empty() ? nullptr : std::get_if<syncml::Sync>(&message_.body.back());
    return sync != nullptr && sync->target == shell.target && sync->source == shell.source;
}

std::size_t Draft::room_below(std::size_t limit) const
{
    const auto taken = size_ + reserved_;
    return taken < limit ? limit - taken : 0;
}

syncml::Message Draft::finish(bool final) &&
{
    message_.final = final;
    return std::move(message_);
}

} // namespace session
