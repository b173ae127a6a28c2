#include "runner/exchange.hpp"

#include "base/secret.hpp"
#include "runner/transcript_of.hpp"
#include "session/wording.hpp"
#include "transcript/censor.hpp"

#include <fmt/format.h>

#include <utility>

namespace runner {
namespace {

base::Error overdue()
{
    return {base::Errc::Timeout, "The session took longer than it may and was ended. What is confirmed is kept; the "
                                 "next sync carries on."};
}

base::Error unreadable(const std::string& url, const base::Error& error)
{
    return {error.code, fmt::format("{} sent what cannot be read as SyncML ({}). Check the URL of the profile. {}",
                                    transport::address(url), error.message, session::ask_the_operator)};
}

} // namespace

Traffic& Traffic::operator+=(const Traffic& other)
{
    bytes_sent += other.bytes_sent;
    bytes_received += other.bytes_received;
    round_trips += other.round_trips;
    return *this;
}

Exchange::Exchange(transport::Transport& transport, const Ending& ending, codec::Encoding encoding,
                   const codec::Limits& limits, transcript::Recorder* transcript)
    : transport_(transport), ending_(ending), encoding_(encoding), limits_(limits), transcript_(transcript)
{
}

base::Result<syncml::Message> Exchange::send(syncml::Message message, const std::string& url, transport::Repeat repeat)
{
    if (ending_.overdue)
        return tl::unexpected(overdue());
    std::string request = codec::encode(message, encoding_);
    if (transcript_)
        transcript_->exchanged({.sent = true,
                                .time = {},
                                .address = url,
                                .encoding = encoding_name(encoding_),
                                .octets = request.size(),
                                .message = std::move(message)});
    message = {}; // one form of a message in memory at a time
    traffic_.bytes_sent += request.size();
    auto reply = transport_.post(url, codec::media_type(encoding_), request, repeat);
    base::wipe(request); // it may hold credentials
    if (!reply) {
        auto error = ending_.overdue ? overdue() : std::move(reply.error());
        if (transcript_)
            transcript_->unanswered({{}, std::string(base::dbus_name(error.code)), error.message});
        return tl::unexpected(std::move(error));
    }
    traffic_.bytes_received += reply->body.size();
    ++traffic_.round_trips;
    auto answer = read(*reply, url);
    if (!answer)
        return answer;
    was_answered_ = true;
    // Most servers write a whole URL there, some a path, and only who carried the message knows beside what.
    if (auto& next = answer->header.resp_uri; !next.empty())
        next = transport::resolve(next, reply->url);
    return answer;
}

base::Result<syncml::Message> Exchange::read(const transport::Reply& reply, const std::string& url)
{
    // Servers answer as they were asked; some name the type wrongly.
    const auto encoding = codec::find_encoding(reply.body).value_or(encoding_);
    auto answer = codec::decode(reply.body, encoding, limits_);
    if (transcript_ && answer)
        transcript_->exchanged({.sent = false,
                                .time = {},
                                .address = reply.url,
                                .encoding = encoding_name(encoding),
                                .octets = reply.body.size(),
                                .message = *answer});
    if (transcript_ && !answer)
        transcript_->unread({{}, reply.url, reply.body.size(), transcript::sha256(reply.body), answer.error().message});
    if (!answer)
        return tl::unexpected(unreadable(url, answer.error()));
    return answer;
}

} // namespace runner
