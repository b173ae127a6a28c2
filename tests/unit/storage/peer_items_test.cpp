// Items of a peer: GUIDs, staging.
#include "storage/item_store.hpp"

#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <map>

using storage::ItemKind;
using storage::ItemStore;
using storage::MapEntry;
using PeerWrite = ItemStore::PeerWrite;
using Placing = ItemStore::Placing;

namespace {

struct Fixture {
    TemporaryDirectory directory;
    std::unique_ptr<ItemStore> store = open();
    std::map<std::string, storage::Luids> taken; ///< by profile

    static constexpr auto kind = ItemKind::Contact;

    std::unique_ptr<ItemStore> open() const { return ItemStore::open(directory / "items.db").value(); }
    /// In a slow sync and a refresh, like a session: what an Add stands for is taken.
    std::string add(const std::string& guid, const std::string& data, Placing placing = Placing::Insert,
                    const std::string& profile = "p")
    {
        const auto write = store->add_from_peer(kind, profile, guid, data, placing, {taken[profile], {}, nullptr, {}});
        taken[profile].insert(write.luid);
        return write.luid + (write.created ? " created" : "");
    }
    std::string all() const
    {
        std::string text;
        store->each(kind, [&](const storage::StoredItem& item) { text += item.luid + "=" + item.data + " "; });
        return text;
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "a GUID is one item of its profile and kind", "[items][guid]")
{
    CHECK(add("g", "one") == "1 created");
    CHECK(add("g", "one") == "1");
    CHECK(add("g", "uno") == "1");
    CHECK(add("g", "one", Placing::Insert, "q") == "2 created");
    CHECK(store->add_from_peer(ItemKind::Event, "p", "g", "event", Placing::Insert).luid == "3");
    CHECK(all() == "1=uno 2=one ");
    CHECK(store->find_by_guid(kind, "p", "g") == "1");
    CHECK(store->find_by_guid(kind, "q", "g") == "2");
    CHECK_FALSE(store->find_by_guid(kind, "p", "h"));
}

TEST_CASE_METHOD(Fixture, "what the peer knows needs no map, and its GUID stays that item's until it is forgotten",
                 "[items][guid]")
{
    store->attach_peer(kind, "p", "card");
    add("g1", "one");
    add("g2", "two");
    add("g1", "other", Placing::Insert, "q");
    CHECK(store->unmapped(kind, "p", "card") == std::vector<MapEntry>{{"g1", "1"}, {"g2", "2"}});
    CHECK(store->unmapped(kind, "p", "other").empty());
    store->note_mapped(kind, "p", {{"g1", "1"}, {"g2", "77"}, {"never heard of", "1"}});
    CHECK(store->unmapped(kind, "p", "card") == std::vector<MapEntry>{{"g2", "2"}});
    CHECK(store->find_by_guid(kind, "q", "g1") == "3");
    CHECK(store->find_mapped(kind, "p", "g1") == "1");
    CHECK_FALSE(store->find_mapped(kind, "p", "g2"));
    CHECK_FALSE(store->find_mapped(kind, "q", "g1"));
    CHECK(add("g2", "due") == "2");
    store->note_unmapped(kind, "p", "g1");
    CHECK(store->unmapped(kind, "p", "card") == std::vector<MapEntry>{{"g1", "1"}, {"g2", "2"}});
    store->note_mapped(kind, "p", {{"g1", "1"}});
    store->forget_guid(kind, "p", "g1");
    CHECK(add("g1", "new") == "4 created");
    CHECK_FALSE(store->find_mapped(kind, "p", "g1"));
    store->forget_guids(kind, "p");
    CHECK(store->unmapped(kind, "p", "card").empty());
    CHECK(store->find_by_guid(kind, "q", "g1") == "3");
}

TEST_CASE_METHOD(Fixture, "what the peer itself deleted needs no map, and frees its GUID", "[items][guid]")
{
    store->attach_peer(kind, "p", "card");
    add("g1", "one");
    add("g2", "two");
    store->remove_from_peer(kind, "p", "1", store->revision());
    store->remove(kind, "2");
    CHECK(store->unmapped(kind, "p", "card") == std::vector<MapEntry>{{"g2", "2"}});
    CHECK(add("g1", "another") == "3 created");
    CHECK(store->unmapped(kind, "p", "card") == std::vector<MapEntry>{{"g1", "3"}, {"g2", "2"}});
}

TEST_CASE_METHOD(Fixture, "what is staged needs no map before it is published", "[items][guid][stage]")
{
    store->attach_peer(kind, "p", "card");
    add("g1", "one", Placing::Stage);
    CHECK(store->unmapped(kind, "p", "card").empty());
    store->publish_staged(kind, "p", store->revision());
    CHECK(store->unmapped(kind, "p", "card") == std::vector<MapEntry>{{"g1", "1"}});
}

TEST_CASE_METHOD(Fixture, "attaching to another database forgets the GUIDs of the one before", "[items][guid]")
{
    store->attach_peer(kind, "p", "server card");
    add("g1", "one");
    store->attach_peer(kind, "p", "server card");
    CHECK(store->find_by_guid(kind, "p", "g1") == "1");
    store->attach_peer(kind, "q", "other card");
    CHECK(store->find_by_guid(kind, "p", "g1") == "1");
    store->attach_peer(kind, "p", "server contacts");
    CHECK_FALSE(store->find_by_guid(kind, "p", "g1"));
    CHECK(all() == "1=one ");
}

TEST_CASE_METHOD(Fixture, "of a profile that is no more nothing stays but its items", "[items][guid][stage]")
{
    store->attach_peer(kind, "p", "card");
    store->attach_peer(kind, "q", "card");
    add("g1", "one");
    add("g2", "two", Placing::Stage);
    add("g3", "three", Placing::Insert, "q");
    CHECK(store->has_other_peer(kind, "q"));
    store->forget_profile("p");
    CHECK_FALSE(store->has_other_peer(kind, "q"));
    CHECK_FALSE(store->find_by_guid(kind, "p", "g1"));
    CHECK(store->stage_replacement(kind, "p", "2", "two") == PeerWrite::Missing);
    CHECK(store->find_by_guid(kind, "q", "g3") == "3");
    CHECK(all() == "1=one 3=three ");
    store->forget_profile("never seen");
}

TEST_CASE_METHOD(Fixture, "attaching drops what a killed session left staged, and nothing of others", "[items][stage]")
{
    store->attach_peer(kind, "p", "card");
    store->attach_peer(kind, "q", "card");
    CHECK(add("g1", "one", Placing::Stage) == "1 created");
    CHECK(add("g1", "other", Placing::Stage, "q") == "2 created");
    store = open();
    store->attach_peer(kind, "p", "card");
    CHECK(store->publish_staged(kind, "p", store->revision()) == 0);
    CHECK(all().empty());
    CHECK_FALSE(store->find_by_guid(kind, "p", "g1"));
    CHECK(store->publish_staged(kind, "q", store->revision()) == 0);
    CHECK(all() == "2=other ");
}

TEST_CASE_METHOD(Fixture, "matching takes a live item of equal data, each once", "[items][match]")
{
    store->add(kind, "same");
    store->add(kind, "same");
    store->add(kind, "different");
    store->add(ItemKind::Event, "event");
    const auto revision = store->revision();
    CHECK(add("g1", "same", Placing::Match) == "1");
    CHECK(add("g2", "same", Placing::Match) == "2");
    CHECK(store->revision() == revision);
    CHECK(add("g3", "same", Placing::Match) == "5 created");
    CHECK(add("g4", "event", Placing::Match) == "6 created");
    store->remove(kind, "3");
    CHECK(add("g5", "different", Placing::Match) == "7 created");
    CHECK(add("g6", "same") == "8 created");             // not asked to match
    CHECK(add("x", "same", Placing::Match, "q") == "1"); // taken by this profile only
}

TEST_CASE_METHOD(Fixture, "matching takes an item of the same meaning when none has the same data", "[items][match]")
{
    const storage::Likeness likeness{1, [](std::string_view data) {
                                         return storage::Traits{std::string(data.substr(0, data.find('/'))), {}};
                                     }};
    storage::Matching matching;
    matching.likeness = &likeness;
    const auto match = [&](const std::string& guid, const std::string& data) {
        const auto write = store->add_from_peer(kind, "p", guid, data, Placing::Match, matching);
        matching.taken.insert(write.luid);
        return write.luid + (write.created ? " created" : "");
    };
    for (const auto* data : {"a/1", "a/2", "b/1", "/no meaning"})
        store->add(kind, data);
    store->add(ItemKind::Event, "c/1");
    store->learn_meanings(kind, matching);
    CHECK(match("g1", "a/2") == "2"); // equal data first
    CHECK(match("g2", "a/3") == "1");
    CHECK(match("g3", "a/3") == "6 created");
    CHECK(match("g4", "c/2") == "7 created");             // an event is no contact
    CHECK(match("g5", "/no meaning too") == "8 created"); // and nothing is like nothing else
    matching.among.emplace();
    CHECK(match("g6", "b/2") == "9 created");
    matching.among->insert("3");
    CHECK(match("g7", "b/3") == "3");
    CHECK(store->find(kind, "3")->data == "b/1");
}

TEST_CASE_METHOD(Fixture, "matching follows an item's data", "[items][match]")
{
    store->add(kind, "one");
    store->replace(kind, "1", "uno");
    CHECK(add("g1", "one", Placing::Match) == "2 created");
    CHECK(add("g2", "uno", Placing::Match) == "1");
}

TEST_CASE_METHOD(Fixture, "thousands of equal items are matched without comparing each with each", "[items][match]")
{
    store->in_transaction([&] {
        for (int i = 0; i < 3000; ++i)
            add("g" + std::to_string(i), "same", Placing::Match);
    });
    CHECK(store->count(kind) == 3000);
}

TEST_CASE_METHOD(Fixture, "staged items are invisible to everybody", "[items][stage]")
{
    const auto before = store->revision();
    CHECK(add("g", "one", Placing::Stage) == "1 created");
    CHECK(all().empty());
    CHECK(store->count(kind) == 0);
    CHECK(store->list(kind).empty());
    CHECK_FALSE(store->find(kind, "1"));
    CHECK_FALSE(store->replace(kind, "1", "x"));
    CHECK_FALSE(store->remove(kind, "1"));
    CHECK(store->changes(kind, "q", 1, 99, 0, 100).empty());
    CHECK(store->count_changes(kind, "q", 1, 99) == 0);
    CHECK(store->page(kind, 99, "", 100).empty());
    const auto changed = store->changed_since(kind, 0);
    CHECK((changed.added.empty() && changed.removed.empty()));
    CHECK(store->revision() == before);
    CHECK(store->add(kind, "two") == "2"); // its id is taken
}

TEST_CASE_METHOD(Fixture, "what is published later is created then, for those who look", "[items][stage]")
{
    add("g", "one", Placing::Stage);
    store->add(kind, "two");
    const auto mark = store->revision();
    store->publish_staged(kind, "p", 1);
    CHECK(all() == "1=one 2=two "); // two came after revision 1
    const auto changes = store->changes(kind, "q", mark, 99, 0, 100);
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].kind == storage::ItemChange::Kind::Add);
    CHECK(changes[0].luid == "1");
    CHECK(store->changes(kind, "p", mark, 99, 0, 100).empty());
    CHECK(store->changed_since(kind, mark).added == std::vector<std::string>{"1"});
}

TEST_CASE_METHOD(Fixture, "publishing replaces, keeps and removes, by one revision each", "[items][stage]")
{
    for (const auto* name : {"same", "old", "gone", "kept by hand"})
        store->add(kind, name);
    store->add(ItemKind::Event, "event");
    const auto upto = store->revision();
    CHECK(add("g1", "same", Placing::Stage) == "1");
    CHECK(store->stage_replacement(kind, "p", "2", "new") == PeerWrite::Done);
    CHECK(store->stage_replacement(kind, "p", "4", "by the peer") == PeerWrite::Done);
    CHECK(store->stage_replacement(kind, "p", "77", "x") == PeerWrite::Missing);
    CHECK(add("g5", "fresh", Placing::Stage) == "6 created");
    CHECK(add("g6", "withdrawn", Placing::Stage) == "7 created");
    CHECK(store->unstage(kind, "p", "7") == PeerWrite::Done);
    CHECK(store->unstage(kind, "p", "3") == PeerWrite::Done); // would go anyway
    CHECK(store->unstage(kind, "p", "7") == PeerWrite::Missing);
    store->replace(kind, "4", "edited meanwhile");
    const auto before = store->revision();
    CHECK(store->publish_staged(kind, "p", upto) == 1);
    CHECK(all() == "1=same 2=new 4=edited meanwhile 6=fresh ");
    CHECK(store->revision() == before + 3);
    CHECK(store->count(kind) == 4);
    CHECK(store->count(ItemKind::Event) == 1);
    CHECK(store->publish_staged(kind, "p", 0) == 0); // nothing staged is left
    CHECK(all() == "1=same 2=new 4=edited meanwhile 6=fresh ");
}

TEST_CASE_METHOD(Fixture, "a deletion while a refresh runs stands; one before it does not", "[items][stage]")
{
    store->add(kind, "before");
    store->add(kind, "while");
    store->attach_peer(kind, "p", "card");
    CHECK(add("g1", "before", Placing::Match) == "1");
    CHECK(add("g2", "while", Placing::Match) == "2");
    store->remove(kind, "1");
    const auto upto = store->revision();
    CHECK(add("g1", "before", Placing::Stage) == "3 created");
    CHECK(add("g2", "while", Placing::Stage) == "2");
    store->remove(kind, "2");
    CHECK(store->publish_staged(kind, "p", upto) == 0);
    CHECK(all() == "3=before ");
}

TEST_CASE_METHOD(Fixture, "an Add that comes again keeps what others did to the item, and has it sent again",
                 "[items][guid]")
{
    add("g1", "one");
    add("g2", "two");
    add("g3", "three");
    store->replace(kind, "1", "edited");
    store->remove(kind, "2");
    const auto upto = store->revision();
    CHECK(add("g1", "one") == "1");
    CHECK(add("g2", "two") == "2");
    CHECK(add("g3", "drei") == "3");
    CHECK(all() == "1=edited 3=drei ");
    const auto changes = store->changes(kind, "p", upto, 99, 0, 100);
    REQUIRE(changes.size() == 2);
    CHECK(changes[0].kind == storage::ItemChange::Kind::Update);
    CHECK(changes[0].luid == "1");
    CHECK(changes[1].kind == storage::ItemChange::Kind::Delete);
    CHECK(changes[1].luid == "2");
    // Equal by chance: nothing to send.
    CHECK(add("g1", "edited") == "1");
    CHECK(store->revision() == changes[1].revision + 1); // g3's
}
