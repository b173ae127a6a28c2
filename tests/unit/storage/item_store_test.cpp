// What applications do with the store.
#include "storage/item_store.hpp"

#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

using storage::ItemKind;
using storage::ItemStore;
using storage::StoredItem;
using Ids = std::vector<std::string>;

namespace {

struct Fixture {
    TemporaryDirectory directory;
    std::unique_ptr<ItemStore> store = open();

    std::unique_ptr<ItemStore> open() const { return ItemStore::open(directory / "items.db").value(); }
    std::vector<StoredItem> each(ItemKind kind) const
    {
        std::vector<StoredItem> items;
        store->each(kind, [&](const StoredItem& item) { items.push_back(item); });
        return items;
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "an empty store has no items and revision 1", "[items]")
{
    CHECK(store->list(ItemKind::Contact).empty());
    CHECK(store->count(ItemKind::Contact) == 0);
    CHECK(store->count(ItemKind::Event) == 0);
    CHECK(store->revision() == 1);
    const auto changed = store->changed_since(ItemKind::Contact, 0);
    CHECK(changed.added.empty());
    CHECK(changed.revision == 1);
}

TEST_CASE_METHOD(Fixture, "an item keeps every octet, and the store outlives its connection", "[items]")
{
    const std::string data("a\0b\xff\r\n;", 7);
    const auto luid = store->add(ItemKind::Contact, data);
    const auto large = store->add(ItemKind::Contact, std::string(4 << 20, 'x'));
    store = open();
    CHECK(store->find(ItemKind::Contact, luid) == StoredItem{luid, 2, data});
    CHECK(store->find(ItemKind::Contact, large)->data == std::string(4 << 20, 'x'));
    CHECK(store->list(ItemKind::Contact) == std::vector<std::pair<std::string, std::uint64_t>>{{luid, 2}, {large, 3}});
}

TEST_CASE_METHOD(Fixture, "kinds do not see each other's items", "[items]")
{
    const auto contact = store->add(ItemKind::Contact, "contact");
    const auto event = store->add(ItemKind::Event, "event");
    CHECK(contact != event);
    CHECK(store->count(ItemKind::Contact) == 1);
    CHECK(store->count(ItemKind::Event) == 1);
    CHECK_FALSE(store->find(ItemKind::Event, contact));
    CHECK_FALSE(store->replace(ItemKind::Event, contact, "other"));
    CHECK_FALSE(store->remove(ItemKind::Event, contact));
    CHECK(each(ItemKind::Event) == std::vector<StoredItem>{{event, 3, "event"}});
    CHECK(store->changed_since(ItemKind::Event, 1).added == Ids{event});
    CHECK(store->changes(ItemKind::Event, "p", 1, 9, 0, 100).size() == 1);
    CHECK(store->count_changes(ItemKind::Event, "p", 1, 9) == 1);
    CHECK(store->page(ItemKind::Event, 9, "", 100).size() == 1);
}

TEST_CASE_METHOD(Fixture, "listing twice gives the same list, in id order", "[items]")
{
    for (int i = 0; i < 30; ++i)
        store->add(ItemKind::Contact, "item " + std::to_string(i));
    store->replace(ItemKind::Contact, "3", "changed");
    const auto first = store->list(ItemKind::Contact);
    REQUIRE(first.size() == 30);
    CHECK(first == store->list(ItemKind::Contact));
    for (std::size_t i = 0; i < first.size(); ++i)
        CHECK(first[i].first == std::to_string(i + 1));
    const auto visited = each(ItemKind::Contact);
    REQUIRE(visited.size() == 30);
    CHECK(visited[2] == StoredItem{"3", 32, "changed"});
}

TEST_CASE_METHOD(Fixture, "an id that was never given out is not found, however it is spelled", "[items]")
{
    store->add(ItemKind::Contact, "one");
    for (const auto* luid : {"2", "0", "-1", "01", "+1", " 1", "1 ", "", "x", "1x", "99999999999999999999"}) {
        CAPTURE(luid);
        CHECK_FALSE(store->find(ItemKind::Contact, luid));
        CHECK_FALSE(store->replace(ItemKind::Contact, luid, "other"));
        CHECK_FALSE(store->remove(ItemKind::Contact, luid));
        CHECK_FALSE(store->find_head(ItemKind::Contact, "p", luid));
    }
    CHECK(store->revision() == 2);
}

TEST_CASE_METHOD(Fixture, "the id of a removed item is never used again", "[items]")
{
    CHECK(store->add(ItemKind::Contact, "one") == "1");
    CHECK(store->add(ItemKind::Contact, "two") == "2");
    CHECK(store->remove(ItemKind::Contact, "2"));
    CHECK_FALSE(store->remove(ItemKind::Contact, "2"));
    CHECK_FALSE(store->replace(ItemKind::Contact, "2", "again"));
    store = open();
    CHECK(store->add(ItemKind::Contact, "two") == "3");
    CHECK(store->count(ItemKind::Contact) == 2);
}

TEST_CASE_METHOD(Fixture, "equal data is no change", "[items]")
{
    store->add(ItemKind::Contact, "one");
    CHECK(store->replace(ItemKind::Contact, "1", "one"));
    CHECK(store->revision() == 2);
    CHECK(store->replace(ItemKind::Contact, "1", "uno"));
    CHECK(store->revision() == 3);
    CHECK(store->find(ItemKind::Contact, "1") == StoredItem{"1", 3, "uno"});
}

TEST_CASE_METHOD(Fixture, "a transaction is all or nothing", "[items]")
{
    store->add(ItemKind::Contact, "one");
    CHECK_THROWS_AS(store->in_transaction([&] {
        store->add(ItemKind::Contact, "two");
        store->remove(ItemKind::Contact, "1");
        CHECK(store->count(ItemKind::Contact) == 1);
        throw std::runtime_error("import failed");
    }),
                    std::runtime_error);
    CHECK(each(ItemKind::Contact) == std::vector<StoredItem>{{"1", 2, "one"}});
    CHECK(store->count(ItemKind::Contact) == 1);
    CHECK(store->revision() == 2);

    store->in_transaction([&] {
        store->add(ItemKind::Contact, "two");
        store->add(ItemKind::Event, "three");
    });
    CHECK(store->count(ItemKind::Contact) == 2);
    CHECK(store->count(ItemKind::Event) == 1);
    CHECK(store->revision() == 4);
}

TEST_CASE_METHOD(Fixture, "a transaction whose inner part failed cannot be committed", "[items]")
{
    CHECK_THROWS(store->in_transaction([&] {
        store->add(ItemKind::Contact, "one");
        try {
            store->in_transaction([&] {
                store->add(ItemKind::Contact, "two");
                throw std::runtime_error("half way");
            });
        } catch (const std::runtime_error&) {
        }
    }));
    CHECK(store->count(ItemKind::Contact) == 0);
    store->add(ItemKind::Contact, "three");
    CHECK(store->count(ItemKind::Contact) == 1);
}

TEST_CASE_METHOD(Fixture, "changed_since names every item once, as what it is now", "[items]")
{
    store->add(ItemKind::Contact, "kept");
    store->add(ItemKind::Contact, "updated");
    store->add(ItemKind::Contact, "removed");
    const auto since = store->revision();
    store->replace(ItemKind::Contact, "2", "updated once");
    store->replace(ItemKind::Contact, "2", "updated twice");
    store->remove(ItemKind::Contact, "3");
    store->add(ItemKind::Contact, "new");
    store->replace(ItemKind::Contact, "4", "new, then updated");
    store->add(ItemKind::Contact, "came and went");
    store->remove(ItemKind::Contact, "5");

    const auto changed = store->changed_since(ItemKind::Contact, since);
    CHECK(changed.added == Ids{"4"});
    CHECK(changed.updated == Ids{"2"});
    CHECK(changed.removed == Ids{"3"});
    CHECK(changed.revision == store->revision());
    const auto later = store->changed_since(ItemKind::Contact, changed.revision);
    CHECK((later.added.empty() && later.updated.empty() && later.removed.empty()));
}

TEST_CASE_METHOD(Fixture, "two connections see each other's commits and count revisions together", "[items]")
{
    const auto other = open();
    CHECK(store->add(ItemKind::Contact, "one") == "1");
    CHECK(other->add(ItemKind::Contact, "two") == "2");
    CHECK(store->revision() == 3);
    CHECK(store->count(ItemKind::Contact) == 2);
    CHECK(other->replace(ItemKind::Contact, "1", "uno"));
    CHECK(store->find(ItemKind::Contact, "1") == StoredItem{"1", 4, "uno"});
    store->in_transaction([&] {
        store->add(ItemKind::Contact, "three");
        CHECK(other->count(ItemKind::Contact) == 2); // not before it is committed, and without waiting
    });
    CHECK(other->count(ItemKind::Contact) == 3);
}
