#include "schedule/loop_timer.hpp"

#include <catch2/catch.hpp>
#include <systemd/sd-event.h>

#include <stdexcept>
#include <vector>

using namespace schedule;
using namespace std::chrono_literals;

namespace {

struct Loop {
    Loop() { REQUIRE(sd_event_new(&event) >= 0); }
    ~Loop() { sd_event_unref(event); }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    /// One turn; false when nothing happened within `timeout`.
    bool turn(std::chrono::microseconds timeout = 10s) const
    {
        return sd_event_run(event, static_cast<std::uint64_t>(timeout.count())) > 0;
    }
    sd_event* event = nullptr;
};

struct FakeClock final : Clock {
    mutable std::vector<Time> times; ///< answers in order; the last one stays
    Time now() const override
    {
        const auto time = times.front();
        if (times.size() > 1)
            times.erase(times.begin());
        return time;
    }
};

constexpr Clock::Time noon{std::chrono::sys_days(std::chrono::year(2026) / 5 / 10) + 12h};

} // namespace

TEST_CASE("the system clock tells the time of day", "[schedule]")
{
    const auto before = std::chrono::system_clock::now();
    const auto now = SystemClock().now();
    CHECK(now >= std::chrono::time_point_cast<std::chrono::microseconds>(before));
    CHECK(now <= std::chrono::system_clock::now());
}

TEST_CASE("a timer fires once, when its time has come", "[schedule]")
{
    Loop loop;
    SystemClock clock;
    LoopTimer timer(loop.event, clock);
    int fired = 0;
    const auto when = clock.now() + 20ms;
    timer.arm(when, [&] { ++fired; });
    while (fired == 0)
        REQUIRE(loop.turn());
    CHECK(clock.now() >= when);
    CHECK_FALSE(loop.turn(0us));
    CHECK(fired == 1);
}

TEST_CASE("a time in the past fires at once, but from the loop", "[schedule]")
{
    Loop loop;
    FakeClock clock;
    clock.times = {noon};
    LoopTimer timer(loop.event, clock);
    int fired = 0;
    timer.arm(noon - 1h, [&] { ++fired; });
    CHECK(fired == 0);
    REQUIRE(loop.turn());
    CHECK(fired == 1);
}

TEST_CASE("arming again replaces, disarming forgets", "[schedule]")
{
    Loop loop;
    FakeClock clock;
    clock.times = {noon};
    LoopTimer timer(loop.event, clock);
    int first = 0, second = 0;
    timer.arm(noon, [&] { ++first; });
    timer.arm(noon, [&] { ++second; });
    REQUIRE(loop.turn());
    CHECK(first == 0);
    CHECK(second == 1);

    timer.arm(noon, [&] { ++first; });
    timer.disarm();
    CHECK_FALSE(loop.turn(0us));
    CHECK(first == 0);
}

TEST_CASE("a timer may be armed again while it fires", "[schedule]")
{
    Loop loop;
    FakeClock clock;
    clock.times = {noon};
    LoopTimer timer(loop.event, clock);
    int fired = 0;
    timer.arm(noon, [&] { timer.arm(noon, [&] { fired = 2; }); });
    REQUIRE(loop.turn());
    CHECK(fired == 0);
    REQUIRE(loop.turn());
    CHECK(fired == 2);
}

TEST_CASE("a wall clock that was set back makes the timer sleep on", "[schedule]")
{
    Loop loop;
    FakeClock clock;
    // Armed at noon for noon; when it wakes the clock says five milliseconds before.
    clock.times = {noon, noon - 5ms, noon - 5ms, noon};
    LoopTimer timer(loop.event, clock);
    int fired = 0;
    timer.arm(noon, [&] { ++fired; });
    REQUIRE(loop.turn());
    CHECK(fired == 0);
    REQUIRE(loop.turn());
    CHECK(fired == 1);
}

TEST_CASE("deferred work runs in order, after the current handler", "[schedule]")
{
    Loop loop;
    SystemClock clock;
    LoopTimer timer(loop.event, clock);
    std::vector<int> order;
    timer.defer([&] {
        order.push_back(1);
        timer.defer([&] { order.push_back(3); });
    });
    timer.defer([&] { order.push_back(2); });
    CHECK(order.empty());
    REQUIRE(loop.turn());
    CHECK(order == std::vector{1, 2});
    REQUIRE(loop.turn());
    CHECK(order == std::vector{1, 2, 3});
    CHECK_FALSE(loop.turn(0us));
}

TEST_CASE("work that throws does not take the rest along", "[schedule]")
{
    Loop loop;
    FakeClock clock;
    clock.times = {noon};
    LoopTimer timer(loop.event, clock);
    int done = 0;
    timer.arm(noon, [] { throw std::runtime_error("on purpose"); });
    timer.defer([] { throw std::runtime_error("on purpose"); });
    timer.defer([&] { ++done; });
    while (loop.turn(0us))
        ;
    CHECK(done == 1);
}

TEST_CASE("what is pending dies with the timer, and an idle one wakes nobody", "[schedule]")
{
    Loop loop;
    FakeClock clock;
    clock.times = {noon};
    int fired = 0;
    {
        LoopTimer timer(loop.event, clock);
        CHECK_FALSE(loop.turn(0us));
        timer.arm(noon, [&] { ++fired; });
        timer.defer([&] { ++fired; });
    }
    CHECK_FALSE(loop.turn(0us));
    CHECK(fired == 0);
}
