#include "codec/characters.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace std::string_literals;

TEST_CASE("plain octets are counted up to the first that XML minds", "[codec][characters]")
{
    CHECK(codec::count_plain("") == 0);
    CHECK(codec::count_plain("abc~ \t\r\n") == 8);
    const std::string lines = "0123456789012345678\r\n\tabcdefghijklmnopqrst\n";
    for (int octet = 0; octet < 256; ++octet) {
        const char c = static_cast<char>(octet);
        const bool plain =
            (octet >= 0x20 && octet < 0x80 && c != '&' && c != '<' && c != '>') || c == '\t' || c == '\r' || c == '\n';
        for (std::size_t at = 0; at <= lines.size(); ++at) {
            auto text = lines;
            text.insert(at, 1, c);
            if (codec::count_plain(text) != (plain ? text.size() : at))
                FAIL("octet " << octet << " at " << at);
        }
    }
}

TEST_CASE("XML carries every Char of its definition and no other", "[codec][characters]")
{
    for (const auto& good : {""s, "a\t\r\nb"s, "\x7f"s, "\xC2\x80"s, "ü"s, "\xE0\xA0\x80"s, "\xED\x9F\xBF"s,
                             "\xEE\x80\x80"s, "\xEF\xBF\xBD"s, "\xF0\x90\x80\x80"s, "\xF4\x8F\xBF\xBF"s, "日本 😀 <&>"s})
        CHECK(codec::is_xml_text(good));

    for (const auto& bad : {"\0"s, "\x01"s, "a\x0b"s, "\x1f"s}) // controls
        CHECK_FALSE(codec::is_xml_text(bad));
    for (const auto& bad :
         {"\x80"s, "\xBF"s, "\xC3"s, "\xC3("s, "\xE2\x82"s, "\xF0\x9F\x98"s, "\xFF"s, "\xF5\x80\x80\x80"s})
        CHECK_FALSE(codec::is_xml_text(bad));
    for (const auto& overlong : {"\xC0\x80"s, "\xC1\xBF"s, "\xE0\x9F\xBF"s, "\xF0\x8F\xBF\xBF"s})
        CHECK_FALSE(codec::is_xml_text(overlong));
    for (const auto& outside : {"\xED\xA0\x80"s, "\xED\xBF\xBF"s, "\xF4\x90\x80\x80"s}) // surrogates, above U+10FFFF
        CHECK_FALSE(codec::is_xml_text(outside));
    for (const auto& noncharacter : {"\xEF\xBF\xBE"s, "\xEF\xBF\xBF"s})
        CHECK_FALSE(codec::is_xml_text(noncharacter));
}

TEST_CASE("a bad octet is found wherever it stands", "[codec][characters]")
{
    for (std::size_t at = 0; at < 130; ++at) {
        std::string text(130, 'x');
        text[at] = '\x02';
        CHECK_FALSE(codec::is_xml_text(text));
        text[at] = '\xE9';
        CHECK_FALSE(codec::is_xml_text(text));
    }
}

TEST_CASE("octets that are no UTF-8 are read as ISO-8859-1, the others stay", "[codec][characters]")
{
    CHECK(codec::read_stray_octets_as_latin1("M\xFCller und Müller \xC3") == "Müller und Müller Ã");
    CHECK(codec::read_stray_octets_as_latin1("\xE4\xF6") == "äö");
    CHECK(codec::read_stray_octets_as_latin1("日本") == "日本");
}
