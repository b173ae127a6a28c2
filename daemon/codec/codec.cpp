#include "codec/codec.hpp"

#include "codec/builder.hpp"
#include "codec/characters.hpp"
#include "codec/readable_form.hpp"
#include "codec/wbxml_parser.hpp"
#include "codec/wbxml_writer.hpp"
#include "codec/writer.hpp"
#include "codec/xml_parser.hpp"
#include "codec/xml_writer.hpp"

#include <algorithm>
#include <utility>

namespace codec {

namespace {

template <class Sink, class Write>
void write_as(Encoding encoding, Sink& sink, Write write)
{
    switch (encoding) {
    case Encoding::Xml: {
        Writer writer(XmlForm<Sink>{sink});
        return write(writer);
    }
    case Encoding::Wbxml: {
        Writer writer(WbxmlForm<Sink>{sink});
        return write(writer);
    }
    }
}

/// In WBXML device information is a document of its own within the message. In both, some peers have it
/// as a text in XML: `<![CDATA[<DevInf…`.
std::optional<Encoding> find_devinf_encoding(const syncml::Item& item, const syncml::Meta& of_command)
{
    auto type = item.meta.type.empty() ? of_command.type : item.meta.type;
    std::transform(type.begin(), type.end(), type.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    const auto encoding = find_encoding(item.text());
    const bool is_said = type.starts_with("application/vnd.syncml-devinf");
    return is_said || encoding == Encoding::Wbxml ? encoding : std::nullopt; // no text begins as WBXML does
}

/// A text that is no device information after all stays a text: nothing in a session depends on it. What
/// is made takes of the room in `limits`.
base::Result<void> read_devinf_texts(std::vector<syncml::Item>& items, const syncml::Meta& of_command, Limits& limits)
{
    for (auto& item : items) {
        const auto encoding = find_devinf_encoding(item, of_command);
        if (!encoding)
            continue;
        syncml::DevInf devinf;
        Builder builder(devinf);
        const auto parsed = *encoding == Encoding::Xml ? parse_xml(item.text(), "DevInf", limits, builder)
                                                       : parse_wbxml(item.text(), Vocabulary::DevInf, limits, builder);
        limits.max_room -= std::min(limits.max_room, builder.room());
        if (parsed)
            item.data = std::move(devinf);
        else if (parsed.error().code == base::Errc::ForbiddenMarkup || parsed.error().code == base::Errc::ReplyTooLarge)
            return base::fail(parsed.error().code, "device information, " + parsed.error().message);
    }
    return {};
}

template <class Write>
std::size_t count(Encoding encoding, Write write)
{
    Counter counter;
    write_as(encoding, counter, write);
    return counter.octets;
}

/// Of a part, with what it takes to go on behind it.
template <class Write>
std::size_t count_part(Encoding encoding, Write write)
{
    return count(encoding, [&write](auto& writer) {
        write(writer);
        writer.leave();
    });
}

} // namespace

std::string_view media_type(Encoding encoding)
{
    switch (encoding) {
    case Encoding::Xml: return "application/vnd.syncml+xml";
    case Encoding::Wbxml: return "application/vnd.syncml+wbxml";
    }
    return {};
}

std::string_view devinf_media_type(Encoding encoding)
{
    switch (encoding) {
    case Encoding::Xml: return "application/vnd.syncml-devinf+xml";
    case Encoding::Wbxml: return "application/vnd.syncml-devinf+wbxml";
    }
    return {};
}

std::optional<Encoding> find_encoding(std::string_view document)
{
    if (document.empty())
        return std::nullopt;
    const auto first = static_cast<unsigned char>(document.front());
    if (first >= wbxml::version_1_1 && first <= wbxml::version_1_3)
        return Encoding::Wbxml;
    constexpr std::string_view before_markup("\xEF\xBB\xBF \t\r\n\0", 8);
    const auto markup = document.find_first_not_of(before_markup);
    return markup != std::string_view::npos && document[markup] == '<' ? std::optional(Encoding::Xml) : std::nullopt;
}

base::Result<syncml::Message> decode(std::string_view document, Encoding encoding, const Limits& limits)
{
    syncml::Message message;
    Builder builder(message);
    auto done = encoding == Encoding::Xml ? parse_xml(document, "SyncML", limits, builder)
                                          : parse_wbxml(document, Vocabulary::SyncML, limits, builder);
    Limits left = limits;
    left.max_room -= std::min(left.max_room, builder.room());
    for (auto& command : message.body) {
        if (!done)
            break;
        if (auto* put = std::get_if<syncml::Put>(&command))
            done = read_devinf_texts(put->items, put->meta, left);
        else if (auto* results = std::get_if<syncml::Results>(&command))
            done = read_devinf_texts(results->items, results->meta, left);
    }
    if (!done)
        return tl::unexpected(std::move(done.error()));
    if (message.header.msg_id == 0)
        return base::fail(base::Errc::Malformed, "the message has no SyncHdr with a MsgID");
    return message;
}

std::string encode(const syncml::Message& message, Encoding encoding)
{
    const auto write = [&message](auto& writer) { writer.message(message); };
    // Of the right size at once: no piece of it, credentials among them, stays behind in freed memory.
    std::string document;
    document.reserve(count(encoding, write));
    Appender appender{document};
    write_as(encoding, appender, write);
    return document;
}

void write_readable(const syncml::Message& message, const std::function<void(std::string_view)>& take)
{
    Layout layout;
    Writer writer(ReadableForm{take, layout});
    writer.message(message);
}

bool can_carry(std::string_view text, Encoding encoding)
{
    return encoding == Encoding::Wbxml || is_xml_text(text);
}

std::size_t encoded_size(const syncml::Command& command, Encoding encoding)
{
    return count_part(encoding, [&](auto& writer) { writer.command(command); });
}

std::size_t encoded_size(const syncml::SyncCommand& command, Encoding encoding)
{
    return count_part(encoding, [&](auto& writer) { writer.command(command); });
}

std::size_t encoded_size(const syncml::Header& header, Encoding encoding)
{
    const auto size = [encoding](const syncml::Header& one) {
        return count_part(encoding, [&](auto& writer) { writer.element("SyncHdr", one); });
    };
    const syncml::Message empty{.header = {}, .body = {}, .final = true};
    return count(encoding, [&](auto& writer) { writer.message(empty); }) - size(empty.header) + size(header);
}

} // namespace codec
