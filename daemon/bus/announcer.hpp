#pragma once

#include "bus/connection.hpp"
#include "bus/peers.hpp"
#include "manager/manager.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace bus {

/// Turns what happens into signals. A signal is never broadcast: each known connection
/// of the owner, and of root where the contract says so, is sent its own.
class Announcer : public manager::Observer {
public:
    Announcer(Connection& connection, const Peers& peers);

    void on_profile_added(const manager::ProfileView& profile) override;
    void on_profile_changed(const manager::ProfileView& profile) override;
    void on_profile_removed(manager::Uid owner, const std::string& id) override;
    void on_state_changed(const manager::ProfileView& profile) override;
    void on_progress(manager::Uid owner, const std::string& id, std::uint64_t session, const std::string& service,
                     bool from_server, std::uint32_t total, std::uint32_t synced) override;
    void on_completed(manager::Uid owner, const std::string& id, std::uint64_t session) override;
    void on_stopped(manager::Uid owner, const std::string& id, std::uint64_t session) override;
    void on_failed(manager::Uid owner, const std::string& id, std::uint64_t session, const base::Error& error) override;
    void on_store_changed(manager::Uid owner, storage::ItemKind kind,
                          const storage::ItemStore::ChangedIds& ids) override;

private:
    using Write = std::function<void(sdbus::Signal&)>;
    enum class Audience { Owner, OwnerAndRoot };

    /// Never throws: that nobody could be told must not undo what happened.
    void send(manager::Uid owner, Audience audience, const std::string& path, std::string_view interface,
              const std::string& member, const Write& write) noexcept;
    void send_from_manager(manager::Uid owner, const std::string& member, const Write& write) noexcept;
    void send_properties(const manager::ProfileView& profile,
                         const std::function<bool(std::string_view property)>& is_wanted) noexcept;

    Connection& connection_;
    const Peers& peers_;
};

} // namespace bus
