#include "session_script.hpp"

#include "codec/codec.hpp"
#include "crude_size.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace fuzz {

namespace {

using session::SyncType;
using syncml::AlertCode;
using syncml::StatusCode;

constexpr std::size_t max_services = 2;
constexpr std::size_t max_changes = 12;
constexpr auto device = "urn:uuid:5f1c2a90-77";
constexpr auto server = "https://sync.example.net/ds";

const std::array<session::ServiceSetup, max_services> known_services = [] {
    std::array<session::ServiceSetup, max_services> services;
    services[0] = {"CONTACT", "contacts", "card", SyncType::TwoWay, {}, "c41", "c42", "s900", {}, {}, {}, {}, {}, {}};
    services[1] = {"EVENT", "calendar", "cal", SyncType::TwoWay, {}, "k41", "k42", "s900", {}, {}, {}, {}, {}, {}};
    return services;
}();

std::optional<SyncType> find_type(char letter)
{
    switch (letter) {
    case 't': return SyncType::TwoWay;
    case 's': return SyncType::Slow;
    case 'c': return SyncType::OneWayFromClient;
    case 'C': return SyncType::RefreshFromClient;
    case 'v': return SyncType::OneWayFromServer;
    case 'V': return SyncType::RefreshFromServer;
    default: return std::nullopt;
    }
}

std::optional<AlertCode> find_alert(char letter)
{
    if (const auto type = find_type(letter))
        return syncml::to_alert(*type);
    switch (letter) {
    case '2': return AlertCode::NextMessage;
    case '3': return AlertCode::NoEndOfData;
    case '4': return AlertCode::Suspend;
    case '5': return AlertCode::Resume;
    case '6': return AlertCode::TwoWayByServer;
    case 'D': return AlertCode::Display;
    default: return std::nullopt;
    }
}

StatusCode code_of(char letter)
{
    constexpr std::string_view letters = "0123456789abcdefghijklmnopqrst";
    constexpr std::array<int, letters.size()> codes{200, 201, 212, 213, 404, 500, 206, 207, 508, 419,
                                                    418, 417, 401, 407, 425, 424, 101, 511, 211, 403,
                                                    415, 208, 209, 510, 416, 406, 412, 503, 301, 215};
    const auto at = letters.find(letter);
    return static_cast<StatusCode>(at != std::string_view::npos ? codes[at] : static_cast<unsigned char>(letter));
}

std::size_t digit(char letter)
{
    return letter >= '0' && letter <= '9' ? static_cast<std::size_t>(letter - '0') : 0;
}

std::string nonce(char letter)
{
    return std::string("bm9uY2U") + letter; // `nonce` and one octet more
}

/// The numbers and names of our commands in a message, in their order.
using Commands = std::vector<std::pair<syncml::CmdId, std::string>>;

Commands commands_in(const syncml::Message& message)
{
    Commands commands;
    for (const auto& command : message.body) {
        if (!std::holds_alternative<syncml::Status>(command))
            commands.emplace_back(std::visit([](const auto& one) { return one.cmd_id; }, command),
                                  syncml::name(command));
        if (const auto* sync = std::get_if<syncml::Sync>(&command))
            for (const auto& inner : sync->commands)
                if (const auto* item = std::get_if<syncml::ItemCommand>(&inner))
                    commands.emplace_back(item->cmd_id, std::string(syncml::name(item->verb)));
    }
    return commands;
}

syncml::DevInf server_devinf()
{
    syncml::DevInf devinf;
    devinf.device_id = "sync.example.net";
    devinf.device_type = "server";
    devinf.large_objects = true;
    devinf.number_of_changes = true;
    devinf.datastores.emplace_back().source_ref = "card";
    return devinf;
}

} // namespace

// ---- the server's message ------------------------------------------------------------

class SessionScript::Reply {
public:
    Reply(SessionScript& script, const syncml::Message& sent) : script_(script), sent_(sent), open_(commands_in(sent))
    {
        auto& header = turn_.message.header;
        header.ver_dtd = "1.2";
        header.ver_proto = "SyncML/1.2";
        header.session_id = sent.header.session_id;
        header.msg_id = ++script.message_;
        header.target.uri = device;
        header.source.uri = server;
        add(status(sent.header.msg_id, 0, "SyncHdr",
                   sent.header.msg_id == 1 ? StatusCode::AuthenticationAccepted : StatusCode::Ok));
    }

    /// Reads up to the end of the message.
    Turn read()
    {
        while (!script_.text_.empty()) {
            const char letter = script_.next();
            turn_.message.final = letter == '.';
            if (letter == '.' || letter == ',')
                break;
            (void)(read_status(letter) || read_item(letter) || read_command(letter) || read_header(letter));
        }
        close_all();
        return std::move(turn_);
    }

private:
    template <class Command>
    void number(Command& command)
    {
        command.cmd_id = ++last_id_;
    }
    void add(syncml::Command command)
    {
        close_all();
        std::visit([this](auto& one) { number(one); }, command);
        turn_.message.body.push_back(std::move(command));
    }

    static syncml::Status status(syncml::MsgId message, syncml::CmdId command, std::string name, StatusCode code)
    {
        syncml::Status status;
        status.msg_ref = message;
        status.cmd_ref = command;
        status.cmd = std::move(name);
        status.code = code;
        return status;
    }

    bool read_status(char letter)
    {
        auto* header = turn_.message.body.empty() ? nullptr : std::get_if<syncml::Status>(&turn_.message.body.front());
        switch (letter) {
        case 'h':
            if (header != nullptr)
                header->code = code_of(script_.next());
            return true;
        case 'H':
            if (header != nullptr && header->cmd_ref == 0)
                turn_.message.body.erase(turn_.message.body.begin());
            return true;
        case 'K':
        case 'M':
            if (header != nullptr) {
                auto& chal = header->chal.emplace();
                chal.format = "b64";
                chal.type = letter == 'K' ? "syncml:auth-basic" : "syncml:auth-md5";
                chal.next_nonce = nonce(script_.next());
            }
            return true;
        case '=':
        case '#': {
            const auto code = code_of(script_.next());
            for (auto count = letter == '#' ? open_.size() : std::min<std::size_t>(open_.size(), 1); count > 0;
                 --count) {
                add(status(sent_.header.msg_id, open_.front().first, open_.front().second, code));
                open_.erase(open_.begin());
            }
            return true;
        }
        case '?': {
            const auto message = static_cast<syncml::MsgId>(digit(script_.next()));
            const auto command = static_cast<syncml::CmdId>(digit(script_.next()));
            add(status(message, command, "Add", code_of(script_.next())));
            return true;
        }
        default: return false;
        }
    }

    // ---- items

    /// Where the next command of a Sync goes.
    std::vector<syncml::SyncCommand>* inside()
    {
        if (!sync_)
            return nullptr;
        return groups_.empty() ? &sync_->commands : &groups_.back().commands;
    }

    bool read_item(char letter)
    {
        using syncml::ItemVerb;
        switch (letter) {
        case '+': return place(ItemVerb::Add);
        case '*': return place(ItemVerb::Replace);
        case '-': return place(ItemVerb::Delete);
        case 'y': return place(ItemVerb::Copy);
        case 'z': return place(ItemVerb::Move);
        case '~': bare_ = true; return true;
        case '^': soft_ = true; return true;
        case '!': no_resp_ = true; return true;
        case '@': base64_ = true; return true;
        case '<': size_ = digit(script_.next()) * 10; return true;
        case '>': more_ = true; return true;
        case '{': return open_group(syncml::GroupKind::Sequence);
        case '[': return open_group(syncml::GroupKind::Atomic);
        case '}': close_group(); return true;
        default: return false;
        }
    }

    bool place(syncml::ItemVerb verb)
    {
        const char id = script_.next();
        syncml::ItemCommand command;
        number(command);
        command.verb = verb;
        command.no_resp = std::exchange(no_resp_, false);
        command.soft_delete = std::exchange(soft_, false);
        command.meta.type = "text/x-vcard";
        auto& item = command.items.emplace_back();
        if (verb == syncml::ItemVerb::Add)
            item.source = syncml::Location{std::string("g-") + id, {}};
        else
            item.target = syncml::Location{std::string("1") + id, {}};
        const auto size = std::exchange(size_, std::nullopt);
        item.more_data = std::exchange(more_, false) || size;
        if (size)
            item.meta.size = *size;
        if (std::exchange(base64_, false))
            item.meta.format = "b64";
        if (!std::exchange(bare_, false) && verb != syncml::ItemVerb::Delete)
            item.data = std::string("TEXT:") + id + "234\n"; // ten octets, also as base64 of other ones
        if (auto* commands = inside())
            commands->emplace_back(std::move(command));
        else
            add(std::move(command));
        return true;
    }

    bool open_group(syncml::GroupKind kind)
    {
        constexpr std::size_t deep = 8;
        if (!sync_ || groups_.size() >= deep)
            return true;
        syncml::Group group;
        group.kind = kind;
        number(group);
        groups_.push_back(std::move(group));
        return true;
    }
    void close_group()
    {
        if (groups_.empty())
            return;
        auto group = std::move(groups_.back());
        groups_.pop_back();
        inside()->emplace_back(std::move(group));
    }
    void close_all()
    {
        while (!groups_.empty())
            close_group();
        if (sync_)
            turn_.message.body.emplace_back(std::move(*std::exchange(sync_, std::nullopt)));
    }

    // ---- other commands

    bool read_command(char letter)
    {
        switch (letter) {
        case 'S': {
            close_all();
            const auto service = digit(script_.next());
            sync_.emplace();
            number(*sync_);
            sync_->target.uri = service < max_services ? known_services[service].local_uri : "notes";
            sync_->source.uri = service < max_services ? known_services[service].remote_uri : "note";
            return true;
        }
        case 's': close_all(); return true;
        case 'a': add_alert(); return true;
        case 'U': {
            syncml::Unsupported command;
            command.name = "Exec";
            command.no_resp = std::exchange(no_resp_, false);
            if (auto* commands = inside()) {
                number(command);
                commands->emplace_back(std::move(command));
            } else {
                add(std::move(command));
            }
            return true;
        }
        case 'm': add(syncml::Map{}); return true;
        case 'G': {
            syncml::Get get;
            get.items.emplace_back().target = syncml::Location{"./devinf12", {}};
            add(std::move(get));
            return true;
        }
        case 'D': {
            syncml::Put put;
            put.items.emplace_back().data = server_devinf();
            add(std::move(put));
            return true;
        }
        case 'R': {
            syncml::Results results;
            results.msg_ref = sent_.header.msg_id;
            results.items.emplace_back().data = server_devinf();
            add(std::move(results));
            return true;
        }
        default: return false;
        }
    }

    void add_alert()
    {
        const char letter = script_.next();
        syncml::Alert alert;
        alert.code = find_alert(letter);
        alert.no_resp = std::exchange(no_resp_, false);
        if (alert.code == AlertCode::Display)
            alert.items.emplace_back().data = std::string("Closed on Mondays\n");
        else if (find_type(letter) || letter == '6')
            alert.items.push_back(alert_item());
        add(std::move(alert));
    }

    syncml::Item alert_item()
    {
        const auto service = digit(script_.next());
        const char anchor = script_.next();
        const auto& known = known_services[std::min(service, max_services - 1)];
        syncml::Item item;
        item.target = syncml::Location{known.local_uri, {}};
        item.source = syncml::Location{known.remote_uri, {}};
        if (anchor == 'k' || anchor == 'o')
            item.meta.anchor = syncml::Anchor{anchor == 'k' ? known.peer_last : "s7", "s901"};
        return item;
    }

    bool read_header(char letter)
    {
        auto& header = turn_.message.header;
        switch (letter) {
        case 'u': header.resp_uri = "https://sync.example.net/ds?session=1"; return true;
        case 'r': header.resp_uri = "http://sync.example.net/ds"; return true;
        case 'Z': header.meta.max_msg_size = digit(script_.next()) * 400; return true;
        case 'O': header.meta.max_obj_size = digit(script_.next()) * 100; return true;
        case 'i': header.session_id = "99"; return true;
        case 'I': header.msg_id = 1; return true;
        case 'X': turn_.stops = true; return true;
        case 'N': turn_.breaks = true; return true;
        default: return false;
        }
    }

    SessionScript& script_;
    const syncml::Message& sent_;
    Commands open_; ///< our commands without a Status
    Turn turn_;
    syncml::CmdId last_id_ = 0;
    std::optional<syncml::Sync> sync_;
    std::vector<syncml::Group> groups_; ///< open ones, within sync_
    bool bare_ = false, soft_ = false, no_resp_ = false, base64_ = false, more_ = false;
    std::optional<std::size_t> size_;
};

// ---- the script ------------------------------------------------------------------------

SessionScript::SessionScript(std::string_view text) : text_(text)
{
    read_setup();
}

char SessionScript::next()
{
    if (text_.empty())
        return ' ';
    const char letter = text_.front();
    text_.remove_prefix(1);
    return letter;
}

SessionScript::Turn SessionScript::answer(const syncml::Message& sent)
{
    if (sent.header.msg_id == 1)
        message_ = 0; // a new session
    const bool over = is_over();
    auto turn = Reply(*this, sent).read();
    if (over) {
        constexpr int last_words = 4;
        turn.message.final = !tail_is_endless_;
        turn.breaks = !tail_is_patient_ && ++tail_ > last_words;
    }
    return turn;
}

// ---- the device ------------------------------------------------------------------------

void SessionScript::add_service(SyncType type)
{
    if (setup_.services.size() == max_services)
        return;
    setup_.services.push_back(known_services[setup_.services.size()]);
    setup_.services.back().requested = type;
    changes_.emplace_back();
    failures_.emplace_back();
}

bool SessionScript::read_change(char letter)
{
    using session::ChangeKind;
    auto& changes = changes_.back();
    if (changes.size() == max_changes)
        return false;
    const auto luid = std::to_string(10 * setup_.services.size() + changes.size());
    switch (letter) {
    case '+': changes.push_back({ChangeKind::Add, luid, "text/vcard", "", "BEGIN:VCARD\r\nEND:VCARD\r\n"}); break;
    case '*': changes.push_back({ChangeKind::Update, luid, "text/vcard", "", "<&]]>"}); break;
    case '-': changes.push_back({ChangeKind::Delete, luid, "", "", ""}); break;
    case 'L': {
        std::string text = "BEGIN:VCARD\r\n";
        while (text.size() < 600)
            text += "NOTE:J\xC3\xB6rg &\r\n";
        changes.push_back({ChangeKind::Add, luid, "text/vcard", "", std::move(text)});
        break;
    }
    case 'B': changes.push_back({ChangeKind::Update, luid, "text/vcard", "b64", std::string(120, 'A')}); break;
    default: return false;
    }
    return true;
}

bool SessionScript::read_service(char letter)
{
    auto& service = setup_.services.back();
    switch (letter) {
    case '0': service.own_last = service.peer_last = {}; return true;
    case 'q': service.pending_maps = {{"g-old", "99"}}; return true;
    case 'P':
    case 'R':
    case 'A':
    case 'F': failures_.back() += letter; return true;
    default: return read_change(letter);
    }
}

void SessionScript::read_setup()
{
    setup_.server_uri = server;
    setup_.device_id = device;
    setup_.session_id = 7;
    setup_.user = "alice";
    setup_.password = base::Secret("s3cret");
    setup_.max_msg_size = 65536;
    setup_.max_obj_size = 4096;
    setup_.devinf.device_id = device;
    setup_.devinf.datastores.emplace_back().source_ref = "contacts";
    setup_.devinf_type = "application/vnd.syncml-devinf+xml";
    setup_.put_devinf = setup_.get_devinf = false;
    for (char letter = next(); letter != '\n' && !is_over(); letter = next()) {
        if (const auto type = find_type(letter))
            add_service(*type);
        else if (!setup_.services.empty() && read_service(letter))
            continue;
        else if (letter == 'b')
            setup_.first_scheme = session::AuthScheme::Basic;
        else if (letter == 'n')
            setup_.user.clear();
        else if (letter == 'x')
            setup_.may_send_basic = false;
        else if (letter == 'd')
            setup_.put_devinf = true;
        else if (letter == 'g')
            setup_.get_devinf = true;
        else if (letter == 'l' || letter == 'k') {
            if (!setup_.peer_devinf)
                setup_.peer_devinf.emplace();
            (letter == 'l' ? setup_.peer_devinf->large_objects : setup_.peer_devinf->number_of_changes) = true;
        } else if (letter == 'm')
            setup_.max_msg_size = 2048;
        else if (letter == 'w')
            wbxml_ = true;
        else if (letter == 'e' || letter == 'E') {
            tail_is_patient_ = true;
            tail_is_endless_ = letter == 'E';
        }
    }
    if (setup_.services.empty())
        add_service(SyncType::TwoWay);

    if (!wbxml_)
        return crude_size::install(setup_);
    constexpr auto wbxml = codec::Encoding::Wbxml;
    setup_.command_size = [](const syncml::Command& one) { return codec::encoded_size(one, wbxml); };
    setup_.sync_command_size = [](const syncml::SyncCommand& one) { return codec::encoded_size(one, wbxml); };
    setup_.header_size = [](const syncml::Header& one) { return codec::encoded_size(one, wbxml); };
}

} // namespace fuzz
