// What changed, for whom: the view of a session.
#include "storage/item_store.hpp"

#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

using storage::ItemChange;
using storage::ItemKind;
using storage::ItemStore;
using Changes = std::vector<std::string>;
using PeerWrite = ItemStore::PeerWrite;
using Placing = ItemStore::Placing;

namespace {

struct Fixture {
    TemporaryDirectory directory;
    std::unique_ptr<ItemStore> store = open();
    std::uint64_t mark = 1; ///< of profile p

    static constexpr auto kind = ItemKind::Contact;

    std::unique_ptr<ItemStore> open() const { return ItemStore::open(directory / "items.db").value(); }

    Changes changes(const std::string& profile, std::uint64_t since) const
    {
        const auto upto = store->revision();
        Changes described;
        std::uint64_t after = 0;
        for (auto page = store->changes(kind, profile, since, upto, after, 1 << 20); !page.empty();
             page = store->changes(kind, profile, since, upto, after, 1 << 20)) {
            CHECK(page.size() <= 1000);
            after = page.back().revision;
            for (const auto& change : page) {
                const auto* verb = change.kind == ItemChange::Kind::Add      ? "Add "
                                   : change.kind == ItemChange::Kind::Update ? "Update "
                                                                             : "Delete ";
                described.push_back(verb + change.luid + " " + change.data);
            }
        }
        CHECK(store->count_changes(kind, profile, since, upto) == described.size());
        return described;
    }
    /// What p has to send since it last asked.
    Changes next()
    {
        auto described = changes("p", mark);
        mark = store->revision();
        return described;
    }
    std::string add_from(const std::string& profile, const std::string& guid, const std::string& data)
    {
        return store->add_from_peer(kind, profile, guid, data, Placing::Insert).luid;
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "a change by an application is reported once and then no more", "[items][changes]")
{
    store->add(kind, "one");
    store->add(kind, "two");
    CHECK(next() == Changes{"Add 1 one", "Add 2 two"});
    CHECK(next().empty());
    store->replace(kind, "1", "uno");
    CHECK(next() == Changes{"Update 1 uno"});
    store->remove(kind, "2");
    CHECK(next() == Changes{"Delete 2 "});
    CHECK(next().empty());
}

TEST_CASE_METHOD(Fixture, "created, then updated: one Add; created, then deleted: nothing", "[items][changes]")
{
    store->add(kind, "one");
    store->replace(kind, "1", "uno");
    store->add(kind, "two");
    store->remove(kind, "2");
    store->add(kind, "two"); // again, as another item
    CHECK(next() == Changes{"Add 1 uno", "Add 3 two"});
    store->replace(kind, "1", "eins");
    store->remove(kind, "1");
    CHECK(next() == Changes{"Delete 1 "});
}

TEST_CASE_METHOD(Fixture, "what a session wrote is not reported to its profile", "[items][changes]")
{
    store->add(kind, "one");
    store->add(kind, "two");
    next();
    const auto upto = store->revision();
    CHECK(add_from("p", "g", "three") == "3");
    CHECK(store->replace_from_peer(kind, "p", "1", "uno", upto) == PeerWrite::Done);
    CHECK(store->remove_from_peer(kind, "p", "2", upto) == PeerWrite::Done);
    CHECK(changes("p", upto).empty());
    // Another profile has to tell its own server.
    CHECK(changes("q", upto) == Changes{"Add 3 three", "Update 1 uno", "Delete 2 "});
    CHECK(changes("q", 1) == Changes{"Add 3 three", "Add 1 uno"});
}

TEST_CASE_METHOD(Fixture, "what a session created and an application edited is an Update for its profile",
                 "[items][changes]")
{
    add_from("p", "g1", "one");
    add_from("p", "g2", "two");
    store->replace(kind, "1", "uno");
    store->remove(kind, "2");
    CHECK(changes("p", 1) == Changes{"Update 1 uno", "Delete 2 "});
    // Created after q's mark: an Add; come and gone: nothing.
    CHECK(changes("q", 1) == Changes{"Add 1 uno"});
    CHECK(changes("q", 3) == Changes{"Update 1 uno", "Delete 2 "});
}

TEST_CASE_METHOD(Fixture, "an edit that the profile's own session overwrote is not reported", "[items][changes]")
{
    store->add(kind, "one");
    next();
    store->replace(kind, "1", "edit");
    const auto upto = store->revision();
    CHECK(store->replace_from_peer(kind, "p", "1", "resolved", upto) == PeerWrite::Done);
    CHECK(next().empty());
    CHECK(changes("q", 2) == Changes{"Update 1 resolved"});
}

TEST_CASE_METHOD(Fixture, "edits after a revision are not overwritten", "[items][changes]")
{
    for (const auto* name : {"one", "two", "three"})
        store->add(kind, name);
    const auto upto = store->revision();
    store->replace(kind, "1", "uno");
    store->remove(kind, "2");
    const auto before = store->revision();
    CHECK(store->replace_from_peer(kind, "p", "1", "theirs", upto) == PeerWrite::EditedMeanwhile);
    CHECK(store->remove_from_peer(kind, "p", "1", upto) == PeerWrite::EditedMeanwhile);
    CHECK(store->replace_from_peer(kind, "p", "2", "theirs", upto) == PeerWrite::EditedMeanwhile);
    CHECK(store->remove_from_peer(kind, "p", "2", upto) == PeerWrite::EditedMeanwhile);
    CHECK(store->revision() == before);
    CHECK(store->find(kind, "1")->data == "uno");
    // The profile's own writes are no edits.
    CHECK(store->replace_from_peer(kind, "p", "3", "theirs", upto) == PeerWrite::Done);
    CHECK(store->replace_from_peer(kind, "p", "3", "theirs again", upto) == PeerWrite::Done);
    CHECK(store->replace_from_peer(kind, "q", "3", "others", upto) == PeerWrite::EditedMeanwhile);
    CHECK(store->remove_from_peer(kind, "p", "3", upto) == PeerWrite::Done);
    CHECK(store->replace_from_peer(kind, "p", "3", "gone", upto) == PeerWrite::Missing);
    CHECK(store->remove_from_peer(kind, "p", "3", upto) == PeerWrite::Missing);
}

TEST_CASE_METHOD(Fixture, "equal data from the peer is no change", "[items][changes]")
{
    store->add(kind, "one");
    const auto revision = store->revision();
    CHECK(store->replace_from_peer(kind, "p", "1", "one", revision) == PeerWrite::Done);
    CHECK(store->revision() == revision);
    CHECK(changes("p", 1) == Changes{"Add 1 one"}); // it is still to be sent
}

TEST_CASE_METHOD(Fixture, "changes come in revision order, page by page, up to a revision", "[items][changes]")
{
    for (int i = 1; i <= 9; ++i)
        store->add(kind, std::string(100, static_cast<char>('0' + i)));
    store->replace(kind, "2", std::string(5000, 'x'));
    const auto upto = store->revision();
    store->add(kind, "later");
    store->replace(kind, "4", "later");

    std::vector<std::string> seen;
    std::vector<std::size_t> sizes;
    for (std::uint64_t after = 0;;) {
        const auto page = store->changes(kind, "p", 1, upto, after, 250);
        if (page.empty())
            break;
        sizes.push_back(page.size());
        for (const auto& change : page) {
            CHECK(change.revision > after);
            after = change.revision;
            seen.push_back(change.luid);
        }
    }
    CHECK(seen == std::vector<std::string>{"1", "3", "5", "6", "7", "8", "9", "2"});
    CHECK(sizes == std::vector<std::size_t>{2, 2, 2, 1, 1});
    CHECK(store->count_changes(kind, "p", 1, upto) == 8);
}

TEST_CASE_METHOD(Fixture, "exact counts with very many items added and then all deleted", "[items][changes]")
{
    store->in_transaction([&] {
        for (int i = 0; i < 2000; ++i)
            store->add(kind, "item");
    });
    CHECK(store->count_changes(kind, "p", 1, store->revision()) == 2000);
    mark = store->revision();
    store->in_transaction([&] {
        for (int i = 1; i <= 2000; ++i)
            store->remove(kind, std::to_string(i));
    });
    CHECK(store->count_changes(kind, "p", 1, store->revision()) == 0);
    CHECK(store->count_changes(kind, "p", mark, store->revision()) == 2000);
    CHECK(store->count(kind) == 0);
}

TEST_CASE_METHOD(Fixture, "several cycles without reopening, and each by a new connection, tell the same",
                 "[items][changes]")
{
    const bool reopen = GENERATE(false, true);
    for (int cycle = 0; cycle < 3; ++cycle) {
        if (reopen)
            store = open();
        const auto luid = store->add(kind, "new");
        CHECK(next() == Changes{"Add " + luid + " new"});
        store->replace(kind, luid, "changed");
        CHECK(next() == Changes{"Update " + luid + " changed"});
        store->remove(kind, luid);
        CHECK(next() == Changes{"Delete " + luid + " "});
        CHECK(next().empty());
    }
}

TEST_CASE_METHOD(Fixture, "the head of an item tells who wrote and made it", "[items][changes]")
{
    store->add(kind, "one");
    add_from("p", "g", "two");
    store->replace(kind, "2", "due");
    store->remove(kind, "1");
    CHECK(store->find_head(kind, "p", "1") == storage::ItemHead{5, 2, false, false, false});
    CHECK(store->find_head(kind, "p", "2") == storage::ItemHead{4, 3, true, false, true});
    CHECK(store->find_head(kind, "q", "2") == storage::ItemHead{4, 3, true, false, false});
    CHECK_FALSE(store->find_head(kind, "p", "3"));
    CHECK_FALSE(store->find_head(ItemKind::Event, "p", "1"));
}

TEST_CASE_METHOD(Fixture, "the settled revision ends before the first change of somebody else", "[items][changes]")
{
    store->add(kind, "one");
    CHECK(store->settled_revision(kind, "p", 1) == 1);
    CHECK(store->settled_revision(kind, "p", 2) == 2);
    add_from("p", "g1", "two");
    add_from("p", "g2", "three");
    CHECK(store->settled_revision(kind, "p", 2) == 4);
    CHECK(store->settled_revision(kind, "q", 2) == 2);
    store->add(kind, "four");
    add_from("p", "g3", "five");
    CHECK(store->settled_revision(kind, "p", 2) == 4);
    CHECK(store->settled_revision(ItemKind::Event, "p", 2) == 6);
}

TEST_CASE_METHOD(Fixture, "a page holds at least one item, what was there at a revision, in id order",
                 "[items][changes]")
{
    for (int i = 1; i <= 4; ++i)
        store->add(kind, std::string(100, 'x'));
    store->add(ItemKind::Event, "event");
    store->remove(kind, "2");
    const auto upto = store->revision();
    store->add(kind, "late");
    store->replace(kind, "1", "edited");
    const auto luids = [&](std::string_view after, std::size_t bytes) {
        std::string all;
        for (const auto& item : store->page(kind, upto, after, bytes))
            all += item.luid + " ";
        return all;
    };
    CHECK(luids("", 1000) == "1 3 4 ");
    CHECK(luids("", 1) == "1 ");
    CHECK(luids("1", 200) == "3 4 ");
    CHECK(luids("1", 199) == "3 ");
    CHECK(luids("4", 1000).empty());
    CHECK(store->page(kind, upto, "", 1)[0].data == "edited");
}
