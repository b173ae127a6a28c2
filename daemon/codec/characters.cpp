#include "codec/characters.hpp"

#include "base/utf8.hpp"

namespace codec {

namespace {

constexpr bool is_plain(unsigned char c)
{
    return (c >= 0x20 || c == '\n' || c == '\r' || c == '\t') && c < 0x80 && c != '&' && c != '<' && c != '>';
}

// The same without a branch and in octets alone, which lets the compiler answer it for many at
// once. Octets of 0x80 and above are negative here.
constexpr unsigned char is_special(signed char c)
{
    using Bit = unsigned char;
    const Bit control = Bit(c < 0x20) & Bit(c != '\n') & Bit(c != '\r') & Bit(c != '\t');
    return control | Bit(c == '&') | Bit(c == '<') | Bit(c == '>');
}

} // namespace

std::size_t count_plain(std::string_view text)
{
    // Blocks of a fixed size without an exit inside let the compiler use vectors:
    // photos are most of what passes here.
    constexpr std::size_t block = 64;
    std::size_t at = 0;
    for (; at + block <= text.size(); at += block) {
        unsigned char special = 0;
        for (std::size_t i = 0; i < block; ++i)
            special |= is_special(static_cast<signed char>(text[at + i]));
        if (special != 0)
            break;
    }
    while (at < text.size() && is_plain(static_cast<unsigned char>(text[at])))
        ++at;
    return at;
}

std::size_t character_size(std::string_view text)
{
    const auto first = static_cast<unsigned char>(text.front());
    if (first < 0x20)
        return first == '\n' || first == '\r' || first == '\t' ? 1 : 0;
    const bool noncharacter = text.starts_with("\xEF\xBF\xBE") || text.starts_with("\xEF\xBF\xBF");
    return noncharacter ? 0 : base::utf8_size(text);
}

bool is_xml_text(std::string_view text)
{
    while (true) {
        text.remove_prefix(count_plain(text));
        if (text.empty())
            return true;
        const auto size = character_size(text);
        if (size == 0)
            return false;
        text.remove_prefix(size);
    }
}

std::string read_stray_octets_as_latin1(std::string_view text)
{
    std::string result;
    result.reserve(text.size() + text.size() / 8);
    while (!text.empty()) {
        const auto size = base::utf8_size(text);
        if (size > 0) {
            result.append(text.substr(0, size));
        } else {
            const auto octet = static_cast<unsigned char>(text.front());
            result.push_back(static_cast<char>(0xC0 | octet >> 6));
            result.push_back(static_cast<char>(0x80 | (octet & 0x3F)));
        }
        text.remove_prefix(size > 0 ? size : 1);
    }
    return result;
}

} // namespace codec
