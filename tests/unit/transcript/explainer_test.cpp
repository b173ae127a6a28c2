#include "transcript/explainer.hpp"

#include "transcript/reader.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>
#include <string>

namespace {

using namespace transcript;

std::string words_of(const Paragraph& paragraph)
{
    std::string text = paragraph.title + "\n";
    for (const auto& line : paragraph.lines)
        text += "  " + line + "\n";
    return text;
}

std::string explain(std::istream& in)
{
    Reader reader(in);
    Explainer explainer;
    std::string text;
    while (true) {
        const auto record = reader.next();
        REQUIRE(record);
        if (!*record)
            break;
        text += words_of(explainer.explain(**record));
    }
    return text + words_of(explainer.sum_up(reader.is_whole()));
}

TEST_CASE("recorded sessions are told in words")
{
    const std::string name =
        GENERATE("first", "second", "nothing-new", "server-forgot", "no-database", "broken-off", "resumed");
    std::ifstream recorded(TRANSCRIPTS "/" + name + ".xml"), told(TRANSCRIPTS "/" + name + ".txt");
    std::ostringstream expected;
    expected << told.rdbuf();
    CHECK(explain(recorded) == expected.str());
}

TEST_CASE("what has no end is told as far as it goes")
{
    std::istringstream in("<transcript version=\"1\" session=\"1\" profile=\"W\" program=\"p\" time=\"t\">\n");
    CHECK(explain(in) == "Session 1 of the profile W, at t, written down by p\n"
                         "  contents of items are left out: their size and hash stand for them\n"
                         "In sum\n"
                         "  0 messages of 0 octets went to the server, 0 answers of 0 octets came\n"
                         "  the transcript breaks off here, before its session ended\n");
}

TEST_CASE("many things that are said make few lines, and text of a peer stays on its line")
{
    Exchanged exchanged{.sent = false};
    auto& message = exchanged.message.emplace();
    for (unsigned i = 0; i < 1000; ++i) {
        syncml::Status status;
        status.cmd = "Add\n\x1b[31m" + std::to_string(i);
        message.body.emplace_back(status);
        status.cmd = "Add";
        message.body.emplace_back(status);
    }
    const auto lines = Explainer().explain(exchanged).lines;
    CHECK(lines.size() == 41);
    CHECK(lines.at(1) == "answers Add: 200 done (1000 times)");
    CHECK(lines.back() == "and 962 things more");
    for (const auto& line : lines)
        CHECK(line.find_first_of("\n\x1b") == std::string::npos);
}

} // namespace
