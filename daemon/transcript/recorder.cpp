#include "transcript/recorder.hpp"

#include "base/utf8.hpp"
#include "codec/codec.hpp"
#include "transcript/censor.hpp"
#include "transcript/markup.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <utility>

namespace transcript {
namespace {

constexpr std::size_t slice = 64 * 1024;

std::string yes_if(bool flag)
{
    return flag ? "yes" : "";
}

std::string decimal(std::uint64_t number)
{
    return fmt::format("{}", number);
}

} // namespace

Recorder::Recorder(Options options, std::function<Time()> now, Sink sink)
    : options_(options), now_(std::move(now)), sink_(std::move(sink))
{
}

void Recorder::open(Opening opening)
{
    put_line(R"(<?xml version="1.0" encoding="UTF-8"?>)");
    put_line(open_tag("transcript",
                      {{"version", decimal(opening.version)},
                       {"program", std::move(opening.program)},
                       {"profile", std::move(opening.profile)},
                       {"session", decimal(opening.session)},
                       {"items", options_.keeps_items ? "whole" : "hashed"},
                       {"time", now()}},
                      false));
    flush();
}

void Recorder::attempt(Attempt attempt)
{
    put_line(open_tag("attempt",
                      {{"time", now()},
                       {"server", censor_address(attempt.server)},
                       {"encoding", std::move(attempt.encoding)},
                       {"syncml", std::move(attempt.syncml)},
                       {"device", std::move(attempt.device)},
                       {"message-limit", decimal(attempt.message_limit)},
                       {"object-limit", decimal(attempt.object_limit)},
                       {"knows-server", yes_if(attempt.knows_server)},
                       {"server-takes-chunks", yes_if(attempt.server_takes_chunks)},
                       {"server-wants-counts", yes_if(attempt.server_wants_counts)}},
                      false));
    for (auto& service : attempt.services)
        put_line(open_tag("service",
                          {{"name", std::move(service.name)},
                           {"local-uri", std::move(service.local_uri)},
                           {"database", std::move(service.database)},
                           {"asked", std::move(service.asked)},
                           {"interrupted", std::move(service.interrupted)},
                           {"last", std::move(service.last)},
                           {"server-last", std::move(service.server_last)}},
                          true));
    put_line("</attempt>");
    flush();
}

void Recorder::exchanged(Exchanged exchanged)
{
    if (!is_whole_)
        return;
    const std::string_view name = exchanged.sent ? "sent" : "received";
    const Attributes attributes{{"time", now()},
                                {exchanged.sent ? "to" : "from", censor_address(exchanged.address)},
                                {"encoding", std::move(exchanged.encoding)},
                                {"octets", decimal(exchanged.octets)}};
    auto omitted = attributes;
    omitted.emplace_back("omitted", "yes");
    if (!exchanged.message)
        return put_line(open_tag(name, omitted, true)), flush();

    const auto message = censor(*exchanged.message, options_.keeps_items);
    std::size_t size = 0;
    codec::write_readable(message, [&](std::string_view piece) { size += piece.size(); });
    if (!fits(size)) {
        put_line(open_tag(name, omitted, true));
        return flush();
    }
    put(open_tag(name, attributes, false));
    codec::write_readable(message, [this](std::string_view piece) { put(piece); });
    put_line(fmt::format("\n</{}>", name));
    flush();
}

void Recorder::unread(Unread unread)
{
    put_line(open_tag("unread",
                      {{"time", now()},
                       {"from", censor_address(unread.address)},
                       {"octets", decimal(unread.octets)},
                       {"sha256", std::move(unread.sha256)},
                       {"why", base::legible(unread.why)}},
                      true));
    flush();
}

void Recorder::unanswered(Unanswered unanswered)
{
    put_line(open_tag("unanswered",
                      {{"time", now()}, {"error", std::move(unanswered.error)}, {"why", base::legible(unanswered.why)}},
                      true));
    flush();
}

void Recorder::note(Note note)
{
    put_line(open_tag("note", {{"text", base::legible(note.text)}}, true));
    flush();
}

void Recorder::end(Ending ending)
{
    put(open_tag("end",
                 {{"time", now()},
                  {"outcome", std::move(ending.outcome)},
                  {"error", std::move(ending.error)},
                  {"message", base::legible(ending.message)}},
                 true));
    put("\n</transcript>\n"); // whatever the size: it tells that nothing is missing
    flush();
}

std::string Recorder::now() const
{
    const auto time = std::chrono::floor<std::chrono::milliseconds>(now_());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                       (time - seconds).count());
}

bool Recorder::fits(std::size_t octets) const
{
    return written_ + buffer_.size() + octets <= options_.limit;
}

void Recorder::put(std::string_view piece)
{
    buffer_ += piece;
    if (buffer_.size() >= slice)
        flush();
}

void Recorder::put_line(std::string_view line)
{
    // A session of endless short records must not fill a disk either.
    is_full_ = is_full_ || written_ + buffer_.size() + line.size() > options_.limit + options_.reserve;
    if (is_full_)
        return;
    put(line);
    put("\n");
}

void Recorder::flush()
{
    if (is_whole_ && !buffer_.empty())
        is_whole_ = sink_(buffer_);
    written_ += buffer_.size();
    buffer_.clear();
}

} // namespace transcript
