#include "item/transfer.hpp"

#include "item/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iconv.h>

namespace item {
namespace {

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 0xff;

constexpr std::array<std::uint8_t, 256> make_base64_values()
{
    std::array<std::uint8_t, 256> values{};
    values.fill(no_digit);
    for (std::size_t i = 0; i < base64_digits.size(); ++i)
        values[static_cast<unsigned char>(base64_digits[i])] = static_cast<std::uint8_t>(i);
    return values;
}
constexpr auto base64_values = make_base64_values();

std::optional<unsigned> hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0');
    if (c >= 'A' && c <= 'F')
        return static_cast<unsigned>(c - 'A' + 10);
    if (c >= 'a' && c <= 'f')
        return static_cast<unsigned>(c - 'a' + 10);
    return std::nullopt;
}

void append_utf8(std::string& text, char32_t character)
{
    const auto tail = [&](unsigned shift) { text += static_cast<char>(0x80 | ((character >> shift) & 0x3f)); };
    if (character < 0x80) {
        text += static_cast<char>(character);
    } else if (character < 0x800) {
        text += static_cast<char>(0xc0 | (character >> 6));
        tail(0);
    } else {
        text += static_cast<char>(0xe0 | (character >> 12));
        tail(6);
        tail(0);
    }
}

std::string from_windows_1252(std::string_view text)
{
    constexpr char32_t upper[] = {0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                  0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d,   0x017d, 0x8f,
                                  0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                  0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};
    std::string utf8;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        append_utf8(utf8, octet >= 0x80 && octet < 0xa0 ? upper[octet - 0x80] : octet);
    }
    return utf8;
}

bool is_utf8(std::string_view text)
{
    // find_forbidden looks for controls, too, which quoted-printable may bring.
    while (const auto at = find_forbidden(text)) {
        if (static_cast<unsigned char>(text[*at]) >= 0x80)
            return false;
        text.remove_prefix(*at + 1);
    }
    return true;
}

/// Those that phones and address books have been seen to write. Not any name: the C library would load the module that
/// is called so, and some of its converters have been ways in.
bool may_convert(std::string_view charset)
{
    constexpr std::string_view starts[] = {"ISO-8859-", "WINDOWS-125", "CP125"};
    constexpr std::string_view names[] = {"UTF-16", "KOI8-R", "KOI8-U", "SHIFT_JIS", "EUC-JP", "EUC-KR", "GBK", "BIG5"};
    return charset.size() <= 12 &&
           (std::any_of(std::begin(starts), std::end(starts), [&](auto start) { return charset.starts_with(start); }) ||
            std::find(std::begin(names), std::end(names), charset) != std::end(names));
}

std::optional<std::string> convert(std::string_view text, const std::string& charset)
{
    const auto converter = ::iconv_open("UTF-8", charset.c_str());
    if (converter == reinterpret_cast<iconv_t>(-1))
        return std::nullopt;
    std::string input(text);
    std::string output(input.size() * 4 + 8, '\0');
    auto* from = input.data();
    auto* to = output.data();
    auto left = input.size();
    auto room = output.size();
    const bool good = ::iconv(converter, &from, &left, &to, &room) != static_cast<std::size_t>(-1);
    ::iconv_close(converter);
    if (!good)
        return std::nullopt;
    output.resize(output.size() - room);
    return output;
}

} // namespace

std::string decode_quoted_printable(std::string_view text)
{
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] != '=') {
            decoded += text[at++];
            continue;
        }
        const auto high = at + 2 < text.size() ? hex_digit(text[at + 1]) : std::nullopt;
        const auto low = high ? hex_digit(text[at + 2]) : std::nullopt;
        if (low) {
            decoded += static_cast<char>(*high * 16 + *low);
            at += 3;
            continue;
        }
        const auto next = text.find_first_not_of(" \t", at + 1);
        if (next != std::string_view::npos && text.substr(next, 2) == "\r\n")
            at = next + 2; // a soft line break
        else
            decoded += text[at++];
    }
    return decoded;
}

std::string encode_quoted_printable(std::string_view text, std::size_t used)
{
    constexpr std::size_t most = 75; // and the sign of a soft break
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string encoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto octet = static_cast<unsigned char>(text[at]);
        const bool at_edge = at == 0 || at + 1 == text.size();
        const bool plain = octet > 0x20 && octet < 0x7f && octet != '=';
        const bool literal = plain || (octet == ' ' && !at_edge);
        const std::size_t size = literal ? 1 : 3;
        if (used + size > most) {
            encoded += "=\r\n";
            used = 0;
        }
        used += size;
        if (literal) {
            encoded += text[at];
        } else {
            encoded += '=';
            encoded += hex[octet >> 4];
            encoded += hex[octet & 0xf];
        }
    }
    return encoded;
}

std::optional<std::string> decode_base64(std::string_view text)
{
    std::string octets;
    octets.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    unsigned digits = 0;
    for (const char c : text) {
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
            continue;
        if (c == '=')
            break;
        const auto value = base64_values[static_cast<unsigned char>(c)];
        if (value == no_digit)
            return std::nullopt;
        bits = (bits << 6) | value;
        if (++digits % 4 != 0)
            continue;
        octets += static_cast<char>(bits >> 16 & 0xff);
        octets += static_cast<char>(bits >> 8 & 0xff);
        octets += static_cast<char>(bits & 0xff);
    }
    switch (digits % 4) {
    case 1: return std::nullopt;
    case 2: octets += static_cast<char>(bits >> 4 & 0xff); break;
    case 3:
        octets += static_cast<char>(bits >> 10 & 0xff);
        octets += static_cast<char>(bits >> 2 & 0xff);
        break;
    default: break;
    }
    return octets;
}

std::string encode_base64(std::string_view octets)
{
    std::string text;
    text.reserve((octets.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < octets.size(); at += 3) {
        const auto group = octets.substr(at, 3);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i)
            bits = (bits << 8) | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0u);
        for (std::size_t i = 0; i < 4; ++i)
            text += i <= group.size() ? base64_digits[bits >> (18 - 6 * i) & 0x3f] : '=';
    }
    return text;
}

std::string to_utf8(std::string_view text, std::string_view charset)
{
    const auto name = to_upper(trim(charset));
    if (name != "UTF-8" && name != "ISO-8859-1" && may_convert(name)) {
        if (auto converted = convert(text, name))
            return *converted;
    }
    // Text that is UTF-8 by accident hardly exists; text labelled wrongly does (Sony Ericsson).
    return is_utf8(text) ? std::string(text) : from_windows_1252(text);
}

} // namespace item
