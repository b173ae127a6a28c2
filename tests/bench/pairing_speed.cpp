// What a slow sync costs in which 10,000 contacts meet as many of a server that matches nothing (look_alikes.hpp): a
// third is the same, a third nearly, a third others. Prints one JSON object: CPU seconds until the server's items are
// in the store, and until all is compared and merged; how many near duplicates there were, were merged, and rightly so.
//
// usage: pairing-speed [SEED]

#include "cpu_time.hpp"

#include "../unit/datastore/matchless_sync.hpp"

#include <iostream>
#include <string>

int main(int count, char** arguments)
{
    constexpr std::size_t contacts = 10'000;
    const auto seed = count > 1 ? static_cast<unsigned>(std::stoul(arguments[1])) : 20261130;
    const auto corpus = look_alikes::Author(seed).contacts(contacts);
    MatchlessSync sync(corpus, storage::ItemKind::Contact, "CONTACT");
    sync.send();
    const auto storing = cpu_seconds([&] { sync.receive(); });
    const auto merging = cpu_seconds([&] { sync.end(); });
    const auto result = sync.result();
    std::cout << "{\"contacts\": " << contacts << ", \"storing\": " << storing << ", \"merging\": " << merging
              << ", \"same\": " << result.same << ", \"same_left\": " << result.same_left
              << ", \"near\": " << result.near << ", \"merged\": " << result.merged
              << ", \"rightly\": " << result.rightly << "}\n";
}
