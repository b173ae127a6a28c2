// Undoing what a session changed.
#include "storage/item_store.hpp"

#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

using storage::ItemKind;
using storage::ItemStore;
using storage::Rule;
using storage::Undoing;
using storage::What;

namespace {

constexpr auto contact = ItemKind::Contact;
constexpr auto insert = ItemStore::Placing::Insert;
using Left = std::vector<Undoing::Item>;

struct Fixture {
    TemporaryDirectory directory;
    std::unique_ptr<ItemStore> store = ItemStore::open(directory / "items.db").value();
    std::uint64_t number = 0;
    std::uint64_t mark = 0;
    std::string changed = store->add(contact, "one");
    std::string deleted = store->add(contact, "two");
    std::string added;

    void begin()
    {
        store->attach_peer(contact, "p", "card");
        store->begin_session({"p", ++number, 5});
    }
    void end()
    {
        mark = store->revision();
        store->note_settled(contact, mark);
        store->end_session({});
    }
    /// Session 1: one item added, one changed, one deleted.
    void session()
    {
        begin();
        added = store->add_from_peer(contact, "p", "g", "three", insert).luid;
        store->replace_from_peer(contact, "p", changed, "uno", store->revision());
        store->remove_from_peer(contact, "p", deleted, store->revision());
        end();
    }
    Undoing undo(std::uint64_t session) { return store->undo("p", session, {"p", ++number, 9}).value(); }
    std::string data(const std::string& luid) const
    {
        const auto item = store->find(contact, luid);
        return item ? item->data : "";
    }
    void check_before() const
    {
        CHECK(data(changed) == "one");
        CHECK(data(deleted) == "two");
        CHECK(data(added).empty());
        CHECK(store->count(contact) == 2);
    }
    void check_after() const
    {
        CHECK(data(changed) == "uno");
        CHECK(data(deleted).empty());
        CHECK(data(added) == "three");
        CHECK(store->count(contact) == 2);
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "undoing puts back what a session changed, and the peer is told", "[undo]")
{
    session();
    check_after();
    CHECK(undo(1) == Undoing{1, 1, 1, {}});
    check_before();
    using Kind = storage::ItemChange::Kind;
    auto told = store->changes(contact, "p", mark, store->revision(), 0, 1000);
    REQUIRE(told.size() == 3);
    for (auto& change : told)
        change.revision = 0;
    CHECK(told == std::vector<storage::ItemChange>{{Kind::Update, changed, 0, "one"},
                                                   {Kind::Update, deleted, 0, "two"},
                                                   {Kind::Delete, added, 0, ""}});
}

TEST_CASE_METHOD(Fixture, "undoing twice does nothing new", "[undo]")
{
    session();
    undo(1);
    const auto revision = store->revision();
    CHECK(undo(1) == Undoing{});
    CHECK(store->revision() == revision);
    CHECK(store->kept_sessions("p").size() == 2);
    check_before();
}

TEST_CASE_METHOD(Fixture, "an undoing can be undone, and the session undone again", "[undo]")
{
    session();
    undo(1); // is 2
    const auto sessions = store->kept_sessions("p");
    REQUIRE(sessions.size() == 2);
    CHECK(sessions[0] == storage::KeptSession{2, 1, 9, 1, 1, 1});
    const auto changes = store->session_changes("p", 2, {}, 1000);
    REQUIRE(changes.size() == 3);
    CHECK(changes[0].rule == Rule::Undone);
    CHECK(changes[0].undone == 1);
    CHECK(changes[0].before == "uno");
    CHECK(changes[0].after == "one");
    CHECK(undo(2) == Undoing{1, 1, 1, {}});
    check_after();
    CHECK(undo(1) == Undoing{1, 1, 1, {}});
    check_before();
    CHECK(undo(3) == Undoing{});
}

TEST_CASE_METHOD(Fixture, "what others have changed since is left alone and named", "[undo]")
{
    session();
    store->replace(contact, changed, "an edit");
    store->remove(contact, added);
    CHECK(undo(1) == Undoing{1, 0, 0, {{contact, changed}}});
    CHECK(data(changed) == "an edit");
    CHECK(data(deleted) == "two");
    // Whoever deletes it again means it.
    store->remove(contact, deleted);
    CHECK(undo(1) == Undoing{0, 0, 0, {{contact, changed}, {contact, deleted}}});
    CHECK(data(deleted).empty());
}

TEST_CASE_METHOD(Fixture, "undoing over and over keeps no more than is wanted", "[undo]")
{
    session();
    for (int i = 0; i < 50; ++i)
        undo(number);
    CHECK(store->kept_sessions("p").size() == 21); // the session, and 20 undoings
    CHECK(store->find_session("p", 1));
    check_after();
}

TEST_CASE_METHOD(Fixture, "all sessions that are kept can be undone one after the other", "[undo]")
{
    for (int i = 0; i < 20; ++i) {
        begin();
        store->replace_from_peer(contact, "p", changed, std::to_string(i), store->revision());
        end();
    }
    for (std::uint64_t session = 20; session > 0; --session)
        CHECK(undo(session) == Undoing{0, 1, 0, {}});
    CHECK(data(changed) == "one");
}

TEST_CASE_METHOD(Fixture, "sessions are undone from the newest to the oldest", "[undo]")
{
    session();
    begin();
    store->replace_from_peer(contact, "p", changed, "eins", store->revision());
    store->remove_from_peer(contact, "p", added, store->revision());
    end();
    CHECK(undo(1) == Undoing{1, 0, 0, {{contact, changed}}});
    CHECK(undo(2) == Undoing{1, 1, 0, {}});
    CHECK(undo(1) == Undoing{0, 1, 1, {}});
    check_before();
}

TEST_CASE_METHOD(Fixture, "an edit between two writes of one session comes back", "[undo]")
{
    begin();
    store->replace_from_peer(contact, "p", changed, "uno", store->revision());
    store->replace(contact, changed, "an edit");
    store->replace_from_peer(contact, "p", changed, "eins", store->revision());
    end();
    CHECK(undo(1) == Undoing{0, 1, 0, {}});
    CHECK(data(changed) == "an edit");
}

TEST_CASE_METHOD(Fixture, "a deleted item that comes back is not mapped to an item that the peer deleted", "[undo]")
{
    begin();
    added = store->add_from_peer(contact, "p", "g", "three", insert).luid;
    end();
    begin();
    store->remove_from_peer(contact, "p", added, store->revision());
    end();
    CHECK(undo(2) == Undoing{1, 0, 0, {}});
    CHECK(data(added) == "three");
    CHECK(store->unmapped(contact, "p", "card").empty());
}

TEST_CASE_METHOD(Fixture, "a surplus item does not come back", "[undo]")
{
    begin();
    storage::Matching matching;
    matching.doubled.insert(changed);
    const auto write = store->add_from_peer(contact, "p", "g", "one", ItemStore::Placing::Match, matching);
    CHECK(write.surplus_of == changed);
    end();
    const auto changes = store->session_changes("p", 1, {}, 1000);
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].rule == Rule::Surplus);
    CHECK(changes[0].after == "one");
    CHECK(undo(1) == Undoing{});
    CHECK(store->count(contact) == 2);
}

TEST_CASE_METHOD(Fixture, "a refresh is undone", "[undo]")
{
    const auto upto = store->revision();
    begin();
    added = store->add_from_peer(contact, "p", "g", "three", ItemStore::Placing::Stage).luid;
    store->stage_replacement(contact, "p", changed, "uno");
    store->publish_staged(contact, "p", upto);
    end();
    check_after();
    CHECK(undo(1) == Undoing{1, 1, 1, {}});
    check_before();
}

TEST_CASE_METHOD(Fixture, "what is not kept cannot be undone", "[undo]")
{
    session();
    CHECK_FALSE(store->undo("p", 2, {"p", 3, 9}));
    CHECK_FALSE(store->undo("q", 1, {"q", 3, 9}));
    check_after();
}

TEST_CASE_METHOD(Fixture, "an undoing takes part in the session that is kept beside it", "[undo]")
{
    session();
    // Another connection, as the broker has it, while the worker's records its own.
    begin();
    const auto broker = ItemStore::open(directory / "items.db").value();
    CHECK(broker->undo("p", 1, {"p", 10, 9}) == Undoing{1, 1, 1, {}});
    store->replace_from_peer(contact, "p", changed, "late", store->revision());
    end();
    CHECK(store->session_changes("p", 2, {}, 1000).size() == 1);
    CHECK(store->session_changes("p", 10, {}, 1000).size() == 3);
}
