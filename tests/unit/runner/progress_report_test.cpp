#include "runner/progress_report.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace {

struct Fixture {
    std::chrono::steady_clock::time_point now{};
    std::vector<channel::Progress> told;
    runner::ProgressReport report{[this] { return now; },
                                  [this](const channel::Progress& progress) { told.push_back(progress); }};
};

} // namespace

TEST_CASE("the first step is told at once, the newest in the end", "[progress]")
{
    Fixture f;
    for (unsigned done = 1; done <= 1000; ++done)
        f.report.update("CONTACT", false, 1000, done);
    REQUIRE(f.told.size() == 1);
    CHECK(f.told[0].synced == 1);
    f.report.finish();
    REQUIRE(f.told.size() == 2);
    CHECK(f.told[1].service == "CONTACT");
    CHECK_FALSE(f.told[1].from_server);
    CHECK(f.told[1].total == 1000);
    CHECK(f.told[1].synced == 1000);
}

TEST_CASE("no second holds more than ten messages, the last ones included", "[progress]")
{
    Fixture f;
    std::vector<std::chrono::steady_clock::time_point> times;
    runner::ProgressReport report([&] { return f.now; }, [&](const channel::Progress&) { times.push_back(f.now); });
    for (unsigned step = 1; step <= 3000; ++step, f.now += std::chrono::milliseconds(1))
        for (const auto* service : {"CONTACT", "EVENT"})
            for (const bool from_server : {false, true})
                report.update(service, from_server, 3000, step);
    report.finish();
    CHECK(times.size() >= 18);
    for (std::size_t i = 10; i < times.size(); ++i)
        CHECK(times[i] - times[i - 10] >= std::chrono::seconds(1));
}

TEST_CASE("counts never fall and never exceed their total", "[progress]")
{
    Fixture f;
    f.report.update("EVENT", true, 0, 3); // total not known yet
    f.now += std::chrono::seconds(1);
    f.report.update("EVENT", true, 10, 2);
    f.now += std::chrono::seconds(1);
    f.report.update("EVENT", true, 5, 12);
    REQUIRE(f.told.size() == 3);
    CHECK(f.told[0].synced == 3);
    CHECK(f.told[0].total == 3);
    CHECK(f.told[1].synced == 3);
    CHECK(f.told[1].total == 10);
    CHECK(f.told[2].synced == 12);
    CHECK(f.told[2].total == 12);
}

TEST_CASE("nothing new is not told again", "[progress]")
{
    Fixture f;
    f.report.update("EVENT", true, 5, 5);
    f.now += std::chrono::seconds(1);
    f.report.update("EVENT", true, 5, 5);
    f.report.finish();
    CHECK(f.told.size() == 1);
}

TEST_CASE("counts beyond the channel's range stand at its end", "[progress]")
{
    Fixture f;
    f.report.update("EVENT", true, 1ULL << 40, 1ULL << 35);
    CHECK(f.told.at(0).total == std::numeric_limits<std::uint32_t>::max());
}
