#include "manager/filter.hpp"

#include <catch2/catch.hpp>

TEST_CASE("record filters of the CGI grammar are taken", "[filter]")
{
    CHECK(manager::check_filter(GENERATE(as<std::string>(), "", "N&EQ;a", "DTSTART&GE;20260101T000000Z", "N&iCON;a%26b",
                                         "N&EQ;&NULL;", "&LUID;&EQ;7", "(A&EQ;1&OR;B&NE;2)&AND;X-C.d&LT;3")));
}

TEST_CASE("anything else is refused with the place where it fails", "[filter]")
{
    const auto [text, at] = GENERATE(table<std::string, const char*>({{"N", "character 2,"},
                                                                      {"&EQ;a", "character 1,"},
                                                                      {"N&EQ;", "character 6,"},
                                                                      {"N&IS;a", "character 3,"},
                                                                      {"N&EQ;a&AND;", "character 12,"},
                                                                      {"(N&EQ;a", "character 8,"},
                                                                      {"N&EQ;a)", "character 7,"},
                                                                      {"N&EQ;%2", "character 6,"},
                                                                      {std::string(64, '('), "character 18,"}}));
    const auto checked = manager::check_filter(text);
    REQUIRE_FALSE(checked);
    INFO(text << ": " << checked.error().message);
    CHECK(checked.error().message.find(at) != std::string::npos);
}
