#include "bus/announcer.hpp"

#include "base/log.hpp"
#include "bus/contract.hpp"
#include "bus/introspection.hpp"
#include "bus/profile_object.hpp"
#include "bus/store_object.hpp"
#include "bus/values.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace bus {

Announcer::Announcer(Connection& connection, const Peers& peers) : connection_(connection), peers_(peers) {}

void Announcer::on_profile_added(const manager::ProfileView& profile)
{
    send_from_manager(profile.owner, "ProfileAdded", [&](sdbus::Signal& signal) { signal << profile.id; });
}

void Announcer::on_profile_changed(const manager::ProfileView& profile)
{
    send_properties(profile, [](std::string_view property) { return property != "ProfileId"; });
    send_from_manager(profile.owner, "ProfileChanged", [&](sdbus::Signal& signal) { signal << profile.id; });
}

void Announcer::on_profile_removed(manager::Uid owner, const std::string& id)
{
    send_from_manager(owner, "ProfileRemoved", [&](sdbus::Signal& signal) { signal << id; });
}

void Announcer::on_state_changed(const manager::ProfileView& profile)
{
    send_properties(profile, [](std::string_view property) {
        return property == "State" || property == "LastSyncTime" || property == "NextSyncTime" ||
               property == "NotBefore" || property == "Attention";
    });
}

void Announcer::on_progress(manager::Uid owner, const std::string& id, std::uint64_t session,
                            const std::string& service, bool from_server, std::uint32_t total, std::uint32_t synced)
{
    send_from_manager(owner, "Progress", [&](sdbus::Signal& signal) {
        signal << id << session << service << from_server << total << synced;
    });
}

void Announcer::on_completed(manager::Uid owner, const std::string& id, std::uint64_t session)
{
    send_from_manager(owner, "Completed", [&](sdbus::Signal& signal) { signal << id << session; });
}

void Announcer::on_stopped(manager::Uid owner, const std::string& id, std::uint64_t session)
{
    send_from_manager(owner, "Stopped", [&](sdbus::Signal& signal) { signal << id << session; });
}

void Announcer::on_failed(manager::Uid owner, const std::string& id, std::uint64_t session, const base::Error& error)
{
    send_from_manager(owner, "Failed", [&](sdbus::Signal& signal) {
        signal << id << session << std::string(base::dbus_name(error.code)) << error.message;
    });
}

void Announcer::on_store_changed(manager::Uid owner, storage::ItemKind kind, const storage::ItemStore::ChangedIds& ids)
{
    send(owner, Audience::Owner, store_path(kind), store_interface, "Changed",
         [&](sdbus::Signal& signal) { signal << ids.added << ids.updated << ids.removed; });
}

void Announcer::send(manager::Uid owner, Audience audience, const std::string& path, std::string_view interface,
                     const std::string& member, const Write& write) noexcept
{
    try {
        auto receivers = peers_.of(owner);
        if (audience == Audience::OwnerAndRoot && owner != 0) {
            const auto root = peers_.of(0);
            receivers.insert(receivers.end(), root.begin(), root.end());
        }
        for (const auto& receiver : receivers) {
            auto signal = connection_.create_signal(path, std::string(interface), member);
            write(signal);
            signal.setDestination(receiver);
            signal.send();
        }
    } catch (const std::exception& error) {
        spdlog::error("the signal {} could not be sent: {}", member, error.what());
    }
}

void Announcer::send_from_manager(manager::Uid owner, const std::string& member, const Write& write) noexcept
{
    send(owner, Audience::OwnerAndRoot, std::string(root_path), manager_interface, member, write);
}

void Announcer::send_properties(const manager::ProfileView& profile,
                                const std::function<bool(std::string_view property)>& is_wanted) noexcept
{
    send(profile.owner, Audience::OwnerAndRoot, profile_path(profile.id), "org.freedesktop.DBus.Properties",
         "PropertiesChanged", [&](sdbus::Signal& signal) {
             auto values = profile_properties(profile);
             std::erase_if(values, [&](const auto& entry) { return !is_wanted(entry.first); });
             signal << std::string(profile_interface) << values << std::vector<std::string>();
         });
}

} // namespace bus
