// Databases that older programs wrote are read by this one. Each released version of a schema has its text in
// schema/NAME-VERSION.sql.
#include "storage/directories.hpp"
#include "storage/item_store.hpp"
#include "storage/profile_repository.hpp"
#include "storage/sync_state.hpp"

#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <SQLiteCpp/Database.h>

#include <fstream>
#include <set>
#include <sstream>

using namespace storage;

namespace {

void restore(const std::filesystem::path& file, const std::string& text)
{
    std::ifstream stream(std::filesystem::path(SCHEMA_DIRECTORY) / text);
    REQUIRE(stream);
    std::ostringstream sql;
    sql << stream.rdbuf();
    SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql.str());
}

} // namespace

TEST_CASE("items of version 1 are read", "[schema]")
{
    TemporaryDirectory directory;
    restore(directory / "items.db", "items-1.sql");
    const auto store = ItemStore::open(directory / "items.db").value();
    CHECK(store->revision() == 7);
    CHECK(store->count(ItemKind::Contact) == 2);
    CHECK(store->count(ItemKind::Event) == 1);
    CHECK(store->find(ItemKind::Contact, "1") == StoredItem{"1", 7, "uno"});
    CHECK(store->find(ItemKind::Contact, "4") == StoredItem{"4", 6, "four"});
    CHECK(store->changes(ItemKind::Contact, "p", 4, 7, 0, 100) ==
          std::vector<ItemChange>{{ItemChange::Kind::Delete, "3", 5, ""}, {ItemChange::Kind::Update, "1", 7, "uno"}});
    CHECK(store->unmapped(ItemKind::Contact, "p", "server card") == std::vector<MapEntry>{{"g4", "4"}});
    CHECK(store->add_from_peer(ItemKind::Contact, "p", "g5", "staged", ItemStore::Placing::Stage).luid == "5");
    CHECK(store->add(ItemKind::Contact, "new") == "6");
}

TEST_CASE("beside contacts and events of an older version there is room for tasks and notes", "[schema]")
{
    TemporaryDirectory directory;
    restore(directory / "items.db", "items-1.sql");
    const auto store = ItemStore::open(directory / "items.db").value();
    constexpr ItemKind contents[] = {ItemKind::Contact, ItemKind::Event, ItemKind::Task, ItemKind::Note};
    const auto counts = [&] {
        std::vector<std::uint64_t> all;
        for (const auto content : contents)
            all.push_back(store->count(content));
        return all;
    };
    CHECK(counts() == std::vector<std::uint64_t>{2, 1, 0, 0});
    const auto task = store->add(ItemKind::Task, "do");
    const auto note = store->add(ItemKind::Note, "know");
    store->add(ItemKind::Note, "and know");
    CHECK(counts() == std::vector<std::uint64_t>{2, 1, 1, 2});
    CHECK(store->find(ItemKind::Note, note).value().data == "know");
    CHECK_FALSE(store->find(ItemKind::Note, task));
    CHECK(store->remove(ItemKind::Note, note));
    CHECK(counts() == std::vector<std::uint64_t>{2, 1, 1, 1});
    CHECK(store->changed_since(ItemKind::Task, 7).added == std::vector<std::string>{task});

    Directories directories(*store);
    std::set<ItemKind> kinds;
    for (const auto* path : {"/one", "/two"}) {
        for (const auto content : contents) {
            const auto kind = directories.kind_of(content, path);
            CHECK(content_of(kind) == content);
            CHECK(is_of_directory(kind));
            CHECK(directories.kind_of(content, path) == kind);
            CHECK(store->count(kind) == 0);
            store->add(kind, "item");
            CHECK(store->count(kind) == 1);
            kinds.insert(kind);
        }
    }
    CHECK(kinds.size() == 8);
    CHECK(counts() == std::vector<std::uint64_t>{2, 1, 1, 1});
}

TEST_CASE("the meanings of items of version 1 are found out when they are asked for, and once", "[schema]")
{
    TemporaryDirectory directory;
    restore(directory / "items.db", "items-1.sql");
    const auto store = ItemStore::open(directory / "items.db").value();
    std::vector<std::string> asked;
    Likeness likeness{1, [&](std::string_view data) {
                          asked.emplace_back(data);
                          return Traits{std::string(data.substr(0, 1)), {}};
                      }};
    Matching matching;
    matching.likeness = &likeness;
    store->learn_meanings(ItemKind::Contact, matching);
    CHECK(asked == std::vector<std::string>{"uno", "four"});
    store->learn_meanings(ItemKind::Contact, matching);
    CHECK(asked.size() == 2);
    CHECK(store->add_from_peer(ItemKind::Contact, "p", "g9", "undici", ItemStore::Placing::Match, matching).luid ==
          "1");
    CHECK(store->revision() == 7);
    // An edit voids what was found out, and so do other rules.
    store->replace(ItemKind::Contact, "1", "one");
    asked.clear();
    store->learn_meanings(ItemKind::Contact, matching);
    CHECK(asked == std::vector<std::string>{"one"});
    likeness.version = 2;
    asked.clear();
    store->learn_meanings(ItemKind::Contact, matching);
    CHECK(asked.size() == 2);
}

TEST_CASE("items of version 2 are read, and what peers may know of them is kept", "[schema]")
{
    TemporaryDirectory directory;
    restore(directory / "items.db", "items-2.sql");
    const auto store = ItemStore::open(directory / "items.db").value();
    CHECK(store->revision() == 7);
    CHECK(store->find(ItemKind::Contact, "4") == StoredItem{"4", 6, "four"});
    CHECK(store->unmapped(ItemKind::Contact, "p", "server card") == std::vector<MapEntry>{{"g4", "4"}});
    CHECK(store->kept_sessions("p").empty());
    // The mark is the one that the profile remembers.
    store->replace(ItemKind::Contact, "1", "one");
    CHECK(store->find_base(ItemKind::Contact, "p", "1", 7) == "uno");
    store->remove(ItemKind::Contact, "4");
    CHECK(store->find_base(ItemKind::Contact, "p", "4", 7) == "four");
    store->begin_session({"p", 1, 0});
    CHECK(store->replace_from_peer(ItemKind::Contact, "p", "1", "eins", 8) == ItemStore::PeerWrite::Done);
    store->note_settled(ItemKind::Contact, store->revision());
    store->end_session({});
    CHECK(store->session_changes("p", 1, {}, 100).at(0).before == "one");
    CHECK_FALSE(store->find_base(ItemKind::Contact, "p", "4", 7));
}

TEST_CASE("a profile's state of version 1 is read", "[schema]")
{
    TemporaryDirectory directory;
    restore(directory / "state.db", "state-1.sql");
    const auto state = SyncState::open(directory / "state.db").value();
    CHECK(state->identity() == "server");
    CHECK(state->nonce() == "bm9uY2U=");
    CHECK(state->peer_info() == storage::PeerInfo{"{}", 0, false});
    CHECK(state->sent_devinf_hash() == "hash");
    CHECK(state->encoding().empty());
    CHECK_FALSE(state->found_version());
    CHECK(state->server_nonces().empty());
    CHECK(state->anchors("CONTACT", "card") == Anchors{"c1", "s1", 7});
    CHECK(state->sent_items("CONTACT") == std::vector<SyncState::SentItem>{{"1", 6, SyncState::SentState::Sent},
                                                                           {"2", 8, SyncState::SentState::Confirmed}});
    const auto sessions = state->history(10);
    REQUIRE(sessions.size() == 2);
    CHECK(sessions[0].session == 4);
    CHECK(sessions[0].ended == 0);
    CHECK(sessions[1].notes == std::vector<std::string>{"slow sync"});
    CHECK(sessions[1].round_trips == 3);
    CHECK(sessions[1].version.empty());
    CHECK(state->statistics(4)[0].from_server == CountersRecord{1, 2, 3, 4, 5});
    CHECK(state->statistics(4)[0].to_server == CountersRecord{6, 7, 8, 9, 10});
    CHECK(state->deliveries(sessions[1].session, {}, 1).empty());
    SessionRecord next;
    next.session = 5;
    state->begin_session(next);
    state->note_deliveries({{"CONTACT", "1", Delivery::Kind::Added, Delivery::Answer::Taken, 201, 0, 0}});
    CHECK(state->deliveries(5, {}, 1).size() == 1);
}

TEST_CASE("profiles of version 1 are read", "[schema]")
{
    TemporaryDirectory directory;
    restore(directory / "profiles.db", "profiles-1.sql");
    const auto repository = ProfileRepository::open(directory / "profiles.db").value();
    const auto rows = repository->load_all();
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].id == "one");
    CHECK(rows[0].sealed_credentials == "box");
    CHECK(rows[0].services ==
          std::vector<ProfileRow::Service>{{"CONTACT", "card", true, ""}, {"EVENT", "cal", false, "box"}});
    CHECK(rows[0].next_due == 6);
    CHECK(rows[0].not_before == 0);
    CHECK_FALSE(rows[0].credentials_refused);
    CHECK(repository->accepted_sessions().empty());
    CHECK(repository->accept_session("one", "user", 7) == 3);
}
