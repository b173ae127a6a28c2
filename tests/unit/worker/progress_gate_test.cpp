#include "worker/progress_gate.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using channel::Progress;
using worker::ProgressGate;

namespace {

Progress contacts(std::uint32_t synced, std::uint32_t total = 100)
{
    return {"CONTACT", true, total, synced};
}

Progress events(std::uint32_t synced)
{
    return {"EVENT", false, 100, synced};
}

} // namespace

TEST_CASE("the first progress goes on at once, the next a tenth of a second later", "[worker]")
{
    ProgressGate gate;
    CHECK_FALSE(gate.next());
    REQUIRE(gate.offer(contacts(1), 5s));
    CHECK(gate.take(5s) == contacts(1));
    CHECK_FALSE(gate.take(5s));
    CHECK_FALSE(gate.next());

    REQUIRE(gate.offer(contacts(2), 5s + 1ms));
    CHECK_FALSE(gate.take(5s + 99'999us));
    CHECK(gate.next() == 5s + 100ms);
    CHECK(gate.take(5s + 100ms) == contacts(2));
}

TEST_CASE("of progress that has to wait the newest goes on", "[worker]")
{
    ProgressGate gate;
    for (std::uint32_t synced = 1; synced <= 50; ++synced)
        REQUIRE(gate.offer(contacts(synced), 5s));
    CHECK(gate.take(5s) == contacts(50));
    CHECK_FALSE(gate.take(6s));
}

TEST_CASE("services and directions wait side by side and take turns", "[worker]")
{
    ProgressGate gate;
    REQUIRE(gate.offer(contacts(1), 5s));
    CHECK(gate.take(5s) == contacts(1));
    REQUIRE(gate.offer(contacts(2), 5s));
    REQUIRE(gate.offer(events(1), 5s));
    CHECK(gate.take(5100ms) == contacts(2));
    REQUIRE(gate.offer(contacts(3), 5100ms));
    CHECK(gate.take(5200ms) == events(1));
    CHECK(gate.take(5300ms) == contacts(3));
    CHECK_FALSE(gate.next());
}

TEST_CASE("progress never falls, and what says nothing new does not wait", "[worker]")
{
    ProgressGate gate;
    REQUIRE(gate.offer(contacts(5, 50), 5s));
    CHECK(gate.take(5s) == contacts(5, 50));
    REQUIRE(gate.offer(contacts(4, 40), 6s));
    CHECK_FALSE(gate.next());
    REQUIRE(gate.offer(contacts(4, 60), 6s));
    CHECK(gate.take(6s) == contacts(5, 60));
}

TEST_CASE("the end gets all that waited", "[worker]")
{
    ProgressGate gate;
    REQUIRE(gate.offer(contacts(1), 5s));
    CHECK(gate.take(5s));
    CHECK(gate.drain().empty());
    REQUIRE(gate.offer(contacts(100), 5s));
    REQUIRE(gate.offer(events(100), 5s));
    CHECK(gate.drain() == std::vector{contacts(100), events(100)});
    CHECK(gate.drain().empty());
}

TEST_CASE("a flood is told from much progress", "[worker]")
{
    ProgressGate gate;
    for (std::uint32_t i = 0; i < 1000; ++i)
        REQUIRE(gate.offer(contacts(i, 5000), 5s));
    CHECK_FALSE(gate.offer(contacts(1001, 5000), 5s));

    ProgressGate patient;
    for (std::uint32_t i = 0; i < 10'000; ++i)
        REQUIRE(patient.offer(contacts(i, 10'000), i * 10ms));
}
