#include "session/answers.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace session {

void Answers::begin(syncml::MsgId message, bool wanted)
{
    assert(answers_.empty());
    message_ = message;
    wanted_ = wanted;
}

void Answers::add(syncml::CmdId command, std::string name, bool no_resp, syncml::StatusCode code)
{
    syncml::Status status;
    status.cmd_ref = command;
    status.cmd = std::move(name);
    status.code = code;
    add(std::move(status), no_resp);
}

void Answers::add(syncml::Status status, bool no_resp)
{
    push({std::move(status), true, {}}, no_resp);
}

void Answers::add_items(const syncml::ItemCommand& command)
{
    syncml::Status status;
    status.cmd_ref = command.cmd_id;
    status.cmd = syncml::name(command.verb);
    push({std::move(status), true, {}}, command.no_resp);
}

void Answers::push(Answer answer, bool no_resp)
{
    answer.status.msg_ref = message_;
    answer.wanted = wanted_ && !no_resp && answer.status.cmd_ref != 0;
    answers_.push_back(std::move(answer));
}

Answers::Slot Answers::place(const syncml::Item& item)
{
    auto& items = answers_.back().items;
    items.push_back(
        {item.target ? item.target->uri : std::string(), item.source ? item.source->uri : std::string(), std::nullopt});
    return {answers_.size() - 1, items.size() - 1};
}

void Answers::fill(Slot slot, syncml::StatusCode code)
{
    answers_.at(slot.answer).items.at(slot.item).code = code;
}

const std::string& Answers::id(Slot slot) const
{
    const auto& item = answers_.at(slot.answer).items.at(slot.item);
    return item.source.empty() ? item.target : item.source;
}

std::vector<syncml::Status> Answers::take()
{
    std::vector<syncml::Status> result;
    for (auto& answer : std::exchange(answers_, {})) {
        if (answer.wanted)
            append(result, std::move(answer));
    }
    return result;
}

void Answers::append(std::vector<syncml::Status>& out, Answer answer)
{
    const auto refer_to = [](syncml::Status& status, const Item& item) {
        assert(item.code);
        status.code = *item.code;
        if (!item.target.empty())
            status.target_refs.push_back(item.target);
        if (!item.source.empty())
            status.source_refs.push_back(item.source);
    };
    const auto& items = answer.items;
    const bool one_code =
        std::all_of(items.begin(), items.end(), [&](const Item& item) { return item.code == items.front().code; });
    if (one_code) {
        for (const auto& item : items)
            refer_to(answer.status, item);
        out.push_back(std::move(answer.status));
        return;
    }
    for (const auto& item : items) {
        auto status = answer.status;
        refer_to(status, item);
        out.push_back(std::move(status));
    }
}

} // namespace session
