// Two profiles with a server each, one local store, embedded or a directory of files, users at work everywhere, also
// while sessions run, and workers killed between any two steps. Afterwards a few quiet sessions: all three hold the
// same, nothing twice, and everything that nobody deleted.
#include "datastore/embedded.hpp"
#include "datastore/mirror.hpp"
#include "files.hpp"
#include "model_server.hpp"

#include "../storage/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <random>

using session::SyncType;
using storage::ItemKind;
using storage::ItemStore;
using storage::SyncState;

namespace {

struct Killed {};

class World {
public:
    World(unsigned seed, std::size_t servers, bool in_files) : random_(seed), servers_(servers)
    {
        if (in_files)
            files_.emplace(directory_ / "contacts");
        constexpr datastore::ConflictPolicy policies[] = {datastore::ConflictPolicy::ServerWins,
                                                          datastore::ConflictPolicy::ClientWins,
                                                          datastore::ConflictPolicy::KeepBoth};
        policy_ = policies[seed % std::size(policies)];
        for (std::size_t i = 0; i < servers; ++i) {
            servers_[i].profile = "profile" + std::to_string(i);
        }
        open();
    }

    /// One of everything that can happen.
    void happen()
    {
        switch (random_() % 8) {
        case 0:
        case 1:
        case 2: local_change(); break;
        case 3:
        case 4: server_change(servers_[random_() % servers_.size()].model); break;
        default: {
            constexpr SyncType types[] = {
                SyncType::TwoWay,           SyncType::TwoWay,           SyncType::TwoWay,           SyncType::Slow,
                SyncType::OneWayFromClient, SyncType::OneWayFromServer, SyncType::RefreshFromServer};
            risk_ = 12;
            try {
                sync(servers_[random_() % servers_.size()], types[random_() % std::size(types)]);
            } catch (const Killed&) {
                ++killed_;
                open();
            }
            risk_ = 0;
        }
        }
    }

    void settle()
    {
        for (int round = 0; round < 3; ++round)
            for (auto& server : servers_)
                sync(server, SyncType::TwoWay);
    }

    void check()
    {
        std::multiset<std::string> local;
        store_->each(kind_, [&](const storage::StoredItem& item) { local.insert(ModelServer::text_of(item.data)); });
        if (files_) {
            std::multiset<std::string> in_files;
            for (const auto& [name, data] : files_->all())
                in_files.insert(ModelServer::text_of(data));
            CHECK(in_files == local);
        }
        std::set<std::string> keys;
        for (const auto& text : local) {
            const bool first = keys.insert(ModelServer::key_of(text)).second;
            // With two servers, what was deleted may come back from both: a slow sync knows of no deletions.
            if (policy_ == datastore::ConflictPolicy::KeepBoth)
                continue; // two edits are two items
            if (servers_.size() == 1 || wanted_.contains(ModelServer::key_of(text)))
                CHECK(first); // nothing is doubled
        }
        for (const auto& key : wanted_) {
            CAPTURE(key);
            CHECK(keys.contains(key)); // nothing is lost
        }
        for (auto& server : servers_) {
            std::multiset<std::string> remote;
            for (const auto& [guid, text] : server.model.items)
                remote.insert(text);
            CHECK(remote == local);
            CHECK(server.model.to_send().empty());
            CHECK(server.model.luids.size() == local.size());
        }
        CHECK(store_->count(kind_) == local.size());
        // And it stays so: another session finds nothing to do.
        const auto revision = store_->revision();
        for (auto& server : servers_)
            CHECK(sync(server, SyncType::TwoWay) == 0);
        CHECK(store_->revision() == revision);
    }

    int killed() const { return killed_; }

private:
    struct Server {
        std::string profile;
        ModelServer model;
        std::unique_ptr<SyncState> state;
    };

    void open()
    {
        store_ = ItemStore::open(directory_ / "items.db").value();
        if (files_)
            kind_ = storage::Directories(*store_).kind_of(ItemKind::Contact, files_->path().native());
        for (auto& server : servers_) {
            server.state = SyncState::open(directory_ / (server.profile + ".db").c_str()).value();
            server.state->bind_to(server.profile);
        }
    }
    /// Review is another matter (review_test.cpp).
    static constexpr datastore::Guard unguarded{0, 100, false};
    bool chance(unsigned in) { return in != 0 && random_() % in == 0; }
    /// Between two steps: the user may do something, the worker may be killed.
    void step()
    {
        // An edit while a refresh runs stays, and what it was made from comes as another item: not here.
        if (risk_ != 0 && chance(6) && !refreshing_)
            local_change();
        if (chance(risk_))
            throw Killed();
    }

    // ---- users -------------------------------------------------------------------------
    std::string new_text()
    {
        const auto key = "k" + std::to_string(next_key_++);
        wanted_.insert(key);
        return key + "/0";
    }
    std::string edited(const std::string& text) { return ModelServer::key_of(text) + "/" + std::to_string(++version_); }
    void local_change()
    {
        if (files_)
            return change_files();
        const auto items = store_->list(ItemKind::Contact);
        const auto action = random_() % 4;
        if (action < 2 || items.empty()) {
            store_->add(ItemKind::Contact, ModelServer::card(new_text()));
            return;
        }
        const auto luid = items[random_() % items.size()].first;
        const auto text = ModelServer::text_of(store_->find(ItemKind::Contact, luid)->data);
        if (action == 2) {
            store_->replace(ItemKind::Contact, luid, ModelServer::card(edited(text)));
        } else {
            wanted_.erase(ModelServer::key_of(text));
            store_->remove(ItemKind::Contact, luid);
        }
    }
    void change_files()
    {
        const auto files = files_->all();
        const auto action = random_() % 5;
        if (action < 2 || files.empty()) {
            const auto text = new_text();
            files_->write(ModelServer::key_of(text) + ".vcf", ModelServer::card(text));
            return;
        }
        const auto file = std::next(files.begin(), static_cast<std::ptrdiff_t>(random_() % files.size()));
        const auto text = ModelServer::text_of(file->second);
        if (action == 2) {
            files_->write(file->first, ModelServer::card(edited(text)));
        } else if (action == 3) {
            files_->rename(file->first, "renamed-" + std::to_string(++version_) + ".vcf");
        } else {
            wanted_.erase(ModelServer::key_of(text));
            files_->remove(file->first);
        }
    }
    void server_change(ModelServer& server)
    {
        const auto action = random_() % 4;
        if (action < 2 || server.items.empty()) {
            server.add(new_text());
            return;
        }
        const auto item = std::next(server.items.begin(), static_cast<std::ptrdiff_t>(random_() % server.items.size()));
        const auto [guid, text] = *item;
        if (action == 2) {
            server.edit(guid, edited(text));
        } else {
            wanted_.erase(ModelServer::key_of(text));
            server.remove(guid);
        }
    }

    // ---- a session -----------------------------------------------------------------------
    /// How many commands went either way.
    std::size_t sync(Server& server, SyncType type)
    {
        auto& [profile, model, state] = server;
        const auto anchors = state->anchors("CONTACT", "card");
        const bool match = !anchors.own_last.empty() && anchors.own_last == model.client_anchor;
        if (!match && type != SyncType::RefreshFromServer)
            type = SyncType::Slow;
        const auto next_anchor = std::to_string(++anchor_);

        refreshing_ = type == SyncType::RefreshFromServer;
        std::vector<syncml::MapItem> maps;
        if (type == SyncType::Slow || type == SyncType::RefreshFromServer) {
            state->forget("CONTACT");
            model.begin_anew();
        } else {
            maps =
                datastore::Embedded(*store_, *state, {profile, "CONTACT", kind_, "card", 0, unguarded}).pending_maps();
        }
        std::optional<datastore::Mirror> mirror;
        if (files_) {
            mirror.emplace(*store_, kind_, files_->open(), profile, policy_);
            try {
                mirror->take_in();
            } catch (const datastore::HeldForReview&) { // the user has deleted everything, and says so
                storage::Reviews(*store_).release(kind_, profile);
                mirror->take_in();
            }
        }
        if (type == SyncType::RefreshFromServer) // what only the client has is to go
            std::erase_if(wanted_, [&](const std::string& key) {
                return std::none_of(model.items.begin(), model.items.end(),
                                    [&](const auto& item) { return ModelServer::key_of(item.second) == key; });
            });

        datastore::Embedded store(
            *store_, *state,
            {profile, "CONTACT", kind_, "card", state->anchors("CONTACT", "card").mark, unguarded, true, policy_});
        std::size_t commands = 0;
        store.prepare(type, false);
        step();
        for (const auto& map : maps)
            model.map(map.guid, map.luid);
        step();
        store.note_mapped(maps);
        commands += send(server, store, type);
        step();
        if (syncml::server_sends(type))
            commands += receive(server, store);
        step();
        if (chance(2) || risk_ == 0) // else the server never hears that it ended well
            model.client_anchor = next_anchor;
        step();
        store.commit();
        step();
        if (mirror)
            write_files(*mirror);
        step();
        state->commit("CONTACT", "card", {next_anchor, "", store.mark()});
        return commands;
    }

    void write_files(datastore::Mirror& mirror)
    {
        namespace fs = std::filesystem;
        const bool dies = chance(risk_);
        const auto each_file = [&](const char* from, const char* to) {
            for (const auto* end : {"", "-wal", "-shm"})
                if (fs::exists(directory_ / (std::string(from) + end).c_str()))
                    fs::copy_file(directory_ / (std::string(from) + end).c_str(),
                                  directory_ / (std::string(to) + end).c_str(), fs::copy_options::overwrite_existing);
        };
        if (dies)
            each_file("items.db", "before.db");
        mirror.put_out();
        if (!dies)
            return;
        // Killed when the files were written, and that was not written down.
        store_.reset();
        each_file("before.db", "items.db");
        throw Killed();
    }

    std::size_t send(Server& server, datastore::Embedded& store, SyncType type)
    {
        std::size_t commands = 0;
        for (bool end = false; !end;) {
            auto page = store.read(random_() % 300);
            end = page.end;
            std::vector<std::string> luids;
            for (const auto& change : page.changes)
                luids.push_back(change.luid);
            commands += luids.size();
            store.note_sent(luids);
            step();
            std::vector<session::Confirm::Entry> entries;
            for (const auto& change : page.changes) {
                if (risk_ != 0 && type != SyncType::Slow && chance(10))
                    continue; // put off: the server had no room, gave no answer …
                const auto status = server.model.take(change, type == SyncType::Slow);
                entries.push_back({change.luid, change.kind, status});
            }
            step();
            store.note_confirmed(entries);
        }
        return commands;
    }

    std::size_t receive(Server& server, datastore::Embedded& store)
    {
        auto& model = server.model;
        const auto commands = model.to_send();
        for (std::size_t at = 0; at < commands.size();) {
            const auto size = std::min<std::size_t>(random_() % 3 + 1, commands.size() - at);
            const auto first = commands.begin() + static_cast<std::ptrdiff_t>(at);
            const std::vector<session::Incoming> batch(first, first + static_cast<std::ptrdiff_t>(size));
            at += size;
            const auto outcomes = store.apply(batch, 0);
            step();
            std::vector<syncml::MapItem> maps;
            for (std::size_t i = 0; i < size; ++i) {
                model.take_status(batch[i], outcomes[i].status);
                if (!outcomes[i].luid.empty())
                    maps.push_back({batch[i].guid, outcomes[i].luid});
            }
            step();
            if (chance(2) || risk_ == 0) { // else they wait for the next session
                for (const auto& map : maps)
                    model.map(map.guid, map.luid);
                step();
                store.note_mapped(maps);
            }
        }
        return commands.size();
    }

    TemporaryDirectory directory_;
    std::mt19937 random_;
    unsigned risk_ = 0; ///< one in so many steps kills; 0: quiet
    datastore::ConflictPolicy policy_;
    bool refreshing_ = false;
    int killed_ = 0;
    int next_key_ = 0, version_ = 0, anchor_ = 0;
    std::set<std::string> wanted_; ///< keys that nobody deleted
    std::optional<Files> files_;   ///< that the items are mirrored from
    ItemKind kind_ = ItemKind::Contact;
    std::unique_ptr<ItemStore> store_;
    std::vector<Server> servers_;
};

} // namespace

TEST_CASE("whatever happens, all sides end up equal: nothing lost, nothing doubled", "[convergence]")
{
    const std::size_t servers = GENERATE(1u, 2u);
    const bool in_files = GENERATE(false, true);
    CAPTURE(servers, in_files);
    int killed = 0;
    for (unsigned seed = 1; seed <= (in_files ? 15 : 40); ++seed) {
        CAPTURE(seed);
        World world(seed, servers, in_files);
        for (int i = 0; i < 60; ++i)
            world.happen();
        world.settle();
        world.check();
        killed += world.killed();
    }
    CHECK(killed > (in_files ? 80 : 200));
}
