#include "session/receiver.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "session/redirection.hpp"
#include "session/wording.hpp"

#include <fmt/format.h>

#include <cassert>
#include <utility>

namespace session {
namespace {

using base::Errc;
using syncml::StatusCode;

std::string_view without_leading_zeros(std::string_view number)
{
    const auto first = number.find_first_not_of("0 ");
    return first == std::string_view::npos ? std::string_view() : number.substr(first);
}

bool starts_with_scheme(std::string_view uri, std::string_view scheme)
{
    return uri.size() > scheme.size() && base::lower(uri.substr(0, scheme.size())) == scheme;
}

/// Whether VerDTD and VerProto are those of any version; a server may leave them out.
bool is_known_version(const syncml::Header& header)
{
    const auto bare = [](std::string_view text) {
        const auto first = text.find_first_not_of(" \t\r\n");
        const auto last = text.find_last_not_of(" \t\r\n");
        return first == std::string_view::npos ? std::string() : base::lower(text.substr(first, last - first + 1));
    };
    const auto dtd = bare(header.ver_dtd);
    const auto protocol = bare(header.ver_proto);
    const bool is_protocol = protocol.starts_with("syncml/") && syncml::find_version(protocol.substr(7));
    return (dtd.empty() || syncml::find_version(dtd)) && (protocol.empty() || is_protocol);
}

/// What a Status for the header says of our way to speak. `is_first`: it answers our very first message.
Objection objection_of(StatusCode code, bool is_first)
{
    if (code == StatusCode::DtdVersionNotSupported || code == StatusCode::ProtocolVersionNotSupported)
        return Objection::Version;
    // sync4j does not know a header of 1.2 (400); others call it not implemented.
    const bool is_senseless = code == StatusCode::BadRequest || code == StatusCode::CommandNotImplemented;
    return is_first && is_senseless ? Objection::Message : Objection::None;
}

// The Status that a failure of the whole message means (RepPro 1.2 §10).
base::Error error_of(StatusCode code, syncml::Version version)
{
    if (code == StatusCode::RetryLater || code == StatusCode::ServiceUnavailable)
        return {Errc::Server, fmt::format("The server is busy ({}). Try again later.", words(code))};
    if (code == StatusCode::DtdVersionNotSupported || code == StatusCode::ProtocolVersionNotSupported)
        return {Errc::Protocol,
                fmt::format("The server does not speak SyncML {} ({}).", syncml::dtd(version), words(code))};
    const int value = static_cast<int>(code) % 1000;
    if (value >= 500)
        return server_failure(fmt::format("The server failed ({}).", words(code)));
    if (code == StatusCode::RequestTimeout)
        return {Errc::Timeout,
                fmt::format("The server waited too long for our message ({}). Synchronize again: what is "
                            "confirmed is kept.",
                            words(code))};
    return broken_rule(fmt::format("The server does not accept our message ({}).", words(code)));
}

} // namespace

// ---- the message as a whole ---------------------------------------------------

base::Result<Authentication::Next> Receiver::receive(syncml::Message message, bool only_confirmations)
{
    made_progress_ = false;
    brought_commands_ = false;
    conversation_.peer_busy = false;
    conversation_.peer_refused = false;
    if (const auto checked = check(message); !checked)
        return tl::unexpected(checked.error());
    if (!is_known_version(message.header)) {
        conversation_.objection = conversation_.peer_last_msg_id == 0 ? Objection::Version : Objection::None;
        return base::fail(Errc::Protocol,
                          fmt::format("The server answers in a version of SyncML that is not known here (\"{}\", "
                                      "\"{}\").",
                                      message.header.ver_dtd, message.header.ver_proto));
    }
    if (const auto learnt = learn(message.header); !learnt)
        return tl::unexpected(learnt.error());
    for (const auto& command : message.body) {
        const auto* status = std::get_if<syncml::Status>(&command);
        if (status == nullptr || status->cmd_ref != 0)
            continue;
        const auto next = read_header_status(*status);
        if (!next || *next != Authentication::Next::GoOn)
            return next; // the other Status of such a message only repeat it
    }
    if (message.header.msg_id <= conversation_.peer_last_msg_id)
        return tl::unexpected(
            broken_rule(fmt::format("The server's reply is an old one (message {}).", message.header.msg_id)));

    conversation_.peer_last_msg_id = message.header.msg_id;
    // A busy server has ended nothing, whatever it says (OMA DS 1.2 protocol, busy signaling).
    conversation_.peer_final = message.final && !conversation_.peer_busy;
    answers_.begin(message.header.msg_id, !message.header.no_resp);
    const auto admitted = admit(message);
    if (!admitted)
        return tl::unexpected(admitted.error());
    if (*admitted)
        read_body(message, only_confirmations);
    return Authentication::Next::GoOn;
}

void Receiver::read_body(syncml::Message& message, bool only_confirmations)
{
    for (auto& command : message.body) {
        if (!only_confirmations || std::holds_alternative<syncml::Status>(command))
            std::visit([this](auto& value) { read(value); }, command);
    }
    // An object that a suspension interrupts goes on in another session (OMA DS 1.2 protocol, large objects).
    if (conversation_.peer_final && !conversation_.peer_suspends && !only_confirmations)
        give_up_object();
    report_confirmed();
}

base::Result<bool> Receiver::admit(const syncml::Message& message)
{
    auto& proof = conversation_.server_proof;
    const bool judged = proof.is_due();
    // A busy server has its answer, and its credentials, yet to give.
    if (judged && !conversation_.peer_busy) {
        if (const auto verdict = proof.judge(message.header); !verdict)
            return tl::unexpected(verdict.error());
        conversation_.peer_refused = proof.is_due();
        conversation_.peer_final = conversation_.peer_final && !conversation_.peer_refused;
    }
    conversation_.header_answer.reset();
    if (!message.header.no_resp) {
        auto& status = conversation_.header_answer.emplace();
        status.msg_ref = message.header.msg_id;
        status.cmd = "SyncHdr";
        status.target_refs = {message.header.target.uri};
        status.source_refs = {message.header.source.uri};
        if (judged && !conversation_.peer_busy)
            status.code = proof.status();
        const auto& nonce = conversation_.setup.server_nonce;
        if (conversation_.peer_refused)
            status.chal = proof.challenge();
        else if (!nonce.empty() && !proof.is_due() && !std::exchange(conversation_.server_nonce_given, true))
            status.chal = md5_challenge(nonce);
    }
    // The commands of such a message share its fate (RepPro 1.2 §10, 401 and 407).
    if (conversation_.peer_refused) {
        for (const auto& command : message.body)
            if (!std::holds_alternative<syncml::Status>(command))
                std::visit(
                    [&](const auto& one) { answers_.add(one.cmd_id, syncml::name(command), false, proof.status()); },
                    command);
        settle();
    }
    return !proof.is_due();
}

base::Result<void> Receiver::check(const syncml::Message& message) const
{
    const auto& header = message.header;
    if (without_leading_zeros(header.session_id) != std::to_string(conversation_.session_id))
        return tl::unexpected(
            broken_rule(fmt::format("The server's reply belongs to another session (\"{}\" instead of {}).",
                                    header.session_id, conversation_.session_id)));
    if (header.target.uri != conversation_.setup.device_id)
        return tl::unexpected(
            broken_rule(fmt::format("The server's reply is meant for another device (\"{}\" instead of \"{}\").",
                                    header.target.uri, conversation_.setup.device_id)));
    // docs/decisions/0002-status-for-nothing.md
    for (const auto& command : message.body) {
        const auto* status = std::get_if<syncml::Status>(&command);
        if (status == nullptr)
            continue;
        const auto ref = status->msg_ref != 0 ? status->msg_ref : conversation_.last_msg_id;
        if (!conversation_.sent.was_sent(ref, status->cmd_ref))
            return tl::unexpected(
                broken_rule(fmt::format("The server answered a command that was never sent ({} {} of message {}), so "
                                        "its replies cannot be trusted.",
                                        status->cmd, status->cmd_ref, status->msg_ref)));
    }
    return {};
}

base::Result<Authentication::Next> Receiver::read_header_status(const syncml::Status& status)
{
    // It has not come to our message yet, nor to the credentials in it.
    if (status.code == StatusCode::InProgress) {
        conversation_.peer_busy = true;
        return Authentication::Next::GoOn;
    }
    if (static_cast<int>(status.code) / 100 == 3)
        return redirect(status);
    auto& authentication = conversation_.authentication;
    const auto next = authentication.on_header_status(status);
    if (auto nonce = authentication.take_new_nonce())
        conversation_.effects.emplace_back(SaveNonce{std::move(*nonce)});
    if (next && *next == Authentication::Next::GoOn && !syncml::is_success(status.code)) {
        if (conversation_.peer_last_msg_id == 0)
            conversation_.objection = objection_of(status.code, conversation_.last_msg_id == 1);
        return tl::unexpected(error_of(status.code, conversation_.setup.version));
    }
    for (auto& service : conversation_.services)
        read_wish(service, status.code);
    return next;
}

base::Result<Authentication::Next> Receiver::redirect(const syncml::Status& status)
{
    constexpr int max_redirections = 3;
    // Not from a RespURI: the password is meant for the profile's server, whatever that says of where to go on.
    auto to = follow(status, conversation_.server_uri);
    if (!to)
        return tl::unexpected(to.error());
    if (conversation_.package != Package::Initialization || ++conversation_.redirections > max_redirections)
        return base::fail(Errc::Server,
                          fmt::format("The server sends us from one address to the next ({}); the last was "
                                      "\"{}\". Correct Url of the profile.",
                                      words(status.code), base::legible(*to)));
    conversation_.note(std::nullopt,
                       fmt::format("The server has moved to \"{}\" ({}), and was asked there. Set Url of the "
                                   "profile to it.",
                                   *to, words(status.code)));
    conversation_.server_uri = std::move(*to);
    conversation_.authentication.renew();
    return Authentication::Next::RetryAfresh;
}

base::Result<void> Receiver::learn(const syncml::Header& header)
{
    if (!header.resp_uri.empty()) {
        const bool safe = starts_with_scheme(header.resp_uri, "https://");
        if (!safe &&
            (starts_with_scheme(conversation_.url, "https://") || !starts_with_scheme(header.resp_uri, "http://")))
            return tl::unexpected(broken_rule(
                fmt::format("The server wants the session to go on at \"{}\", which is not as safe as \"{}\".",
                            header.resp_uri, conversation_.server_uri)));
        // SyncEvolution's server finds the session by the Target LocURI, so it goes there as
        // well; servers that expect the configured URL there have no other RespURI.
        conversation_.url = header.resp_uri;
    }
    if (header.meta.max_msg_size)
        conversation_.peer_max_msg_size = *header.meta.max_msg_size;
    if (header.meta.max_obj_size)
        conversation_.peer_max_obj_size = *header.meta.max_obj_size;
    return {};
}

void Receiver::settle()
{
    assert(batches_.empty());
    for (auto& status : answers_.take())
        conversation_.owed.push_back(std::move(status));
    // Not before the server is known to have the Status for the last chunk: until then it may send that once more.
    for (const auto service : std::exchange(answered_objects_, std::exchange(ended_objects_, {})))
        conversation_.effects.emplace_back(DropPart{service});
}

} // namespace session
