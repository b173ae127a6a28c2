#include "fixture.hpp"

#include "storage/item_store.hpp"
#include "storage/sync_state.hpp"

using manager::JobState;
using Numbers = std::vector<std::uint64_t>;
using namespace std::chrono_literals;

TEST_CASE("a session is accepted, begins, reports and completes, each told once and in order", "[manager][sessions]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    CHECK(fixture.recorder.take() == Words{"added home"});

    const auto session = fixture.manager->start(anna, id, std::nullopt);
    REQUIRE(session == 1U);
    CHECK(fixture.recorder.take().empty()); // the reply goes first
    CHECK(fixture.get(id).state == JobState::Queued);

    fixture.timer.run();
    CHECK(fixture.recorder.take() == Words{"home is Syncing"});
    CHECK(fixture.get(id).state == JobState::Syncing);
    fixture.pool.only().on_progress({"CONTACT", true, 10, 3});
    CHECK(fixture.recorder.take() == Words{"progress home 1 CONTACT down 3/10"});

    fixture.clock.time += 5s;
    fixture.pool.complete(1);
    CHECK(fixture.recorder.take() == Words{"home is Idle", "completed home 1"});
    CHECK(fixture.recorder.last->last_sync == fixture.clock.time);
    fixture.timer.run();
    CHECK(fixture.recorder.take().empty());
    CHECK(fixture.get(id).state == JobState::Idle);
    CHECK(fixture.get(id).last_sync == fixture.clock.time);
}

TEST_CASE("a failure is told with its error", "[manager][sessions]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    fixture.recorder.take();
    fixture.pool.fail(1, base::Errc::HostNotFound, "sync.example.org is unknown");
    CHECK(fixture.recorder.take() == Words{"home is Idle", "failed home 1"});
    CHECK(fixture.recorder.errors == std::vector{base::Error{base::Errc::HostNotFound, "sync.example.org is unknown"}});
}

TEST_CASE("the plan says all that a worker needs", "[manager][sessions]")
{
    manager::Config config;
    config.max_msg_size = 1000;
    config.max_obj_size = 5000;
    config.connect_timeout_s = 3;
    config.reply_timeout_s = 4;
    config.session_timeout_s = 5;
    config.log_level = "debug";
    config.peer_rules = {"/a/peers.d", "/b"};
    Fixture fixture(config);
    auto input = profile();
    input.allow_plain_credentials = true;
    input.encoding = "AUTO";
    input.conflict_policy = "NEWEST_WINS";
    input.protocol_version = "1.0";
    input.review_items = 7;
    input.slow_sync = "HOLD";
    input.ca_file = "/ca.pem";
    input.http_user = "web";
    input.http_password = base::Secret("web-secret");
    input.client_certificate = base::Secret(certificate_pem);
    input.server_id = "srv1";
    input.server_password = base::Secret("server-secret");
    input.authenticate_server = true;
    input.device_id = "dev-1";
    input.type = "SLOW";
    input.services[0].filter = "N&CON;a";
    input.services[1].enabled = false;
    const auto id = fixture.add(input);
    fixture.start(id);
    const auto& plan = fixture.pool.only().plan;

    CHECK(plan.profile == id);
    CHECK(plan.profile_name == "home");
    CHECK(plan.session == 1);
    CHECK(plan.trigger == "user");
    CHECK(plan.device_id == "dev-1");
    CHECK(plan.url == "https://sync.example.org/ds");
    CHECK(plan.allow_plain_credentials);
    CHECK(plan.encoding == "AUTO");
    CHECK(plan.conflict_policy == "NEWEST_WINS");
    CHECK(plan.peer_rules == config.peer_rules);
    CHECK(plan.services.at(0).filter == "N&CON;a");
    CHECK(plan.protocol_version == "1.0");
    CHECK(plan.review_items == 7);
    CHECK(plan.review_percent == 30);
    CHECK(plan.hold_slow_sync);
    CHECK(plan.ca_file == "/ca.pem");
    CHECK(plan.server_id == "srv1");
    CHECK(plan.server_password == base::Secret("server-secret"));
    CHECK(plan.authenticate_server);
    CHECK(plan.http_user == "web");
    CHECK(plan.http_password == base::Secret("web-secret"));
    CHECK(plan.client_certificate == base::Secret(certificate_pem));
    CHECK(plan.sync_db == fixture.state_db(id));
    CHECK(plan.items_db == fixture.config.state_directory / "users" / "1000" / "items" / "items.db");
    REQUIRE(plan.services.size() == 1);
    CHECK(plan.services[0].service == "CONTACT");
    CHECK(plan.services[0].uri == "card");
    CHECK(plan.services[0].type == "SLOW");
    CHECK(plan.max_msg_size == 1000);
    CHECK(plan.max_obj_size == 5000);
    CHECK(plan.max_reply_bytes == 21'000);
    CHECK(plan.connect_timeout_s == 3);
    CHECK(plan.reply_timeout_s == 4);
    CHECK(plan.session_timeout_s == 5);
    CHECK(plan.log_level == "debug");
    // Its sandbox opens these before it could make them.
    CHECK(std::filesystem::is_directory(std::filesystem::path(plan.sync_db).parent_path()));
    CHECK(std::filesystem::is_directory(std::filesystem::path(plan.items_db).parent_path()));
}

TEST_CASE("the limit of a reply can be set", "[manager][sessions]")
{
    manager::Config config;
    config.max_reply_bytes = 77;
    Fixture fixture(config);
    fixture.start(fixture.add(profile()));
    CHECK(fixture.pool.only().plan.max_reply_bytes == 77);
}

TEST_CASE("a session of another type is that session alone", "[manager][sessions]")
{
    Fixture fixture;
    auto input = profile();
    input.mode = "PUSH";
    const auto id = fixture.add(input);
    REQUIRE(fixture.manager->start(anna, id, "REFRESH_FROM_SERVER"));
    fixture.timer.run();
    CHECK(fixture.pool.only().plan.services[1].type == "REFRESH_FROM_SERVER");
    CHECK(fixture.get(id).type == "TWO_WAY");
    fixture.pool.complete(1);
    fixture.start(id);
    CHECK(fixture.pool.only().plan.services[1].type == "TWO_WAY");

    const auto unknown = fixture.manager->start(anna, id, "SIDEWAYS");
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error() == base::Error{base::Errc::InvalidValue, "Type: no sync type"});
}

TEST_CASE("a user's profiles sync one after another, another user's beside them", "[manager][sessions]")
{
    Fixture fixture;
    const auto one = fixture.add(profile("one"));
    const auto two = fixture.add(profile("two"));
    const auto other = fixture.add(profile("other"), bert);
    fixture.recorder.take();
    fixture.start(one);
    fixture.start(two);
    fixture.start(other, bert);
    CHECK(fixture.pool.sessions() == Numbers{1, 3});
    CHECK(fixture.recorder.take() == Words{"one is Syncing", "two is Queued", "other is Syncing"});
    CHECK(fixture.get(two).state == JobState::Queued);

    fixture.pool.complete(1);
    fixture.timer.run();
    CHECK(fixture.pool.sessions() == Numbers{2, 3});
    CHECK(fixture.recorder.take() == Words{"one is Idle", "completed one 1", "two is Syncing"});
}

TEST_CASE("no more sessions run at once than are allowed", "[manager][sessions]")
{
    manager::Config config;
    config.max_workers = 1;
    Fixture fixture(config);
    const auto mine = fixture.add(profile("mine"));
    const auto other = fixture.add(profile("other"), bert);
    fixture.start(mine);
    fixture.start(other, bert);
    CHECK(fixture.pool.sessions() == Numbers{1});
    CHECK(fixture.get(other).state == JobState::Queued);
    fixture.pool.complete(1);
    fixture.timer.run();
    CHECK(fixture.pool.sessions() == Numbers{2});
}

TEST_CASE("stopping a running session asks its worker once and tells when it has ended", "[manager][sessions]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    fixture.recorder.take();

    REQUIRE(fixture.manager->stop(anna, id));
    CHECK(fixture.pool.stopped == Numbers{1});
    CHECK(fixture.recorder.events.empty());
    CHECK(fixture.get(id).state == JobState::Stopping);
    fixture.timer.run();
    CHECK(fixture.recorder.take() == Words{"home is Stopping"});
    REQUIRE(fixture.manager->stop(anna, id)); // once more is no error
    CHECK(fixture.manager->start(anna, id, std::nullopt) == 1U);
    fixture.timer.run();
    CHECK(fixture.recorder.events.empty());

    fixture.pool.stop_done(1);
    CHECK(fixture.recorder.take() == Words{"home is Idle", "stopped home 1"});
}

TEST_CASE("a session that completes although it was asked to stop has completed", "[manager][sessions]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    REQUIRE(fixture.manager->stop(anna, id));
    fixture.timer.run();
    fixture.recorder.take();
    fixture.pool.complete(1);
    CHECK(fixture.recorder.take() == Words{"home is Idle", "completed home 1"});
}

TEST_CASE("a worker that cannot be started is a failed session", "[manager][sessions]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.pool.refuse = true;
    fixture.recorder.take();
    CHECK(fixture.start(id) == 1);
    CHECK(fixture.recorder.take() == Words{"home is Idle", "failed home 1"});
    CHECK(fixture.recorder.errors.at(0).code == base::Errc::Failed);
    fixture.pool.refuse = false;
    CHECK(fixture.start(id) == 2);
    CHECK(fixture.pool.sessions() == Numbers{2});
}

TEST_CASE("a session whose directories cannot be made fails, and the next in the queue begins", "[manager][sessions]")
{
    Fixture fixture;
    const auto id = fixture.add(profile("mine"));
    const auto other = fixture.add(profile("other"), bert);
    std::filesystem::create_directories(fixture.config.state_directory / "users");
    std::filesystem::create_symlink("/tmp", fixture.config.state_directory / "users" / "1000");
    fixture.recorder.take();
    REQUIRE(fixture.manager->start(anna, id, std::nullopt));
    REQUIRE(fixture.manager->start(bert, other, std::nullopt));
    fixture.timer.run();
    CHECK(fixture.recorder.take() == Words{"mine is Idle", "failed mine 1", "other is Syncing"});
    CHECK(fixture.recorder.errors.at(0).code == base::Errc::Local);
}

TEST_CASE("what a session did to the store is told by ids, before its end", "[manager][sessions]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    auto* store = fixture.manager->items(anna.uid).value();
    const auto kept = store->add(storage::ItemKind::Contact, "one");
    const auto gone = store->add(storage::ItemKind::Contact, "two");
    fixture.start(id);
    fixture.recorder.take();

    store = fixture.manager->items(anna.uid).value();
    store->add_from_peer(storage::ItemKind::Event, id, "g1", "three", storage::ItemStore::Placing::Insert);
    store->replace_from_peer(storage::ItemKind::Contact, id, kept, "changed", store->revision());
    store->remove_from_peer(storage::ItemKind::Contact, id, gone, store->revision());
    fixture.pool.complete(1);
    CHECK(fixture.recorder.take() ==
          Words{"home is Idle", "store 1000 contacts +0 ~1 -1", "store 1000 events +1 ~0 -0", "completed home 1"});
}

TEST_CASE("session numbers are never given twice", "[manager][sessions]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    CHECK(fixture.start(id) == 1);
    fixture.boot(); // the first was cut off
    CHECK(fixture.start(id) == 2);
    fixture.pool.complete(2);
    fixture.timer.run();
    CHECK(fixture.start(id) == 3);
}

TEST_CASE("an observer that throws does not stop the session's end", "[manager][sessions]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    fixture.recorder.at_end = [](const std::string&) { throw std::runtime_error("the bus is gone"); };
    fixture.pool.complete(1);
    fixture.timer.run();
    CHECK(fixture.get(id).state == JobState::Idle);
    CHECK(fixture.start(id) == 2);
}

TEST_CASE("without an observer everything happens all the same", "[manager][sessions]")
{
    Fixture fixture;
    fixture.manager->set_observer(nullptr);
    const auto id = fixture.add(profile());
    fixture.start(id);
    fixture.pool.complete(1);
    CHECK(fixture.get(id).state == JobState::Idle);
    CHECK(fixture.recorder.events.empty());
}

TEST_CASE("shutting down interrupts what runs and what waits, and starts nothing more", "[manager][sessions]")
{
    Fixture fixture;
    const auto one = fixture.add(profile("one"));
    const auto two = fixture.add(profile("two"));
    fixture.start(one);
    fixture.start(two);
    fixture.recorder.take();
    int done = 0;
    fixture.manager->shut_down(5s, [&] { ++done; });
    CHECK(fixture.pool.interrupted == Numbers{1});
    CHECK(fixture.pool.stopped.empty());
    fixture.timer.run();
    CHECK(fixture.recorder.take() == Words{"two is Idle", "failed two 2", "one is Stopping"});
    CHECK(fixture.recorder.errors.at(0).code == base::Errc::Interrupted);
    CHECK(done == 0);
    const auto refused = fixture.manager->start(anna, two, std::nullopt);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == base::Errc::Failed);

    fixture.pool.fail(1, base::Errc::Interrupted);
    fixture.timer.run();
    CHECK(fixture.recorder.take() == Words{"one is Idle", "failed one 1"});
    CHECK(done == 1);
}

TEST_CASE("what somebody asked to stop before the service ends is stopped, not interrupted", "[manager][sessions]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    REQUIRE(fixture.manager->stop(anna, id));
    fixture.manager->shut_down(5s, [] {});
    CHECK(fixture.pool.interrupted.empty());
    CHECK(fixture.pool.stopped == Numbers{1, 1}); // again, for the shorter time
    fixture.pool.stop_done(1);
    CHECK(fixture.recorder.take().back() == "stopped home 1");
}

TEST_CASE("shutting down with nothing under way is done at once, from the loop", "[manager][sessions]")
{
    Fixture fixture;
    fixture.add(periodic("1_DAY"));
    CHECK(fixture.timer.armed);
    int done = 0;
    fixture.manager->shut_down(5s, [&] { ++done; });
    CHECK_FALSE(fixture.timer.armed);
    CHECK(done == 0);
    fixture.timer.run();
    CHECK(done == 1);
}

TEST_CASE("callbacks that come after the manager is gone do nothing", "[manager][sessions]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    REQUIRE(fixture.manager->stop(anna, id)); // something is deferred
    fixture.manager.reset();
    fixture.pool.only().on_progress({"CONTACT", true, 1, 1});
    fixture.pool.complete(1);
    fixture.timer.run();
    CHECK(fixture.recorder.events == Words{"added home", "home is Syncing"});
}

TEST_CASE("a worker that wrote its end down before it died has ended like that", "[manager][sessions]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    fixture.start(id);
    const auto state = storage::SyncState::open(fixture.state_db(id)).value();
    storage::SessionRecord record;
    record.session = 1;
    record.started = 1;
    state->begin_session(record);
    record.ended = 2;
    SECTION("well")
    {
        record.outcome = "COMPLETED";
        state->end_session(record);
        fixture.pool.fail(1, base::Errc::Interrupted);
        CHECK(fixture.recorder.events.back() == "completed home 1");
    }
    SECTION("badly")
    {
        record.outcome = "FAILED";
        record.error_name = "org.syncd1.Error.Tls";
        record.error_message = "bad certificate";
        state->end_session(record);
        fixture.pool.fail(1, base::Errc::Interrupted);
        CHECK(fixture.recorder.errors.at(0) == base::Error{base::Errc::Tls, "bad certificate"});
    }
    SECTION("not at all")
    {
        fixture.pool.fail(1, base::Errc::Interrupted, "killed");
        CHECK(fixture.recorder.errors.at(0) == base::Error{base::Errc::Interrupted, "killed"});
    }
}
