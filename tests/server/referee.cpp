#include "referee.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace testserver {

namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

void collect_ids(const syncml::SyncCommand& command, std::vector<syncml::CmdId>& ids)
{
    std::visit(Overloaded{[&](const syncml::Group& group) {
                              ids.push_back(group.cmd_id);
                              for (const auto& inner : group.commands)
                                  collect_ids(inner, ids);
                          },
                          [&](const auto& other) { ids.push_back(other.cmd_id); }},
               command);
}

std::vector<syncml::CmdId> ids_of(const syncml::Message& message)
{
    std::vector<syncml::CmdId> ids;
    for (const auto& command : message.body) {
        std::visit([&](const auto& any) { ids.push_back(any.cmd_id); }, command);
        if (const auto* sync = std::get_if<syncml::Sync>(&command))
            for (const auto& inner : sync->commands)
                collect_ids(inner, ids);
        if (const auto* group = std::get_if<syncml::Group>(&command))
            for (const auto& inner : group->commands)
                collect_ids(inner, ids);
    }
    return ids;
}

} // namespace

void Referee::broke(std::string rule, std::string text)
{
    journal_.record({session_id_, message_, std::move(rule), std::move(text)});
}

void Referee::check(const syncml::Message& message, const Envelope& envelope)
{
    const auto previous = std::exchange(message_, message.header.msg_id);
    if (session_id_.empty()) {
        session_id_ = message.header.session_id;
        device_ = message.header.source.uri;
        if (message_ != 1)
            broke("msg-id", "the first message has MsgID " + std::to_string(message_));
        if (!message.header.meta.max_msg_size)
            broke("max-msg-size", "the first message names no MaxMsgSize");
    } else if (message_ != previous + 1) {
        broke("msg-id", "MsgID " + std::to_string(message_) + " follows " + std::to_string(previous));
    }
    check_envelope(envelope);
    check_version(message.header, envelope);
    check_header(message.header);
    check_ids(message);
    check_order(message);
}

void Referee::check_envelope(const Envelope& envelope)
{
    if (envelope.content_type != codec::media_type(envelope.encoding))
        broke("content-type", "Content-Type is '" + envelope.content_type + "'");
    if (!envelope.has_length)
        broke("content-length", "no Content-Length");
    if (envelope.expects_continue)
        broke("expect", "Expect: 100-continue, which old proxies refuse");
    // The client learns the limit from our first answer.
    if (answered_ && max_msg_size_ != 0 && envelope.document.size() > max_msg_size_)
        broke("max-msg-size",
              std::to_string(envelope.document.size()) + " octets, " + std::to_string(max_msg_size_) + " allowed");
    if (envelope.document.find("<!DOCTYPE") != std::string::npos)
        broke("doctype", "the message has a DOCTYPE");
    // The decoded message does not tell where Final stood.
    const auto final = envelope.document.find("<Final");
    if (final != std::string::npos) {
        auto rest = std::string_view(envelope.document).substr(final);
        rest.remove_prefix(std::min(rest.find('>') + 1, rest.size()));
        const auto next = rest.find_first_not_of(" \t\r\n");
        if (next != std::string_view::npos && rest.substr(next).starts_with("</Final>"))
            rest.remove_prefix(next + std::string_view("</Final>").size());
        const auto after = rest.find_first_not_of(" \t\r\n");
        if (after == std::string_view::npos || !rest.substr(after).starts_with("</SyncBody>"))
            broke("after-final", "something follows Final in the body");
    }
}

void Referee::check_version(const syncml::Header& header, const Envelope& envelope)
{
    if (version_.empty())
        version_ = header.ver_dtd;
    if (header.ver_dtd != version_ || header.ver_proto != "SyncML/" + version_)
        broke("version", "VerDTD " + header.ver_dtd + ", VerProto " + header.ver_proto);
    if (version_ == "1.0" && header.meta.max_obj_size)
        broke("version", "MaxObjSize, which SyncML 1.0 does not have");
    if (envelope.document.find("<SyncML") != std::string::npos &&
        envelope.document.find("SYNCML:SYNCML" + header.ver_dtd) == std::string::npos)
        broke("version", "the root is not in the namespace of version " + header.ver_dtd);
}

void Referee::check_header(const syncml::Header& header)
{
    if (header.session_id != session_id_)
        broke("session-id", "SessionID changed to " + header.session_id);
    if (header.session_id.empty() || header.session_id.size() > 4)
        broke("session-id", "SessionID '" + header.session_id + "' has not 1 to 4 octets");
    if (header.source.uri.empty() || header.source.uri != device_)
        broke("source", "Source is '" + header.source.uri + "', the session began as '" + device_ + "'");
    if (header.target.uri.empty())
        broke("target", "no Target");
    if (header.no_resp)
        broke("no-resp", "the header asks for no response");
    if (header.cred && header.cred->meta.type == "syncml:auth-md5" && header.source.name.empty())
        broke("loc-name", "MD5 credentials without the user's name in LocName");
    if (header.cred && header.cred->meta.format != "b64")
        broke("cred-format", "Cred has Format '" + header.cred->meta.format + "'");
}

void Referee::check_ids(const syncml::Message& message)
{
    std::set<syncml::CmdId> seen;
    for (const auto id : ids_of(message)) {
        if (id == 0)
            broke("cmd-id", "a command has CmdID 0 or none");
        else if (!seen.insert(id).second)
            broke("cmd-id", "CmdID " + std::to_string(id) + " occurs twice");
    }
}

void Referee::check_order(const syncml::Message& message)
{
    std::pair<syncml::MsgId, syncml::CmdId> last{0, 0};
    bool others_seen = false;
    bool header_answered = false;
    for (std::size_t place = 0; place < message.body.size(); ++place) {
        const auto* status = std::get_if<syncml::Status>(&message.body[place]);
        if (status == nullptr) {
            others_seen = true;
            continue;
        }
        if (others_seen)
            broke("status-order", "a Status stands behind another command");
        if (status->cmd_ref == 0) {
            header_answered = true;
            if (place != 0)
                broke("status-order", "the Status of the header is not the first command");
            if (status->cmd != "SyncHdr")
                broke("status", "CmdRef 0 with Cmd " + status->cmd);
            if (status->msg_ref != our_last_)
                broke("status", "the header of message " + std::to_string(status->msg_ref) + " is answered, ours was " +
                                    std::to_string(our_last_));
            continue;
        }
        const std::pair now{status->msg_ref, status->cmd_ref};
        if (now < last)
            broke("status-order", "the Status of command " + std::to_string(status->cmd_ref) + " of message " +
                                      std::to_string(status->msg_ref) + " comes too late");
        last = now;
    }
    if (our_last_ != 0 && !header_answered)
        broke("status", "no Status for the header of our message " + std::to_string(our_last_));
    if (message.body.size() == 1 && header_answered)
        broke("empty-message", "a message with nothing but the Status of the header");
    if (message.body.empty())
        broke("empty-message", "a message without a command");
}

} // namespace testserver
