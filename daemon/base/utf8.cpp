#include "base/utf8.hpp"

#include <algorithm>

namespace base {

bool is_control(std::string_view character)
{
    const auto octet = [character](std::size_t at) { return static_cast<unsigned char>(character[at]); };
    return octet(0) < 0x20 || octet(0) == 0x7F || (octet(0) == 0xC2 && octet(1) < 0xA0);
}

// Unicode, table 3-7: no overlong form, no surrogate, nothing above U+10FFFF.
std::size_t utf8_size(std::string_view text)
{
    const auto octet = [text](std::size_t at) {
        return at < text.size() ? static_cast<unsigned char>(text[at]) : static_cast<unsigned char>(0);
    };
    const auto follows = [octet](std::size_t at, unsigned char low = 0x80, unsigned char high = 0xBF) {
        return octet(at) >= low && octet(at) <= high;
    };
    const auto lead = octet(0);
    if (lead < 0x80)
        return 1;
    if (lead < 0xC2)
        return 0;
    if (lead < 0xE0)
        return follows(1) ? 2 : 0;
    if (lead < 0xF0) {
        const unsigned char low = lead == 0xE0 ? 0xA0 : 0x80;
        const unsigned char high = lead == 0xED ? 0x9F : 0xBF;
        return follows(1, low, high) && follows(2) ? 3 : 0;
    }
    if (lead < 0xF5) {
        const unsigned char low = lead == 0xF0 ? 0x90 : 0x80;
        const unsigned char high = lead == 0xF4 ? 0x8F : 0xBF;
        return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

std::string legible(std::string_view text)
{
    constexpr std::size_t first = 700;
    constexpr std::size_t last = 300;
    constexpr std::string_view gap = " … ";
    std::string result;
    const auto append = [&result](std::string_view part) {
        while (!part.empty()) {
            const auto size = utf8_size(part);
            const auto character = part.substr(0, std::max<std::size_t>(size, 1));
            part.remove_prefix(character.size());
            if (size == 0)
                result += "\xEF\xBF\xBD"; // U+FFFD
            else if (is_control(character))
                result += ' ';
            else
                result += character;
        }
    };
    const bool is_long = text.size() > first + gap.size() + last;
    append(is_long ? text.substr(0, first) : text);
    if (is_long) {
        result += gap;
        append(text.substr(text.size() - last));
    }
    return result;
}

} // namespace base
