#include "codec/codec.hpp"

#include "codec/builder.hpp"
#include "codec/characters.hpp"
#include "codec/xml_parser.hpp"
#include "codec/xml_writer.hpp"

#include <algorithm>
#include <utility>

namespace codec {

namespace {

/// Some peers send their device information as a text within the document: `<![CDATA[<DevInf…`.
bool is_devinf_text(const syncml::Item& item, const syncml::Meta& of_command)
{
    auto type = item.meta.type.empty() ? of_command.type : item.meta.type;
    std::transform(type.begin(), type.end(), type.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    const auto& text = item.text();
    const auto first = text.find_first_not_of(" \t\r\n");
    return type.starts_with("application/vnd.syncml-devinf") && first != std::string::npos && text[first] == '<';
}

/// A text that is no device information after all stays a text: nothing in a session depends on it.
base::Result<void> read_devinf_texts(std::vector<syncml::Item>& items, const syncml::Meta& of_command,
                                     const Limits& limits)
{
    for (auto& item : items) {
        if (!is_devinf_text(item, of_command))
            continue;
        syncml::DevInf devinf;
        Builder builder(devinf);
        const auto parsed = parse_xml(item.text(), "DevInf", limits, builder);
        if (parsed)
            item.data = std::move(devinf);
        else if (parsed.error().code == base::Errc::ForbiddenMarkup || parsed.error().code == base::Errc::ReplyTooLarge)
            return base::fail(parsed.error().code, "device information, " + parsed.error().message);
    }
    return {};
}

base::Result<syncml::Message> decode_xml(std::string_view document, const Limits& limits)
{
    syncml::Message message;
    Builder builder(message);
    auto done = parse_xml(document, "SyncML", limits, builder);
    for (auto& command : message.body) {
        if (!done)
            break;
        if (auto* put = std::get_if<syncml::Put>(&command))
            done = read_devinf_texts(put->items, put->meta, limits);
        else if (auto* results = std::get_if<syncml::Results>(&command))
            done = read_devinf_texts(results->items, results->meta, limits);
    }
    if (!done)
        return tl::unexpected(std::move(done.error()));
    if (message.header.msg_id == 0)
        return base::fail(base::Errc::Malformed, "the message has no SyncHdr with a MsgID");
    return message;
}

template <class Write>
std::size_t count(Write write)
{
    Counter counter;
    XmlWriter writer(counter);
    write(writer);
    return counter.octets;
}

} // namespace

std::string_view media_type(Encoding encoding)
{
    switch (encoding) {
    case Encoding::Xml: return "application/vnd.syncml+xml";
    }
    return {};
}

std::string_view devinf_media_type(Encoding encoding)
{
    switch (encoding) {
    case Encoding::Xml: return "application/vnd.syncml-devinf+xml";
    }
    return {};
}

base::Result<syncml::Message> decode(std::string_view document, Encoding encoding, const Limits& limits)
{
    switch (encoding) {
    case Encoding::Xml: return decode_xml(document, limits);
    }
    return base::fail(base::Errc::NotSupported, "unknown encoding");
}

std::string encode(const syncml::Message& message, Encoding)
{
    // Of the right size at once: no piece of it, credentials among them, stays behind in freed memory.
    std::string document;
    document.reserve(count([&](auto& writer) { writer.message(message); }));
    Appender appender{document};
    XmlWriter(appender).message(message);
    return document;
}

bool can_carry(std::string_view text, Encoding)
{
    return is_xml_text(text);
}

std::size_t encoded_size(const syncml::Command& command, Encoding)
{
    return count([&](auto& writer) { writer.command(command); });
}

std::size_t encoded_size(const syncml::SyncCommand& command, Encoding)
{
    return count([&](auto& writer) { writer.command(command); });
}

std::size_t encoded_size(const syncml::Header& header, Encoding)
{
    const auto size = [](const syncml::Header& one) {
        return count([&](auto& writer) { writer.element("SyncHdr", one); });
    };
    const syncml::Message empty{.header = {}, .body = {}, .final = true};
    return count([&](auto& writer) { writer.message(empty); }) - size(empty.header) + size(header);
}

} // namespace codec
