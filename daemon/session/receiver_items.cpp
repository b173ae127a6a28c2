// The part of Receiver that deals with the server's Sync: its items, and what
// becomes of them.

#include "session/incoming.hpp"
#include "session/receiver.hpp"
#include "session/wording.hpp"

#include <fmt/format.h>

#include <cassert>
#include <utility>

namespace session {

using syncml::StatusCode;

void Receiver::read(syncml::Sync& sync)
{
    brought_commands_ = true;
    auto* service = conversation_.find_service(sync.target.uri, sync.source.uri);
    const auto code = service != nullptr ? service->on_server_sync(sync) : StatusCode::NotFound;
    answers_.add(sync.cmd_id, "Sync", sync.no_resp, code);

    Refusal refusal;
    if (code != StatusCode::Ok)
        refusal = code;
    else if (!syncml::server_sends(service->type()))
        refusal = StatusCode::Forbidden; // nothing may be written here
    for (auto& command : sync.commands)
        read_inner(service, command, refusal);
}

void Receiver::read_inner(Service* service, syncml::SyncCommand& command, Refusal refusal)
{
    if (auto* item_command = std::get_if<syncml::ItemCommand>(&command))
        read_items(service, *item_command, refusal);
    else if (auto* group = std::get_if<syncml::Group>(&command))
        read_group(service, *group, refusal);
    else
        read(std::get<syncml::Unsupported>(command));
}

void Receiver::read_group(Service* service, syncml::Group& group, Refusal refusal)
{
    // A Sequence is what happens to every Sync here: item by item, in order. An
    // Atomic would need a datastore that can take all of it back: it is refused as a
    // whole and its commands are reported as not executed (RepPro 1.2, Atomic).
    auto code = refusal.value_or(StatusCode::Ok);
    if (group.kind == syncml::GroupKind::Atomic && !refusal) {
        code = StatusCode::OptionalFeatureNotSupported;
        refusal = StatusCode::NotExecuted;
    }
    answers_.add(group.cmd_id, std::string(syncml::name(group.kind)), group.no_resp, code);
    for (auto& command : group.commands)
        read_inner(service, command, refusal);
}

void Receiver::read_items(Service* service, syncml::ItemCommand& command, Refusal refusal)
{
    if (command.items.empty())
        return answers_.add(command.cmd_id, std::string(syncml::name(command.verb)), command.no_resp,
                            StatusCode::IncompleteCommand);
    answers_.add_items(command);
    for (auto& item : command.items)
        read_item(service, command, item, refusal);
}

void Receiver::read_item(Service* service, const syncml::ItemCommand& command, syncml::Item& item, Refusal refusal)
{
    const auto index = service != nullptr ? std::optional(service->index()) : std::nullopt;
    const bool is_news = !object_.is_continued_by(index, command, item);
    if (is_news)
        give_up_object();
    const bool counted = object_.is_refused() && !is_news;
    // A server that goes on with what was refused, or with empty chunks, gets nowhere.
    made_progress_ = made_progress_ || (!counted && !(item.more_data && item.text().empty()));

    const auto slot = answers_.place(item);
    const bool of_sync = refusal.has_value();
    refusal = object_.take(index, command, item, refusal);
    // It goes on with what is not here any more (OMA DS 1.2 protocol, resume).
    if (refusal == StatusCode::SizeRequired && service != nullptr && service->is_resumed())
        refusal = StatusCode::IncompleteCommand;
    if (auto news = object_.take_news()) {
        if (news->first) { // it takes their place
            ended_objects_.erase(news->service);
            answered_objects_.erase(news->service);
        }
        conversation_.effects.emplace_back(std::move(*news));
    }
    if (const auto ended = object_.take_ended())
        ended_objects_.insert(*ended);
    if (!refusal) {
        auto incoming = read_incoming(command, item);
        if (auto* good = std::get_if<Incoming>(&incoming))
            return carry_out(*service, slot, std::move(*good));
        refusal = std::get<StatusCode>(incoming);
    }
    answers_.fill(slot, *refusal);
    if (service == nullptr || counted || *refusal == StatusCode::ChunkedItemAccepted)
        return;
    service->on_incoming_refused();
    note_not_stored(*service, slot, words(*refusal));
    const bool is_change = command.verb == syncml::ItemVerb::Add || command.verb == syncml::ItemVerb::Replace;
    if (is_change && !of_sync)
        quarantine(*service, slot, *refusal, words(*refusal),
                   std::max<std::uint64_t>(command.meta_of(item).size.value_or(0), item.text().size()));
}

void Receiver::carry_out(Service& service, Answers::Slot slot, Incoming incoming)
{
    auto& batch = batches_[service.index()];
    batch.entries.push_back({slot, incoming.kind, incoming.guid, incoming.data.size()});
    batch.items.push_back(std::move(incoming));
}

void Receiver::give_up_object()
{
    auto lost = object_.give_up();
    if (const auto ended = object_.take_ended())
        ended_objects_.insert(*ended);
    if (!lost)
        return;
    auto& service = conversation_.services[lost->service];
    service.on_incoming_refused();
    const auto& id = lost->ids.source ? lost->ids.source : lost->ids.target;
    conversation_.note_item(service.index(),
                            fmt::format("{}: item {} of the server was not stored: its end did not come.",
                                        service.setup().name, id ? id->uri : std::string()));
    syncml::Alert alert;
    alert.code = syncml::AlertCode::NoEndOfData;
    alert.items.push_back(std::move(lost->ids));
    conversation_.queue.emplace_back(std::move(alert), SentOther{});
}

void Receiver::note_not_stored(const Service& service, Answers::Slot slot, std::string_view why)
{
    conversation_.note_item(service.index(), fmt::format("{}: item {} of the server was not stored ({}).",
                                                         service.setup().name, answers_.id(slot), why));
}

void Receiver::quarantine(const Service& service, Answers::Slot slot, StatusCode code, std::string why,
                          std::uint64_t size)
{
    if (fate_of(IncomingKind::Add, code) == Fate::Refused)
        conversation_.quarantine(service.index(), {true, answers_.id(slot), code, std::move(why), size});
}

std::optional<Apply> Receiver::next_apply()
{
    while (!batches_.empty()) {
        auto& [service, batch] = *batches_.begin();
        if (!conversation_.services[service].error())
            return Apply{service, std::move(batch.items), conversation_.services[service].announced()};
        on_apply_failed();
    }
    return std::nullopt;
}

void Receiver::on_applied(const std::vector<Outcome>& outcomes)
{
    assert(!batches_.empty());
    const auto node = batches_.extract(batches_.begin());
    auto& service = conversation_.services[node.key()];
    const auto& entries = node.mapped().entries;
    assert(outcomes.size() == entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& [slot, kind, guid, size] = entries[i];
        answers_.fill(slot, outcomes[i].status);
        service.on_incoming(kind, guid, outcomes[i]);
        if (!is_failure(fate_of(kind, outcomes[i].status))) {
            if (!outcomes[i].why.empty())
                conversation_.note_item(service.index(), fmt::format("{}: {}.", service.setup().name, outcomes[i].why));
        } else {
            const auto why = outcomes[i].why.empty() ? words(outcomes[i].status) : outcomes[i].why;
            note_not_stored(service, slot, why);
            if (kind != IncomingKind::Delete)
                quarantine(service, slot, outcomes[i].status, why, size);
        }
    }
    conversation_.report_progress(service, true);
}

void Receiver::on_apply_failed(StatusCode code)
{
    assert(!batches_.empty());
    const auto node = batches_.extract(batches_.begin());
    for (const auto& entry : node.mapped().entries) {
        answers_.fill(entry.slot, code);
        conversation_.services[node.key()].on_incoming_refused();
    }
}

} // namespace session
