#pragma once

#include "datastore/embedded.hpp"

#include "../storage/temporary_directory.hpp"

#include <memory>
#include <string>
#include <vector>

/// Stores on disk, and sessions of one profile and service on them, step by step.
struct SessionFixture {
    TemporaryDirectory directory;
    std::unique_ptr<storage::ItemStore> items;
    std::unique_ptr<storage::SyncState> state;
    std::unique_ptr<datastore::Embedded> store;
    std::uint64_t mark = 0;
    datastore::Guard guard;
    std::uint64_t announced = 0; ///< by the server, of its items
    item::Audience server;       ///< what it understands
    datastore::ConflictPolicy policy = datastore::ConflictPolicy::ClientWins;
    std::size_t most = item::max_bytes; ///< octets of an item

    static constexpr auto contact = storage::ItemKind::Contact;

    SessionFixture() { open(); }

    void open()
    {
        items = storage::ItemStore::open(directory / "items.db").value();
        state = storage::SyncState::open(directory / "state.db").value();
    }
    /// The worker is killed: what is not on disk is gone.
    void kill()
    {
        store.reset();
        open();
    }

    static std::string card(const std::string& name)
    {
        return "BEGIN:VCARD\r\nVERSION:3.0\r\nN:" + name + ";;;;\r\nFN:" + name + "\r\nEND:VCARD\r\n";
    }

    /// Begins a session; how many changes it has to send.
    std::uint64_t begin(session::SyncType type = session::SyncType::TwoWay, const std::string& profile = "p",
                        const std::string& uri = "card")
    {
        state->bind_to("server");
        mark = state->anchors("CONTACT", uri).mark;
        store = std::make_unique<datastore::Embedded>(
            *items, *state,
            datastore::Embedded::Setup{profile, "CONTACT", contact, uri, mark, guard, true, policy, {}, most});
        store->meet(server);
        store->admit(type);
        // As the runner does: such a session has nothing to go on from until it ends well.
        if (type == session::SyncType::Slow || syncml::is_refresh(type)) {
            state->forget("CONTACT");
            mark = state->anchors("CONTACT", uri).mark;
        }
        return store->prepare(type, false);
    }
    /// Begins a session in which the server goes on with the sync of this type that broke off.
    std::uint64_t resume(session::SyncType type = session::SyncType::TwoWay)
    {
        mark = state->anchors("CONTACT", "card").mark;
        store = std::make_unique<datastore::Embedded>(
            *items, *state, datastore::Embedded::Setup{"p", "CONTACT", contact, "card", mark, guard, true, policy});
        store->meet(server);
        store->admit(type);
        return store->prepare(type, true);
    }
    /// Whether no sync is there to go on from.
    bool begins_anew() { return state->anchors("CONTACT", "card").mark == 0; }
    /// Everything there is to send, `Add 1`, `Update 2`, `Delete 3`, read in pages of `bytes`.
    std::vector<std::string> read(std::size_t bytes = 1 << 20)
    {
        std::vector<std::string> sent;
        for (bool end = false; !end;) {
            auto page = store->read(bytes);
            end = page.end;
            for (const auto& change : page.changes)
                sent.push_back(describe(change));
        }
        return sent;
    }
    static std::string describe(const session::Change& change)
    {
        using session::ChangeKind;
        const auto* verb = change.kind == ChangeKind::Add      ? "Add "
                           : change.kind == ChangeKind::Update ? "Update "
                                                               : "Delete ";
        return verb + change.luid;
    }
    void confirm(const std::vector<std::string>& luids, syncml::StatusCode status = syncml::StatusCode::Ok,
                 session::Verdict verdict = session::Verdict::Taken)
    {
        std::vector<session::Confirm::Entry> entries;
        for (const auto& luid : luids)
            entries.push_back({luid, session::ChangeKind::Update, status, verdict});
        store->note_confirmed(entries);
    }
    /// Ends the session well; how many items a refresh removed.
    std::uint64_t commit(const std::string& uri = "card")
    {
        const auto removed = store->commit();
        state->commit("CONTACT", uri, {"own", "peer", store->mark()});
        store.reset();
        return removed;
    }
    /// A whole session that sends what there is and gets it confirmed; what was sent.
    std::vector<std::string> sync(session::SyncType type = session::SyncType::TwoWay, const std::string& profile = "p")
    {
        begin(type, profile);
        auto sent = read();
        std::vector<std::string> luids;
        for (const auto& change : sent)
            luids.push_back(change.substr(change.find(' ') + 1));
        store->note_sent(luids);
        confirm(luids);
        commit();
        return sent;
    }

    session::Outcome apply(const session::Incoming& incoming) { return store->apply({incoming}, announced).at(0); }
    session::Outcome add(const std::string& guid, const std::string& data)
    {
        return apply({session::IncomingKind::Add, {}, guid, "text/vcard", data, false});
    }
    session::Outcome replace(const std::string& luid, const std::string& data, const std::string& guid = {})
    {
        return apply({session::IncomingKind::Replace, luid, guid, "text/vcard", data, false});
    }
    session::Outcome remove(const std::string& luid, const std::string& guid = {})
    {
        return apply({session::IncomingKind::Delete, luid, guid, {}, {}, false});
    }

    /// The store's names, in id order.
    std::vector<std::string> names() const
    {
        std::vector<std::string> names;
        items->each(contact, [&](const storage::StoredItem& item) {
            const auto at = item.data.find("FN:") + 3;
            names.push_back(item.data.substr(at, item.data.find('\r', at) - at));
        });
        return names;
    }
};

namespace session {

inline std::ostream& operator<<(std::ostream& out, const Outcome& outcome)
{
    return out << static_cast<int>(outcome.status) << " " << outcome.luid;
}

} // namespace session
