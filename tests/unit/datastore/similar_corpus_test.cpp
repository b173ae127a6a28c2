// A slow sync of an address book and of a calendar with a server that matches nothing, in which near duplicates are
// planted, and others that look like them.
#include "session_fixture.hpp"

#include "../item/look_alikes.hpp"

#include "item/normal_form.hpp"
#include "storage/item_store.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <iostream>
#include <map>

namespace {

struct Score {
    std::size_t merged = 0, rightly = 0, near = 0, same = 0, left = 0;
};

Score run(const look_alikes::Corpus& corpus, storage::ItemKind kind, const char* service)
{
    const TemporaryDirectory directory;
    const auto items = storage::ItemStore::open(directory / "items.db").value();
    const auto state = storage::SyncState::open(directory / "state.db").value();
    std::vector<std::string> ours;
    items->in_transaction([&] {
        for (const auto& text : corpus.ours)
            ours.push_back(items->add(kind, text));
    });
    state->bind_to("server");
    state->anchors(service, "uri");
    datastore::Embedded store(
        *items, *state, {"p", service, kind, "uri", 0, {0, 100, false}, true, datastore::ConflictPolicy::ClientWins});
    store.prepare(session::SyncType::Slow, false);
    for (bool end = false; !end;) {
        const auto page = store.read(1 << 20);
        end = page.end;
        std::vector<session::Confirm::Entry> entries;
        for (const auto& change : page.changes)
            entries.push_back({change.luid, change.kind, syncml::StatusCode::ItemAdded});
        store.note_confirmed(entries);
    }
    std::vector<session::Incoming> adds;
    for (std::size_t i = 0; i < corpus.theirs.size(); ++i)
        adds.push_back({session::IncomingKind::Add, {}, "g" + std::to_string(i), {}, corpus.theirs[i].text});
    const auto outcomes = store.apply(adds, 0);
    store.commit();

    // Which of ours took over what of the server's: the data say it.
    Score score;
    for (std::size_t i = 0; i < corpus.theirs.size(); ++i) {
        const auto& theirs = corpus.theirs[i];
        score.same += theirs.is_same;
        score.near += theirs.ours && !theirs.is_same;
        REQUIRE(syncml::is_success(outcomes[i].status));
        const bool is_there = items->find(kind, outcomes[i].luid).has_value();
        if (is_there) {
            CHECK_FALSE(theirs.is_same); // no exact duplicate ever
            score.left += theirs.ours.has_value();
        } else if (!theirs.is_same) {
            ++score.merged;
            score.rightly += theirs.ours.has_value();
        }
    }
    // Nothing that either side said is gone.
    CHECK(items->count(kind) == corpus.ours.size() + corpus.theirs.size() - score.same - score.merged);
    std::map<std::string, int> meanings;
    items->each(kind, [&](const storage::StoredItem& item) { ++meanings[item::normal_text(item.data)]; });
    for (const auto& [meaning, count] : meanings)
        CHECK(count == 1);
    return score;
}

void say(const char* what, const Score& score)
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
