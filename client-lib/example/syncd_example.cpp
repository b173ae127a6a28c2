// Adds a profile, syncs contacts and events once, tells what was exchanged, and removes the profile.
//
//     syncd-example https://sync.example.org/ds alice < password
#include <syncd/syncd.hpp>

#include <iostream>
#include <string>

int main(int argc, char** argv)
{
    using syncd::SyncServiceType;
    if (argc != 3) {
        std::cerr << "usage: syncd-example URL USER < PASSWORD\n";
        return 2;
    }
    syncd::SyncProfileInfo profile;
    profile.profile_name = "Example";
    profile.sync_info.url = argv[1];
    profile.sync_info.id = argv[2];
    std::getline(std::cin, profile.sync_info.password.emplace());
    for (const auto& [type, database] :
         {std::pair(SyncServiceType::Contact, "card"), {SyncServiceType::Event, "cal"}}) {
        syncd::SyncServiceInfo& service = profile.service_info.emplace_back();
        service.service_type = type;
        service.server_database_uri = database;
    }

    try {
        syncd::Client client;
        const auto most = client.max_profiles();
        if (most > 0 && client.profile_count() >= static_cast<std::uint32_t>(most)) {
            std::cerr << "There is no room for another profile.\n";
            return 1;
        }
        const std::string id = client.add(profile);
        syncd::wipe(*profile.sync_info.password);

        syncd::SyncProgressCallback callback;
        callback.on_progress = [](const std::string&, SyncServiceType service, bool is_from_server, std::uint32_t total,
                                  std::uint32_t synced) {
            std::cout << to_string(service) << (is_from_server ? " received " : " sent ") << synced << " of " << total
                      << '\n';
        };
        callback.on_completed = [](const std::string&) { std::cout << "Completed.\n"; };
        callback.on_stopped = [](const std::string&) { std::cout << "Stopped.\n"; };
        callback.on_failed = [](const std::string&, const syncd::Error& error) {
            std::cout << "Failed: " << error.what() << '\n';
        };
        const syncd::Session session = client.start_sync(id, std::move(callback));
        const syncd::SyncOutcome outcome = client.run_until(session);

        for (const syncd::SyncStatistics& service : client.statistics(id))
            std::cout << to_string(service.service_type) << ' ' << to_string(service.sync_status) << ": received "
                      << service.server_to_client_total << ", sent " << service.client_to_server_total << '\n';
        client.remove(id);
        return outcome == syncd::SyncOutcome::Completed ? 0 : 1;
    } catch (const syncd::Error& error) {
        std::cerr << error.name() << ": " << error.what() << '\n';
        return 1;
    }
}
