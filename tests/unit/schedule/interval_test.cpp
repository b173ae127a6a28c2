#include "schedule/interval.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace schedule;
using namespace std::chrono;
using namespace std::chrono_literals;
using Time = Clock::Time;

namespace {

constexpr Time at(int year_, unsigned month_, unsigned day_, microseconds time = 0us)
{
    return sys_days(year(year_) / month_ / day_) + time;
}

constexpr std::array all{Interval::Minutes5, Interval::Minutes15, Interval::Hour1, Interval::Hours4,
                         Interval::Hours12,  Interval::Day1,      Interval::Week1, Interval::Month1};

constexpr auto some_time = at(2026, 5, 10, 13h + 30min + 1us);

} // namespace

TEST_CASE("the eight interval words lead to their intervals and back", "[schedule]")
{
    for (const auto* word :
         {"5_MINUTES", "15_MINUTES", "1_HOUR", "4_HOURS", "12_HOURS", "1_DAY", "1_WEEK", "1_MONTH"}) {
        const auto interval = find_interval(word);
        REQUIRE(interval);
        CHECK(name(*interval) == word);
    }
    for (const auto* word : {"", "1_hour", "2_HOURS", "1_HOUR ", "NONE"})
        CHECK_FALSE(find_interval(word));
}

TEST_CASE("each interval is as long as its name says", "[schedule]")
{
    const std::array<microseconds, 7> lengths{5min, 15min, 1h, 4h, 12h, 24h, 7 * 24h};
    for (std::size_t i = 0; i < lengths.size(); ++i)
        CHECK(advance(some_time, all[i]) - some_time == lengths[i]);
    CHECK(advance(some_time, Interval::Month1) == at(2026, 6, 10, 13h + 30min + 1us));
}

TEST_CASE("a month ends on the last day of a shorter month", "[schedule]")
{
    CHECK(advance(at(2026, 1, 31, 23h), Interval::Month1) == at(2026, 2, 28, 23h));
    CHECK(advance(at(2026, 1, 29), Interval::Month1) == at(2026, 2, 28));
    CHECK(advance(at(2026, 1, 28), Interval::Month1) == at(2026, 2, 28));
    CHECK(advance(at(2026, 3, 31), Interval::Month1) == at(2026, 4, 30));
    CHECK(advance(at(2026, 4, 30), Interval::Month1) == at(2026, 5, 30));
    CHECK(advance(at(2026, 12, 31, 1us), Interval::Month1) == at(2027, 1, 31, 1us));
}

TEST_CASE("a month knows leap years", "[schedule]")
{
    CHECK(advance(at(2028, 1, 31), Interval::Month1) == at(2028, 2, 29));
    CHECK(advance(at(2028, 1, 29), Interval::Month1) == at(2028, 2, 29));
    CHECK(advance(at(2028, 2, 29), Interval::Month1) == at(2028, 3, 29));
    CHECK(advance(at(2000, 1, 30), Interval::Month1) == at(2000, 2, 29));
    CHECK(advance(at(2100, 1, 30), Interval::Month1) == at(2100, 2, 28));
}

TEST_CASE("the next session is due an interval after the last ended, up to a tenth later", "[schedule]")
{
    for (const auto interval : all) {
        const auto regular = advance(some_time, interval);
        const auto length = regular - some_time;
        CHECK(next_due(some_time, interval, 0.0) == regular);
        CHECK(next_due(some_time, interval, 0.5) == regular + length / 20);
        CHECK(next_due(some_time, interval, 0.999'999) > regular + length * 99 / 1000);
        CHECK(next_due(some_time, interval, 0.999'999) < regular + length / 10);
    }
}

TEST_CASE("a plan missed during downtime is caught up once, within a minute", "[schedule]")
{
    const auto now = some_time;
    for (const auto planned : {now, now - 1us, now - 24h * 365, Time{}}) {
        CHECK(catch_up(planned, Interval::Minutes5, now, 0.0) == now);
        CHECK(catch_up(planned, Interval::Month1, now, 0.5) == now + 30s);
    }
}

TEST_CASE("a plan that lies ahead stays, unless it lies further than any plan can", "[schedule]")
{
    const auto now = some_time;
    CHECK(catch_up(now + 1us, Interval::Hour1, now, 0.5) == now + 1us);
    CHECK(catch_up(now + 66min, Interval::Hour1, now, 0.5) == now + 66min);
    CHECK(catch_up(now + 66min + 1us, Interval::Hour1, now, 0.5) == now + 63min);
    CHECK(catch_up(now + 24h * 365 * 30, Interval::Month1, now, 0.0) == at(2026, 6, 10, 13h + 30min + 1us));
}

TEST_CASE("failures are tried again ever later, but not later than an interval", "[schedule]")
{
    const auto retry = [](unsigned failures) {
        return retry_due(some_time, Interval::Hour1, failures, 0.0) - some_time;
    };
    CHECK(retry(1) == 5min);
    CHECK(retry(2) == 10min);
    CHECK(retry(3) == 20min);
    CHECK(retry(4) == 40min);
    CHECK(retry(5) == 1h);
    CHECK(retry(4'000'000'000U) == 1h);

    CHECK(retry_due(some_time, Interval::Hour1, 1, 0.5) == some_time + 5min + 15s);
    CHECK(retry_due(some_time, Interval::Minutes5, 1, 0.5) == next_due(some_time, Interval::Minutes5, 0.5));
    for (const auto interval : all)
        for (const unsigned failures : {1U, 5U, 12U, 60U})
            CHECK(retry_due(some_time, interval, failures, 0.9) <= next_due(some_time, interval, 0.9));
}
