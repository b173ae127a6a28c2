// A process is killed at any moment, with transactions under way: what it reported as done is there, what it had not
// finished is not, and nothing is there in part.
#include "storage/item_store.hpp"
#include "storage/sync_state.hpp"

#include "child_process.hpp"
#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>

using storage::ItemKind;
using storage::ItemStore;
using storage::SyncState;

namespace {

/// Transaction n adds three items `n`, replaces the first by `n changed` and removes the second.
void do_transaction(ItemStore& store, int n)
{
    store.in_transaction([&] {
        const auto name = std::to_string(n);
        const auto first = store.add(ItemKind::Contact, name);
        const auto second = store.add(ItemKind::Contact, name);
        // Large enough that the transaction spills over several pages.
        store.add(ItemKind::Contact, name + std::string(20'000, ' '));
        store.replace(ItemKind::Contact, first, name + " changed");
        store.remove(ItemKind::Contact, second);
    });
}

} // namespace

TEST_CASE("a killed writer leaves whole transactions, all that it reported", "[items][crash]")
{
    TemporaryDirectory directory;
    std::mt19937 random(1);
    int next = 0; // the first transaction that has not been seen
    for (int round = 0; round < 40; ++round) {
        const int from = next;
        int done = from - 1;
        {
            ChildProcess child([&](auto& report) {
                const auto store = ItemStore::open(directory / "items.db").value();
                for (int n = from;; ++n) {
                    do_transaction(*store, n);
                    report(n);
                }
            });
            for (auto reports = random() % 20 + 1; reports > 0; --reports)
                done = child.next_report().value();
            child.kill(); // it is in the middle of the next transactions
            while (const auto report = child.next_report())
                done = *report;
        }
        const auto store = ItemStore::open(directory / "items.db").value();
        std::map<int, int> found;
        bool changed_once = true;
        store->each(ItemKind::Contact, [&](const storage::StoredItem& item) {
            ++found[std::stoi(item.data)];
            changed_once =
                changed_once && (item.data.ends_with(" changed") || item.data.ends_with(std::string(20'000, ' ')));
        });
        next = static_cast<int>(found.size());
        CHECK(changed_once);
        CHECK(next > done);
        bool whole = true;
        for (const auto& [n, items] : found)
            whole = whole && items == 2 && n < next;
        CHECK(whole);
        CHECK(store->count(ItemKind::Contact) == 2 * static_cast<std::uint64_t>(next));
        CHECK(store->revision() == 1 + 5 * static_cast<std::uint64_t>(next));
        CHECK(store->list(ItemKind::Contact).size() == 2 * static_cast<std::size_t>(next));
    }
}

TEST_CASE("a killed session leaves each item with its GUID", "[items][crash]")
{
    TemporaryDirectory directory;
    std::mt19937 random(2);
    constexpr int total = 400;
    int killed = 0;
    for (bool finished = false; !finished;) {
        ChildProcess child([&](auto& report) {
            const auto store = ItemStore::open(directory / "items.db").value();
            store->attach_peer(ItemKind::Contact, "p", "card");
            for (int n = 0; n < total; ++n) { // all over again: the server does not know what arrived
                const auto name = std::to_string(n);
                store->add_from_peer(ItemKind::Contact, "p", "guid " + name, name, ItemStore::Placing::Insert);
                report(n);
            }
        });
        for (auto reports = random() % 100 + 20u * static_cast<unsigned>(killed); reports > 0; --reports)
            finished = child.next_report() == total - 1 || finished;
        child.kill();
        ++killed;
    }
    const auto store = ItemStore::open(directory / "items.db").value();
    int n = 0;
    store->each(ItemKind::Contact, [&](const storage::StoredItem& item) { CHECK(item.data == std::to_string(n++)); });
    CHECK(n == total);
    CHECK(killed > 5);
}

TEST_CASE("what a killed session has changed can be undone, all of it and nothing else", "[items][crash]")
{
    TemporaryDirectory directory;
    std::mt19937 random(4);
    constexpr int items = 20;
    const auto store = ItemStore::open(directory / "items.db").value();
    for (int n = 0; n < items; ++n)
        store->add(ItemKind::Contact, std::to_string(n));
    const auto content = [&] {
        std::map<std::string, std::string> found;
        store->each(ItemKind::Contact, [&](const storage::StoredItem& item) { found[item.luid] = item.data; });
        return found;
    };
    for (std::uint64_t round = 1; round <= 40; ++round) {
        const auto before = content();
        {
            ChildProcess child([&](auto& report) {
                const auto session = ItemStore::open(directory / "items.db").value();
                session->attach_peer(ItemKind::Contact, "p", "card");
                session->begin_session({"p", 2 * round, 0});
                for (int n = 1; n <= items; ++n) {
                    session->in_transaction([&] {
                        const auto name = std::to_string(round) + " " + std::to_string(n);
                        const auto upto = session->revision();
                        session->add_from_peer(ItemKind::Contact, "p", name, name, ItemStore::Placing::Insert);
                        session->replace_from_peer(ItemKind::Contact, "p", std::to_string(n), name, upto);
                        if (n > 1)
                            session->remove_from_peer(ItemKind::Contact, "p", std::to_string(n - 1), upto);
                    });
                    report(n);
                }
            });
            for (auto reports = random() % items + 1; reports > 0; --reports)
                child.next_report();
            child.kill();
        }
        CHECK(content() != before);
        CHECK(store->undo("p", 2 * round, {"p", 2 * round + 1, 0})->left_alone.empty());
        CHECK(content() == before);
    }
}

TEST_CASE("a killed worker's state holds what it reported", "[state][crash]")
{
    TemporaryDirectory directory;
    std::mt19937 random(3);
    int next = 1;
    for (int round = 0; round < 40; ++round) {
        int done = next - 1;
        {
            ChildProcess child([&](auto& report) {
                const auto state = SyncState::open(directory / "state.db").value();
                state->anchors("CONTACT", "card");
                for (int n = next;; ++n) {
                    const auto name = std::to_string(n);
                    state->note_sent("CONTACT", {{name, 1, SyncState::SentState::Confirmed},
                                                 {name + "x", 9, SyncState::SentState::Sent}});
                    state->commit("CONTACT", "card", {name, name, static_cast<std::uint64_t>(n)});
                    report(n);
                }
            });
            for (auto reports = random() % 15 + 1; reports > 0; --reports)
                done = child.next_report().value();
            child.kill();
            while (const auto report = child.next_report())
                done = *report;
        }
        const auto state = SyncState::open(directory / "state.db").value();
        const auto anchors = state->anchors("CONTACT", "card");
        CHECK(anchors.own_last == anchors.peer_last);
        CHECK(std::to_string(anchors.mark) == anchors.own_last);
        CHECK(static_cast<int>(anchors.mark) >= done);
        // Confirmed notes went with the commit; at most one pair waits for the commit that did not come.
        const auto notes = state->sent_items("CONTACT");
        const auto confirmed = std::count_if(
            notes.begin(), notes.end(), [](const auto& note) { return note.state == SyncState::SentState::Confirmed; });
        CHECK(confirmed <= 1);
        CHECK(notes.size() == anchors.mark + 2 * static_cast<std::size_t>(confirmed));
        next = static_cast<int>(anchors.mark) + 1;
    }
}

TEST_CASE("two processes that write at the same time wait for each other", "[items][crash]")
{
    TemporaryDirectory directory;
    constexpr int each = 100;
    const auto store = ItemStore::open(directory / "items.db").value();
    ChildProcess child([&](auto& report) {
        const auto other = ItemStore::open(directory / "items.db").value();
        report(0);
        for (int n = 0; n < each; ++n)
            other->add(ItemKind::Event, "theirs");
    });
    CHECK(child.next_report() == 0);
    for (int n = 0; n < each; ++n)
        store->add(ItemKind::Contact, "ours");
    CHECK(child.wait() == 0);
    CHECK(store->count(ItemKind::Contact) == each);
    CHECK(store->count(ItemKind::Event) == each);
    CHECK(store->revision() == 1 + 2 * each);
}
