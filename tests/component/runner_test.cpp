// The runner with real stores and the model server, killed at every step: whatever
// was interrupted, the sessions after it bring both sides to what one undisturbed
// session would have brought them to. Nothing lost, nothing doubled.

#include "codec/codec.hpp"
#include "datastore/embedded.hpp"
#include "model_server.hpp"
#include "runner/session_runner.hpp"

#include <catch2/catch.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
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

    base::Result<transport::Reply> post(const std::string& url, std::string_view, std::string_view body,
                                        transport::Repeat) override
    {
        fuse_.step(); // the request is lost
        const auto request = codec::decode(body, codec::Encoding::Xml, {});
        REQUIRE(request);
        auto reply = codec::encode(server_.respond(url, *request), codec::Encoding::Xml);
        fuse_.step(); // the reply is lost
        return transport::Reply{std::move(reply), std::string(codec::media_type(codec::Encoding::Xml))};
    }
    unsigned http_status() const override { return 0; }
    std::optional<std::chrono::seconds> retry_after() const override { return std::nullopt; }
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
    void admit(session::SyncType type) override
    {
        around([&] { return store_->admit(type), 0; });
    }
    std::uint64_t prepare(session::SyncType type, bool resumed) override
    {
        return around([&] { return store_->prepare(type, resumed); });
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
    void note_part_sent(const std::string& luid, const session::PartSent& part) override
    {
        around([&] { return store_->note_part_sent(luid, part), 0; });
    }
    void keep_chunk(const session::PartReceived& part, bool first) override
    {
        around([&] { return store_->keep_chunk(part, first), 0; });
    }
    void drop_part() override
    {
        around([&] { return store_->drop_part(), 0; });
    }
    std::vector<session::Outcome> apply(std::vector<session::Incoming> items, std::uint64_t announced) override
    {
        return around([&] { return store_->apply(std::move(items), announced); });
    }
    void quarantine(const std::vector<session::Quarantine::Item>& items) override
    {
        around([&] { return store_->quarantine(items), 0; });
    }
    void note_mapped(const std::vector<syncml::MapItem>& maps) override
    {
        around([&] { return store_->note_mapped(maps), 0; });
    }
    std::uint64_t commit() override
    {
        return around([&] { return store_->commit(); });
    }
    std::string held() const override { return store_->held(); }
    std::uint64_t mark() const override { return store_->mark(); }
    void abandon() override
    {
        around([&] { return store_->abandon(), 0; });
    }

private:
    std::unique_ptr<datastore::Datastore> store_;
    Fuse& fuse_;
};

/// The same stories are told of contacts and of events, in one session.
struct Part {
    std::string service, database;
    ItemKind kind;
    std::string before, after; ///< of an item, around its name
};

const std::vector<Part> parts{
    {"CONTACT", "card", ItemKind::Contact, "BEGIN:VCARD\nVERSION:3.0\nN:X;;;;\nFN:", "\nEND:VCARD\n"},
    {"EVENT", "cal", ItemKind::Event,
     "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:x\nDTSTAMP:20250101T000000Z\n"
     "DTSTART:20250101T090000Z\nSUMMARY:",
     "\nEND:VEVENT\nEND:VCALENDAR\n"}};

std::string item(const Part& part, const std::string& name)
{
    return part.before + name + part.after;
}

std::string name_of(const Part& part, const std::string& item)
{
    const auto label = part.before.substr(part.before.rfind('\n'));
    const auto begin = item.find(label) + label.size();
    return part.service + ' ' + item.substr(begin, item.find_first_of("\r\n", begin) - begin);
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
        for (const auto& part : parts)
            server.databases[part.database];
        spdlog::set_level(spdlog::level::off);
    }
    ~World() { fs::remove_all(directory_); }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    model::Server server;
    model::Database& at_server(const Part& part) { return server.databases[part.database]; }
    std::unique_ptr<storage::ItemStore> at_device() const
    {
        return storage::ItemStore::open(directory_ / "items.db").value();
    }
    Content device_content() const
    {
        Content names;
        for (const auto& part : parts)
            at_device()->each(part.kind,
                              [&](const storage::StoredItem& item) { names.insert(name_of(part, item.data)); });
        return names;
    }
    Content server_content()
    {
        Content names;
        for (const auto& part : parts)
            for (const auto& item : at_server(part).content())
                names.insert(name_of(part, item));
        return names;
    }

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
        plan.max_msg_size = 2500; // several messages in each direction
        plan.max_obj_size = 100000;
        for (const auto& part : parts)
            plan.services.push_back({part.service, part.database, type, {}, {}});
        FragileTransport transport(server, fuse);
        const runner::Ending ending;
        const auto open = [&](const kinds::ServiceKind& kind, const channel::ServicePlan& service,
                              const storage::Anchors& anchors) {
            auto embedded = std::make_unique<datastore::Embedded>(
                *store, *state,
                datastore::Embedded::Setup{
                    plan.profile, service.service, kind.items, service.uri, anchors.mark, {}, service.filter.empty()});
            return std::make_unique<FragileDatastore>(std::move(embedded), fuse);
        };
        return runner::run_session(plan,
                                   {transport, *state, ending, open, [](const channel::Progress&) {},
                                    [] { return std::chrono::system_clock::now(); },
                                    [] { return std::chrono::steady_clock::now(); }, [](std::chrono::seconds) {}});
    }

private:
    fs::path directory_;
    std::uint64_t session_ = 0;
};

/// What happened before the session that matters.
using Story = void (*)(World&);

constexpr int Count = 5; ///< of items that each side has in the beginning, of each kind

void fill_both(World& world)
{
    const auto items = world.at_device();
    for (const auto& part : parts)
        for (int i = 0; i < Count; ++i) {
            items->add(part.kind, item(part, "client " + std::to_string(i)));
            world.at_server(part).put(item(part, "server " + std::to_string(i)));
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
    for (const auto& part : parts) {
        world.at_device()->add(part.kind, item(part, "new at client"));
        world.at_server(part).put(item(part, "new at server"));
    }
}

/// Adds, changes and deletes on both sides, of items that came from either, never the
/// same item on both.
void work_on_both_sides(World& world)
{
    add_on_both_sides(world);
    const auto items = world.at_device();
    for (const auto& part : parts) {
        const auto luid = [&](const std::string& name) {
            for (const auto& [id, revision] : items->list(part.kind))
                if (name_of(part, items->find(part.kind, id)->data) == part.service + ' ' + name)
                    return id;
            throw std::logic_error("no item " + name);
        };
        items->replace(part.kind, luid("client 0"), item(part, "client 0, changed"));
        items->replace(part.kind, luid("server 0"), item(part, "server 0, changed by client"));
        items->remove(part.kind, luid("client 1"));
        items->remove(part.kind, luid("server 1"));
        // The server's own items have the first numbers, the client's the next ones, in order.
        const auto guid = [](int number) { return "g-" + std::to_string(number + 1); };
        auto& database = world.at_server(part);
        database.change(guid(2), item(part, "server 2, changed"));
        database.remove(guid(3));
        database.change(guid(Count + 2), item(part, "client 2, changed by server"));
        database.remove(guid(Count + 3));
    }
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

/// Every death leads to where no death leads, after a session of `last_type`.
void check_every_death(Story story, const std::string& type, const std::string& last_type)
{
    const int steps = end_of(story, type, {}, type).steps;
    REQUIRE(steps > 20);
    const End undisturbed = end_of(story, type, {steps}, last_type);
    CHECK(undisturbed.device == undisturbed.server);
    std::mt19937 random(1);
    for (int death = 0; death < steps; ++death) {
        INFO("killed at step " << death);
        const End end = end_of(story, type, {death}, last_type);
        CHECK(end.device == undisturbed.device);
        CHECK(end.server == undisturbed.server);
        const int second = std::uniform_int_distribution(0, steps)(random);
        INFO("and then at step " << second);
        const End again = end_of(story, type, {death, second}, last_type);
        CHECK(again.device == undisturbed.device);
        CHECK(again.server == undisturbed.server);
    }
}

void check_every_death(Story story, const std::string& type)
{
    check_every_death(story, type, type);
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

// The one-way types keep from one side what is new on the other, and a death before the last word may leave the
// anchors apart, on which they cannot build (docs/decisions/0001-first-one-way-sync.md). A two-way sync makes up for
// both.
TEST_CASE("a one-way sync may die anywhere", "[runner]")
{
    check_every_death(add_on_both_sides, GENERATE("ONE_WAY_FROM_CLIENT", "ONE_WAY_FROM_SERVER"), "TWO_WAY");
}

// That sync is a slow one where the anchors are apart: an older version or a deleted item that the one-way sync did not
// carry over comes back then, as in every slow sync.
TEST_CASE("a one-way sync that died loses nothing and doubles nothing", "[runner]")
{
    const std::string type = GENERATE("ONE_WAY_FROM_CLIENT", "ONE_WAY_FROM_SERVER");
    const int steps = end_of(work_on_both_sides, type, {}, type).steps;
    const End undisturbed = end_of(work_on_both_sides, type, {steps}, "TWO_WAY");
    for (int death = 0; death < steps; ++death) {
        INFO("killed at step " << death);
        const End end = end_of(work_on_both_sides, type, {death}, "TWO_WAY");
        CHECK(end.device == end.server);
        CHECK(std::ranges::includes(end.device, undisturbed.device));
        CHECK(std::set<std::string>(end.device.begin(), end.device.end()).size() == end.device.size());
    }
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
