#include "session/service.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "session/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace session {
namespace {

using base::Errc;
using syncml::StatusCode;

constexpr std::string_view cgi_filter = "syncml:filtertype-cgi";

// Servers write `./card` for what they were asked as `card`.
std::string_view without_prefix(std::string_view uri)
{
    return uri.substr(0, 2) == "./" ? uri.substr(2) : uri;
}

bool is_same(std::string_view a, std::string_view b)
{
    return without_prefix(a) == without_prefix(b);
}

bool is_challenge(StatusCode code)
{
    return code == StatusCode::InvalidCredentials || code == StatusCode::MissingCredentials;
}

/// Whether the list of a server (DevInf, SyncCap) leaves a type out. One without the types that no server may lack
/// says nothing.
bool leaves_out(const std::vector<std::uint32_t>& list, SyncType type)
{
    const auto has = [&](SyncType one) {
        const auto number = static_cast<std::uint32_t>(syncml::to_alert(one)) -
                            static_cast<std::uint32_t>(syncml::AlertCode::TwoWay) + 1;
        return std::find(list.begin(), list.end(), number) != list.end();
    };
    return has(SyncType::TwoWay) && has(SyncType::Slow) && !has(type);
}

std::string names(const std::vector<std::uint32_t>& list)
{
    std::string result;
    for (const auto type : {SyncType::TwoWay, SyncType::Slow, SyncType::OneWayFromClient, SyncType::RefreshFromClient,
                            SyncType::OneWayFromServer, SyncType::RefreshFromServer})
        if (!leaves_out(list, type))
            result += (result.empty() ? "" : ", ") + std::string(syncml::name(type));
    return result;
}

} // namespace

Service::Service(ServiceSetup setup, ServiceIndex index, DatastoreLogin login)
    : setup_(std::move(setup)), index_(index), type_(setup_.interrupted.value_or(setup_.requested)),
      login_(std::move(login)), maps_(setup_.pending_maps.begin(), setup_.pending_maps.end())
{
}

bool Service::is_addressed_by(std::string_view target, std::string_view source) const
{
    // Some phones acting as server leave the Target out.
    return target.empty() ? is_same(source, setup_.remote_uri) : is_same(target, setup_.local_uri);
}

// Without an anchor there is nothing to be two-way about: everything is compared. Neither is there with another filter:
// the server may have left out what now belongs to what it has to send, and does not change.
SyncType Service::type_to_ask_for() const
{
    const bool is_new = setup_.own_last.empty() || filter() != setup_.last_filter;
    return setup_.requested == SyncType::TwoWay && is_new ? SyncType::Slow : setup_.requested;
}

// A refresh from the server replaces what is here by what it sends, so it must be everything.
bool Service::wants_filter() const
{
    return !setup_.filter.empty() && syncml::server_sends(setup_.requested) && !syncml::is_refresh(setup_.requested) &&
           !filter_given_up_;
}

bool Service::is_filter_late() const
{
    return lacks_filter() && !filtered_type_.empty() && !error_ && !asks_to_resume();
}

void Service::learn(const syncml::DevInf& devinf)
{
    filtered_type_.clear();
    const auto* store = syncml::find_datastore(devinf, setup_.remote_uri);
    if (store == nullptr || !setup_.can_be_filtered)
        return;
    const bool can_filter =
        std::any_of(store->filter_rx.begin(), store->filter_rx.end(),
                    [](const syncml::ContentType& one) { return base::lower(one.type) == cgi_filter; });
    if (!can_filter)
        return;
    // What is filtered is what it sends.
    for (const auto* types : {&store->tx_preferred, &store->tx, &store->rx_preferred})
        if (filtered_type_.empty() && !types->empty())
            filtered_type_ = types->front().type;
}

void Service::begin()
{
    filter_sent_ = wants_filter() && !filtered_type_.empty() && !asks_to_resume();
    if (!asks_to_resume())
        type_ = type_to_ask_for();
    if (!asks_to_resume() && leaves_out(setup_.peer_sync_types, type_))
        fail(Errc::Server,
             fmt::format("The server's database \"{}\" does not know {} (it lists {}), so {} was not synchronized and "
                         "nothing was changed. Choose one of those.",
                         setup_.remote_uri, syncml::name(type_), names(setup_.peer_sync_types), setup_.name));
}

std::string Service::why_slow() const
{
    if (type_ != SyncType::Slow || asks_to_resume() || setup_.requested == SyncType::Slow)
        return {};
    if (setup_.own_last.empty())
        return fmt::format("{}: slow sync, because there is no completed sync to go on from.", setup_.name);
    return fmt::format("{}: slow sync, because the filter is not the one of the last sync.", setup_.name);
}

syncml::AlertCode Service::alert_code() const
{
    return asks_to_resume() ? syncml::AlertCode::Resume : syncml::to_alert(type_);
}

syncml::Item Service::alert_item() const
{
    syncml::Item item;
    item.target = syncml::Location{setup_.remote_uri, {}};
    item.source = syncml::Location{setup_.local_uri, {}};
    item.meta.anchor = syncml::Anchor{own_last(), setup_.own_next};
    // What does not match stays as it is here (INCLUSIVE). Otherwise the server would have it deleted here, and a
    // Delete is one to all who share these items.
    if (filter_sent_)
        item.target->filter.push_back({filtered_type_, std::string(cgi_filter), setup_.filter, "INCLUSIVE"});
    return item;
}

void Service::on_alert_status(const syncml::Status& status)
{
    const auto code = status.code;
    alert_accepted_ = syncml::is_success(code);
    if (alert_accepted_)
        login_.on_accepted(status);
    // 508, and to a resume also 509: the server's own Alert says what it wants instead.
    if (alert_accepted_ || code == StatusCode::RefreshRequired ||
        (asks_to_resume() && code == StatusCode::ResumeOverridden))
        return;
    if (is_challenge(code)) {
        must_log_in_ = login_.on_challenge(status);
        if (!must_log_in_)
            fail_login(code);
        return;
    }
    // Servers that know nothing of resuming answer by any error (406, 400, even 404).
    if (asks_to_resume()) {
        resume_refused_ = true;
        return;
    }
    // Which of these it is for a filter that is not understood is not agreed on among servers.
    if (filter_sent_ && (code == StatusCode::OptionalFeatureNotSupported || code == StatusCode::UnsupportedMediaType ||
                         code == StatusCode::UnknownSearchGrammar || code == StatusCode::BadCgiScript)) {
        filter_refused_ = true;
        return;
    }
    refuse_alert(code);
}

void Service::refuse_alert(StatusCode code)
{
    if (code == StatusCode::NotFound)
        fail(Errc::DatabaseNotFound,
             fmt::format("The server has no database \"{}\" for {}. Correct ServerDatabaseUri of "
                         "this service in the profile.",
                         setup_.remote_uri, setup_.name));
    else
        fail(server_failure(fmt::format("The server refuses to synchronize its database \"{}\" for {} as {} ({}).",
                                        setup_.remote_uri, setup_.name, syncml::name(type_), words(code))));
}

void Service::fail_login(StatusCode code)
{
    if (login_.wants_basic_in_vain())
        fail(Errc::PlainCredentialsRefused,
             fmt::format("The server's database \"{}\" for {} accepts only credentials that travel readable for anyone "
                         "on the way, because the address is not https. Use an https address, or set "
                         "AllowPlainCredentials in the profile.",
                         setup_.remote_uri, setup_.name));
    else
        fail(Errc::Authentication,
             fmt::format("The server's database \"{}\" for {} refuses its credentials ({}). Set Id "
                         "and Password of this service in the profile.",
                         setup_.remote_uri, setup_.name, words(code)));
}

Service::Reply Service::on_server_alert(syncml::AlertCode code, const syncml::Item& item)
{
    const auto anchor = item.meta.anchor.value_or(syncml::Anchor{});
    if (item.meta.max_obj_size)
        peer_max_obj_size = item.meta.max_obj_size;
    auto proposed = syncml::find_sync_type(code);
    const bool resumes = asks_to_resume() && (code == syncml::AlertCode::Resume || // or as SyncEvolution's server:
                                              (alert_accepted_ && proposed == setup_.interrupted));
    if (resumes)
        proposed = setup_.interrupted;
    if (!proposed)
        return {StatusCode::OptionalFeatureNotSupported, {}};
    if (error_)
        return {StatusCode::DataStoreFailure, {}};
    if (agreed_)
        return {StatusCode::CommandNotAllowed, {}};
    peer_next_ = anchor.next;
    agreed_ = true;
    resumed_ = resumes;
    if (!asks_to_resume())
        return agree(*proposed, anchor);

    if (!resumed_) {
        type_ = type_to_ask_for();
        const bool is_either = (type_ == SyncType::TwoWay && proposed == SyncType::Slow) ||
                               (type_ == SyncType::Slow && proposed == SyncType::TwoWay);
        if (proposed != type_ && !is_either) {
            resume_refused_ = true; // that answers the resume; what is wanted has not been asked for
            return {StatusCode::Forbidden, {}};
        }
    }
    auto reply = agree(*proposed, anchor);
    if (reply.note.empty() && is_agreed())
        reply.note = resumed_ ? fmt::format("{}: goes on with the sync that broke off.", setup_.name)
                              : fmt::format("{}: the server does not go on with the sync that broke off; what it has "
                                            "confirmed is not sent again all the same.",
                                            setup_.name);
    return reply;
}

Service::Reply Service::agree(SyncType proposed, const syncml::Anchor& anchor)
{
    if (proposed == SyncType::TwoWay && type_ == SyncType::Slow && asks_to_resume())
        return ask_for_slow(
            fmt::format("{}: slow sync, because there is no completed sync to go on from.", setup_.name));
    if (proposed != type_) {
        if (type_ != SyncType::TwoWay || proposed != SyncType::Slow)
            return refuse_or_try(proposed);
        type_ = SyncType::Slow;
        return {StatusCode::Ok, fmt::format("{}: slow sync, because the server asks for it: it does not know the last "
                                            "session with us.",
                                            setup_.name)};
    }
    // Refresh and slow sync do not build on an earlier session.
    if (type_ == SyncType::Slow || syncml::is_refresh(type_))
        return {};
    if (setup_.believes_anchors && !setup_.own_last.empty())
        return {};
    // A server that keeps no anchors has none to compare, though neither side has one.
    const bool compares = !anchor.last.empty() || own_last().empty();
    if (compares && anchor.last == peer_last())
        return {};
    if (resumed_ && anchor.last.empty())
        return {}; // the server knows what it goes on with
    resumed_ = false;
    if (type_ != SyncType::TwoWay)
        return refuse_or_try(type_); // 508 would have to come with an Alert that nobody asked for
    if (!compares)
        return ask_for_slow(fmt::format("{}: slow sync, because the server does not tell which was its last session "
                                        "with us (its Alert has no anchor).",
                                        setup_.name));
    return ask_for_slow(
        fmt::format("{}: slow sync, because the server's last session with us is not the one that we remember "
                    "(its anchor is \"{}\", ours is \"{}\").",
                    setup_.name, anchor.last, peer_last()));
}

Service::Reply Service::ask_for_slow(std::string note)
{
    type_ = SyncType::Slow;
    must_alert_again_ = true;
    return {StatusCode::RefreshRequired, std::move(note)};
}

std::string Service::begin_again()
{
    std::string note;
    if (filter_refused_)
        note = fmt::format("{}: the server does not take the filter; everything is exchanged. Correct Filter of this "
                           "service in the profile, or take it out.",
                           setup_.name);
    filter_given_up_ = filter_given_up_ || filter_refused_;
    filter_refused_ = false;
    plain_ = true;
    login_.renew();
    must_log_in_ = false;
    resume_refused_ = false;
    tries_ = tries_ || std::exchange(must_try_, false);
    alert_accepted_ = false;
    agreed_ = false;
    resumed_ = false;
    must_alert_again_ = false;
    return note;
}

// A one-way sync cannot turn into a slow one when anchors differ. They do after a session that the server has ended
// well and that was killed here before it was committed.
Service::Reply Service::refuse_or_try(SyncType proposed)
{
    const bool one_way = type_ == SyncType::OneWayFromClient || type_ == SyncType::OneWayFromServer;
    if (one_way && may_try()) {
        must_try_ = true;
        return {StatusCode::Forbidden, fmt::format("{}: the server has the last session, which broke off here, as a "
                                                   "good one; going on from that.",
                                                   setup_.name)};
    }
    refuse_type(proposed);
    return {StatusCode::Forbidden, {}};
}

// docs/decisions/0001-first-one-way-sync.md
void Service::refuse_type(SyncType proposed)
{
    if (type_ == SyncType::Slow)
        return fail(broken_rule(fmt::format(
            "The server answers {} for {}, although a slow sync was asked for, which no server may decline.",
            syncml::name(proposed), setup_.name)));
    std::string why;
    if (proposed == type_)
        why =
            fmt::format("The server's last session with us for {} is not the one that we remember, so {} would lose or "
                        "double items.",
                        setup_.name, syncml::name(type_));
    else if (proposed == SyncType::RefreshFromClient)
        why = fmt::format("The server would replace its whole content of {} with ours; asked for was {}.", setup_.name,
                          syncml::name(type_));
    else if (proposed == SyncType::RefreshFromServer)
        why = fmt::format("The server would replace our whole content of {} with its own; asked for was {}.",
                          setup_.name, syncml::name(type_));
    else
        why = fmt::format("The server answers with {} for {}; asked for was {}.", syncml::name(proposed), setup_.name,
                          syncml::name(type_));
    fail(Errc::DirectionRefused, why +
                                     " Nothing was changed. Run one SLOW sync, which keeps the items of both sides, or "
                                     "the REFRESH that you want; after that it works.");
}

void Service::on_alerted_again()
{
    must_alert_again_ = false;
    alerted_again_ = true;
}

StatusCode Service::on_late_alert(syncml::AlertCode code, const syncml::Item& item)
{
    if (!alerted_again_ || code != syncml::AlertCode::SlowSync)
        return StatusCode::CommandNotAllowed;
    if (item.meta.anchor)
        peer_next_ = item.meta.anchor->next;
    return StatusCode::Ok;
}

void Service::on_initialized()
{
    if (!agreed_)
        fail(broken_rule(fmt::format(
            "The server accepted the synchronization of {} but did not say how it wants to do it (no Alert).",
            setup_.name)));
    // A slow sync or a refresh makes a new map on both sides, at its beginning.
    if ((type_ == SyncType::Slow || syncml::is_refresh(type_)) && !resumed_)
        maps_.clear();
}

void Service::on_prepared(std::uint64_t total)
{
    prepared_ = true;
    outgoing_ = Outgoing(type_, total);
}

void Service::on_sync_status(const syncml::Status& status)
{
    const auto code = status.code;
    if (syncml::is_success(code))
        return login_.on_accepted(status);
    if (code == StatusCode::NotFound)
        return refuse_alert(code);
    if (is_challenge(code))
        return fail_login(code);
    fail(server_failure(fmt::format("The server does not accept our changes of {} ({}).", setup_.name, words(code))));
}

syncml::Sync Service::sync_shell(bool count) const
{
    syncml::Sync sync;
    sync.target.uri = setup_.remote_uri;
    sync.source.uri = setup_.local_uri;
    sync.cred = credentials();
    if (count && outgoing_.sync_is_due())
        sync.number_of_changes = outgoing_.total();
    return sync;
}

StatusCode Service::on_server_sync(const syncml::Sync& sync)
{
    if (error_)
        return StatusCode::DataStoreFailure;
    if (!prepared_)
        return StatusCode::CommandNotAllowed;
    server_sync_seen_ = true;
    if (sync.meta.max_obj_size)
        peer_max_obj_size = sync.meta.max_obj_size;
    if (sync.number_of_changes && announced_ == 0)
        announced_ = *sync.number_of_changes;
    return StatusCode::Ok;
}

void Service::on_incoming(IncomingKind kind, const std::string& guid, const Outcome& outcome)
{
    count(from_server_, fate_of(kind, outcome.status));
    if (syncml::is_success(outcome.status) && !outcome.luid.empty() && !guid.empty())
        maps_.push_back({guid, outcome.luid});
}

void Service::on_incoming_refused()
{
    count(from_server_, Fate::Refused);
}

std::vector<syncml::MapItem> Service::take_maps(std::size_t count)
{
    const auto end = maps_.begin() + static_cast<std::ptrdiff_t>(std::min(count, maps_.size()));
    std::vector<syncml::MapItem> result(std::make_move_iterator(maps_.begin()), std::make_move_iterator(end));
    maps_.erase(maps_.begin(), end);
    ++unanswered_maps_;
    return result;
}

void Service::fail(Errc code, std::string message)
{
    fail({code, std::move(message)});
}

void Service::fail(base::Error error)
{
    if (error_)
        return;
    error_ = base::Error{error.code, base::legible(error.message)};
    outgoing_.cancel();
    maps_.clear(); // they stay cached for the next session
}

bool Service::compares_next() const
{
    // A server that says so in a sync that compares is not asked to compare for ever; and a one-way sync has no slow
    // one in its place (docs/decisions/0001-first-one-way-sync.md).
    return refresh_wanted_ && type_ == SyncType::TwoWay;
}

void Service::judge()
{
    if (error_)
        return;
    const auto& sent = outgoing_.counters();
    if (outgoing_.unanswered() > 0 && !outgoing_.takes_no_more())
        return fail(broken_rule(
            fmt::format("The server did not answer for {} of our changes of {}. They are sent again next time.",
                        outgoing_.unanswered(), setup_.name)));
    if (type_ == SyncType::RefreshFromServer && !server_sync_seen_)
        return fail(broken_rule(fmt::format(
            "The server ended the session without sending its content of {}. Ours was left as it is.", setup_.name)));
    // A replacement or comparison in which nothing went through is none (OMA DS 1.2
    // protocol, end of a session).
    if (type_ != SyncType::Slow && !syncml::is_refresh(type_))
        return;
    // Single items that one side cannot take do not keep the others from ever coming to an end.
    if (sent.total > sent.failed || from_server_.total > from_server_.failed)
        return;
    if (sent.total > 0)
        return fail(server_failure(fmt::format("The server took none of our {} items of {}; the notes of this "
                                               "session say why.",
                                               sent.total, setup_.name)));
    if (from_server_.total > 0)
        return fail(Errc::Local, fmt::format("None of the {} items of {} that the server sent could be stored; the "
                                             "notes of this session say why. Synchronize again when that is remedied.",
                                             from_server_.total, setup_.name));
}

} // namespace session
