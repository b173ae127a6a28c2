#include "runner/session_driver.hpp"

#include "base/base64.hpp"
#include "base/log.hpp"
#include "datastore/guard.hpp"
#include "runner/audience.hpp"
#include "runner/device_document.hpp"
#include "runner/device_info.hpp"
#include "runner/local_failure.hpp"
#include "runner/session_setup.hpp"
#include "storage/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <concepts>
#include <exception>
#include <iterator>
#include <type_traits>
#include <utility>

namespace runner {
namespace {

template <class Effect>
concept Question = std::same_as<Effect, session::Prepare> || std::same_as<Effect, session::ReadChanges> ||
    std::same_as<Effect, session::Apply> || std::same_as<Effect, session::Send> ||
    std::same_as<Effect, session::Wait> || std::same_as<Effect, session::Conclude>;

/// In these the server throws away what it knows of our items before it has all of them
/// again. Unless the service concludes well there is nothing to go on from but the sync itself, for a sync of changes
/// would leave out or double what the server no longer knows.
bool begins_anew(session::SyncType type)
{
    return type == session::SyncType::Slow || syncml::is_refresh(type);
}

/// Of the server's messages. What it is told to send must fit, were it nothing but the shortest Statuses, which take
/// the most room for an octet.
codec::Limits reply_limits(const channel::Plan& plan)
{
    constexpr std::size_t room_per_octet = 40;
    codec::Limits limits;
    limits.max_bytes = plan.max_reply_bytes;
    limits.max_room = std::max<std::size_t>(limits.max_room, room_per_octet * plan.max_msg_size);
    return limits;
}

base::Error held_for_review(const channel::Plan& plan, std::string_view service, std::string_view what)
{
    return {
        base::Errc::HeldForReview,
        fmt::format("{} waits for review: {}. See what it is with \"syncctl plan {}\", and then \"syncctl release\" "
                    "or \"syncctl reject\" it.",
                    service, what, plan.profile_name)};
}

/// Errors of a server that is not, any more, what it said to be.
bool may_be_another(const base::Error& error)
{
    return error.code == base::Errc::Server || error.code == base::Errc::Protocol ||
           error.code == base::Errc::DatabaseNotFound;
}

/// The filter under which everything of the server's has come here by now; `before`: until this sync.
std::string filter_of(const session::Conclude& ended, const std::string& before)
{
    // A two-way sync with another filter was a slow one.
    if (ended.type == session::SyncType::TwoWay || begins_anew(ended.type))
        return ended.filter;
    if (!syncml::server_sends(ended.type) || ended.filter == before)
        return before;
    // What either has left out is not known, and the anchors are behind it: no filter is like this one.
    return std::string(storage::mixed_filter);
}

std::int64_t microseconds(Time time)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

/// Item data that the encoding cannot hold as text travels in base64.
void make_portable(session::Change& change, codec::Encoding encoding)
{
    if (codec::can_carry(change.data, encoding))
        return;
    change.data = base::encode_base64(change.data);
    change.format = "b64";
}

} // namespace

SessionDriver::SessionDriver(const channel::Plan& plan, const Surroundings& around, const WireSearch& search,
                             session::Setup setup, SessionReport& report)
    : around_(around), plan_(plan), wire_(search.current()), doubtful_(search.is_doubtful()),
      account_(account_identity(plan.url, plan.user)), server_nonce_(setup.server_nonce),
      devinf_hash_(setup.put_devinf ? fingerprint(to_json(setup.devinf)) : std::string()), report_(report),
      exchange_(around.transport, around.ending, wire_.encoding, reply_limits(plan), around.transcript),
      progress_(around.steady_now, around.tell), engine_(std::move(setup))
{
    for (const auto& service : plan.services)
        services_.push_back({service, nullptr, 0});
}

std::optional<base::Error> SessionDriver::run()
{
    if (around_.ending.stop)
        engine_.stop();
    auto effects = engine_.start();
    while (auto event = carry_out(effects)) {
        if (around_.ending.stop)
            engine_.stop();
        effects = engine_.step(std::move(*event));
    }
    progress_.finish();
    return error_;
}

std::vector<session::ServiceStatistics> SessionDriver::statistics() const
{
    auto statistics = engine_.statistics();
    for (std::size_t i = 0; i < services_.size(); ++i) {
        statistics[i].from_server.total += services_[i].replaced;
        statistics[i].from_server.removed += services_[i].replaced;
    }
    return statistics;
}

std::optional<session::Event> SessionDriver::carry_out(std::vector<session::Effect>& effects)
{
    // What fails on the way to the question is the answer to it: nothing that
    // depends on it may happen.
    std::optional<base::Error> failure;
    const auto one = [&](auto& effect) -> std::optional<session::Event> {
        using Effect = std::remove_cvref_t<decltype(effect)>;
        if constexpr (std::same_as<Effect, session::Finished>) {
            error_ = std::move(effect.error);
            objection_ = effect.objection;
        } else if constexpr (Question<Effect>) {
            if (!failure)
                return answer(effect);
            if constexpr (std::same_as<Effect, session::Conclude>)
                services_[effect.service].store.reset();
            return session::Broke{std::move(*failure), std::nullopt, false};
        } else if (!failure) {
            try {
                obey(effect);
            } catch (const std::exception& exception) {
                failure = local_failure(exception);
            }
        }
        return std::nullopt;
    };
    for (auto& effect : effects)
        if (auto event = std::visit(one, effect))
            return event;
    assert(engine_.finished());
    return std::nullopt;
}

// ---- effects that ask nothing -------------------------------------------------------

void SessionDriver::obey(const session::SaveNonce& effect)
{
    around_.state.set_nonce(effect.nonce);
}

void SessionDriver::obey(const session::GiveServerNonce&)
{
    around_.state.give_server_nonce(server_nonce_);
}

void SessionDriver::obey(const session::SizesWanted&)
{
    around_.state.want_sizes();
}

void SessionDriver::obey(const session::SavePeerInfo& effect)
{
    auto devinf = effect.devinf;
    devinf.ver_dtd = syncml::dtd(wire_.version); // that it was given in, whatever it says itself
    peer_info_ = to_json(devinf);
    info_is_new_ = true;
    // Until then it would be taken for that of the account before.
    if (around_.state.identity() == account_)
        keep_peer_info();
}

void SessionDriver::obey(const session::Confirm& effect)
{
    services_[effect.service].store->note_confirmed(effect.entries);
}

void SessionDriver::obey(const session::TryAnchors& effect)
{
    around_.state.set_tried(services_[effect.service].plan.service, {effect.own_next, effect.peer_next});
}

void SessionDriver::obey(const session::NotePartSent& effect)
{
    services_[effect.service].store->note_part_sent(effect.luid, effect.part);
}

void SessionDriver::obey(const session::KeepChunk& effect)
{
    services_[effect.service].store->keep_chunk(effect.part, effect.first);
}

void SessionDriver::obey(const session::DropPart& effect)
{
    if (const auto& store = services_[effect.service].store)
        store->drop_part();
}

void SessionDriver::obey(const session::ConfirmMaps& effect)
{
    // A service that has ended keeps its maps for the next session.
    if (const auto& store = services_[effect.service].store)
        store->note_mapped(effect.maps);
}

void SessionDriver::obey(const session::Quarantine& effect)
{
    if (const auto& store = services_[effect.service].store)
        store->quarantine(effect.items);
}

void SessionDriver::obey(const session::Progress& effect)
{
    progress_.update(services_[effect.service].plan.service, effect.from_server, effect.total, effect.done);
}

void SessionDriver::obey(session::Note& effect)
{
    spdlog::info("{}", effect.text);
    if (around_.transcript)
        around_.transcript->note({effect.text});
    report_.note(std::move(effect.text));
}

void SessionDriver::note_store(Service& service)
{
    for (const auto& text : service.store->take_notes()) {
        session::Note note{std::nullopt, fmt::format("{}: {}.", service.plan.service, text)};
        obey(note);
    }
}

void SessionDriver::keep_peer_info()
{
    if (peer_info_) {
        if (const auto known = around_.state.peer_info(); known && known->document != *peer_info_)
            around_.state.retry_refused(); // it is another now, and may take them
        around_.state.set_peer_info(*peer_info_, microseconds(around_.now()));
    }
    peer_info_.reset();
}

/// It may be another server now, or another version of it, than the one that described itself.
void SessionDriver::doubt_peer_info()
{
    if (!info_is_new_)
        around_.state.doubt_peer_info();
}

// ---- questions ---------------------------------------------------------------------

session::Broke SessionDriver::broke(session::ServiceIndex service, const std::exception& exception) const
{
    const auto& name = services_[service].plan.service;
    if (const auto* held = dynamic_cast<const datastore::HeldForReview*>(&exception))
        return {held_for_review(plan_, name, held->what()), service, false};
    const bool full = dynamic_cast<const storage::Full*>(&exception) != nullptr;
    return {local_failure(exception, name), service, full};
}

session::Event SessionDriver::answer(const session::Prepare& question)
try {
    Service& service = services_[question.service];
    const auto& plan = service.plan;
    auto& state = around_.state;
    // The server has accepted us and read our first package. Before that an account that the profile has moved to
    // may be a slip of the pen, not worth the anchors of the former one.
    state.bind_to(account_);
    keep_peer_info();
    if (question.type == session::SyncType::Slow && plan.type != syncml::name(question.type) &&
        state.find_anchors(plan.service, plan.uri))
        doubt_peer_info(); // it does not know us any more
    remember(state, plan_, wire_, doubtful_, around_.now());
    if (!devinf_hash_.empty())
        state.set_sent_devinf_hash(std::exchange(devinf_hash_, {}));
    service.store = around_.open_datastore(*kinds::find(plan.service), plan, state.anchors(plan.service, plan.uri));
    const auto info = state.peer_info();
    const auto server = info ? find_device_info(info->document) : std::nullopt;
    service.store->meet(audience_of(server ? &*server : nullptr, plan.uri));
    service.store->admit(question.type);
    note_store(service);
    if (begins_anew(question.type) && !question.resumed) {
        state.forget(plan.service);
        state.anchors(plan.service, plan.uri); // whose they are to be
    }
    return session::Prepared{service.store->prepare(question.type, question.resumed)};
} catch (const std::exception& exception) {
    return broke(question.service, exception);
}

session::Event SessionDriver::answer(const session::ReadChanges& question)
try {
    auto changes = services_[question.service].store->read(question.bytes);
    for (auto& change : changes.changes)
        make_portable(change, wire_.encoding);
    return changes;
} catch (const std::exception& exception) {
    return broke(question.service, exception);
}

session::Event SessionDriver::answer(session::Apply& question)
try {
    return session::Applied{services_[question.service].store->apply(std::move(question.items), question.announced)};
} catch (const std::exception& exception) {
    return broke(question.service, exception);
}

session::Event SessionDriver::answer(session::Send& question)
{
    try {
        note_sent(question);
    } catch (const std::exception& exception) {
        return session::Broke{local_failure(exception), std::nullopt, false};
    }
    auto reply = exchange_.send(std::move(question.message), question.url,
                                question.repeatable ? transport::Repeat::Freely : transport::Repeat::Never);
    if (!reply)
        return session::Broke{std::move(reply.error()), std::nullopt, false};
    return session::Received{std::move(*reply)};
}

session::Event SessionDriver::answer(const session::Wait& question)
{
    around_.wait(question.time);
    return session::Waited{};
}

void SessionDriver::note_sent(const session::Send& question)
{
    std::vector<std::vector<std::string>> luids(services_.size());
    for (const auto& [service, luid] : question.luids)
        luids[service].push_back(luid);
    for (std::size_t i = 0; i < luids.size(); ++i)
        if (!luids[i].empty())
            services_[i].store->note_sent(luids[i]);
}

session::Event SessionDriver::answer(const session::Conclude& question)
try {
    Service& service = services_[question.service];
    if (question.error && may_be_another(*question.error))
        doubt_peer_info();
    std::string held;
    if (!question.error)
        held = settle(service, question);
    else if (service.store)
        service.store->abandon();
    if (service.store)
        note_store(service);
    service.store.reset();
    if (!held.empty())
        return session::Broke{held_for_review(plan_, service.plan.service, held), question.service, false};
    return session::Concluded{};
} catch (const std::exception& exception) {
    return broke(question.service, exception);
}

std::string SessionDriver::settle(Service& service, const session::Conclude& question)
{
    auto& state = around_.state;
    const auto& plan = service.plan;
    service.replaced = service.store->commit();
    auto filter = filter_of(question, state.anchors(plan.service, plan.uri).filter);
    state.commit(plan.service, plan.uri,
                 {question.own_next, question.peer_next, service.store->mark(), std::move(filter)});
    if (question.compare_next)
        state.forget(plan.service);
    return service.store->held();
}

} // namespace runner
