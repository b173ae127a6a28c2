#pragma once

#include "datastore/conflict_policy.hpp"
#include "datastore/datastore.hpp"
#include "datastore/guard.hpp"
#include "datastore/losses.hpp"
#include "item/item.hpp"
#include "storage/item_store.hpp"
#include "storage/sync_state.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace datastore {

/// The embedded store as one profile's datastore of one service.
///
/// Nothing is lost that was read but not settled by an answer: it goes out again with the next
/// session, under its LUID, as Replace. Servers' Adds that come again find the item they made before;
/// in a slow sync and in a refresh they find an item of equal content instead, unless the server
/// has matched that with another of its own. What is nearly the same as an item here becomes one with it when a slow
/// sync ends (docs/decisions/0023-similar-items.md).
///
/// Where a session does not send local changes (one-way from server), every change since the
/// mark counts as made since `prepare`: it is not overwritten, and stays to be sent.
class Embedded : public Datastore {
public:
    struct Setup {
        std::string profile; ///< id
        std::string service; ///< `CONTACT`: its name in the SyncState
        storage::ItemKind kind = storage::ItemKind::Contact;
        std::string uri;        ///< the server's database
        std::uint64_t mark = 0; ///< Anchors::mark; 0: never synced
        Guard guard{};
        bool can_go_on = true; ///< a later session may go on with a sync that breaks off
        ConflictPolicy policy = ConflictPolicy::KeepBoth;
        Losses::Listed listed{};
        std::size_t most = item::max_bytes; ///< octets of an item that the server sends
        item::Rooms rooms{};                ///< that it has, whatever it lists
    };

    /// Both stores must outlive it. SyncState::bind_to and ::anchors have been called before.
    Embedded(storage::ItemStore& items, storage::SyncState& state, Setup setup);
    ~Embedded() override;

    std::vector<syncml::MapItem> pending_maps() override;
    void admit(session::SyncType type) override;
    void meet(item::Audience server) override;
    std::uint64_t prepare(session::SyncType type, bool resumed) override;
    session::Changes read(std::size_t bytes) override;
    void note_sent(const std::vector<std::string>& luids) override;
    void note_confirmed(const std::vector<session::Confirm::Entry>& entries) override;
    void note_part_sent(const std::string& luid, const session::PartSent& part) override;
    void keep_chunk(const session::PartReceived& part, bool first) override;
    void drop_part() override;
    std::vector<session::Outcome> apply(std::vector<session::Incoming> items, std::uint64_t announced) override;
    void quarantine(const std::vector<session::Quarantine::Item>& items) override;
    void note_mapped(const std::vector<syncml::MapItem>& maps) override;
    std::uint64_t commit() override;
    std::string held() const override;
    std::uint64_t mark() const override;
    void abandon() override;
    std::vector<std::string> take_notes() override;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace datastore
