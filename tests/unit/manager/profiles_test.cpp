#include "fixture.hpp"

#include "storage/item_store.hpp"

#include <fstream>

#include <algorithm>
#include <set>

using namespace std::chrono_literals;

TEST_CASE("a profile exists for its owner and for who may see all, and for nobody else", "[manager][profiles]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    CHECK(fixture.manager->get(anna, id));
    CHECK(fixture.manager->get(root, id));
    CHECK(fixture.manager->get_all(anna.uid).size() == 1);
    CHECK(fixture.manager->get_all(bert.uid).empty());
    CHECK(fixture.manager->count(bert.uid) == 0);

    const auto unknown = fixture.manager->get(anna, "0123456789abcdef0123456789abcdef").error();
    CHECK(unknown.code == base::Errc::NotFound);
    CHECK(fixture.manager->get(bert, id).error() == unknown);
    CHECK(fixture.manager->update(bert, id, profile()).error() == unknown);
    CHECK(fixture.manager->start(bert, id, std::nullopt).error() == unknown);
    CHECK(fixture.manager->stop(bert, id).error() == unknown);
    CHECK(fixture.manager->statistics(bert, id).error() == unknown);
    CHECK(fixture.manager->history(bert, id, 0).error() == unknown);
    std::optional<base::Error> removed;
    fixture.manager->remove(bert, id, [&](const base::Result<void>& result) { removed = result.error(); });
    CHECK(removed == unknown);
    CHECK(fixture.get(id).name == "home");
}

TEST_CASE("root acts on others' profiles without becoming their owner", "[manager][profiles]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    REQUIRE(fixture.manager->update(root, id, without_secrets(profile("by root"))));
    CHECK(fixture.get(id).owner == anna.uid);
    CHECK(fixture.start(id, root) == 1);
    CHECK(fixture.pool.only().plan.sync_db == fixture.state_db(id));
    CHECK(fixture.manager->stop(root, id));
    CHECK(fixture.manager->count(root.uid) == 0);
}

TEST_CASE("ids are unpredictable: 32 lower-case hexadecimal digits, none twice", "[manager][profiles]")
{
    manager::Config config;
    config.max_profiles = 0;
    Fixture fixture(config);
    std::set<std::string> ids;
    for (int i = 0; i < 50; ++i) {
        const auto id = fixture.add(profile());
        CHECK(id.size() == 32);
        CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
        ids.insert(id);
        ids.insert(fixture.get(id).device_id);
    }
    CHECK(ids.size() == 100);
}

TEST_CASE("profiles outlive a restart", "[manager][profiles]")
{
    Fixture fixture;
    auto input = profile();
    input.type = "SLOW";
    input.ca_file = "/ca.pem";
    input.services[0].enabled = false;
    const auto id = fixture.add(input);
    const auto before = fixture.get(id);
    fixture.boot();
    const auto after = fixture.get(id);
    CHECK(after.name == before.name);
    CHECK(after.owner == before.owner);
    CHECK(after.type == "SLOW");
    CHECK(after.ca_file == "/ca.pem");
    CHECK(after.device_id == before.device_id);
    CHECK(after.has_credentials);
    REQUIRE(after.services.size() == 2);
    CHECK_FALSE(after.services[0].enabled);
    CHECK(after.services[1].enabled);
}

TEST_CASE("removing a profile deletes its state and leaves the user's items", "[manager][profiles]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.manager->items(anna.uid).value()->add(storage::ItemKind::Contact, "x");
    fixture.start(id);
    std::ofstream(fixture.state_db(id)) << "anchors";
    fixture.pool.complete(1);
    fixture.timer.run();
    fixture.recorder.take();

    int done = 0;
    fixture.manager->remove(anna, id, [&](const base::Result<void>& result) {
        CHECK(result);
        CHECK(fixture.recorder.take() == Words{"removed home"});
        ++done;
    });
    CHECK(done == 1);
    CHECK(fixture.manager->get(anna, id).error().code == base::Errc::NotFound);
    CHECK(fixture.repository->load_all().empty());
    CHECK_FALSE(std::filesystem::exists(fixture.state_db(id).parent_path()));
    CHECK(fixture.manager->items(anna.uid).value()->count(storage::ItemKind::Contact) == 1);
}

TEST_CASE("two removals at once: one removes, the other finds nothing", "[manager][profiles]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    std::vector<base::Result<void>> results;
    for (int i = 0; i < 2; ++i)
        fixture.manager->remove(anna, id, [&](const base::Result<void>& result) { results.push_back(result); });
    CHECK(results.empty());
    fixture.timer.run();
    fixture.pool.stop_done(1);
    REQUIRE(results.size() == 2);
    CHECK(results[0]);
    CHECK(results[1].error().code == base::Errc::NotFound);
}

TEST_CASE("what a crash left of a removed profile goes at the next start", "[manager][profiles]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    const auto orphan = fixture.state_db("0123456789abcdef0123456789abcdef").parent_path();
    std::filesystem::create_directories(orphan);
    std::filesystem::create_directories(fixture.state_db(id).parent_path());
    fixture.boot();
    CHECK_FALSE(std::filesystem::exists(orphan));
    CHECK(std::filesystem::exists(fixture.state_db(id).parent_path()));
}

TEST_CASE("each user has a store of their own", "[manager][profiles]")
{
    Fixture fixture;
    for (manager::Uid uid = 1000; uid < 1010; ++uid)
        fixture.manager->items(uid).value()->add(storage::ItemKind::Event, "of " + std::to_string(uid));
    for (manager::Uid uid = 1000; uid < 1010; ++uid) {
        auto* store = fixture.manager->items(uid).value();
        REQUIRE(store->list(storage::ItemKind::Event).size() == 1);
        CHECK(store->find(storage::ItemKind::Event, store->list(storage::ItemKind::Event)[0].first)->data ==
              "of " + std::to_string(uid));
    }
}

TEST_CASE("a store that cannot be opened is a storage error", "[manager][profiles]")
{
    Fixture fixture;
    std::ofstream(fixture.config.state_directory / "users") << "a file in the way";
    const auto store = fixture.manager->items(anna.uid);
    REQUIRE_FALSE(store);
    CHECK(store.error().code == base::Errc::Storage);
}
