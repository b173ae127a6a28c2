// What a slow sync costs in which 10,000 contacts meet as many of a server that matches nothing (look_alikes.hpp): a
// third is the same, a third nearly, a third others. Prints one JSON object: CPU seconds until the server's items are
// in the store, and until all is compared and merged; how many near duplicates there were, were merged, and rightly so.
//
// usage: pairing-speed [SEED]

#include "../unit/item/look_alikes.hpp"
#include "../unit/storage/temporary_directory.hpp"

#include "datastore/embedded.hpp"

#include <ctime>
#include <iostream>
#include <string>
#include <vector>

namespace {

constexpr std::size_t contacts = 10'000;
constexpr auto kind = storage::ItemKind::Contact;

template <class Work>
double seconds(const Work& work)
{
    const auto begin = std::clock();
    work();
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

} // namespace

int main(int count, char** arguments)
{
    const auto seed = count > 1 ? static_cast<unsigned>(std::stoul(arguments[1])) : 20261130;
    const auto corpus = look_alikes::Author(seed).contacts(contacts);
    const TemporaryDirectory directory;
    const auto items = storage::ItemStore::open(directory / "items.db").value();
    const auto state = storage::SyncState::open(directory / "state.db").value();
    items->in_transaction([&] {
        for (const auto& text : corpus.ours)
            items->add(kind, text);
    });
    state->bind_to("server");
    state->anchors("CONTACT", "card");
    datastore::Embedded store(
        *items, *state,
        {"p", "CONTACT", kind, "card", 0, {0, 100, false}, true, datastore::ConflictPolicy::ClientWins});
    store.prepare(session::SyncType::Slow, false);
    for (bool end = false; !end;) {
        const auto page = store.read(1 << 20);
        end = page.end;
        std::vector<session::Confirm::Entry> entries;
        for (const auto& change : page.changes)
            entries.push_back({change.luid, change.kind, syncml::StatusCode::ItemAdded});
        store.note_confirmed(entries);
    }
    std::vector<session::Outcome> outcomes;
    const auto storing = seconds([&] {
        constexpr std::size_t at_once = 100; // about a message
        for (std::size_t at = 0; at < corpus.theirs.size(); at += at_once) {
            std::vector<session::Incoming> adds;
            for (auto i = at; i < std::min(at + at_once, corpus.theirs.size()); ++i)
                adds.push_back({session::IncomingKind::Add, {}, "g" + std::to_string(i), {}, corpus.theirs[i].text});
            for (auto& outcome : store.apply(adds, 0))
                outcomes.push_back(std::move(outcome));
        }
    });
    const auto merging = seconds([&] { store.commit(); });
    std::size_t same = 0, same_left = 0, near = 0, merged = 0, rightly = 0;
    for (std::size_t i = 0; i < corpus.theirs.size(); ++i) {
        const auto& theirs = corpus.theirs[i];
        const bool is_there = items->find(kind, outcomes[i].luid).has_value();
        same += theirs.is_same;
        same_left += theirs.is_same && is_there;
        near += theirs.ours && !theirs.is_same;
        merged += !is_there && !theirs.is_same;
        rightly += !is_there && !theirs.is_same && theirs.ours;
    }
    std::cout << "{\"contacts\": " << contacts << ", \"storing\": " << storing << ", \"merging\": " << merging
              << ", \"same\": " << same << ", \"same_left\": " << same_left << ", \"near\": " << near
              << ", \"merged\": " << merged << ", \"rightly\": " << rightly << "}\n";
}
