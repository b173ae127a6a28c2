// A slow sync of an address book and of a calendar with a server that matches nothing, in which near duplicates are
// planted, and others that look like them.
#include "matchless_sync.hpp"

#include "item/normal_form.hpp"

#include <catch2/catch.hpp>

#include <iostream>
#include <map>

namespace {

using Result = MatchlessSync::Result;

Result run(const look_alikes::Corpus& corpus, storage::ItemKind kind, const char* service)
{
    MatchlessSync sync(corpus, kind, service);
    sync.send();
    sync.receive();
    sync.end();
    for (const auto& outcome : sync.outcomes())
        REQUIRE(syncml::is_success(outcome.status));
    const auto result = sync.result();
    CHECK(result.same_left == 0); // no exact duplicate ever
    // Nothing that either side said is gone, and nobody else's item took it over.
    CHECK(sync.items().count(kind) == corpus.ours.size() + corpus.theirs.size() - result.same - result.merged);
    CHECK(result.changed == result.same + result.merged);
    std::map<std::string, int> meanings;
    sync.items().each(kind, [&](const storage::StoredItem& item) { ++meanings[item::normal_text(item.data)]; });
    for (const auto& [meaning, count] : meanings)
        CHECK(count == 1);
    return result;
}

void say(const char* what, const Result& score)
{
    std::cout << what << ": " << score.near << " near duplicates, " << score.merged << " merged, precision "
              << static_cast<double>(score.rightly) / static_cast<double>(score.merged) << ", recall "
              << static_cast<double>(score.rightly) / static_cast<double>(score.near) << "\n";
}

} // namespace

TEST_CASE("of 2,000 contacts no exact duplicate stays, most near ones become one, and never two people",
          "[slow][similar]")
{
    const auto score = run(look_alikes::Author(20261130).contacts(2'000), storage::ItemKind::Contact, "CONTACT");
    say("contacts", score);
    CHECK(score.merged == score.rightly);
    CHECK(score.rightly * 10 > score.near * 7);
}

TEST_CASE("of 500 events no exact duplicate stays, most near ones become one, and never two", "[slow][similar]")
{
    const auto score = run(look_alikes::Author(20261130).events(500), storage::ItemKind::Event, "EVENT");
    say("events", score);
    CHECK(score.merged == score.rightly);
    CHECK(score.rightly * 10 > score.near * 8);
}
