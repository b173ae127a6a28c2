// The runner with real stores and the model server, killed at every step: whatever
// was interrupted, the sessions after it bring both sides to what one undisturbed
// session would have brought them to. Nothing lost, nothing doubled.

#include "codec/codec.hpp"
#include "datastore/embedded.hpp"
#include "model_server.hpp"
#include "runner/session_runner.hpp"

#include <catch2/catch.hpp>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <set>
#include <stdexcept>

namespace fs = std::filesystem;
using storage::ItemKind;
using Content = std::multiset<std::string>;
using Outcome = channel::Result::Outcome;

namespace {

/// Thrown where the process is to die. No std::exception: nothing in it gets to react.
struct Killed {};

/// Counts the steps of a session at which it can die, and lets it die at one of them.
class Fuse {
public:
    void burn(int at = -1) { at_ = at, steps_ = 0; }
    void step()
    {
        if (steps_++ == at_)
            throw Killed{};
    }
    int steps() const { return steps_; }

private:
    int at_ = -1;
    int steps_ = 0;
};

class FragileTransport : public transport::Transport {
public:
    FragileTransport(model::Server& server, Fuse& fuse) : server_(server), fuse_(fuse) {}

    base::Result<transport::Reply> post(const std::string& url, std::string_view, std::string_view body) override
    {
        fuse_.step(); // the request is lost
        const auto request = codec::decode(body, codec::Encoding::Xml, {});
        REQUIRE(request);
        auto reply = codec::encode(server_.respond(url, *request), codec::Encoding::Xml);
        fuse_.step(); // the reply is lost
        return transport::Reply{std::move(reply), std::string(codec::media_type(codec::Encoding::Xml))};
    }
    void interrupt() noexcept override {}

private:
    model::Server& server_;
    Fuse& fuse_;
};

class FragileDatastore : public datastore::Datastore {
public:
    FragileDatastore(std::unique_ptr<datastore::Datastore> store, Fuse& fuse) : store_(std::move(store)), fuse_(fuse) {}

    template <class Call>
    auto around(Call call)
    {
        fuse_.step();
        auto result = call();
        fuse_.step();
        return result;
    }

    std::vector<syncml::MapItem> pending_maps() override
    {
        return around([&] { return store_->pending_maps(); });
    }
    std::uint64_t prepare(session::SyncType type) override
    {
        return around([&] { return store_->prepare(type); });
    }
    session::Changes read(std::size_t bytes) override
    {
        return around([&] { return store_->read(bytes); });
    }
    void note_sent(const std::vector<std::string>& luids) override
    {
        around([&] { return store_->note_sent(luids), 0; });
    }
    void note_confirmed(const std::vector<session::Confirm::Entry>& entries) override
    {
        around([&] { return store_->note_confirmed(entries), 0; });
    }
    std::vector<session::Outcome> apply(const std::vector<session::Incoming>& items) override
    {
        return around([&] { return store_->apply(items); });
    }
    void note_mapped(const std::vector<syncml::MapItem>& maps) override
    {
        around([&] { return store_->note_mapped(maps), 0; });
    }
    std::uint64_t commit() override
    {
        return around([&] { return store_->commit(); });
    }
    std::uint64_t mark() const override { return store_->mark(); }
    void abandon() override
    {
        around([&] { return store_->abandon(), 0; });
    }

private:
    std::unique_ptr<datastore::Datastore> store_;
    Fuse& fuse_;
};

std::string card(const std::string& name)
{
    return "BEGIN:VCARD\nVERSION:3.0\nN:" + name + ";;;;\nFN:" + name + "\nEND:VCARD\n";
}

std::string name_of(const std::string& card)
{
    const auto begin = card.find("\nFN:") + 4;
    return card.substr(begin, card.find_first_of("\r\n", begin) - begin);
}

Content names_of(const Content& cards)
{
    Content names;
    for (const auto& one : cards)
        names.insert(name_of(one));
    return names;
}

/// A device on disk, and a server. Each session opens everything anew, as a worker does.
class World {
public:
    World()
    {
        // In memory where there is such a place: dying here loses no page, and waiting for a disk proves nothing.
        const fs::path place = fs::exists("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
        std::string pattern = (place / "syncd-component-XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
        server.databases["card"];
        spdlog::set_level(spdlog::level::off);
    }
    ~World() { fs::remove_all(directory_); }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    model::Server server;
    model::Database& at_server() { return server.databases["card"]; }
    std::unique_ptr<storage::ItemStore> at_device() const
    {
        return storage::ItemStore::open(directory_ / "items.db").value();
    }
    Content device_content() const
    {
        Content names;
        at_device()->each(ItemKind::Contact,
                          [&](const storage::StoredItem& item) { names.insert(name_of(item.data)); });
        return names;
    }
    Content server_content() { return names_of(at_server().content()); }

    /// One session. Throws Killed where the fuse says so.
    channel::Result sync(const std::string& type, Fuse& fuse)
    {
        const auto state = storage::SyncState::open(directory_ / "state.db").value();
        const auto store = at_device();
        channel::Plan plan;
        plan.profile = "p1";
        plan.session = ++session_;
        plan.trigger = "user";
        plan.device_id = "device-a";
        plan.url = model::Server::base_url;
        plan.user = "alice";
        plan.password = base::Secret("s3cret");
        plan.max_msg_size = 3000; // several messages in each direction
        plan.max_obj_size = 100000;
        plan.services = {{"CONTACT", "card", type, {}, {}}};
        FragileTransport transport(server, fuse);
        const runner::Ending ending;
        const auto open = [&](const runner::ServiceKind& kind, const channel::ServicePlan& service,
                              const storage::Anchors& anchors) {
            auto embedded = std::make_unique<datastore::Embedded>(
                *store, *state,
                datastore::Embedded::Setup{plan.profile, service.service, kind.items, service.uri, anchors.mark});
            return std::make_unique<FragileDatastore>(std::move(embedded), fuse);
        };
        return runner::run_session(plan, {transport, *state, ending, open, [](const channel::Progress&) {},
                                          [] { return std::chrono::system_clock::now(); },
                                          [] { return std::chrono::steady_clock::now(); }});
    }

private:
    fs::path directory_;
    std::uint64_t session_ = 0;
};

/// What happened before the session that matters.
using Story = void (*)(World&);

void fill_both(World& world)
{
    const auto items = world.at_device();
    for (int i = 0; i < 10; ++i) {
        items->add(ItemKind::Contact, card("client " + std::to_string(i)));
        world.at_server().put(card("server " + std::to_string(i)));
    }
}

void get_in_step(World& world)
{
    fill_both(world);
    Fuse fuse;
    REQUIRE(world.sync("TWO_WAY", fuse).outcome == Outcome::Completed);
    REQUIRE(world.device_content() == world.server_content());
}

void add_on_both_sides(World& world)
{
    get_in_step(world);
    world.at_device()->add(ItemKind::Contact, card("new at client"));
    world.at_server().put(card("new at server"));
}

/// Adds, changes and deletes on both sides, of items that came from either, never the
/// same item on both.
void work_on_both_sides(World& world)
{
    add_on_both_sides(world);
    const auto items = world.at_device();
    const auto luid = [&](const std::string& name) {
        for (const auto& [id, revision] : items->list(ItemKind::Contact))
            if (name_of(items->find(ItemKind::Contact, id)->data) == name)
                return id;
        throw std::logic_error("no contact " + name);
    };
    items->replace(ItemKind::Contact, luid("client 0"), card("client 0, changed"));
    items->replace(ItemKind::Contact, luid("server 0"), card("server 0, changed by client"));
    items->remove(ItemKind::Contact, luid("client 1"));
    items->remove(ItemKind::Contact, luid("server 1"));
    // The server's own items have the first numbers, the client's the next ones, in order.
    auto& database = world.at_server();
    database.change("g-3", card("server 2, changed"));
    database.remove("g-4");
    database.change("g-13", card("client 2, changed by server"));
    database.remove("g-14");
}

struct End {
    Content device, server;
    int steps = 0; ///< of the last session
};

/// The story, sessions of `type` that die at these steps (one that is beyond the end does not
/// die), and then one of `last_type` that must end well.
End end_of(Story story, const std::string& type, const std::vector<int>& deaths, const std::string& last_type)
{
    World world;
    story(world);
    Fuse fuse;
    for (const int death : deaths) {
        fuse.burn(death);
        try {
            world.sync(type, fuse);
        } catch (const Killed&) {
        }
    }
    fuse.burn();
    const auto result = world.sync(last_type, fuse);
    INFO(result.message);
    CHECK(result.outcome == Outcome::Completed);
    for (const auto& violation : world.server.violations())
        FAIL_CHECK(violation);
    return {world.device_content(), world.server_content(), fuse.steps()};
}

/// Every death leads to where no death leads.
void check_every_death(Story story, const std::string& type)
{
    const End undisturbed = end_of(story, type, {}, type);
    CHECK(undisturbed.device == undisturbed.server);
    REQUIRE(undisturbed.steps > 10);
    std::mt19937 random(1);
    for (int death = 0; death < undisturbed.steps; ++death) {
        INFO("killed at step " << death);
        const End end = end_of(story, type, {death}, type);
        CHECK(end.device == undisturbed.device);
        CHECK(end.server == undisturbed.server);
        const int second = std::uniform_int_distribution(0, undisturbed.steps)(random);
        INFO("and then at step " << second);
        const End again = end_of(story, type, {death, second}, type);
        CHECK(again.device == undisturbed.device);
        CHECK(again.server == undisturbed.server);
    }
}

} // namespace

TEST_CASE("a first sync may die anywhere", "[runner]")
{
    check_every_death(fill_both, "TWO_WAY");
}

TEST_CASE("a sync of changes may die anywhere", "[runner]")
{
    check_every_death(work_on_both_sides, "TWO_WAY");
}

TEST_CASE("a slow sync may die anywhere", "[runner]")
{
    check_every_death(add_on_both_sides, "SLOW");
}

TEST_CASE("a refresh from the server may die anywhere", "[runner]")
{
    check_every_death(work_on_both_sides, "REFRESH_FROM_SERVER");
}

TEST_CASE("a refresh from the client may die anywhere", "[runner]")
{
    check_every_death(work_on_both_sides, "REFRESH_FROM_CLIENT");
}

TEST_CASE("a refresh that died leaves nothing behind that a sync of changes would trip over", "[runner]")
{
    const int steps = end_of(work_on_both_sides, "REFRESH_FROM_SERVER", {}, "REFRESH_FROM_SERVER").steps;
    for (int death = 0; death < steps; ++death) {
        INFO("killed at step " << death);
        const End end = end_of(work_on_both_sides, "REFRESH_FROM_SERVER", {death}, "TWO_WAY");
        CHECK(end.device == end.server);
        CHECK(std::set<std::string>(end.device.begin(), end.device.end()).size() == end.device.size());
    }
}
