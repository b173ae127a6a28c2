#include "transcript/markup.hpp"

#include "codec/characters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace transcript {
namespace {

struct Escape {
    char character;
    std::string_view name;
};

constexpr std::array<Escape, 7> escapes{
    {{'&', "amp"}, {'<', "lt"}, {'>', "gt"}, {'"', "quot"}, {'\n', "#10"}, {'\r', "#13"}, {'\t', "#9"}}};

constexpr std::string_view replacement = "\xEF\xBF\xBD";

std::string escape(std::string_view text)
{
    std::string escaped;
    while (!text.empty()) {
        const char first = text.front();
        const auto* const found = std::ranges::find(escapes, first, &Escape::character);
        const auto size = codec::character_size(text);
        if (found != escapes.end())
            escaped += fmt::format("&{};", found->name);
        else if (size == 0)
            escaped += replacement;
        else
            escaped += text.substr(0, size);
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return escaped;
}

base::Result<std::string> unescape(std::string_view text)
{
    std::string plain;
    while (!text.empty()) {
        const auto ampersand = std::min(text.find('&'), text.size());
        plain += text.substr(0, ampersand);
        text.remove_prefix(ampersand);
        if (text.empty())
            break;
        const auto end = text.find(';');
        const auto* const found = std::ranges::find_if(escapes, [&](const Escape& one) {
            return end != std::string_view::npos && text.substr(1, end - 1) == one.name;
        });
        if (found == escapes.end())
            return base::fail(base::Errc::Malformed, "an attribute is not escaped as it must be");
        plain += found->character;
        text.remove_prefix(end + 1);
    }
    return plain;
}

bool is_name_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

std::string_view take_name(std::string_view& text)
{
    const auto end = std::ranges::find_if_not(text, is_name_character);
    const auto name = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(name.size());
    return name;
}

bool take(std::string_view& text, std::string_view expected)
{
    if (!text.starts_with(expected))
        return false;
    text.remove_prefix(expected.size());
    return true;
}

} // namespace

std::string open_tag(std::string_view name, const Attributes& attributes, bool is_empty)
{
    std::string tag = fmt::format("<{}", name);
    for (const auto& [attribute, value] : attributes)
        if (!value.empty())
            tag += fmt::format(R"( {}="{}")", attribute, escape(value));
    tag += is_empty ? "/>" : ">";
    return tag;
}

const std::string& Tag::text(const std::string& attribute) const
{
    static const std::string none;
    const auto found = attributes.find(attribute);
    return found == attributes.end() ? none : found->second;
}

std::uint64_t Tag::number(const std::string& attribute) const
{
    const auto& digits = text(attribute);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() ? value : 0;
}

base::Result<Tag> parse_tag(std::string_view line)
{
    const auto malformed = [] { return base::fail(base::Errc::Malformed, "a tag is not as it must be"); };
    Tag tag;
    if (!take(line, "<"))
        return malformed();
    tag.is_end = take(line, "/");
    tag.name = take_name(line);
    if (tag.name.empty())
        return malformed();
    while (!tag.is_end && take(line, " ")) {
        const auto name = take_name(line);
        if (name.empty() || !take(line, "=\""))
            return malformed();
        const auto end = line.find('"');
        if (end == std::string_view::npos)
            return malformed();
        auto value = unescape(line.substr(0, end));
        if (!value)
            return tl::unexpected(std::move(value.error()));
        if (!tag.attributes.emplace(name, std::move(*value)).second)
            return malformed();
        line.remove_prefix(end + 1);
    }
    tag.is_empty = !tag.is_end && take(line, "/");
    if (line != ">")
        return malformed();
    return tag;
}

} // namespace transcript
