#include "transcript/reader.hpp"

#include "base/utf8.hpp"
#include "codec/codec.hpp"
#include "transcript/recorder.hpp"

#include <fmt/format.h>

#include <utility>

namespace transcript {
namespace {

/// Of services in one session; a profile has a handful.
constexpr std::size_t most_services = 100;

Opening opening_of(const Tag& tag)
{
    return {.version = static_cast<unsigned>(tag.number("version")),
            .program = tag.text("program"),
            .profile = tag.text("profile"),
            .session = tag.number("session"),
            .holds_items = tag.text("items") == "whole",
            .time = tag.text("time")};
}

ServiceRecord service_of(const Tag& tag)
{
    return {.name = tag.text("name"),
            .local_uri = tag.text("local-uri"),
            .database = tag.text("database"),
            .asked = tag.text("asked"),
            .interrupted = tag.text("interrupted"),
            .last = tag.text("last"),
            .server_last = tag.text("server-last")};
}

std::optional<Record> short_record(const Tag& tag)
{
    if (tag.name == "unread")
        return Unread{tag.text("time"), tag.text("from"), tag.number("octets"), tag.text("sha256"), tag.text("why")};
    if (tag.name == "unanswered")
        return Unanswered{tag.text("time"), tag.text("error"), tag.text("why")};
    if (tag.name == "note")
        return Note{tag.text("text")};
    if (tag.name == "end")
        return Ending{tag.text("time"), tag.text("outcome"), tag.text("error"), tag.text("message")};
    return std::nullopt;
}

} // namespace

tl::unexpected<base::Error> Reader::malformed(const std::string& what) const
{
    return base::fail(base::Errc::Malformed, fmt::format("line {}: {}", line_number_, what));
}

base::Result<std::optional<std::string>> Reader::line()
{
    std::string text;
    for (int c = in_.get(); c != std::istream::traits_type::eof(); c = in_.get()) {
        if (c == '\n') {
            ++line_number_;
            return text;
        }
        if (text.size() == default_limit)
            return base::fail(base::Errc::ReplyTooLarge,
                              fmt::format("line {} is longer than a transcript", line_number_ + 1));
        text += static_cast<char>(c);
    }
    return std::nullopt;
}

base::Result<std::optional<Record>> Reader::next()
{
    if (is_whole_)
        return std::nullopt;
    if (!std::exchange(is_open_, true))
        return read_opening();
    auto text = line();
    if (!text)
        return tl::unexpected(std::move(text.error()));
    if (!*text)
        return std::nullopt;
    const auto tag = parse_tag(**text);
    if (!tag)
        return malformed(tag.error().message);
    if (tag->is_end && tag->name == "transcript") {
        is_whole_ = true;
        return std::nullopt;
    }
    if (tag->name == "attempt" && !tag->is_end && !tag->is_empty)
        return read_attempt(*tag);
    if ((tag->name == "sent" || tag->name == "received") && !tag->is_end)
        return read_exchanged(*tag);
    auto record = tag->is_empty ? short_record(*tag) : std::nullopt;
    if (!record)
        return malformed("this is no record of a transcript");
    return record;
}

base::Result<std::optional<Record>> Reader::read_opening()
{
    auto text = line();
    if (text && *text && (*text)->starts_with("<?xml "))
        text = line();
    if (!text)
        return tl::unexpected(std::move(text.error()));
    const auto tag = parse_tag(text->value_or(""));
    if (!tag || tag->name != "transcript" || tag->is_end || tag->is_empty)
        return base::fail(base::Errc::Malformed, "this is no transcript of a session");
    const auto opening = opening_of(*tag);
    if (opening.version != format_version)
        return base::fail(base::Errc::Malformed,
                          fmt::format("this is a transcript of form {}, and what is known here is form {}",
                                      base::legible(tag->text("version")), format_version));
    return opening;
}

base::Result<std::optional<Record>> Reader::read_attempt(const Tag& tag)
{
    Attempt attempt{.time = tag.text("time"),
                    .server = tag.text("server"),
                    .encoding = tag.text("encoding"),
                    .syncml = tag.text("syncml"),
                    .device = tag.text("device"),
                    .message_limit = tag.number("message-limit"),
                    .object_limit = tag.number("object-limit"),
                    .knows_server = tag.flag("knows-server"),
                    .server_takes_chunks = tag.flag("server-takes-chunks"),
                    .server_wants_counts = tag.flag("server-wants-counts")};
    while (true) {
        const auto text = line();
        if (!text)
            return tl::unexpected(text.error());
        if (!*text)
            return std::nullopt;
        const auto within = parse_tag(**text);
        if (!within)
            return malformed(within.error().message);
        if (within->is_end && within->name == "attempt")
            return attempt;
        if (within->name != "service" || !within->is_empty || attempt.services.size() == most_services)
            return malformed("this is no service of a session");
        attempt.services.push_back(service_of(*within));
    }
}

base::Result<std::optional<Record>> Reader::read_exchanged(const Tag& tag)
{
    Exchanged exchanged{.sent = tag.name == "sent",
                        .time = tag.text("time"),
                        .address = tag.text(tag.name == "sent" ? "to" : "from"),
                        .encoding = tag.text("encoding"),
                        .octets = tag.number("octets")};
    if (tag.is_empty)
        return exchanged;
    const auto begin = line_number_;
    const auto end = fmt::format("</{}>", tag.name);
    std::string document;
    for (auto text = line();; text = line()) {
        if (!text)
            return tl::unexpected(std::move(text.error()));
        if (!*text)
            return std::nullopt;
        if (**text == end)
            break;
        if (document.size() + (*text)->size() >= default_limit)
            return base::fail(base::Errc::ReplyTooLarge,
                              fmt::format("the message at line {} is longer than a transcript", begin));
        document += **text;
        document += '\n';
    }
    auto message = codec::decode(document, codec::Encoding::Xml, {});
    if (!message)
        return base::fail(message.error().code,
                          fmt::format("the message at line {}: {}", begin, message.error().message));
    exchanged.message = std::move(*message);
    return exchanged;
}

} // namespace transcript
