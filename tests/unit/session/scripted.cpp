#include "scripted.hpp"

#include "crude_size.hpp"

#include <algorithm>
#include <iterator>

namespace scripted {

using namespace session;

ServiceSetup contacts(SyncType type)
{
    ServiceSetup service;
    service.name = "CONTACT";
    service.local_uri = "contacts";
    service.remote_uri = "card";
    service.requested = type;
    service.own_last = "c41";
    service.own_next = "c42";
    service.peer_last = "s900";
    return service;
}

ServiceSetup calendar(SyncType type)
{
    ServiceSetup service;
    service.name = "EVENT";
    service.local_uri = "calendar";
    service.remote_uri = "cal";
    service.requested = type;
    service.own_last = "k41";
    service.own_next = "k42";
    service.peer_last = "s900";
    return service;
}

Setup setup(std::vector<ServiceSetup> services)
{
    Setup setup;
    setup.server_uri = server;
    setup.device_id = device;
    setup.session_id = 7;
    setup.user = "alice";
    setup.password = base::Secret("s3cret");
    setup.max_msg_size = 65536;
    setup.max_obj_size = 4194304;
    setup.devinf.device_id = device;
    setup.devinf_type = "application/vnd.syncml-devinf+xml";
    setup.put_devinf = false;
    setup.get_devinf = false;
    setup.services = std::move(services);
    crude_size::install(setup);
    return setup;
}

Change added(std::string luid, std::string data)
{
    return {ChangeKind::Add, std::move(luid), "text/vcard", "", std::move(data)};
}

Change updated(std::string luid, std::string data)
{
    return {ChangeKind::Update, std::move(luid), "text/vcard", "", std::move(data)};
}

Change removed(std::string luid)
{
    return {ChangeKind::Delete, std::move(luid), "", "", ""};
}

// ---- Reply ----------------------------------------------------------------------

Reply::Reply(std::string session, syncml::MsgId message)
{
    message_.header.ver_dtd = "1.2";
    message_.header.ver_proto = "SyncML/1.2";
    message_.header.session_id = std::move(session);
    message_.header.msg_id = message;
    message_.header.target.uri = device;
    message_.header.source.uri = server;
}

Reply& Reply::status(syncml::MsgId message, syncml::CmdId command, std::string name, int code)
{
    syncml::Status status;
    status.msg_ref = message;
    status.cmd_ref = command;
    status.cmd = std::move(name);
    status.code = static_cast<syncml::StatusCode>(code);
    return this->command(std::move(status));
}

Reply& Reply::header_status(syncml::MsgId message, int code)
{
    return status(message, 0, "SyncHdr", code);
}

Reply& Reply::challenge(syncml::MsgId message, int code, std::string type, std::string nonce)
{
    header_status(message, code);
    auto& chal = std::get<syncml::Status>(message_.body.back()).chal.emplace();
    chal.format = "b64";
    chal.type = std::move(type);
    chal.next_nonce = std::move(nonce);
    return *this;
}

Reply& Reply::alert(int code, std::string target, std::string source, syncml::Anchor anchor)
{
    syncml::Alert alert;
    alert.code = static_cast<syncml::AlertCode>(code);
    auto& item = alert.items.emplace_back();
    item.target = syncml::Location{std::move(target), {}};
    item.source = syncml::Location{std::move(source), {}};
    item.meta.anchor = std::move(anchor);
    return command(std::move(alert));
}

Reply& Reply::alert(int code)
{
    syncml::Alert alert;
    alert.code = static_cast<syncml::AlertCode>(code);
    return command(std::move(alert));
}

Reply& Reply::sync(std::string target, std::string source, std::vector<syncml::SyncCommand> commands,
                   std::optional<std::uint64_t> number_of_changes)
{
    syncml::Sync sync;
    sync.cmd_id = next_++;
    sync.target.uri = std::move(target);
    sync.source.uri = std::move(source);
    sync.number_of_changes = number_of_changes;
    const auto number = [this](auto& self, std::vector<syncml::SyncCommand>& list) -> void {
        for (auto& command : list) {
            std::visit([this](auto& value) { value.cmd_id = next_++; }, command);
            if (auto* group = std::get_if<syncml::Group>(&command))
                self(self, group->commands);
        }
    };
    number(number, commands);
    sync.commands = std::move(commands);
    message_.body.emplace_back(std::move(sync));
    return *this;
}

Reply& Reply::command(syncml::Command command)
{
    std::visit([this](auto& value) { value.cmd_id = next_++; }, command);
    message_.body.push_back(std::move(command));
    return *this;
}

Reply& Reply::final()
{
    message_.final = true;
    return *this;
}

Reply agreed(const syncml::Message& first)
{
    Reply reply(first.header.session_id, first.header.msg_id);
    reply.header_status(first.header.msg_id);
    const auto alerts = commands<syncml::Alert>(first);
    for (const auto& alert : alerts)
        reply.status(first.header.msg_id, alert.cmd_id, "Alert", 200);
    for (const auto& alert : alerts) {
        const auto& item = alert.items.at(0);
        reply.alert(static_cast<int>(*alert.code), item.source->uri, item.target->uri, {"s900", "s901"});
    }
    return reply.final();
}

syncml::ItemCommand server_add(std::string guid, std::string data)
{
    syncml::ItemCommand command;
    command.verb = syncml::ItemVerb::Add;
    command.meta.type = "text/vcard";
    auto& item = command.items.emplace_back();
    item.source = syncml::Location{std::move(guid), {}};
    item.data = std::move(data);
    return command;
}

syncml::ItemCommand server_replace(std::string luid, std::string data)
{
    syncml::ItemCommand command;
    command.verb = syncml::ItemVerb::Replace;
    command.meta.type = "text/vcard";
    auto& item = command.items.emplace_back();
    item.target = syncml::Location{std::move(luid), {}};
    item.data = std::move(data);
    return command;
}

syncml::ItemCommand server_delete(std::string luid)
{
    syncml::ItemCommand command;
    command.verb = syncml::ItemVerb::Delete;
    command.items.emplace_back().target = syncml::Location{std::move(luid), {}};
    return command;
}

// ---- Client ------------------------------------------------------------------------

Client::Client(Setup setup) : engine(std::move(setup)) {}

void Client::start()
{
    run(engine.start());
}

void Client::reply(const syncml::Message& message)
{
    send.reset();
    run(engine.step(Received{message}));
}

void Client::fail(base::Error error)
{
    send.reset();
    run(engine.step(Broke{std::move(error), {}}));
}

void Client::initialize()
{
    start();
    reply(agreed(sent()));
}

void Client::run(std::vector<Effect> effects)
{
    while (true) {
        const auto last = effects.back();
        log.insert(log.end(), std::make_move_iterator(effects.begin()), std::make_move_iterator(effects.end()));
        if (const auto* message = std::get_if<Send>(&last)) {
            send = *message;
            return;
        }
        if (const auto* end = std::get_if<Finished>(&last)) {
            finished = *end;
            return;
        }
        effects = engine.step(answer(last));
    }
}

Event Client::answer(const Effect& question)
{
    if (const auto* prepare = std::get_if<Prepare>(&question))
        return answer(*prepare);
    if (const auto* read = std::get_if<ReadChanges>(&question))
        return answer(*read);
    if (const auto* apply = std::get_if<Apply>(&question))
        return answer(*apply);
    if (std::holds_alternative<Wait>(question))
        return Waited{};
    return answer(std::get<Conclude>(question));
}

Event Client::answer(const Prepare& question)
{
    if (const auto found = prepare_breaks.find(question.service); found != prepare_breaks.end())
        return Broke{found->second, question.service};
    read_[question.service] = 0;
    return Prepared{changes[question.service].size()};
}

Event Client::answer(const ReadChanges& question)
{
    if (const auto found = read_breaks.find(question.service); found != read_breaks.end())
        return Broke{found->second, question.service};
    if (++reads_ == stop_at_read)
        engine.stop();
    const auto& all = changes[question.service];
    auto& read = read_[question.service];
    Changes answer;
    const auto count = std::min(read_at_once, all.size() - read);
    answer.changes.assign(all.begin() + static_cast<std::ptrdiff_t>(read),
                          all.begin() + static_cast<std::ptrdiff_t>(read + count));
    read += count;
    answer.end = read == all.size();
    return answer;
}

Event Client::answer(const Apply& question)
{
    if (const auto found = apply_breaks.find(question.service); found != apply_breaks.end())
        return Broke{found->second, question.service, is_full};
    Applied answer;
    for (const auto& item : question.items) {
        const auto found = outcomes.find(item.luid.empty() ? item.guid : item.luid);
        if (found != outcomes.end())
            answer.outcomes.push_back(found->second);
        else if (item.kind == IncomingKind::Add)
            answer.outcomes.push_back({syncml::StatusCode::ItemAdded, std::to_string(next_luid_++)});
        else
            answer.outcomes.push_back({syncml::StatusCode::Ok, {}});
    }
    return answer;
}

Event Client::answer(const Conclude& question)
{
    if (const auto found = conclude_breaks.find(question.service); found != conclude_breaks.end())
        return Broke{found->second, question.service};
    return Concluded{};
}

bool Client::noted(std::string_view part) const
{
    const auto notes = all<Note>();
    return std::any_of(notes.begin(), notes.end(),
                       [&](const Note& note) { return note.text.find(part) != std::string::npos; });
}

// ---- looking at messages ---------------------------------------------------------------

namespace {

std::string ids(const std::vector<syncml::Item>& items)
{
    std::string result;
    for (const auto& item : items) {
        result += ' ';
        result += item.target ? item.target->uri : item.source ? item.source->uri : "?";
    }
    return result;
}

struct Outline {
    std::string operator()(const syncml::Status& status) const
    {
        return "Status " + std::to_string(status.msg_ref) + '/' + std::to_string(status.cmd_ref) + ' ' + status.cmd +
               ' ' + std::to_string(static_cast<int>(status.code));
    }
    std::string operator()(const syncml::Alert& alert) const
    {
        return "Alert " + std::to_string(static_cast<int>(alert.code.value())) + ids(alert.items);
    }
    std::string operator()(const syncml::Put&) const { return "Put"; }
    std::string operator()(const syncml::Get&) const { return "Get"; }
    std::string operator()(const syncml::Results&) const { return "Results"; }
    std::string operator()(const syncml::Sync& sync) const
    {
        std::string inner;
        for (const auto& command : sync.commands) {
            const auto& item = std::get<syncml::ItemCommand>(command);
            inner += (inner.empty() ? "" : ", ") + std::string(syncml::name(item.verb)) + ids(item.items);
        }
        return "Sync " + sync.target.uri + " [" + inner + ']';
    }
    std::string operator()(const syncml::Map& map) const
    {
        std::string inner;
        for (const auto& item : map.items)
            inner += (inner.empty() ? "" : ", ") + item.guid + '=' + item.luid;
        return "Map " + map.target.uri + " [" + inner + ']';
    }
    std::string operator()(const syncml::ItemCommand& item) const { return std::string(syncml::name(item.verb)); }
    std::string operator()(const syncml::Group& group) const { return std::string(syncml::name(group.kind)); }
    std::string operator()(const syncml::Unsupported& command) const { return command.name; }
};

} // namespace

std::vector<SentItemCommand> item_commands(const syncml::Message& message)
{
    std::vector<SentItemCommand> result;
    for (const auto& sync : commands<syncml::Sync>(message)) {
        for (const auto& inner : sync.commands) {
            const auto& command = std::get<syncml::ItemCommand>(inner);
            result.push_back({sync.target.uri, command.cmd_id, command.verb, command.items.at(0).source->uri});
        }
    }
    return result;
}

std::vector<int> codes(const syncml::Message& message)
{
    std::vector<int> result;
    for (const auto& status : commands<syncml::Status>(message)) {
        if (status.cmd_ref != 0)
            result.push_back(static_cast<int>(status.code));
    }
    return result;
}

std::vector<std::string> outline(const syncml::Message& message)
{
    std::vector<std::string> result;
    for (const auto& command : message.body)
        result.push_back(std::visit(Outline{}, command));
    if (message.final)
        result.push_back("Final");
    return result;
}

} // namespace scripted
