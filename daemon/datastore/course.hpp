#pragma once

#include "session/session.hpp"
#include "storage/sync_state.hpp"

#include <cstdint>
#include <string>

namespace datastore {

/// How far the sync of one service is, kept durably from the first item on, so that a later session can go on
/// with it (OMA DS 1.2 protocol, resume). A refresh from the server is not kept: what it has
/// brought is staged, and gone when it breaks off.
class Course {
public:
    /// A sync that begins; what an earlier one has left is forgotten. `can_go_on`: it may when it breaks off.
    static Course begin(storage::SyncState& state, std::string service, session::SyncType type, std::uint64_t upto,
                        bool can_go_on);
    /// The one that broke off. There is one.
    static Course go_on(storage::SyncState& state, std::string service);

    /// The store's revision that the sync looks at.
    std::uint64_t upto() const { return sync_.upto; }
    /// Up to this LUID the server has everything, where everything is sent; empty: nothing yet.
    const std::string& confirmed_to() const { return sync_.confirmed_to; }

    /// Whether a later session may go on with it.
    bool can_go_on() const { return can_go_on_; }

    /// An item, or a chunk of one, is about to be sent or stored.
    void on_moving();
    /// Some have been confirmed or stored.
    void on_moved();
    void on_confirmed_to(std::string luid);

private:
    Course(storage::SyncState& state, std::string service, storage::SyncState::OpenSync sync, bool can_go_on)
        : state_(state), service_(std::move(service)), sync_(std::move(sync)), can_go_on_(can_go_on)
    {
    }
    void keep();

    storage::SyncState& state_;
    std::string service_;
    storage::SyncState::OpenSync sync_;
    bool can_go_on_;
};

} // namespace datastore
