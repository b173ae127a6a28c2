#include "transcript/markup.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace transcript;

TEST_CASE("a tag reads as it was written, whatever its values hold")
{
    for (const std::string value : {"plain", "a \"quoted\" <tag> & more", "two\nlines\r\n\tand a tab", "ü ☎ 𝄞"}) {
        const auto tag = parse_tag(open_tag("note", {{"text", value}, {"other-one", "x"}}, true));
        REQUIRE(tag);
        CHECK(tag->name == "note");
        CHECK(tag->is_empty);
        CHECK_FALSE(tag->is_end);
        CHECK(tag->text("text") == value);
        CHECK(tag->text("other-one") == "x");
        CHECK(tag->text("absent").empty());
    }
}

TEST_CASE("a tag stands on one line, and what XML cannot hold is replaced")
{
    const auto line = open_tag("note", {{"text", std::string("a\n\x01\xff\0b", 6)}}, false);
    CHECK(line.find('\n') == std::string::npos);
    CHECK(parse_tag(line)->text("text") == "a\n\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
                                           "b");
}

TEST_CASE("an end tag")
{
    const auto tag = parse_tag("</sent>");
    REQUIRE(tag);
    CHECK(tag->is_end);
    CHECK(tag->name == "sent");
}

TEST_CASE("numbers and flags that are none are 0 and false")
{
    const auto tag = parse_tag(R"(<sent octets="17" bad="1x" huge="99999999999999999999999" yes="yes" no="no"/>)");
    REQUIRE(tag);
    CHECK(tag->number("octets") == 17);
    CHECK(tag->number("bad") == 0);
    CHECK(tag->number("huge") == 0);
    CHECK(tag->number("absent") == 0);
    CHECK(tag->flag("yes"));
    CHECK_FALSE(tag->flag("no"));
}

TEST_CASE("what is no tag of ours is refused")
{
    for (const auto* line :
         {"", "<", "<>", "< a>", "<a", "<a b>", "<a b=\"c>", "<a b=\"c\"d>", "<a b=\"&lt\"/>", "<a b=\"&nbsp;\"/>",
          "<a b=\"1\" b=\"2\"/>", "</a b=\"c\">", "<a/>x", "text", "<a  b=\"c\"/>", "<a =\"c\"/>", "<!-- a -->"})
        CHECK_FALSE(parse_tag(line));
}

} // namespace
