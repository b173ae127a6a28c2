#include "storage/luids.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <string>
#include <vector>

namespace {

std::vector<storage::ItemId> all(const storage::Luids& luids)
{
    std::vector<storage::ItemId> ids;
    luids.each([&](storage::ItemId id) {
        ids.push_back(id);
        return true;
    });
    return ids;
}

} // namespace

TEST_CASE("a set of LUIDs has what was put into it, however far apart", "[luids]")
{
    const auto last = std::numeric_limits<storage::ItemId>::max();
    storage::Luids luids;
    CHECK(luids.empty());
    for (const auto* luid : {"1", "63", "2047", "2048", "100000", "9223372036854775807", "2048"})
        luids.insert(luid);
    CHECK(all(luids) == std::vector<storage::ItemId>{1, 63, 2047, 2048, 100000, last});
    CHECK(luids.contains("2047"));
    CHECK(luids.contains(last));
    for (const auto id :
         {storage::ItemId(0), storage::ItemId(2), storage::ItemId(2046), storage::ItemId(2049), last - 1})
        CHECK_FALSE(luids.contains(id));
}

TEST_CASE("what is no LUID is in no set of LUIDs", "[luids]")
{
    storage::Luids luids;
    for (const auto* text : {"", "0", "-1", "+1", "01", "1 ", "abc", "9223372036854775808"}) {
        luids.insert(text);
        CHECK_FALSE(luids.contains(text));
    }
    CHECK(luids.empty());
}

TEST_CASE("a visit of LUIDs ends when the visitor has enough", "[luids]")
{
    storage::Luids luids;
    for (const auto* luid : {"3", "5", "7000"})
        luids.insert(luid);
    int visits = 0;
    luids.each([&](storage::ItemId) { return ++visits < 2; });
    CHECK(visits == 2);
}
