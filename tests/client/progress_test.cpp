#include "progress.hpp"
#include "text.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace ctl;
using syncd::SyncServiceType;

namespace {

const std::vector<Progress> rows{
    {SyncServiceType::Contact, true, 250, 125},
    {SyncServiceType::Event, false, 7, 7},
};

} // namespace

TEST_CASE("bars, words and counts stand below each other")
{
    CHECK(render_bars(rows, 80, false) ==
          std::vector<std::string>{"contact received  [###################-------------------]  125/250",
                                   "event sent        [######################################]      7/7"});
    CHECK(render_bars(rows, 80, true) ==
          std::vector<std::string>{"contact received  ████████████████████░░░░░░░░░░░░░░░░░░░░  125/250",
                                   "event sent        ████████████████████████████████████████      7/7"});
}

TEST_CASE("a narrow terminal gets shorter bars, then none, then cut words, and never a wrapped line")
{
    CHECK(render_bars(rows, 36, false)[0] == "contact received  [###---]  125/250");
    CHECK(render_bars(rows, 35, false)[0] == "contact received  125/250");
    CHECK(render_bars(rows, 12, false)[0] == "contact rec");
    CHECK(render_bars(rows, 0, false)[0].empty());
    for (std::size_t columns = 1; columns < 120; ++columns)
        for (const bool utf8 : {false, true})
            for (const std::string& line : render_bars(rows, columns, utf8))
                CHECK(display_width(line) < columns);
}

TEST_CASE("a bar is full only when everything is done, and moves in eighths")
{
    const auto bar = [](std::uint32_t synced, std::uint32_t total) {
        return render_bars({{SyncServiceType::Event, false, total, synced}}, 29 + (total > 9 ? 4 : 0), true)[0];
    };
    CHECK(bar(0, 8) == "event sent  ░░░░░░░░░░░  0/8");
    CHECK(bar(1, 8) == "event sent  █▍░░░░░░░░░  1/8");
    CHECK(bar(8, 8) == "event sent  ███████████  8/8");
    CHECK(bar(999, 1000).find("███▉") != std::string::npos);
    CHECK(bar(0, 0) == "event sent  ███████████  0/0"); // nothing to do is done
}

TEST_CASE("the board has one row per service and direction, in the order of their beginning")
{
    ProgressBoard board;
    board.update({SyncServiceType::Event, false, 2, 1});
    board.update({SyncServiceType::Event, true, 5, 0});
    board.update({SyncServiceType::Event, false, 3, 2});

    REQUIRE(board.rows().size() == 2);
    CHECK(board.rows()[0].total == 3);
    CHECK(board.rows()[0].synced == 2);
    CHECK(board.rows()[1].is_from_server);
}

TEST_CASE("lines are rewritten in place, in one piece, without clearing them first")
{
    LiveLines live;
    CHECK(live.redraw({"one", "two"}, 80) == "\rone\x1b[K\ntwo\x1b[K\n\x1b[J");
    CHECK(live.redraw({"ONE", "TWO", "three"}, 80) == "\r\x1b[2AONE\x1b[K\nTWO\x1b[K\nthree\x1b[K\n\x1b[J");
    CHECK(live.redraw({"x"}, 80) == "\r\x1b[3Ax\x1b[K\n\x1b[J");
}

TEST_CASE("lines that a narrower terminal has wrapped are found again")
{
    LiveLines live;
    live.redraw({std::string(60, 'a'), std::string(20, 'b'), ""}, 80);
    // 3 rows of 25 columns, 1, and the empty one.
    CHECK(live.redraw({"x"}, 25).starts_with("\r\x1b[5Ax"));
}

TEST_CASE("where nothing can be rewritten every tenth is a line")
{
    ProgressLog log;
    CHECK(log.line({SyncServiceType::Contact, true, 100, 0}) == "contact received 0/100");
    CHECK_FALSE(log.line({SyncServiceType::Contact, true, 100, 9}));
    CHECK(log.line({SyncServiceType::Contact, true, 100, 10}) == "contact received 10/100");
    CHECK(log.line({SyncServiceType::Contact, false, 100, 10}) == "contact sent 10/100");
    CHECK_FALSE(log.line({SyncServiceType::Contact, true, 100, 19}));
    CHECK(log.line({SyncServiceType::Contact, true, 200, 20}) == "contact received 20/200");
    CHECK(log.line({SyncServiceType::Contact, true, 200, 200}) == "contact received 200/200");
    CHECK_FALSE(log.line({SyncServiceType::Contact, true, 200, 200}));
}
