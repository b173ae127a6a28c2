// The engine against a model server: random contents, random message sizes, all six
// types, two devices, broken connections. After every session both sides must hold the
// same, and the counts must be what really happened.

#include "model_client.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace model;
using session::SyncType;

namespace {

/// A server, two devices with two databases, and someone who edits everywhere.
struct World {
    explicit World(unsigned seed) : random(seed), a(server, "device-a"), b(server, "device-b")
    {
        server.databases["card"];
        server.databases["cal"];
        server.max_msg_size = between(2048, 20000);
        server.accepts_for_session = chance(70);
        server.counts_changes = chance(50);
        server.asks_for_devinf = chance(30);
        server.takes_second_alert = chance(50);
        for (auto* client : {&a, &b}) {
            client->stores["card"];
            client->stores["cal"];
            client->max_msg_size = between(2048, 20000);
            client->put_devinf = chance(50);
        }
    }

    std::uint64_t between(std::uint64_t low, std::uint64_t high)
    {
        return std::uniform_int_distribution<std::uint64_t>(low, high)(random);
    }
    bool chance(unsigned percent) { return between(0, 99) < percent; }
    template <class T>
    const T& one_of(const std::vector<T>& from)
    {
        return from[between(0, from.size() - 1)];
    }

    /// Every text is new, so an item that is doubled is seen.
    std::string text()
    {
        auto result = "item " + std::to_string(next_text++) + ' ';
        result.append(chance(80) ? between(0, 60) : between(60, 500), 'x');
        return result;
    }

    void edit(Store& store, int times)
    {
        while (times-- > 0) {
            const auto luids = store.luids();
            if (luids.empty() || chance(50))
                store.put(text());
            else if (chance(60))
                store.change(one_of(luids), text());
            else
                store.remove(one_of(luids));
        }
    }
    void edit(Database& database, int times)
    {
        while (times-- > 0) {
            const auto guids = database.guids();
            if (guids.empty() || chance(50))
                database.put(text());
            else if (chance(60))
                database.change(one_of(guids), text());
            else
                database.remove(one_of(guids));
        }
    }
    void edit_everywhere(int most)
    {
        for (const auto* uri : {"card", "cal"}) {
            edit(a.stores[uri], static_cast<int>(between(0, static_cast<std::uint64_t>(most))));
            edit(b.stores[uri], static_cast<int>(between(0, static_cast<std::uint64_t>(most))));
            edit(server.databases[uri], static_cast<int>(between(0, static_cast<std::uint64_t>(most))));
        }
    }

    std::mt19937 random;
    Server server;
    Client a, b;
    int next_text = 1;
};

void check_counts(const Client::Run& run)
{
    const auto same = [](const session::Counters& counters, const Database::Done& done) {
        CHECK(counters.added == done.added);
        CHECK(counters.updated == done.updated);
        CHECK(counters.removed == done.removed);
        CHECK(counters.total >= counters.added + counters.updated + counters.removed + counters.failed);
    };
    for (std::size_t i = 0; i < run.statistics.size(); ++i) {
        same(run.statistics[i].to_server, run.at_server[i]);
        same(run.statistics[i].from_server, run.at_client[i]);
    }
}

void check_good(World& world, const Client::Run& run)
{
    if (run.error)
        FAIL_CHECK(run.error->message);
    check_counts(run);
    for (const auto& violation : world.server.violations())
        FAIL_CHECK(violation);
}

void check_equal(World& world, Client& client)
{
    for (auto& [uri, store] : client.stores) {
        const auto content = store.content();
        CHECK(content == world.server.databases[uri].content());
        CHECK(std::set<std::string>(content.begin(), content.end()).size() == content.size()); // nothing doubled
        CHECK(store.pending_maps.empty());
    }
}

unsigned seeds(unsigned count)
{
    return GENERATE_COPY(range(1U, count + 1));
}

} // namespace

TEST_CASE("two devices and a server come to hold the same, whatever was edited where", "[component]")
{
    World world(seeds(60));
    world.edit_everywhere(30);
    for (int cycle = 0; cycle < 4; ++cycle) {
        for (auto* client : {&world.a, &world.b, &world.a}) {
            const auto run = client->sync(SyncType::TwoWay);
            check_good(world, run);
            check_equal(world, *client);
            for (const auto& statistics : run.statistics)
                CHECK((statistics.type == SyncType::Slow) == (cycle == 0 && run.notes.size() == 2));
        }
        check_equal(world, world.b.sync(SyncType::TwoWay).error ? world.a : world.b);
        CHECK(world.a.stores["card"].content() == world.b.stores["card"].content());
        CHECK(world.a.stores["cal"].content() == world.b.stores["cal"].content());
        // A conflict leaves the server's version everywhere; nothing is left to be sent.
        const auto idle = world.a.sync(SyncType::TwoWay);
        for (const auto& statistics : idle.statistics) {
            CHECK(statistics.to_server.total == 0);
            CHECK(statistics.from_server.total == 0);
        }
        world.edit_everywhere(8);
    }
}

TEST_CASE("all six types in any order do what they say and nothing else", "[component]")
{
    World world(seeds(60));
    world.edit_everywhere(15);
    for (auto* client : {&world.a, &world.b})
        check_good(world, client->sync(SyncType::TwoWay));

    const std::vector types{SyncType::TwoWay,           SyncType::Slow,
                            SyncType::OneWayFromClient, SyncType::RefreshFromClient,
                            SyncType::OneWayFromServer, SyncType::RefreshFromServer};
    for (int step = 0; step < 8; ++step) {
        world.edit_everywhere(5);
        auto& client = world.chance(50) ? world.a : world.b;
        const auto type = world.one_of(types);
        CAPTURE(step, syncml::name(type));
        std::map<std::string, std::multiset<std::string>> server_before, client_before;
        for (auto& [uri, store] : client.stores) {
            client_before[uri] = store.content();
            server_before[uri] = world.server.databases[uri].content();
        }

        const auto run = client.sync(type);
        check_good(world, run);
        for (const auto& statistics : run.statistics)
            CHECK(statistics.type == type);
        for (auto& [uri, store] : client.stores) {
            if (!syncml::server_sends(type))
                CHECK(store.content() == client_before[uri]);
            if (!syncml::client_sends(type))
                CHECK(world.server.databases[uri].content() == server_before[uri]);
        }
        if (syncml::is_refresh(type) || type == SyncType::Slow || type == SyncType::TwoWay)
            check_equal(world, client);
    }

    for (auto* client : {&world.a, &world.b, &world.a}) {
        check_good(world, client->sync(SyncType::TwoWay));
        check_equal(world, *client);
    }
    CHECK(world.a.stores["card"].content() == world.b.stores["card"].content());
}

TEST_CASE("what one side was not told in a one-way sync it learns in the next two-way", "[component]")
{
    World world(seeds(10));
    world.edit_everywhere(10);
    check_good(world, world.a.sync(SyncType::TwoWay));
    world.server.databases["card"].put("server's");
    world.a.stores["card"].put("client's");

    SECTION("from the client")
    {
        check_good(world, world.a.sync(SyncType::OneWayFromClient));
        CHECK(world.server.databases["card"].content().count("client's") == 1);
        CHECK(world.a.stores["card"].content().count("server's") == 0);
    }
    SECTION("from the server")
    {
        check_good(world, world.a.sync(SyncType::OneWayFromServer));
        CHECK(world.server.databases["card"].content().count("client's") == 0);
        CHECK(world.a.stores["card"].content().count("server's") == 1);
    }
    const auto run = world.a.sync(SyncType::TwoWay);
    check_good(world, run);
    check_equal(world, world.a);
    CHECK(world.a.stores["card"].content().count("server's") == 1);
    CHECK(world.server.databases["card"].content().count("client's") == 1);
}

TEST_CASE("a connection that breaks anywhere loses and doubles nothing", "[component]")
{
    const auto seed = seeds(40);
    const bool after_the_server = GENERATE(false, true);
    World world(seed);
    const auto type = world.one_of(std::vector{SyncType::TwoWay, SyncType::Slow});
    const bool first = world.chance(30);
    world.edit_everywhere(20);
    if (!first) {
        check_good(world, world.a.sync(SyncType::TwoWay));
        world.edit_everywhere(20);
    }
    for (int exchange = 0;; ++exchange) {
        CAPTURE(seed, after_the_server, exchange, first);
        World copy(static_cast<unsigned>(world.random())); // messages of other sizes than in the cut session
        copy.server.databases = world.server.databases;
        copy.a.stores = world.a.stores;
        const auto cut = copy.a.sync(type, Client::Cut{exchange, after_the_server});
        if (cut.exchanges <= exchange)
            break; // the session was over before
        REQUIRE(cut.error);
        CHECK(cut.error->code == base::Errc::Unreachable);
        for (const auto& statistics : cut.statistics)
            CHECK(statistics.error);
        if (!after_the_server) // else the server did what we never heard of
            check_counts(cut);

        check_good(copy, copy.a.sync(SyncType::TwoWay));
        check_equal(copy, copy.a);
        check_good(copy, copy.a.sync(SyncType::TwoWay));
        check_equal(copy, copy.a);
    }
}

TEST_CASE("edits during a session are never overwritten, and travel in the next", "[component]")
{
    World world(seeds(40));
    world.edit_everywhere(20);
    check_good(world, world.a.sync(SyncType::TwoWay));
    world.edit_everywhere(20);

    world.a.meanwhile = [&] {
        for (auto& [uri, store] : world.a.stores) {
            const auto luids = store.luids();
            if (luids.empty())
                continue;
            const auto text = world.text();
            store.change(world.one_of(luids), text);
        }
    };
    const auto run = world.a.sync(SyncType::TwoWay);
    world.a.meanwhile = nullptr;
    if (run.error)
        FAIL_CHECK(run.error->message);

    check_good(world, world.a.sync(SyncType::TwoWay));
    check_equal(world, world.a);
    check_good(world, world.a.sync(SyncType::TwoWay));
    check_equal(world, world.a);
}

TEST_CASE("a server that forgot everything, or a client, is met by a slow sync that doubles nothing", "[component]")
{
    World world(seeds(20));
    world.edit_everywhere(20);
    check_good(world, world.a.sync(SyncType::TwoWay));
    std::string expected;
    SECTION("the server forgot")
    {
        for (auto& [uri, database] : world.server.databases)
            database.forget_devices();
        expected = "the server asks for it";
    }
    SECTION("the server forgot the nonce as well")
    {
        for (auto& [uri, database] : world.server.databases)
            database.forget_devices();
        world.server.forget_nonce("device-a");
        expected = "the server asks for it";
    }
    SECTION("the client forgot")
    {
        for (auto& [uri, store] : world.a.stores)
            store.own_last = store.peer_last = "";
        expected = "no completed sync to go on from";
    }
    SECTION("the client remembers another session of the server")
    {
        for (auto& [uri, store] : world.a.stores)
            store.peer_last = "s0";
        expected = "not the one that we remember";
    }
    const auto before = world.a.stores["card"].content();
    const auto run = world.a.sync(SyncType::TwoWay);
    check_good(world, run);
    check_equal(world, world.a);
    CHECK(world.a.stores["card"].content() == before);
    REQUIRE(run.notes.size() == 2);
    CHECK(run.notes[0].find(expected) != std::string::npos);
    for (const auto& statistics : run.statistics) {
        CHECK(statistics.type == SyncType::Slow);
        CHECK(statistics.from_server.total == 0);
        CHECK(statistics.to_server.added == 0);
    }
}

TEST_CASE("a first one-way sync is refused and changes nothing", "[component]")
{
    World world(seeds(5));
    world.edit_everywhere(10);
    const auto type = GENERATE(SyncType::OneWayFromClient, SyncType::OneWayFromServer);
    const auto at_server = world.server.databases["card"].content();
    const auto at_client = world.a.stores["card"].content();
    const auto run = world.a.sync(type);
    REQUIRE(run.error);
    CHECK(run.error->code == base::Errc::DirectionRefused);
    CHECK(world.server.databases["card"].content() == at_server);
    CHECK(world.a.stores["card"].content() == at_client);

    check_good(world, world.a.sync(SyncType::Slow)); // what the message says
    check_good(world, world.a.sync(type));
}

TEST_CASE("an item too large for the server stays here, the others go, and it goes when it may", "[component]")
{
    World world(seeds(10));
    world.server.max_msg_size = 4000;
    const std::string large(6000, 'x');
    world.edit(world.a.stores["card"], 10);
    world.a.stores["card"].put(large);
    world.a.stores["card"].put("small");
    const auto run = world.a.sync(SyncType::TwoWay);
    CHECK_FALSE(run.error);
    CHECK(run.statistics[1].to_server.failed == 1);
    CHECK(world.server.databases["card"].content().count(large) == 0);
    CHECK(world.server.databases["card"].content().size() + 1 == world.a.stores["card"].content().size());

    world.server.max_msg_size = 20000;
    check_good(world, world.a.sync(SyncType::TwoWay));
    check_equal(world, world.a);
}
