// The cost of a question does not depend on how much is stored: it is measured in octets that a
// new connection reads from the file.
#include "storage/item_store.hpp"
#include "storage/sync_state.hpp"

#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using storage::ItemKind;
using storage::ItemStore;

namespace {

struct Octets {
    std::uint64_t read = 0, written = 0;
};

/// What this process has moved with system calls so far.
Octets octets()
{
    std::ifstream io("/proc/self/io");
    std::string read, written;
    Octets octets;
    io >> read >> octets.read >> written >> octets.written;
    REQUIRE(read == "rchar:");
    REQUIRE(written == "wchar:");
    return octets;
}

std::uint64_t octets_read()
{
    return octets().read;
}

std::uint64_t cost(const std::filesystem::path& file, const std::function<void(ItemStore&)>& question)
{
    const auto store = ItemStore::open(file).value();
    const auto before = octets_read();
    question(*store);
    return octets_read() - before;
}

void fill(const std::filesystem::path& file, int items)
{
    const auto store = ItemStore::open(file).value();
    const std::string rest(600, 'x');
    store->in_transaction([&] {
        store->attach_peer(ItemKind::Contact, "p", "card");
        for (int i = 0; i < items; ++i)
            store->add_from_peer(ItemKind::Contact, "p", std::to_string(i), std::to_string(i) + rest,
                                 ItemStore::Placing::Insert);
        store->forget_guids(ItemKind::Contact, "p");
        store->add(ItemKind::Contact, "the last one");
    });
}

} // namespace

TEST_CASE("questions about changes, and single items, cost the same in a large store", "[items][cost]")
{
    TemporaryDirectory directory;
    fill(directory / "small.db", 100);
    fill(directory / "large.db", 10'000);
    const auto last = [](const ItemStore& store) { return store.revision() - 1; };
    const std::pair<const char*, std::function<void(ItemStore&)>> questions[] = {
        {"count", [](ItemStore& store) { store.count(ItemKind::Contact); }},
        {"revision", [](ItemStore& store) { store.revision(); }},
        {"find", [](ItemStore& store) { CHECK(store.find(ItemKind::Contact, "77")); }},
        {"head", [](ItemStore& store) { CHECK(store.find_head(ItemKind::Contact, "p", "77")); }},
        {"count_changes",
         [&](ItemStore& store) {
             CHECK(store.count_changes(ItemKind::Contact, "p", last(store), store.revision()) == 1);
         }},
        {"changes",
         [&](ItemStore& store) {
             CHECK(store.changes(ItemKind::Contact, "p", last(store), store.revision(), 0, 100).size() == 1);
         }},
        {"changed_since",
         [&](ItemStore& store) { CHECK(store.changed_since(ItemKind::Contact, last(store)).added.size() == 1); }},
        {"settled_revision",
         [&](ItemStore& store) { CHECK(store.settled_revision(ItemKind::Contact, "p", last(store)) == last(store)); }},
        {"find_missed_addition",
         [&](ItemStore& store) { CHECK_FALSE(store.find_missed_addition(ItemKind::Contact, "p", 1, last(store))); }},
        {"page", [](ItemStore& store) { CHECK(store.page(ItemKind::Contact, 99, "50", 100).size() == 1); }},
        {"attach_peer", [](ItemStore& store) { store.attach_peer(ItemKind::Contact, "p", "card"); }},
        {"replace", [](ItemStore& store) { CHECK(store.replace(ItemKind::Contact, "77", "other")); }},
        {"find_base", [&](ItemStore& store) { CHECK(store.find_base(ItemKind::Contact, "p", "78", last(store))); }},
        {"a session",
         [](ItemStore& store) {
             store.begin_session({"p", 1, 0});
             store.note_look(ItemKind::Contact, "p", store.revision());
             store.replace_from_peer(ItemKind::Contact, "p", "78", "other", store.revision());
             store.note_settled(ItemKind::Contact, store.revision());
             store.end_session({});
         }},
        {"undo",
         [](ItemStore& store) {
             CHECK(store.undo("p", 1, {"p", 2, 0})->reverted == 1);
         }},
        {"item_changes", [](ItemStore& store) { CHECK(store.item_changes(ItemKind::Contact, "78", 9).size() == 2); }},
        {"match",
         [](ItemStore& store) {
             CHECK_FALSE(
                 store.add_from_peer(ItemKind::Contact, "p", "g", "the last one", ItemStore::Placing::Match).created);
         }},
    };
    for (const auto& [name, question] : questions) {
        CAPTURE(name);
        const auto small = cost(directory / "small.db", question);
        const auto large = cost(directory / "large.db", question);
        // The trees are a level or two deeper: a page more for each tree on the way.
        CHECK(large <= small + 12 * 4096);
    }
}

TEST_CASE("listing and counting do not read the items", "[items][cost]")
{
    TemporaryDirectory directory;
    {
        const auto store = ItemStore::open(directory / "items.db").value();
        store->in_transaction([&] {
            for (int i = 0; i < 100; ++i)
                store->add(ItemKind::Contact, std::string(100'000, 'x'));
        });
    }
    CHECK(cost(directory / "items.db", [](ItemStore& store) {
              CHECK(store.list(ItemKind::Contact).size() == 100);
              CHECK(store.count_changes(ItemKind::Contact, "p", 1, 200) == 100);
              CHECK(store.changed_since(ItemKind::Contact, 0).added.size() == 100);
          }) < 100'000);
}

TEST_CASE("a session without changes writes nothing to the store", "[items][cost]")
{
    TemporaryDirectory directory;
    const auto file = directory / "items.db";
    fill(file, 100);
    const auto store = ItemStore::open(file).value();
    const auto mark = store->revision();
    const auto size = [&] {
        return std::filesystem::exists(directory / "items.db-wal")
                   ? std::filesystem::file_size(directory / "items.db-wal")
                   : 0;
    };
    const auto before = size();
    store->attach_peer(ItemKind::Contact, "p", "card");
    CHECK(store->changes(ItemKind::Contact, "p", mark, mark, 0, 100).empty());
    store->drop_staged(ItemKind::Contact, "p");
    store->forget_guids(ItemKind::Contact, "p");
    CHECK(store->unmapped(ItemKind::Contact, "p", "card").empty());
    CHECK(store->settled_revision(ItemKind::Contact, "p", mark) == mark);
    CHECK(size() == before);
}

TEST_CASE("a session that sends nothing costs the same, however much earlier ones have sent", "[history][cost]")
{
    TemporaryDirectory directory;
    const auto file = [&](int sent) { return directory / (std::to_string(sent) + ".db").c_str(); };
    const auto cost_after = [&](int sent) {
        const auto session = [](storage::SyncState& state, std::uint64_t number, int items) {
            storage::SessionRecord record;
            record.session = number;
            state.begin_session(record);
            std::vector<storage::Delivery> deliveries;
            for (int i = 1; i <= items; ++i)
                deliveries.push_back({"CONTACT", std::to_string(i), {}, {}, 0, 0, 0});
            state.note_deliveries(deliveries);
            state.end_session(record);
        };
        {
            const auto state = storage::SyncState::open(file(sent)).value();
            for (std::uint64_t number = 1; number <= 20; ++number)
                session(*state, number, sent);
        }
        const auto state = storage::SyncState::open(file(sent)).value();
        const auto before = octets();
        session(*state, 21, 0);
        const auto after = octets();
        return Octets{after.read - before.read, after.written - before.written};
    };
    const auto little = cost_after(1), much = cost_after(2000);
    CAPTURE(little.read, much.read, little.written, much.written);
    CHECK(much.written <= little.written + 8 * 1024);
    CHECK(much.read <= little.read + 16 * 1024);
    CHECK(std::filesystem::file_size(file(2000)) < 20 * 2000 * 32); // short rows
}
