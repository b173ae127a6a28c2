#include "desk.hpp"

#include "personality.hpp"
#include "versions.hpp"

#include "codec/codec.hpp"

#include <sodium.h>

#include <algorithm>
#include <utility>

namespace testserver {

std::string Desk::new_sid()
{
    // Not to be guessed, and never the same again.
    return std::to_string(++last_sid_) + std::to_string(randombytes_random());
}

Desk::Open& Desk::open_session(const std::string& device)
{
    const auto sid = new_sid();
    const auto resp_uri = options_.resp_uri ? uri_ + "?sid=" + sid : "";
    auto& open = sessions_[device];
    open = {
        sid, std::make_unique<Session>(store_, unfinished_, journal_, faults_, options_, uri_, resp_uri), {}, {}, {}};
    return open;
}

bool Desk::refuses_by_page(const syncml::Message& message) const
{
    return options_.version_refusal == VersionRefusal::Page && !understands(options_, message.header);
}

std::optional<std::string> Desk::answer(const syncml::Message& message, const Envelope& envelope,
                                        const std::string& sid)
{
    Open* open = nullptr;
    if (!sid.empty()) {
        const auto found = std::ranges::find_if(sessions_, [&](const auto& entry) { return entry.second.sid == sid; });
        if (found == sessions_.end() || found->second.session->awaits_login_elsewhere())
            return std::nullopt;
        open = &found->second;
    } else {
        const auto found = sessions_.find(message.header.source.uri);
        if (found != sessions_.end() && message.header.msg_id > 1 &&
            found->second.session->client_session() == message.header.session_id)
            open = &found->second;
        else
            open = &open_session(message.header.source.uri);
    }
    auto& session = *open->session;
    if (options_.repeats_answers && envelope.document == open->last_document)
        return open->last_answer;
    if (session.ended())
        return std::nullopt;

    std::string document;
    store_.in_transaction([&] {
        auto reply = session.handle(message, envelope);
        if (faults_.strike(Misbehaviour::OtherRespUri, message.header.msg_id)) {
            open->sid = new_sid();
            reply.header.resp_uri = uri_ + "?sid=" + open->sid;
            session.move_to(reply.header.resp_uri);
        }
        garble(reply, faults_, message.header.msg_id);
        const auto* personality = options_.personality;
        if (personality != nullptr)
            for (const auto twist : personality->messages)
                twist(reply);
        document = codec::encode(reply, envelope.encoding);
        if (personality != nullptr && envelope.encoding == codec::Encoding::Xml)
            for (const auto twist : personality->documents)
                twist(document);
        document = garble(std::move(document), faults_, message.header.msg_id);
    });
    session.report().bytes_in += envelope.document.size();
    session.report().bytes_out += document.size();
    open->last_document = envelope.document;
    open->earlier_answer = std::exchange(open->last_answer, document);
    return faults_.strike(Misbehaviour::RepeatedReply, message.header.msg_id) ? open->earlier_answer : document;
}

} // namespace testserver
