#include "runner/anchor.hpp"

#include <catch2/catch.hpp>

TEST_CASE("an anchor is the time in UTC", "[anchor]")
{
    const auto now = std::chrono::sys_days(std::chrono::year(2026) / 3 / 9) + std::chrono::hours(7);
    CHECK(runner::next_anchor("", now) == "20260309T070000Z");
    CHECK(runner::next_anchor("20260308T070000Z", now + std::chrono::milliseconds(999)) == "20260309T070000Z");
}

TEST_CASE("two anchors in a row are never equal", "[anchor]")
{
    const auto now = std::chrono::sys_days(std::chrono::year(2026) / 12 / 31) + std::chrono::seconds(86399);
    CHECK(runner::next_anchor("20261231T235959Z", now) == "20270101T000000Z");
}
