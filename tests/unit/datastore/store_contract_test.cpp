// What every store owes a session, whoever keeps its items: the changes of its users exactly, none of its own, nothing
// of theirs overwritten.
#include "datastore/mirrored.hpp"
#include "files.hpp"

#include "../storage/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using session::ChangeKind;
using session::IncomingKind;
using storage::ItemKind;
using storage::ItemStore;
using Texts = std::vector<std::string>;

namespace {

std::string card(const std::string& name, const std::string& note = {})
{
    return "BEGIN:VCARD\r\nVERSION:3.0\r\nN:" + name + ";;;;\r\nFN:" + name + "\r\n" +
           (note.empty() ? std::string() : "NOTE:" + note + "\r\n") + "END:VCARD\r\n";
}

std::string name_in(const std::string& data)
{
    const auto at = data.find("FN:") + 3;
    return data.substr(at, data.find('\r', at) - at);
}

/// A store with its users, who call an item by a handle of their own, and sessions of one profile on it.
class Keeper {
public:
    virtual ~Keeper() = default;
    virtual std::string add(const std::string& data) = 0;
    virtual void edit(const std::string& handle, const std::string& data) = 0;
    virtual void remove(const std::string& handle) = 0;
    /// Handles and data.
    virtual std::map<std::string, std::string> items() = 0;

    // ---- a session ------------------------------------------------------------------
    void begin(session::SyncType type = session::SyncType::TwoWay)
    {
        state->bind_to("server");
        const auto mark = state->anchors("CONTACT", "card").mark;
        store = make({"p", "CONTACT", kind, "card", mark, datastore::Guard{0, 100, false}, true,
                      datastore::ConflictPolicy::KeepBoth});
        store->admit(type);
        if (type == session::SyncType::Slow) {
            state->forget("CONTACT");
            state->anchors("CONTACT", "card");
        }
        announced = store->prepare(type, false);
    }
    /// Sends everything, `Add Ann`, `Update Bea`, `Delete`, and has it confirmed.
    Texts send()
    {
        Texts sent;
        for (bool end = false; !end;) {
            auto page = store->read(200);
            end = page.end;
            std::vector<std::string> luids;
            std::vector<session::Confirm::Entry> entries;
            for (const auto& change : page.changes) {
                luids.push_back(change.luid);
                entries.push_back({change.luid, change.kind, syncml::StatusCode::Ok});
                sent.push_back(change.kind == ChangeKind::Delete ? "Delete"
                               : change.kind == ChangeKind::Add  ? "Add " + name_in(change.data)
                                                                 : "Update " + name_in(change.data));
                if (change.kind == ChangeKind::Delete)
                    peer.erase(change.luid);
                else
                    peer[change.luid] = change.data;
            }
            store->note_sent(luids);
            store->note_confirmed(entries);
        }
        std::sort(sent.begin(), sent.end());
        return sent;
    }
    session::Outcome take(IncomingKind what, const std::string& luid, const std::string& data)
    {
        const auto guid = "g" + std::to_string(++guids);
        const auto outcome = store->apply({{what, luid, guid, "text/vcard", data, false}}, 0).at(0);
        if (what == IncomingKind::Delete)
            peer.erase(luid);
        else
            peer[luid.empty() ? outcome.luid : luid] = data;
        if (!outcome.luid.empty())
            store->note_mapped({{guid, outcome.luid}});
        return outcome;
    }
    void end()
    {
        store->commit();
        state->commit("CONTACT", "card", {"own", "peer", store->mark()});
        store.reset();
    }
    Texts sync()
    {
        begin();
        auto sent = send();
        end();
        return sent;
    }
    void kill()
    {
        store.reset();
        open();
    }
    std::string luid_of(const std::string& name)
    {
        std::string luid;
        items_db->each(kind, [&](const storage::StoredItem& item) {
            if (name_in(item.data) == name)
                luid = item.luid;
        });
        return luid;
    }

    // ---- what is seen -------------------------------------------------------------------
    Texts names()
    {
        Texts names;
        for (const auto& [handle, data] : items())
            names.push_back(name_in(data));
        std::sort(names.begin(), names.end());
        return names;
    }
    Texts names_at_peer() const
    {
        Texts names;
        for (const auto& [luid, data] : peer)
            names.push_back(name_in(data));
        std::sort(names.begin(), names.end());
        return names;
    }

    std::uint64_t announced = 0;
    std::map<std::string, std::string> peer; ///< LUIDs and data, as the peer has them
    std::unique_ptr<ItemStore> items_db;
    ItemKind kind = ItemKind::Contact;

protected:
    void open()
    {
        items_db = ItemStore::open(directory / "items.db").value();
        state = storage::SyncState::open(directory / "state.db").value();
        on_open();
    }
    virtual void on_open() {}
    virtual std::unique_ptr<datastore::Datastore> make(datastore::Embedded::Setup setup) = 0;

    TemporaryDirectory directory;
    std::unique_ptr<storage::SyncState> state;
    std::unique_ptr<datastore::Datastore> store;
    int guids = 0;
};

class EmbeddedKeeper : public Keeper {
public:
    EmbeddedKeeper() { open(); }
    std::string add(const std::string& data) override { return items_db->add(kind, data); }
    void edit(const std::string& handle, const std::string& data) override { items_db->replace(kind, handle, data); }
    void remove(const std::string& handle) override { items_db->remove(kind, handle); }
    std::map<std::string, std::string> items() override
    {
        std::map<std::string, std::string> items;
        items_db->each(kind, [&](const storage::StoredItem& item) { items[item.luid] = item.data; });
        return items;
    }

private:
    std::unique_ptr<datastore::Datastore> make(datastore::Embedded::Setup setup) override
    {
        return std::make_unique<datastore::Embedded>(*items_db, *state, std::move(setup));
    }
};

class FilesKeeper : public Keeper {
public:
    FilesKeeper() { open(); }
    std::string add(const std::string& data) override
    {
        const auto name = "file" + std::to_string(++added_) + ".vcf";
        files_.write(name, data);
        return name;
    }
    void edit(const std::string& handle, const std::string& data) override { files_.write(handle, data); }
    void remove(const std::string& handle) override { files_.remove(handle); }
    std::map<std::string, std::string> items() override { return files_.all(); }

private:
    void on_open() override
    {
        kind = storage::Directories(*items_db).kind_of(ItemKind::Contact, files_.path().native());
    }
    std::unique_ptr<datastore::Datastore> make(datastore::Embedded::Setup setup) override
    {
        mirror_.emplace(*items_db, kind, files_.open(), setup.profile, setup.policy);
        return std::make_unique<datastore::Mirrored>(*mirror_, *items_db, *state, std::move(setup));
    }

    Files files_{directory / "contacts"};
    std::optional<datastore::Mirror> mirror_;
    int added_ = 0;
};

std::unique_ptr<Keeper> any_keeper()
{
    if (GENERATE(false, true))
        return std::make_unique<FilesKeeper>();
    return std::make_unique<EmbeddedKeeper>();
}

} // namespace

TEST_CASE("every store: what its users add, change and delete is sent once and exactly", "[contract]")
{
    const auto keeper = any_keeper();
    const auto ann = keeper->add(card("Ann"));
    const auto bea = keeper->add(card("Bea"));
    CHECK(keeper->sync() == Texts{"Add Ann", "Add Bea"});
    CHECK(keeper->announced == 2);
    CHECK(keeper->sync().empty());

    keeper->edit(ann, card("Anna"));
    keeper->remove(bea);
    keeper->add(card("Cid"));
    CHECK(keeper->sync() == Texts{"Add Cid", "Delete", "Update Anna"});
    CHECK(keeper->announced == 3);
    CHECK(keeper->names_at_peer() == keeper->names());
}

TEST_CASE("every store: a session without changes writes nothing", "[contract]")
{
    const auto keeper = any_keeper();
    keeper->add(card("Ann"));
    keeper->sync();
    const auto revision = keeper->items_db->revision();
    CHECK(keeper->sync().empty());
    CHECK(keeper->sync().empty());
    CHECK(keeper->items_db->revision() == revision);
}

TEST_CASE("every store: data that is written again as it is, or comes and goes between two sessions, is no change",
          "[contract]")
{
    const auto keeper = any_keeper();
    const auto ann = keeper->add(card("Ann"));
    keeper->sync();
    keeper->edit(ann, card("Ann"));
    const auto bea = keeper->add(card("Bea"));
    keeper->remove(bea);
    CHECK(keeper->sync().empty());
}

TEST_CASE("every store: an item that is deleted and made again is there once", "[contract]")
{
    const auto keeper = any_keeper();
    const auto ann = keeper->add(card("Ann"));
    keeper->sync();
    keeper->remove(ann);
    SECTION("with a session in between")
    {
        CHECK(keeper->sync() == Texts{"Delete"});
        keeper->edit(ann, card("Ann")); // the id is an old one where ids can be
        if (keeper->items().empty())
            keeper->add(card("Ann"));
        CHECK(keeper->sync() == Texts{"Add Ann"});
    }
    SECTION("without")
    {
        keeper->edit(ann, card("Anna"));
        if (keeper->items().empty())
            keeper->add(card("Anna"));
        keeper->sync();
    }
    CHECK(keeper->names_at_peer() == keeper->names());
    CHECK(keeper->names().size() == 1);
}

TEST_CASE("every store: what a session has written is there, and is no change of its users", "[contract]")
{
    const auto keeper = any_keeper();
    keeper->add(card("Ann"));
    keeper->add(card("Bea"));
    keeper->sync();
    keeper->begin();
    keeper->send();
    keeper->take(IncomingKind::Add, {}, card("Cid"));
    keeper->take(IncomingKind::Replace, keeper->luid_of("Ann"), card("Anna"));
    keeper->take(IncomingKind::Delete, keeper->luid_of("Bea"), {});
    keeper->end();
    CHECK(keeper->names() == Texts{"Anna", "Cid"});
    CHECK(keeper->sync().empty());
    CHECK(keeper->sync().empty());

    for (const auto& [handle, data] : keeper->items())
        if (name_in(data) == "Cid")
            keeper->edit(handle, card("Cyd"));
    CHECK(keeper->sync() == Texts{"Update Cyd"});
    CHECK(keeper->names_at_peer() == keeper->names());
}

TEST_CASE("every store: what its users do while a session runs belongs to the next one", "[contract]")
{
    const auto keeper = any_keeper();
    const auto ann = keeper->add(card("Ann"));
    const auto bea = keeper->add(card("Bea"));
    const auto cid = keeper->add(card("Cid"));
    keeper->sync();
    keeper->begin();
    keeper->send();
    keeper->edit(ann, card("Ann", "edited here"));
    keeper->edit(bea, card("Bea", "edited here"));
    keeper->remove(cid);
    keeper->add(card("Dan"));
    keeper->take(IncomingKind::Replace, keeper->luid_of("Bea"), card("Beate"));
    keeper->end();
    CHECK(keeper->names().size() == 3);
    // What was edited on both sides is merged, and so is changed for the peer once more.
    CHECK(keeper->sync() == Texts{"Add Dan", "Delete", "Update Ann", "Update Beate"});
    CHECK(keeper->names_at_peer() == keeper->names());
    for (const auto& [handle, data] : keeper->items()) {
        CAPTURE(data);
        if (name_in(data) == "Beate")
            CHECK(data.find("NOTE:edited here") != std::string::npos);
    }
    CHECK(keeper->sync().empty());
}

TEST_CASE("every store: what a user deletes while the peer changes it stays with the change", "[contract]")
{
    const auto keeper = any_keeper();
    const auto ann = keeper->add(card("Ann"));
    keeper->sync();
    keeper->begin();
    keeper->send();
    keeper->remove(ann);
    keeper->take(IncomingKind::Replace, keeper->peer.begin()->first, card("Anna"));
    keeper->end();
    CHECK(keeper->names() == Texts{"Anna"});
    keeper->sync();
    CHECK(keeper->names_at_peer() == Texts{"Anna"});
    CHECK(keeper->names() == Texts{"Anna"});
}

TEST_CASE("every store: what a user edits while the peer deletes it stays, and goes there again", "[contract]")
{
    const auto keeper = any_keeper();
    const auto ann = keeper->add(card("Ann"));
    keeper->sync();
    keeper->begin();
    keeper->send();
    keeper->edit(ann, card("Anna"));
    keeper->take(IncomingKind::Delete, keeper->peer.begin()->first, {});
    keeper->end();
    CHECK(keeper->sync() == Texts{"Add Anna"});
    CHECK(keeper->names() == Texts{"Anna"});
    CHECK(keeper->names_at_peer() == Texts{"Anna"});
}

TEST_CASE("every store: a session that is killed loses and doubles nothing", "[contract]")
{
    const auto keeper = any_keeper();
    keeper->add(card("Ann"));
    keeper->sync();
    keeper->begin();
    keeper->send();
    keeper->take(IncomingKind::Add, {}, card("Bea"));
    keeper->take(IncomingKind::Replace, keeper->luid_of("Ann"), card("Anna"));
    keeper->kill();
    CHECK(keeper->sync().empty());
    CHECK(keeper->names() == Texts{"Anna", "Bea"});
    CHECK(keeper->names_at_peer() == keeper->names());
}

TEST_CASE("every store: all items are sent in a slow sync, and found again in the server's", "[contract]")
{
    const auto keeper = any_keeper();
    keeper->add(card("Ann"));
    keeper->add(card("Bea"));
    keeper->sync();
    keeper->begin(session::SyncType::Slow);
    CHECK(keeper->send() == Texts{"Add Ann", "Add Bea"});
    keeper->end();
    keeper->begin(session::SyncType::Slow);
    keeper->take(IncomingKind::Add, {}, card("Ann"));
    keeper->take(IncomingKind::Add, {}, card("Bea"));
    keeper->end();
    CHECK(keeper->names() == Texts{"Ann", "Bea"});
}
