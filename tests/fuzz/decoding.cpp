#include "decoding.hpp"

#include "codec/vocabulary.hpp"
#include "syncml/version.hpp"
#include "target.hpp"

#include <algorithm>
#include <variant>
#include <vector>

namespace fuzz {

namespace {

using codec::Encoding;
using codec::Limits;

/// What the elements that a writer adds, because they must not be absent, need beyond the default.
const Limits spacious{.max_bytes = 0, .max_depth = 80, .max_elements = 10'000'000, .max_room = std::size_t{1} << 30};
const Limits tight{.max_bytes = 1024, .max_depth = 10, .max_elements = 60, .max_room = 8192};

void require_refusal(const base::Error& error)
{
    using base::Errc;
    require(error.code == Errc::Malformed || error.code == Errc::NotSyncML || error.code == Errc::ForbiddenMarkup ||
                error.code == Errc::ReplyTooLarge,
            "a document is refused for a reason that codec.hpp names");
    require_for_people(error.message);
}

/// Calls `change` for each item of the commands.
void for_items(auto& commands, auto change)
{
    for (auto& command : commands) {
        std::visit(
            [&](auto& one) {
                if constexpr (requires { one.commands; })
                    for_items(one.commands, change);
                else if constexpr (requires { one.items.front().data; })
                    std::for_each(one.items.begin(), one.items.end(), change);
            },
            command);
    }
}

/// Item data as XML delivers it: every line end is a line feed (XML 1.0 §2.11).
syncml::Message with_line_feeds(syncml::Message message)
{
    for_items(message.body, [](syncml::Item& item) {
        auto* text = std::get_if<std::string>(&item.data);
        if (text == nullptr)
            return;
        for (auto cr = text->find('\r'); cr != std::string::npos; cr = text->find('\r', cr)) {
            if (text->compare(cr, 2, "\r\n") == 0)
                text->erase(cr, 1);
            else
                (*text)[cr] = '\n';
        }
    });
    return message;
}

template <class Commands>
void leave_out_nameless(Commands& commands)
{
    std::erase_if(commands, [](const auto& command) {
        const auto* unsupported = std::get_if<syncml::Unsupported>(&command);
        return unsupported != nullptr && !codec::find_token(codec::Vocabulary::SyncML, unsupported->name);
    });
    for (auto& command : commands)
        std::visit(
            [](auto& one) {
                if constexpr (requires { one.commands; })
                    leave_out_nameless(one.commands);
            },
            command);
}

/// Device information of older versions is written without what came later.
syncml::Message with_newest_devinf(syncml::Message message)
{
    for_items(message.body, [](syncml::Item& item) {
        if (auto* devinf = std::get_if<syncml::DevInf>(&item.data))
            devinf->ver_dtd = syncml::dtd(syncml::Version::V1_2);
    });
    return message;
}

/// The message as the encoding can carry it.
syncml::Message carried(syncml::Message message, Encoding encoding)
{
    if (encoding == Encoding::Xml)
        return with_line_feeds(std::move(message));
    leave_out_nameless(message.body);
    return message;
}

/// The message after a journey.
syncml::Message delivered(const syncml::Message& message, Encoding encoding)
{
    const auto document = codec::encode(message, encoding);
    require(codec::find_encoding(document) == encoding, "a written document shows its encoding");

    auto foretold = codec::encoded_size(message.header, encoding);
    for (const auto& command : message.body)
        foretold += codec::encoded_size(command, encoding);
    constexpr std::size_t final_flag = 8;
    require(document.size() <= foretold && foretold - document.size() <= final_flag, "its size is as foretold");

    auto again = codec::decode(document, encoding, spacious);
    require(again.has_value(), "what was written can be read");
    return std::move(*again);
}

void require_same_after(const syncml::Message& message, Encoding encoding)
{
    const auto newest = with_newest_devinf(message);
    require(delivered(newest, encoding) == carried(newest, encoding), "what was written reads the same");
    require(delivered(message, encoding).header == message.header, "older versions are written");
}

} // namespace

void check_message(std::string_view document, Encoding encoding)
{
    const auto message = codec::decode(document, encoding, {});
    const auto limited = codec::decode(document, encoding, tight);
    if (!message) {
        require_refusal(message.error());
        require(!limited, "no limit makes a document readable");
        return;
    }
    if (limited)
        require(*limited == *message, "no limit changes a message");
    else
        require(limited.error().code == base::Errc::ReplyTooLarge, "a limit refuses as a limit");

    require_same_after(*message, encoding);
    // WBXML texts may hold control characters, for which XML has no form.
    if (encoding == Encoding::Xml)
        require_same_after(*message, Encoding::Wbxml);
}

} // namespace fuzz
