// The part of Receiver that deals with the server's answers to our commands.

#include "session/fate.hpp"
#include "session/receiver.hpp"
#include "session/wording.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

namespace session {

using syncml::StatusCode;

namespace {

Verdict verdict_of(Fate fate)
{
    if (fate == Fate::Missing)
        return Verdict::Missing;
    if (fate == Fate::OnceMore)
        return Verdict::OnceMore;
    if (fate == Fate::PutOff)
        return Verdict::PutOff;
    return fate == Fate::Refused ? Verdict::Refused : Verdict::Taken;
}

std::string_view what_next(Fate fate, StatusCode code)
{
    if (fate == Fate::Missing)
        return "it is sent as a new one in the next session";
    // Whether there is one the store knows.
    if (code == StatusCode::UnsupportedMediaType)
        return "it is sent again in another form, if both sides know one more, or when it changes";
    return fate == Fate::Refused ? "it is sent again when it changes" : "it is sent again in the next session";
}

} // namespace

void Receiver::read(const syncml::Status& status)
{
    if (status.cmd_ref == 0)
        return;
    const auto ref = status.msg_ref != 0 ? status.msg_ref : conversation_.last_msg_id;
    auto sent = conversation_.sent.take(ref, status.cmd_ref);
    if (!sent)
        return; // answered before, or nothing depends on it
    auto& services = conversation_.services;
    const auto service = std::visit(
        [](const auto& one) -> std::optional<ServiceIndex> {
            if constexpr (requires { one.service; })
                return one.service;
            else
                return std::nullopt;
        },
        *sent);
    if (service)
        read_wish(services[*service], status.code);
    if (const auto* alert = std::get_if<SentAlert>(&*sent)) {
        // The Status 508 before it has already made the sync slow; some servers refuse
        // the second Alert as late.
        if (!alert->again)
            services[alert->service].on_alert_status(status);
    } else if (const auto* sync = std::get_if<SentSync>(&*sent)) {
        services[sync->service].on_sync_status(status);
    } else if (const auto* item = std::get_if<SentItem>(&*sent)) {
        read_item_status(*item, status.code);
    } else if (auto* map = std::get_if<SentMap>(&*sent)) {
        read_map_status(std::move(*map), status.code);
    }
}

void Receiver::read_wish(Service& service, StatusCode code)
{
    if (code == StatusCode::ResetContent && !service.compares_next()) {
        service.on_refresh_wanted();
        if (service.compares_next())
            conversation_.note(service.index(),
                               fmt::format("{}: the server wants everything to be compared ({}); the next sync is a "
                                           "slow one.",
                                           service.setup().name, words(code)));
    }
    if (code == StatusCode::OperationCancelledNoMore && !service.outgoing().takes_no_more()) {
        service.outgoing().on_no_more();
        conversation_.note(service.index(),
                           fmt::format("{}: the server takes no more in this session ({}); what is left is sent with "
                                       "the next one.",
                                       service.setup().name, words(code)));
    }
}

void Receiver::read_item_status(const SentItem& item, StatusCode code)
{
    made_progress_ = true;
    auto& service = conversation_.services[item.service];
    if (item.part == SentItem::Part::Chunk) {
        if (!service.outgoing().waits_for_status(item))
            return; // given up meanwhile
        if (code == StatusCode::ChunkedItemAccepted) {
            service.outgoing().on_chunk_taken();
            conversation_.effects.emplace_back(NotePartSent{item.service, item.luid, service.outgoing().part()});
            return;
        }
        if (service.outgoing().begin_again(item, code))
            return;
    }
    learn_limits(service, item, code);
    // Where the whole Sync was refused the failures are its own, and say nothing of the items.
    const bool of_sync = service.error() && !syncml::is_success(code);
    const auto fate = service.outgoing().on_status(item, of_sync ? StatusCode::CommandFailed : code);
    confirmed_[item.service].push_back({item.luid, item.kind, code, verdict_of(fate)});
    if (is_failure(fate))
        conversation_.note_item(item.service,
                                fmt::format("{}: the server did not take item {} ({}); {}.", service.setup().name,
                                            item.luid, words(code), what_next(fate, code)));
    if (fate == Fate::Refused && item.kind != ChangeKind::Delete)
        conversation_.quarantine(item.service, {false, item.luid, code, words(code), 0});
}

void Receiver::learn_limits(const Service& service, const SentItem& item, StatusCode code)
{
    const bool full = code == StatusCode::DeviceFull && item.verb == syncml::ItemVerb::Add;
    if (full && !service.outgoing().is_full())
        conversation_.note(item.service,
                           fmt::format("{}: the server has no room for more items ({}). New ones are sent "
                                       "again with the next session; make room on the server.",
                                       service.setup().name, words(code)));
    const bool whole = item.part == SentItem::Part::Whole;
    if (code == StatusCode::SizeRequired && whole && !std::exchange(conversation_.states_sizes, true))
        conversation_.effects.emplace_back(SizesWanted{});
}

void Receiver::read_map_status(SentMap map, StatusCode code)
{
    made_progress_ = true;
    auto& service = conversation_.services[map.service];
    service.on_map_answered();
    if (syncml::is_success(code) && !is_success_in_name_only(code))
        conversation_.effects.emplace_back(ConfirmMaps{map.service, std::move(map.maps)});
}

void Receiver::report_confirmed()
{
    for (auto& [service, entries] : std::exchange(confirmed_, {})) {
        if (!entries.empty())
            conversation_.effects.emplace_back(Confirm{service, std::move(entries)});
        conversation_.report_progress(conversation_.services[service], false);
    }
}

} // namespace session
