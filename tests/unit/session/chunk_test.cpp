#include "session/chunk.hpp"

#include <catch2/catch.hpp>

using namespace session;

TEST_CASE("line ends become those that every reader of XML sees", "[session][large]")
{
    const auto plain = [](std::string text) {
        make_line_ends_plain(text);
        return text;
    };
    CHECK(plain("a\r\nb\nc\rd\r\r\n\r\n") == "a\nb\nc\nd\n\n\n");
    CHECK(plain("ends\r") == "ends\n");
    CHECK(plain("") == "");
}

TEST_CASE("a chunk ends within no character", "[session][large]")
{
    const std::string text = "aé€😀b"; // 1, 2, 3, 4 and 1 octets
    const std::size_t ends[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
    for (std::size_t most = 0; most < std::size(ends); ++most) {
        CAPTURE(most);
        CHECK(text_chunk(text, most) == ends[most]);
    }
}

TEST_CASE("a chunk does not end at white space unless there is nothing else", "[session][large]")
{
    CHECK(text_chunk("one two", 4) == 2);
    CHECK(text_chunk("one two", 3) == 2);
    CHECK(text_chunk("one two", 5) == 5);
    CHECK(text_chunk("one\n\n\ntwo", 6) == 2);
    CHECK(text_chunk("   \n   x", 5) == 5);
    CHECK(text_chunk("ends\n", 5) == 5); // all of it
    CHECK(text_chunk("x" + std::string(1000, ' ') + "y", 900) == 900);
}

TEST_CASE("base64 is cut between groups of four", "[session][large]")
{
    CHECK(base64_chunk("QUJDREVG", 7) == 4);
    CHECK(base64_chunk("QUJDREVG", 8) == 8);
    CHECK(base64_chunk("QUJDREVG", 3) == 0);
}
