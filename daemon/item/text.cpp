#include "item/text.hpp"

#include <algorithm>
#include <cstdint>

namespace item {
namespace {

struct Sequence {
    std::size_t length = 0; ///< 0: ill-formed
    char32_t character = 0;
};

/// The character at the beginning of `text` (RFC 3629).
Sequence decode(std::string_view text)
{
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto lead = octet(0);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xc2 ? 0
                               : lead < 0xe0 ? 2
                               : lead < 0xf0 ? 3
                               : lead < 0xf5 ? 4
                                             : 0;
    if (length <= 1)
        return {length, lead};
    if (text.size() < length)
        return {};
    char32_t character = lead & (0x7fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((octet(i) & 0xc0) != 0x80)
            return {};
        character = (character << 6) | (octet(i) & 0x3f);
    }
    // Overlong forms of two octets are excluded by the lead above.
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = character >= 0xd800 && character < 0xe000;
    if (character < least[length] || character > 0x10ffff || surrogate)
        return {};
    return {length, character};
}

bool is_forbidden(char32_t character)
{
    if (character < 0x20)
        return character != '\t' && character != '\r' && character != '\n';
    return character == 0xfffe || character == 0xffff;
}

} // namespace

std::optional<std::size_t> find_forbidden(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        if (static_cast<signed char>(text[at]) >= 0x20) { // ASCII, most of any item
            ++at;
            continue;
        }
        const auto [length, character] = decode(text.substr(at, 4));
        if (length == 0 || is_forbidden(character))
            return at;
        at += length;
    }
    return std::nullopt;
}

std::string to_upper(std::string_view text)
{
    std::string upper(text);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return upper;
}

std::string_view trim(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace item
