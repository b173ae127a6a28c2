#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

/// Takes from the start of `text`, up to `}` or its end.
inline std::string take_bytes(std::string_view& text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string result;
    while (!text.empty() && text.front() != '}') {
        const char first = text.front();
        text.remove_prefix(1);
        if (first == ' ' || first == '\n')
            continue;
        if (first == '\'') {
            const auto end = text.find('\'');
            result.append(text.substr(0, end));
            text.remove_prefix(end + 1);
        } else if (first == '{') {
            const auto inner = take_bytes(text);
            text.remove_prefix(1);
            if (inner.size() >= 0x80)
                result.push_back(static_cast<char>(0x80 | inner.size() >> 7));
            result.push_back(static_cast<char>(inner.size() & 0x7F));
            result.append(inner);
        } else {
            const auto high = digits.find(first);
            const auto low = digits.find(text.at(0));
            if (high == std::string_view::npos || low == std::string_view::npos)
                throw std::invalid_argument("no octets");
            result.push_back(static_cast<char>(high << 4 | low));
            text.remove_prefix(1);
        }
    }
    return result;
}

/// The octets of a text like `4F C3 {'a b' 0D} 01`: in hexadecimal, as the text between apostrophes, and between
/// braces with their number before them, as WBXML writes it.
inline std::string bytes(std::string_view text)
{
    return take_bytes(text);
}

/// A message in WBXML whose body holds what `commands` say.
inline std::string wbxml_with(std::string_view commands, std::string_view head = "02 A4 01 6A 00")
{
    return bytes(head) +
           bytes("6D 6C 71 03'1.2'00 01 72 03'SyncML/1.2'00 01 65 03'7'00 01 5B 03'2'00 01"
                 "6E 57 03'http://host/ds'00 01 01 67 57 03'device'00 01 01 01 6B") +
           bytes(commands) + bytes("01 01");
}
