#include "base/ascii.hpp"

#include <catch2/catch.hpp>

TEST_CASE("only letters of ASCII have a lower case", "[ascii]")
{
    CHECK(base::lower("HTTP://Sync.Example.ORG:80@[`{") == "http://sync.example.org:80@[`{");
    CHECK(base::lower("ÄÖ\xc0") == "ÄÖ\xc0");
    CHECK(base::lower("").empty());
}
