#include "session/sent_commands.hpp"

#include <cassert>

namespace session {

void SentCommands::begin_message(syncml::MsgId message)
{
    assert(message == last_ids_.size() + 1);
    last_ids_.push_back(0);
}

void SentCommands::add(syncml::CmdId command, Sent sent)
{
    assert(!last_ids_.empty() && command > last_ids_.back());
    last_ids_.back() = command;
    const auto message = static_cast<syncml::MsgId>(last_ids_.size());
    if (!std::holds_alternative<SentOther>(sent))
        open_.emplace(std::pair(message, command), std::move(sent));
}

void SentCommands::end_message(syncml::CmdId highest)
{
    assert(!last_ids_.empty() && highest >= last_ids_.back());
    last_ids_.back() = highest;
}

bool SentCommands::was_sent(syncml::MsgId message, syncml::CmdId command) const
{
    return message >= 1 && message <= last_ids_.size() && command <= last_ids_[message - 1];
}

std::optional<Sent> SentCommands::take(syncml::MsgId message, syncml::CmdId command)
{
    const auto found = open_.find({message, command});
    if (found == open_.end())
        return std::nullopt;
    auto sent = std::move(found->second);
    open_.erase(found);
    return sent;
}

void SentCommands::clear()
{
    last_ids_.clear();
    open_.clear();
}

} // namespace session
