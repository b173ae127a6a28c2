#include "base/utf8.hpp"

#include <catch2/catch.hpp>

#include <string>

TEST_CASE("the first character has the octets of well-formed UTF-8, or none", "[base][utf8]")
{
    CHECK(base::utf8_size("a") == 1);
    CHECK(base::utf8_size("\xC3\xB6rg") == 2);
    CHECK(base::utf8_size("\xE2\x80\xA6") == 3);
    CHECK(base::utf8_size("\xF0\x9F\x98\x80") == 4);
    for (const auto* bad : {"\x80", "\xC0\xAF", "\xC3", "\xC3r", "\xE0\x80\x80", "\xED\xA0\x80", "\xE2\x80",
                            "\xF4\x90\x80\x80", "\xF0\x80\x80\x80", "\xFF"})
        CHECK(base::utf8_size(bad) == 0);
}

TEST_CASE("what people read is one line of UTF-8", "[base][utf8]")
{
    CHECK(base::legible("") == "");
    CHECK(base::legible("J\xC3\xB6rg’s phone") == "J\xC3\xB6rg’s phone");
    CHECK(base::legible("closed\r\non\tMondays\x7F") == "closed  on Mondays ");
    CHECK(base::legible(std::string("a\0b", 3)) == "a b");
    CHECK(base::legible("\x1B[31m\xC2\x9B") == " [31m ");
    CHECK(base::legible("J\xF6rg \xC3") == "J\xEF\xBF\xBDrg \xEF\xBF\xBD");
}

TEST_CASE("a long text for people loses its middle", "[base][utf8]")
{
    const auto most = std::string(700, 'a') + std::string(5, 'b') + std::string(300, 'c');
    CHECK(base::legible(most) == most);
    const auto cut = base::legible(std::string(10'000, 'a') + "b" + std::string(299, 'c'));
    CHECK(cut == std::string(700, 'a') + " … b" + std::string(299, 'c'));
    CHECK(base::legible(cut) == cut);
}
