#include "item/content_line.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <vector>

using item::ContentLine;
using item::LineReader;

namespace {

struct Line {
    std::string raw;
    std::size_t number;
    bool operator==(const Line&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Line& line)
{
    return out << line.number << ": " << line.raw;
}

std::vector<Line> read(std::string_view text, std::size_t piece)
{
    std::vector<Line> lines;
    LineReader reader([&](const ContentLine& line) -> base::Result<void> {
        lines.push_back({std::string(line.raw), line.number});
        return {};
    });
    for (std::size_t at = 0; at < text.size(); at += piece)
        REQUIRE(reader.feed(text.substr(at, piece)));
    REQUIRE(reader.finish());
    return lines;
}

} // namespace

TEST_CASE("every kind of line end becomes CRLF, however the stream is cut", "[item][lines]")
{
    const std::string text = "\xef\xbb\xbf"
                             "a:1\r\nb:2\nc:3\rd:4\r\r\n\n\r\re:5\r\n f\n\tg\nlast";
    const std::vector<Line> expected = {{"a:1\r\n", 1},  {"b:2\r\n", 2}, {"c:3\r\n", 3}, {"d:4\r\n", 4},
                                        {"\r\n", 5},     {"\r\n", 6},    {"\r\n", 7},    {"e:5\r\n f\r\n\tg\r\n", 8},
                                        {"last\r\n", 11}};
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        CAPTURE(piece);
        CHECK(read(text, piece) == expected);
    }
}

TEST_CASE("a text gets normal line ends where it stands, the same as a stream", "[item][lines]")
{
    std::mt19937 random(1);
    const std::string_view pieces[] = {"\r", "\n", "\r\n", "\r\r\n", "a", "N:x", " ", "\xef\xbb\xbf", "\xef"};
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (auto left = random() % 12; left > 0; --left)
            text += pieces[random() % std::size(pieces)];
        CAPTURE(text);
        std::string expected;
        for (const auto& line : read(text, 99))
            expected += line.raw;
        item::make_line_ends_normal(text);
        REQUIRE(text == expected);
    }
    std::string text(1 << 16, '\n');
    text.reserve(text.size() * 2);
    const auto* place = text.data();
    item::make_line_ends_normal(text);
    CHECK(text.size() == 1 << 17);
    CHECK(text.data() == place);
}

TEST_CASE("a soft line break continues only quoted-printable, and never into END or BEGIN", "[item][lines]")
{
    CHECK(read("NOTE;ENCODING=QUOTED-PRINTABLE:a=0D=0A=\nNAME:b=  \nc\nX:d\n", 99) ==
          std::vector<Line>{{"NOTE;ENCODING=QUOTED-PRINTABLE:a=0D=0A=\r\nNAME:b=  \r\nc\r\n", 1}, {"X:d\r\n", 4}});
    CHECK(read("NOTE:a=\nX:b\n", 99) == std::vector<Line>{{"NOTE:a=\r\n", 1}, {"X:b\r\n", 2}});
    CHECK(read("NOTE;quoted-printable:a=\nEND:VCARD\n", 99) ==
          std::vector<Line>{{"NOTE;quoted-printable:a=\r\n", 1}, {"END:VCARD\r\n", 2}});
    CHECK(read("NOTE;quoted-printable:a=\nBegin:VCARD\n", 99) ==
          std::vector<Line>{{"NOTE;quoted-printable:a=\r\n", 1}, {"Begin:VCARD\r\n", 2}});
    // The next content line starts afresh.
    CHECK(read("NOTE;quoted-printable:a=\nb\nX:c=\nY:d\n", 99).size() == 3);
}

TEST_CASE("a line is looked at unfolded", "[item][lines]")
{
    const auto line =
        item::parse_line("item1.dts\r\n tart;Value=DATE-TIME;TZID=\"Eu\r\n rope/Ber:l;in\":2026\r\n 0105 \r\n", 3);
    CHECK(line.number == 3);
    CHECK(line.name == "DTSTART");
    CHECK(line.parameters == ";Value=DATE-TIME;TZID=\"Europe/Ber:l;in\"");
    CHECK(line.parameter("TZID") == "Europe/Ber:l;in");
    CHECK(line.parameter("VALUE") == "DATE-TIME");
    CHECK(line.parameter("TYPE").empty());
    CHECK(line.value() == "20260105");
}

TEST_CASE("a line that is no property has no name", "[item][lines]")
{
    for (const auto* raw : {"\r\n", "   \r\n", "/9j/4AAQSkZJRg\r\n", "X;A=\"b:c\r\n", "a\r\n b\r\n"}) {
        CAPTURE(raw);
        CHECK(item::parse_line(raw, 1).name.empty());
        CHECK(item::parse_line(raw, 1).value().empty());
    }
    CHECK(item::parse_line(":\r\n", 1).value().empty());
    CHECK(item::parse_line("  \r\n", 1).is_blank());
    CHECK_FALSE(item::parse_line("x\r\n", 1).is_blank());
}

TEST_CASE("the reader stops at the sink's error", "[item][lines]")
{
    int taken = 0;
    LineReader reader([&](const ContentLine&) -> base::Result<void> {
        return ++taken == 2 ? base::Result<void>(base::fail(base::Errc::Failed, "enough")) : base::Result<void>();
    });
    const auto read = reader.feed("a:1\nb:2\nc:3\nd:4\n");
    REQUIRE_FALSE(read);
    CHECK(read.error().message == "enough");
    CHECK(taken == 2);
}

TEST_CASE("a line without end is refused before it fills the memory", "[item][lines]")
{
    LineReader reader([](const ContentLine&) { return base::Result<void>(); }, std::size_t{4} << 20);
    const std::string block(1 << 20, 'x');
    for (int i = 0; i < 4; ++i)
        REQUIRE(reader.feed(block));
    const auto read = reader.feed(block);
    REQUIRE_FALSE(read);
    CHECK(read.error().message == "line 1: the line is larger than an item may be (4 MiB)");
}

TEST_CASE("a text that is there as a whole has the same lines as one that comes in pieces", "[item][lines]")
{
    const std::string pieces[] = {"A:1\r\n", " b\r\n",    "\r\n",   "N;quoted-printable:=\r\n",
                                  "=\t\r\n", "END:x\r\n", "\t\r\n", "BEGIN:c=\r\n",
                                  "\n",      "\r",        "x"};
    std::mt19937 random(1);
    for (int i = 0; i < 3000; ++i) {
        std::string text = i % 50 == 0 ? "\xef\xbb\xbf" : "";
        // Some have nothing but whole lines.
        const auto kinds = std::size(pieces) - (i % 2 == 0 ? 3 : 0);
        for (auto count = random() % 9; count > 0; --count)
            text += pieces[random() % kinds];
        CAPTURE(text);
        std::vector<Line> whole, pieced;
        CHECK(item::read_lines(text, [&](const ContentLine& line) -> base::Result<void> {
            whole.push_back({std::string(line.raw), line.number});
            return {};
        }));
        LineReader reader([&](const ContentLine& line) -> base::Result<void> {
            pieced.push_back({std::string(line.raw), line.number});
            return {};
        });
        for (const char c : text)
            REQUIRE(reader.feed({&c, 1}));
        REQUIRE(reader.finish());
        CHECK(whole == pieced);
    }
}

TEST_CASE("blank lines behind a soft break cost no more than their number", "[item][lines]")
{
    // They were looked through anew for each of them: hours.
    std::string text = "NOTE;QUOTED-PRINTABLE:=\r\n";
    for (int i = 0; i < 2'000'000; ++i)
        text += "\r\n";
    std::size_t taken = 0;
    const auto count = [&](const ContentLine&) -> base::Result<void> {
        ++taken;
        return {};
    };
    CHECK(item::read_lines(text, count));
    LineReader reader(count);
    CHECK((reader.feed(text) && reader.finish()));
    CHECK(taken == 2);
}
