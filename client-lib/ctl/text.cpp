#include "text.hpp"

#include <cwchar>

namespace ctl {
namespace {

struct Character {
    char32_t code = 0;
    std::size_t length = 1; ///< bytes
    bool is_valid = false;
};

/// The first character of a text that is not empty.
Character decode(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned lead = byte(0);
    if (lead < 0x80)
        return {lead, 1, true};
    const std::size_t length = lead >> 5 == 0b110 ? 2 : lead >> 4 == 0b1110 ? 3 : lead >> 3 == 0b11110 ? 4 : 0;
    if (length == 0 || length > text.size())
        return {};
    char32_t code = lead & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if (byte(i) >> 6 != 0b10)
            return {};
        code = code << 6 | (byte(i) & 0x3fU);
    }
    constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return {};
    return {code, length, true};
}

bool is_control(char32_t code)
{
    // C0, DEL, C1, and the marks that reorder what stands around them.
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

std::size_t width(char32_t code)
{
    const int columns = wcwidth(static_cast<wchar_t>(code));
    return columns < 0 ? 1 : static_cast<std::size_t>(columns); // unknown to the locale: most take one
}

std::string filter(std::string_view text, bool keep_lines)
{
    std::string shown;
    while (!text.empty()) {
        const Character character = decode(text);
        if (character.code == '\n' || character.code == '\t')
            shown += keep_lines ? text.front() : ' ';
        else if (character.code == '\r' && text.substr(1).starts_with('\n'))
            ; // the line end follows
        else if (!character.is_valid || is_control(character.code))
            shown += '?';
        else
            shown += text.substr(0, character.length);
        text.remove_prefix(character.length);
    }
    return shown;
}

} // namespace

std::string printable(std::string_view text)
{
    return filter(text, false);
}

std::string printable_lines(std::string_view text)
{
    return filter(text, true);
}

std::size_t display_width(std::string_view text)
{
    std::size_t columns = 0;
    while (!text.empty()) {
        const Character character = decode(text);
        columns += character.is_valid ? width(character.code) : 1;
        text.remove_prefix(character.length);
    }
    return columns;
}

std::string_view cut(std::string_view text, std::size_t columns)
{
    std::size_t used = 0, bytes = 0;
    while (bytes < text.size()) {
        const Character character = decode(text.substr(bytes));
        used += character.is_valid ? width(character.code) : 1;
        if (used > columns)
            break;
        bytes += character.length;
    }
    return text.substr(0, bytes);
}

} // namespace ctl
