#pragma once

#include "datastore/mirrored.hpp"
#include "kinds/service_kind.hpp"

#include "../storage/temporary_directory.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// A store of items of one kind with its users, who call an item by a handle of their own, and sessions of one profile
/// on it.
class Keeper {
public:
    explicit Keeper(const kinds::ServiceKind& content) : kind(content.items), content_(content) {}
    virtual ~Keeper() = default;
    virtual std::string add(const std::string& data) = 0;
    /// Also of one that was removed, if it can have the same handle again.
    virtual void edit(const std::string& handle, const std::string& data) = 0;
    virtual void remove(const std::string& handle) = 0;
    /// Handles and data.
    virtual std::map<std::string, std::string> items() = 0;

    // ---- items -------------------------------------------------------------------------
    std::string text(const std::string& name, const std::string& note = {}) const
    {
        const std::string component(item::component_name(content_.content));
        if (component.empty())
            return "BEGIN:VCARD\r\nVERSION:3.0\r\nN:" + name + ";;;;\r\nFN:" + name + "\r\n" + line("NOTE", note) +
                   "END:VCARD\r\n";
        return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:" + component + "\r\nDTSTART:20260301T090000Z\r\n" +
               line("SUMMARY", name) + line("DESCRIPTION", note) + "END:" + component + "\r\nEND:VCALENDAR\r\n";
    }
    std::string name_in(const std::string& data) const { return value(data, is_contact() ? "FN" : "SUMMARY"); }
    std::string note_in(const std::string& data) const { return value(data, is_contact() ? "NOTE" : "DESCRIPTION"); }

    // ---- a session ------------------------------------------------------------------
    void begin(session::SyncType type = session::SyncType::TwoWay)
    {
        state->bind_to("server");
        const auto mark = state->anchors(name(), "db").mark;
        store = make({"p", name(), kind, "db", mark, datastore::Guard{0, 100, false}, true,
                      datastore::ConflictPolicy::KeepBoth});
        store->admit(type);
        if (type == session::SyncType::Slow) {
            state->forget(name());
            state->anchors(name(), "db");
        }
        announced = store->prepare(type, false);
    }
    /// Sends everything, `Add Ann`, `Update Bea`, `Delete`, and has it confirmed.
    std::vector<std::string> send()
    {
        std::vector<std::string> sent;
        for (bool end = false; !end;) {
            auto page = store->read(200);
            end = page.end;
            std::vector<std::string> luids;
            std::vector<session::Confirm::Entry> entries;
            for (const auto& change : page.changes) {
                luids.push_back(change.luid);
                entries.push_back({change.luid, change.kind, syncml::StatusCode::Ok});
                sent.push_back(change.kind == session::ChangeKind::Delete ? "Delete"
                               : change.kind == session::ChangeKind::Add  ? "Add " + name_in(change.data)
                                                                          : "Update " + name_in(change.data));
                if (change.kind == session::ChangeKind::Delete)
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
    session::Outcome take(session::IncomingKind what, const std::string& luid, const std::string& data)
    {
        const auto guid = "g" + std::to_string(++guids);
        const auto outcome =
            store->apply({{what, luid, guid, is_contact() ? "text/vcard" : "text/calendar", data, false}}, 0).at(0);
        if (what == session::IncomingKind::Delete)
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
        state->commit(name(), "db", {"own", "peer", store->mark()});
        store.reset();
    }
    std::vector<std::string> sync()
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
    std::vector<std::string> names()
    {
        std::vector<std::string> names;
        for (const auto& [handle, data] : items())
            names.push_back(name_in(data));
        std::sort(names.begin(), names.end());
        return names;
    }
    std::vector<std::string> names_at_peer() const
    {
        std::vector<std::string> names;
        for (const auto& [luid, data] : peer)
            names.push_back(name_in(data));
        std::sort(names.begin(), names.end());
        return names;
    }

    std::uint64_t announced = 0;
    std::map<std::string, std::string> peer; ///< LUIDs and data, as the peer has them
    std::unique_ptr<storage::ItemStore> items_db;
    storage::ItemKind kind;

protected:
    void open()
    {
        items_db = storage::ItemStore::open(directory / "items.db").value();
        state = storage::SyncState::open(directory / "state.db").value();
        on_open();
    }
    virtual void on_open() {}
    virtual std::unique_ptr<datastore::Datastore> make(datastore::Embedded::Setup setup) = 0;

    std::string name() const { return std::string(content_.name); }
    bool is_contact() const { return content_.content == item::Kind::Contact; }

    const kinds::ServiceKind& content_;
    TemporaryDirectory directory;
    std::unique_ptr<storage::SyncState> state;
    std::unique_ptr<datastore::Datastore> store;
    int guids = 0;

private:
    static std::string line(const std::string& name, const std::string& value)
    {
        return value.empty() ? value : name + ":" + value + "\r\n";
    }
    static std::string value(const std::string& data, const std::string& property)
    {
        const auto at = data.find("\n" + property + ":");
        if (at == std::string::npos)
            return {};
        const auto begin = at + property.size() + 2;
        return data.substr(begin, data.find_first_of("\r\n", begin) - begin);
    }
};

/// One of each kind of store that the program tests, with items of each kind; by GENERATE.
std::unique_ptr<Keeper> any_keeper();
