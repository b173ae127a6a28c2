// What the store keeps of what was there before.
#include "storage/item_store.hpp"

#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <SQLiteCpp/Database.h>

using storage::ItemKind;
using storage::ItemStore;
using storage::Retention;
using storage::Rule;
using storage::What;

namespace {

constexpr auto contact = ItemKind::Contact;
constexpr auto insert = ItemStore::Placing::Insert;

struct Fixture {
    TemporaryDirectory directory;
    std::unique_ptr<ItemStore> store = open();
    std::uint64_t number = 0;

    Fixture() { store->attach_peer(contact, "p", "card"); }
    std::unique_ptr<ItemStore> open() const { return ItemStore::open(directory / "items.db").value(); }

    void begin(const std::string& profile = "p")
    {
        store->attach_peer(contact, profile, "card");
        store->begin_session({profile, ++number, static_cast<std::int64_t>(number * 1000)});
    }
    /// A session that settles everything.
    void end(const Retention& retention = {})
    {
        store->note_settled(contact, store->revision());
        store->end_session(retention);
    }
    /// A session that tells its peer of all items.
    std::uint64_t look(const std::string& profile = "p")
    {
        const auto upto = store->revision();
        begin(profile);
        store->note_look(contact, profile, upto);
        end();
        return upto;
    }
    /// A session in which the peer replaces an item, and nothing else happens.
    std::uint64_t change(const std::string& luid, const std::string& data, const Retention& retention = {})
    {
        begin();
        CHECK(store->replace_from_peer(contact, "p", luid, data, store->revision()) == ItemStore::PeerWrite::Done);
        end(retention);
        return number;
    }
    std::vector<storage::SessionChange> changes(std::uint64_t session, const std::string& profile = "p") const
    {
        return store->session_changes(profile, session, {}, 1 << 20);
    }
    std::int64_t ask(const char* sql) const
    {
        return SQLite::Database((directory / "items.db").string()).execAndGet(sql).getInt64();
    }
    std::int64_t versions() const { return ask("SELECT count(*) FROM version"); }
    std::int64_t kept() const
    {
        const auto counted = ask("SELECT kept FROM total");
        CHECK(counted == ask("SELECT coalesce(sum(length(data)), 0) FROM version"));
        return counted;
    }
    std::string data(const std::string& luid) const
    {
        const auto item = store->find(contact, luid);
        return item ? item->data : "";
    }
};

} // namespace

// ---- what changed ----------------------------------------------------------------------

TEST_CASE_METHOD(Fixture, "a session's changes are kept with what was there before and after", "[versions]")
{
    const auto first = store->add(contact, "one");
    const auto second = store->add(contact, "two");
    begin();
    const auto added = store->add_from_peer(contact, "p", "g", "three", insert).luid;
    store->replace_from_peer(contact, "p", first, "uno", store->revision());
    store->remove_from_peer(contact, "p", second, store->revision());
    end();
    const auto found = changes(number);
    REQUIRE(found.size() == 3);
    CHECK(found[0] == storage::SessionChange{"p", 1, 0, 1000, contact, first, 5, What::Updated, Rule::ServerChanged,
                                             "one", "uno", true});
    CHECK(found[1] == storage::SessionChange{"p", 1, 0, 1000, contact, second, 6, What::Deleted, Rule::ServerDeleted,
                                             "two", std::nullopt, true});
    CHECK(found[2] == storage::SessionChange{"p", 1, 0, 1000, contact, added, 4, What::Added, Rule::ServerAdded,
                                             std::nullopt, "three", true});
    CHECK(store->find_session("p", 1) == storage::KeptSession{1, 0, 1000, 1, 1, 1});
    CHECK(store->kept_sessions("p") == std::vector<storage::KeptSession>{{1, 0, 1000, 1, 1, 1}});
    CHECK_FALSE(store->find_session("q", 1));
    CHECK(changes(1, "q").empty());
}

TEST_CASE_METHOD(Fixture, "what came after a session stays known when others overwrite it", "[versions]")
{
    const auto luid = store->add(contact, "one");
    const auto session = change(luid, "two");
    store->replace(contact, luid, "three");
    store->replace(contact, luid, "four");
    store->remove(contact, luid);
    const auto found = changes(session);
    REQUIRE(found.size() == 1);
    CHECK(found[0].before == "one");
    CHECK(found[0].after == "two");
    CHECK_FALSE(found[0].is_last);
}

TEST_CASE_METHOD(Fixture, "an added item costs no second copy of its content", "[versions]")
{
    begin();
    for (int i = 0; i < 100; ++i)
        store->add_from_peer(contact, "p", std::to_string(i), std::string(1000, 'x') + std::to_string(i), insert);
    end();
    CHECK(versions() == 0);
    CHECK(kept() == 0);
    CHECK(changes(1).size() == 100);
}

TEST_CASE_METHOD(Fixture, "changes are read in pages", "[versions]")
{
    begin();
    for (int i = 0; i < 25; ++i)
        store->add_from_peer(contact, "p", std::to_string(i), std::string(100, 'a'), insert);
    end();
    std::string after;
    std::vector<std::string> luids;
    int pages = 0;
    while (true) {
        const auto page = store->session_changes("p", 1, after, 450);
        if (page.empty())
            break;
        ++pages;
        CHECK(page.size() <= 4);
        for (const auto& change : page)
            luids.push_back(change.luid);
        after = page.back().luid;
    }
    CHECK(pages == 7);
    CHECK(luids.size() == 25);
    CHECK(luids.front() == "1");
    CHECK(luids.back() == "25");
}

TEST_CASE_METHOD(Fixture, "an item that a session writes twice is one change", "[versions]")
{
    const auto luid = store->add(contact, "one");
    begin();
    store->replace_from_peer(contact, "p", luid, "two", store->revision());
    store->replace_from_peer(contact, "p", luid, "three", store->revision());
    const auto added = store->add_from_peer(contact, "p", "g", "new", insert).luid;
    store->replace_from_peer(contact, "p", added, "newer", store->revision());
    const auto passing = store->add_from_peer(contact, "p", "h", "passing", insert).luid;
    store->remove_from_peer(contact, "p", passing, store->revision());
    end();
    const auto found = changes(1);
    REQUIRE(found.size() == 3);
    CHECK(found[0].before == "one");
    CHECK(found[0].after == "three");
    CHECK(found[0].what == What::Updated);
    CHECK(found[1].what == What::Added);
    CHECK(found[1].after == "newer");
    CHECK(found[2].what == What::Deleted);
    CHECK_FALSE(found[2].before);
    CHECK_FALSE(found[2].after);
    CHECK(versions() == 1);
}

TEST_CASE_METHOD(Fixture, "a refresh is kept item by item", "[versions]")
{
    const auto goes = store->add(contact, "goes");
    const auto stays = store->add(contact, "stays");
    const auto changed = store->add(contact, "old");
    const auto upto = store->revision();
    begin();
    store->add_from_peer(contact, "p", "g1", "stays", ItemStore::Placing::Stage);
    store->add_from_peer(contact, "p", "g2", "comes", ItemStore::Placing::Stage);
    store->stage_replacement(contact, "p", changed, "new");
    store->publish_staged(contact, "p", upto);
    end();
    const auto found = changes(1);
    REQUIRE(found.size() == 3);
    CHECK(found[0].luid == goes);
    CHECK(found[0].before == "goes");
    CHECK(found[1].luid == changed);
    CHECK(found[1].before == "old");
    CHECK(found[2].after == "comes");
    for (const auto& change : found)
        CHECK(change.rule == Rule::Refresh);
}

TEST_CASE_METHOD(Fixture, "what a session did to an item is told newest first", "[versions]")
{
    const auto luid = store->add(contact, "one");
    change(luid, "two");
    store->replace(contact, luid, "three");
    change(luid, "four");
    const auto found = store->item_changes(contact, luid, 10);
    REQUIRE(found.size() == 2);
    CHECK(found[0].session == 2);
    CHECK(found[0].before == "three");
    CHECK(found[0].after == "four");
    CHECK(found[0].is_last);
    CHECK(found[1].session == 1);
    CHECK(found[1].after == "two");
    CHECK(store->item_changes(contact, luid, 1).size() == 1);
    CHECK(store->item_changes(ItemKind::Event, luid, 10).empty());
    CHECK(store->item_changes(contact, "no", 10).empty());
}

TEST_CASE_METHOD(Fixture, "of large contents no more is told than a message should carry", "[versions]")
{
    const auto luid = store->add(contact, std::string(400'000, 'a'));
    for (int i = 1; i < 10; ++i)
        change(luid, std::string(400'000, static_cast<char>('a' + i)));
    const auto found = store->item_changes(contact, luid, 200);
    REQUIRE(found.size() == 1);
    CHECK(found[0].session == 9);
}

TEST_CASE_METHOD(Fixture, "an item tells who made it what it is", "[versions]")
{
    const auto luid = store->add(contact, "one");
    CHECK(store->find_origin(contact, luid) == storage::ItemOrigin{2, true, "", ""});
    change(luid, "two");
    CHECK(store->find_origin(contact, luid) == storage::ItemOrigin{3, true, "p", ""});
    store->remove(contact, luid);
    CHECK(store->find_origin(contact, luid) == storage::ItemOrigin{4, false, "", ""});
    CHECK_FALSE(store->find_origin(ItemKind::Event, luid));
    CHECK(store->find_profile_of_session(1) == "p");
    CHECK_FALSE(store->find_profile_of_session(2));
}

TEST_CASE_METHOD(Fixture, "a transaction that fails leaves no trace of the session", "[versions]")
{
    const auto luid = store->add(contact, "one");
    begin();
    CHECK_THROWS(store->in_transaction([&] {
        store->replace_from_peer(contact, "p", luid, "two", store->revision());
        throw std::runtime_error("disk full");
    }));
    CHECK_FALSE(store->find_session("p", 1));
    store->replace_from_peer(contact, "p", luid, "three", store->revision());
    end();
    REQUIRE(changes(1).size() == 1);
    CHECK(changes(1)[0].before == "one");
}

TEST_CASE_METHOD(Fixture, "a session that changed nothing is not kept, and writes nothing", "[versions]")
{
    const auto luid = store->add(contact, "one");
    look();
    const auto total = ask("SELECT revision FROM total");
    const auto size = [&] { return std::filesystem::file_size(directory / "items.db-wal"); };
    const auto before = size();
    begin();
    store->note_look(contact, "p", store->revision());
    CHECK(store->replace_from_peer(contact, "p", luid, "one", store->revision()) == ItemStore::PeerWrite::Done);
    end();
    CHECK(size() == before);
    CHECK(ask("SELECT revision FROM total") == total);
    CHECK(store->kept_sessions("p").empty());
}

// ---- the base of an edit -----------------------------------------------------------------

TEST_CASE_METHOD(Fixture, "what a peer knew is kept once, however often an application edits it", "[versions]")
{
    const auto luid = store->add(contact, "seen");
    const auto fresh = store->add(contact, "seen too");
    const auto mark = look();
    for (int i = 0; i < 1000; ++i)
        store->replace(contact, luid, std::to_string(i));
    store->remove(contact, fresh);
    const auto newer = store->add(contact, "not seen");
    store->replace(contact, newer, "not seen either");
    CHECK(versions() == 2);
    CHECK(store->find_base(contact, "p", luid, mark) == "seen");
    CHECK(store->find_base(contact, "p", fresh, mark) == "seen too");
    CHECK_FALSE(store->find_base(contact, "p", newer, mark));
    CHECK_FALSE(store->find_base(contact, "p", luid, 0));
    CHECK_FALSE(store->find_base(contact, "p", "77", mark));
    CHECK_FALSE(store->find_base(contact, "p", "no", mark));
    const auto next = look();
    CHECK(versions() == 0);
    CHECK(store->find_base(contact, "p", luid, next) == "999");
    CHECK_FALSE(store->find_base(contact, "p", fresh, next));
    CHECK(store->find_base(contact, "p", newer, next) == "not seen either");
}

TEST_CASE_METHOD(Fixture, "without a peer nothing is kept of what applications overwrite", "[versions]")
{
    const auto luid = store->add(contact, "one");
    store->replace(contact, luid, "two");
    store->remove(contact, luid);
    CHECK(versions() == 0);
}

TEST_CASE_METHOD(Fixture, "each profile has its own base", "[versions]")
{
    const auto luid = store->add(contact, "one");
    const auto p = look("p");
    store->replace(contact, luid, "two");
    const auto q = look("q");
    store->replace(contact, luid, "three");
    CHECK(store->find_base(contact, "p", luid, p) == "one");
    CHECK(store->find_base(contact, "q", luid, q) == "two");
    CHECK(versions() == 2);
    const auto again = look("q");
    CHECK(store->find_base(contact, "p", luid, p) == "one");
    CHECK(store->find_base(contact, "q", luid, again) == "three");
    CHECK(versions() == 1);
    store->forget_profile("p");
    CHECK(versions() == 0);
}

TEST_CASE_METHOD(Fixture, "what the profile's session wrote last is the base, also behind its mark", "[versions]")
{
    const auto luid = store->add(contact, "one");
    const auto mark = look();
    begin();
    store->note_look(contact, "p", mark);
    const auto other = store->add(contact, "an application's");
    store->replace_from_peer(contact, "p", luid, "two", mark);
    store->note_settled(contact, mark);
    store->end_session({});
    CHECK(store->find_base(contact, "p", luid, mark) == "two");
    store->replace(contact, luid, "three");
    CHECK(store->find_base(contact, "p", luid, mark) == "two");
    store->replace(contact, luid, "four");
    CHECK(store->find_base(contact, "p", luid, mark) == "two");
    CHECK(data(other) == "an application's");
}

TEST_CASE_METHOD(Fixture, "what a session that broke off had looked at is kept until one ends well", "[versions]")
{
    const auto luid = store->add(contact, "one");
    const auto mark = look();
    store->replace(contact, luid, "two");
    const auto sent = store->revision();
    begin();
    store->note_look(contact, "p", sent);
    store->end_session({}); // broke off: its mark stays
    store->replace(contact, luid, "three");
    store->replace(contact, luid, "four");
    CHECK(store->find_base(contact, "p", luid, mark) == "one");
    CHECK(store->find_base(contact, "p", luid, sent) == "two");
    look();
    CHECK(versions() == 0);
}

TEST_CASE_METHOD(Fixture, "a mark that stays behind does not keep all that the peer ever wrote", "[versions]")
{
    const auto luid = store->add(contact, "one");
    const auto mark = look();
    for (int i = 0; i < 100; ++i) {
        begin();
        store->replace_from_peer(contact, "p", luid, std::to_string(i), store->revision());
        store->note_settled(contact, mark);
        store->end_session({});
    }
    CHECK(versions() == 20);
    CHECK(store->find_base(contact, "p", luid, mark) == "99");
}

TEST_CASE_METHOD(Fixture, "another database of the peer makes the bases void", "[versions]")
{
    const auto luid = store->add(contact, "one");
    look();
    store->attach_peer(contact, "p", "other");
    store->replace(contact, luid, "two");
    CHECK(versions() == 0);
}

// ---- how much is kept ----------------------------------------------------------------------

TEST_CASE_METHOD(Fixture, "so many sessions of each profile are kept", "[versions]")
{
    const auto luid = store->add(contact, "zero");
    for (int i = 1; i <= 30; ++i)
        change(luid, std::to_string(i));
    const auto sessions = store->kept_sessions("p");
    REQUIRE(sessions.size() == 20);
    CHECK(sessions.front().number == 30);
    CHECK(sessions.back().number == 11);
    CHECK(versions() == 20);
    CHECK(changes(10).empty());
    CHECK(changes(11).at(0).before == "10");

    begin("q");
    store->replace_from_peer(contact, "q", luid, "q's", store->revision());
    end({3, 1 << 20});
    CHECK(store->kept_sessions("p").size() == 20);
    CHECK(store->kept_sessions("q").size() == 1);
    change(luid, "less", {3, 1 << 20});
    CHECK(store->kept_sessions("p").size() == 3);
}

TEST_CASE_METHOD(Fixture, "so many octets are kept, and the newest session in any case", "[versions]")
{
    const auto luid = store->add(contact, "zero");
    const auto other = store->add(contact, std::string(5000, 'x'));
    const Retention little{20, 3500};
    for (int i = 1; i <= 10; ++i)
        change(luid, std::string(1000, static_cast<char>('a' + i)), little);
    CHECK(store->kept_sessions("p").size() == 3);
    CHECK(kept() == 3000);
    CHECK(changes(10).at(0).before == std::string(1000, 'j'));
    change(other, "large before", little);
    CHECK(store->kept_sessions("p").size() == 1);
    CHECK(changes(11).at(0).before == std::string(5000, 'x'));
    // The bases of applications' edits go at last.
    for (int i = 0; i < 100; ++i)
        store->add(contact, std::string(1000, 'y'));
    look();
    for (const auto& [item, revision] : store->list(contact))
        store->replace(contact, item, "edited");
    CHECK(kept() > 100'000);
    begin();
    store->end_session(little);
    CHECK(kept() <= 3500 + 5000);
    CHECK(store->find_session("p", 11));
}

TEST_CASE_METHOD(Fixture, "a profile that is no more leaves nothing behind", "[versions]")
{
    const auto luid = store->add(contact, "one");
    change(luid, "two");
    store->replace(contact, luid, "three");
    CHECK(versions() == 2);
    store->forget_profile("p");
    CHECK(versions() == 0);
    CHECK(ask("SELECT count(*) FROM change") == 0);
    CHECK(store->kept_sessions("p").empty());
    CHECK(data(luid) == "three");
}

TEST_CASE_METHOD(Fixture, "a mark is of this store when it was promised, for its profile and kind", "[versions]")
{
    CHECK(store->has_promised(contact, "p", 0));
    CHECK_FALSE(store->has_promised(contact, "p", 1));
    store->promise_mark(contact, "p", 7);
    CHECK(store->has_promised(contact, "p", 7));
    CHECK_FALSE(store->has_promised(contact, "p", 8));
    CHECK_FALSE(store->has_promised(contact, "q", 1));
    CHECK_FALSE(store->has_promised(ItemKind::Event, "p", 1));
    store->promise_mark(contact, "p", 5);
    store->attach_peer(contact, "p", "another database");
    store = open();
    CHECK(store->has_promised(contact, "p", 7));
}
