// Items that are read and written in pieces.
#include "storage/item_store.hpp"
#include "storage/large_blob.hpp"
#include "storage/reviews.hpp"

#include "temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <sqlite3.h>

using storage::ItemKind;
using storage::ItemStore;
using storage::StoredItem;
using PeerWrite = ItemStore::PeerWrite;
using Placing = ItemStore::Placing;

namespace {

constexpr auto contact = ItemKind::Contact;

/// All octets there are, and no two pieces alike.
std::string octets(std::size_t size, std::uint32_t seed = 1)
{
    std::string data(size, '\0');
    for (auto& octet : data) {
        seed = seed * 1664525 + 1013904223;
        octet = static_cast<char>(seed >> 24);
    }
    return data;
}

struct Fixture {
    TemporaryDirectory directory;
    std::unique_ptr<ItemStore> store = open();
    std::uint64_t number = 0;

    std::unique_ptr<ItemStore> open() const { return ItemStore::open(directory / "items.db").value(); }
    void begin()
    {
        store->attach_peer(contact, "p", "card");
        store->begin_session({"p", ++number, 5});
    }
    void end()
    {
        store->note_settled(contact, store->revision());
        store->end_session({});
    }
    std::string data(const std::string& luid) const { return store->find(contact, luid).value().data; }
};

} // namespace

TEST_CASE_METHOD(Fixture, "an item keeps every octet whatever its size was and becomes", "[items][large]")
{
    constexpr auto most = storage::LargeBlob::most_in_row;
    const std::size_t sizes[] = {0, 1, most - 1, most, most + 1, most + 4096, 3 * most};
    const auto luid = store->add(contact, "x");
    std::uint32_t seed = 0;
    for (const auto before : sizes)
        for (const auto after : sizes) {
            const auto first = octets(before, ++seed), second = octets(after, ++seed);
            REQUIRE(store->replace(contact, luid, first));
            REQUIRE(data(luid) == first);
            REQUIRE(store->replace(contact, luid, second));
            store = open();
            REQUIRE(data(luid) == second);
            const auto revision = store->revision();
            REQUIRE(store->replace(contact, luid, second)); // says the same
            REQUIRE(store->revision() == revision);
        }
}

TEST_CASE_METHOD(Fixture, "what differs in its last octet only is another item", "[items][large]")
{
    auto data = octets(1 << 20);
    const auto luid = store->add(contact, data);
    data.back() ^= 1;
    CHECK(store->add_from_peer(contact, "p", "g", data, Placing::Match).created);
    CHECK(store->replace(contact, luid, data));
    CHECK(store->find(contact, luid) == StoredItem{luid, store->revision(), data});
    CHECK(store->add_from_peer(contact, "p", "h", data, Placing::Match).luid == luid);
}

TEST_CASE_METHOD(Fixture,
                 "whoever goes through all items sees large ones whole, one at a time if there is room for no more",
                 "[items][large]")
{
    const auto large = octets(1 << 20, 1), larger = octets(2 << 20, 2);
    for (const auto& data : {large, std::string("small"), larger})
        store->add(contact, data);
    std::vector<std::string> seen;
    store->each(contact, [&](const StoredItem& item) { seen.push_back(item.data); });
    CHECK((seen == std::vector<std::string>{large, "small", larger}));
    const auto upto = store->revision();
    const auto changes = store->changes(contact, "p", 0, upto, 0, 1 << 20);
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].data == large);
    CHECK(store->changes(contact, "p", 0, upto, changes[0].revision, 3 << 20).size() == 2);
    CHECK(store->page(contact, upto, "", (1 << 20) + 5).size() == 2);
    CHECK(store->page(contact, upto, "2", 0).at(0).data == larger);
}

TEST_CASE_METHOD(Fixture, "large versions are kept, shown and put back", "[items][large][undo]")
{
    const auto before = octets(1 << 20, 1), after = octets(2 << 20, 2), added = octets(3 << 20, 3);
    const auto changed = store->add(contact, before);
    const auto deleted = store->add(contact, added);
    begin();
    CHECK(store->replace_from_peer(contact, "p", changed, after, store->revision()) == PeerWrite::Done);
    CHECK(store->remove_from_peer(contact, "p", deleted, store->revision()) == PeerWrite::Done);
    const auto luid = store->add_from_peer(contact, "p", "g", added, Placing::Insert).luid;
    end();
    const auto shown = store->session_changes("p", 1, "", 100 << 20);
    REQUIRE(shown.size() == 3);
    CHECK((shown[0].before == before && shown[0].after == after));
    CHECK((shown[1].before == added && !shown[1].after));
    CHECK((!shown[2].before && shown[2].after == added));
    CHECK(store->find_last_content(deleted) == added);
    CHECK(store->undo("p", 1, {"p", ++number, 9}) == storage::Undoing{1, 1, 1, {}});
    CHECK(data(changed) == before);
    CHECK(data(deleted) == added);
    CHECK_FALSE(store->find(contact, luid));
}

TEST_CASE_METHOD(Fixture, "large items of a refresh come when it is published", "[items][large][stage]")
{
    const auto old = octets(1 << 20, 1), next = octets(1 << 20, 2);
    const auto luid = store->add(contact, old);
    store->attach_peer(contact, "p", "card");
    const auto same = store->add_from_peer(contact, "p", "g1", old, Placing::Stage).luid;
    CHECK(same == luid);
    const auto other = store->add_from_peer(contact, "p", "g2", old + "?", Placing::Stage).luid;
    CHECK(store->stage_replacement(contact, "p", other, next) == PeerWrite::Done);
    CHECK(store->publish_staged(contact, "p", store->revision()) == 0);
    CHECK(data(luid) == old);
    CHECK(data(other) == next);
}

TEST_CASE_METHOD(Fixture, "a large item that somebody is to look at first comes when they have",
                 "[items][large][review]")
{
    const auto before = octets(1 << 20, 1), after = octets(2 << 20, 2), merged = octets(3 << 20, 3);
    const auto one = store->add(contact, before), other = store->add(contact, before + "?");
    begin();
    storage::Reviews reviews(*store);
    reviews.plan_replacement(contact, "p", one, "not yet", store->revision());
    reviews.plan_replacement(contact, "p", one, after, store->revision());
    reviews.plan_replacement(contact, "p", other, merged, store->revision());
    CHECK(data(one) == before);
    reviews.carry_out(contact, "p");
    CHECK(data(one) == after);
    CHECK(data(other) == merged);
    end();
    CHECK(store->session_changes("p", 1, "", 100 << 20).at(0).before == before);
}

TEST_CASE_METHOD(Fixture, "a transaction that fails leaves a large item as it was", "[items][large]")
{
    const auto before = octets(1 << 20, 1);
    const auto luid = store->add(contact, before);
    CHECK_THROWS(store->in_transaction([&] {
        store->replace(contact, luid, octets(2 << 20, 2));
        store->add(contact, octets(2 << 20, 3));
        throw std::runtime_error("no");
    }));
    CHECK(data(luid) == before);
    CHECK(store->count(contact) == 1);
}

// So that a photo is in memory once, as what was handed in, or as what was asked for.
TEST_CASE_METHOD(Fixture, "SQLite makes no copy of a large item, however it is used", "[items][large][cost]")
{
    constexpr std::size_t size = 16 << 20;
    const auto one = octets(size, 1), two = octets(size, 2);
    const auto highest = [](const auto& use) {
        const auto before = sqlite3_memory_used();
        sqlite3_memory_highwater(1);
        use();
        return sqlite3_memory_highwater(0) - before;
    };
    REQUIRE(highest([] { sqlite3_free(sqlite3_malloc(size)); }) >= static_cast<sqlite3_int64>(size)); // it counts
    constexpr sqlite3_int64 little = 3 << 20; // 1 MiB of pages, and where they are
    std::string luid, other;
    begin();
    CHECK(highest([&] { luid = store->add(contact, one); }) < little);
    CHECK(highest([&] { CHECK(data(luid) == one); }) < little);
    CHECK(highest([&] { CHECK(store->changes(contact, "p", 0, store->revision(), 0, size).size() == 1); }) < little);
    CHECK(highest([&] { CHECK(store->page(contact, store->revision(), "", size).size() == 1); }) < little);
    CHECK(highest([&] { store->replace_from_peer(contact, "p", luid, two, store->revision()); }) < little);
    CHECK(highest([&] { other = store->add_from_peer(contact, "p", "g", two, Placing::Match).luid; }) < little);
    CHECK(other == luid);
    CHECK(highest([&] { CHECK(store->session_changes("p", 1, "", size).at(0).before == one); }) < little);
    end();
    CHECK(highest([&] { CHECK(store->undo("p", 1, {"p", 2, 9})->reverted == 1); }) < little);
    CHECK(data(luid) == one);
    CHECK(highest([&] {
              store->stage_replacement(contact, "p", luid, two);
              store->publish_staged(contact, "p", store->revision());
          }) < little);
    CHECK(data(luid) == two);
}
