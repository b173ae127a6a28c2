#include "client_events.hpp"

#include <syncd/syncd.hpp>

#include <string>
#include <vector>

using namespace syncd;

// The library with the real daemon, started by scripts/with-syncd. Nothing listens where the profiles point.

namespace {

SyncProfileInfo unreachable_profile(const std::string& name)
{
    SyncProfileInfo profile;
    profile.profile_name = name;
    profile.sync_info.url = "http://127.0.0.1:1/sync";
    profile.sync_info.id = "alice";
    profile.sync_info.password = "s3cret";
    SyncServiceInfo& contacts = profile.service_info.emplace_back();
    contacts.service_type = SyncServiceType::Contact;
    contacts.server_database_uri = "card";
    return profile;
}

/// Takes away what a test has made.
struct Emptied {
    Client& client;
    ~Emptied()
    {
        for (const SyncProfileInfo& profile : client.get_all())
            client.remove(profile.profile_id);
    }
};

} // namespace

TEST_CASE("a profile comes back as it was given, without its credentials")
{
    Client client;
    const Emptied emptied{client};
    SyncProfileInfo profile = unreachable_profile("Büro");
    profile.sync_info.mode = SyncMode::Periodic;
    profile.sync_info.interval = SyncInterval::OneWeek;
    profile.sync_info.device_id = "IMEI:490154203237518";
    profile.sync_info.allow_plain_credentials = true;

    const std::string id = client.add(profile);
    CHECK(client.profile_count() == 1);
    SyncProfileInfo stored = client.get(id);

    CHECK(stored.profile_id == id);
    CHECK(stored.profile_name == "Büro");
    CHECK(stored.sync_info.url == profile.sync_info.url);
    CHECK(stored.sync_info.mode == SyncMode::Periodic);
    CHECK(stored.sync_info.interval == SyncInterval::OneWeek);
    CHECK(stored.sync_info.type == SyncType::TwoWay);
    CHECK(stored.sync_info.device_id == "IMEI:490154203237518");
    CHECK(stored.sync_info.allow_plain_credentials);
    CHECK(stored.has_credentials);
    CHECK_FALSE(stored.sync_info.id);
    CHECK_FALSE(stored.sync_info.password);
    REQUIRE(stored.service_info.size() == 1);
    CHECK(stored.service_info[0].service_type == SyncServiceType::Contact);
    CHECK(stored.service_info[0].server_database_uri == "card");

    stored.profile_name = "Office";
    client.update(stored);
    CHECK(client.get(id).profile_name == "Office");
    CHECK(client.get(id).has_credentials);
    CHECK(client.status(id).next_sync_time > Time());
}

TEST_CASE("the service's errors have their kinds")
{
    Client client;
    const Emptied emptied{client};
    const std::string id = client.add(unreachable_profile("Work"));

    CHECK(error_of([&] { client.get("missing"); }).kind() == ErrorKind::NotFound);
    CHECK(error_of([&] { client.get("no such\nthing"); }).kind() == ErrorKind::NotFound);
    CHECK(error_of([&] { client.status("missing"); }).kind() == ErrorKind::NotFound);
    CHECK(error_of([&] { client.stop_sync(id); }).kind() == ErrorKind::NotRunning);
    SyncProfileInfo wrong = unreachable_profile("");
    CHECK(error_of([&] { client.add(wrong); }).kind() == ErrorKind::InvalidValue);
    SyncProfileInfo disabled = client.get(id);
    disabled.service_info[0].enable = false;
    client.update(disabled);
    CHECK(error_of([&] { static_cast<void>(client.start_sync(id)); }).kind() == ErrorKind::NothingToSync);
    for (int number = client.max_profiles(); number > 1; --number)
        client.add(unreachable_profile("More"));
    const Error full = error_of([&] { client.add(unreachable_profile("One too many")); });
    CHECK(full.kind() == ErrorKind::QuotaExceeded);
    CHECK(full.name() == "org.syncd1.Error.QuotaExceeded");
    CHECK(std::string(full.what()) != "");
}

TEST_CASE("a session that fails is told to those who follow it and to those who watch")
{
    Client client;
    const Emptied emptied{client};
    std::vector<std::string> watched;
    SyncWatcher watcher;
    watcher.on_profile_added = [&](const std::string&) { watched.push_back("added"); };
    watcher.session.on_failed = [&](const std::string&, const Error& error) { watched.push_back(error.name()); };
    client.watch(std::move(watcher));
    const std::string id = client.add(unreachable_profile("Work"));

    std::optional<ErrorKind> failed;
    SyncProgressCallback callback;
    callback.on_failed = [&](const std::string& profile_id, const Error& error) {
        CHECK(profile_id == id);
        CHECK(client.statistics(id).at(0).sync_status == SyncStatus::Fail); // answers for this session already
        failed = error.kind();
    };
    const Session session = client.start_sync(id, std::move(callback));
    CHECK(client.run_until(session) == SyncOutcome::Failed);

    CHECK(failed == ErrorKind::Unreachable);
    CHECK(watched == std::vector<std::string>{"added", "org.syncd1.Error.Unreachable"});
    const auto history = client.history(id);
    REQUIRE(history.size() == 1);
    CHECK(history[0].session == session.number());
    CHECK(history[0].trigger == SyncTrigger::User);
    CHECK(history[0].outcome == SyncOutcome::Failed);
    CHECK(history[0].ended >= history[0].started);
}

TEST_CASE("applications of one user hear of each other's changes to the store")
{
    Client client, other;
    Store store(client, SyncServiceType::Contact), same_store(other, SyncServiceType::Contact);
    std::vector<StoreChanges> heard;
    store.on_changed([&](const StoreChanges& changes) { heard.push_back(changes); });

    const std::string id = same_store.put("", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann\r\nN:Ann;;;;\r\nEND:VCARD\r\n");
    same_store.remove(id);
    process_until(client, [&] { return heard.size() == 2; });

    CHECK(heard[0].added == std::vector<std::string>{id});
    CHECK(heard[1].removed == std::vector<std::string>{id});
    CHECK(store.count() == 0);
}
