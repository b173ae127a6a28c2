#include "session/conversation.hpp"

#include "base/utf8.hpp"
#include "session/device_information.hpp"

#include <fmt/format.h>

namespace session {
namespace {

constexpr std::size_t max_item_notes = 10;
// A server can say as much as it likes to the user (Alert 100).
constexpr std::size_t max_notes = 100;

syncml::Alert alert_for(const Service& service, syncml::AlertCode code)
{
    syncml::Alert alert;
    alert.code = code;
    alert.items.push_back(service.alert_item());
    return alert;
}

syncml::Status status_of_alert(const ServerAlerts& alerts, syncml::CmdId command)
{
    syncml::Status status;
    status.msg_ref = alerts.message;
    status.cmd_ref = command;
    status.cmd = command == 0 ? "SyncHdr" : "Alert";
    return status;
}

} // namespace

Conversation::Conversation(Setup from)
    : setup(std::move(from)),
      authentication(setup.first_scheme, setup.may_send_basic, setup.user, setup.password, setup.nonce, setup.version),
      server_proof(setup), server_uri(setup.server_uri), url(server_uri), session_id(setup.session_id),
      states_sizes(setup.states_sizes), item_notes_(setup.services.size())
{
    services.reserve(setup.services.size());
    for (const auto& service : setup.services)
        services.emplace_back(service, services.size(), DatastoreLogin(service, setup.may_send_basic, setup.version));
    if (setup.peer_devinf)
        learn(*setup.peer_devinf);
}

void Conversation::learn(const syncml::DevInf& peer)
{
    peer_wants_counts = peer.number_of_changes && syncml::has_number_of_changes(setup.version);
    peer_takes_chunks = peer.large_objects && syncml::has_large_objects(setup.version);
    if (syncml::has_filters(setup.version))
        for (auto& service : services)
            service.learn(peer);
}

void Conversation::begin(Package next)
{
    package = next;
    own_final_sent = false;
    if (package == Package::Initialization) {
        if (setup.server_alerts)
            answer(*setup.server_alerts);
        for (auto& service : services) {
            if (!service.error()) // of a beginning before
                service.begin();
            if (service.error())
                continue;
            queue_alert(service);
        }
        if (setup.put_devinf)
            queue.emplace_back(put_devinf(setup), SentOther{});
        if (setup.get_devinf)
            queue.emplace_back(get_devinf(setup), SentOther{});
    }
    if (package == Package::Modifications) {
        for (auto& service : services) {
            if (!service.is_agreed() || !service.must_alert_again())
                continue;
            queue.emplace_back(alert_for(service, syncml::AlertCode::SlowSync), SentAlert{service.index(), true});
            service.on_alerted_again();
        }
    }
}

void Conversation::queue_alert(const Service& service)
{
    auto alert = alert_for(service, service.alert_code());
    alert.cred = service.credentials();
    queue.emplace_back(std::move(alert), SentAlert{service.index(), false});
}

bool Conversation::log_in()
{
    bool any = false;
    for (auto& service : services) {
        if (!service.must_log_in())
            continue;
        queue_alert(service);
        service.on_logging_in();
        any = true;
    }
    own_final_sent = own_final_sent && !any;
    return any;
}

void Conversation::answer(const ServerAlerts& alerts)
{
    header_answer = status_of_alert(alerts, 0);
    header_answer->target_refs = {alerts.target};
    header_answer->source_refs = {alerts.source};
    for (const auto& alert : alerts.alerts) {
        if (owed.empty() || owed.back().cmd_ref != alert.command)
            owed.push_back(status_of_alert(alerts, alert.command));
        if (!alert.target.empty())
            owed.back().target_refs.push_back(alert.target);
        owed.back().source_refs.push_back(alert.source);
    }
}

void Conversation::restart(bool afresh)
{
    header_answer.reset();
    server_nonce_given = false;
    owed.clear();
    queue.clear();
    peer_final = true;
    peer_busy = false;
    peer_refused = false;
    if (afresh) {
        url = server_uri;
        session_id = next_session_id(session_id);
        last_msg_id = 0;
        peer_last_msg_id = 0;
        sent.clear();
    }
    for (auto& service : services)
        service.on_logging_in(); // its Alert is among those that go once more
    begin(Package::Initialization);
}

void Conversation::begin_again()
{
    std::vector<bool> were_slow;
    for (auto& service : services) {
        were_slow.push_back(service.type() == SyncType::Slow);
        if (const auto told = service.begin_again(); !told.empty())
            note(service.index(), told);
    }
    authentication.renew();
    restart(true);
    for (const auto& service : services)
        if (const auto why = service.why_slow(); !why.empty() && !were_slow[service.index()])
            note(service.index(), why);
}

base::Result<syncml::Header> Conversation::next_header()
{
    auto cred = authentication.credentials();
    if (!cred)
        return tl::unexpected(cred.error());
    syncml::Header header;
    header.ver_dtd = syncml::dtd(setup.version);
    header.ver_proto = syncml::protocol(setup.version);
    header.session_id = std::to_string(session_id);
    header.msg_id = ++last_msg_id;
    header.target.uri = url;
    header.source = {setup.device_id, setup.user};
    header.cred = std::move(*cred);
    if (setup.max_msg_size > 0)
        header.meta.max_msg_size = setup.max_msg_size;
    if (setup.max_obj_size > 0 && syncml::has_large_objects(setup.version))
        header.meta.max_obj_size = setup.max_obj_size;
    sent.begin_message(header.msg_id);
    return header;
}

Service* Conversation::find_service(std::string_view target, std::string_view source)
{
    for (auto& service : services) {
        if (service.is_addressed_by(target, source))
            return &service;
    }
    return nullptr;
}

void Conversation::note(std::optional<ServiceIndex> service, std::string_view text)
{
    if (notes_++ < max_notes)
        effects.emplace_back(Note{service, base::legible(text)});
}

void Conversation::note_item(ServiceIndex service, std::string text)
{
    const auto told = item_notes_.at(service)++;
    if (told < max_item_notes)
        note(service, text);
    else if (told == max_item_notes)
        note(service,
             fmt::format("{}: more items failed; the statistics count them all.", services[service].setup().name));
}

void Conversation::report_progress(const Service& service, bool from_server)
{
    const auto total = from_server ? service.announced() : service.outgoing().total();
    const auto done = from_server ? service.from_server().total : service.outgoing().counters().total;
    effects.emplace_back(Progress{service.index(), from_server, total == 0 ? 0 : std::max(total, done), done});
}

void Conversation::quarantine(ServiceIndex service, Quarantine::Item item)
{
    // A hostile server can have a thousand items refused in one message, and each effect is a write to the disk.
    for (auto& effect : effects)
        if (auto* refused = std::get_if<Quarantine>(&effect); refused != nullptr && refused->service == service)
            return refused->items.push_back(std::move(item));
    effects.emplace_back(Quarantine{service, {}});
    std::get<Quarantine>(effects.back()).items.push_back(std::move(item));
}

} // namespace session
