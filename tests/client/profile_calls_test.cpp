#include "client_events.hpp"
#include "fake_service.hpp"

#include <systemd/sd-bus.h>

#include <set>
#include <string>

using namespace syncd;

namespace {

SyncProfileInfo work_profile()
{
    SyncProfileInfo profile;
    profile.profile_name = "Work";
    profile.sync_info.url = "https://sync.example.org/ds";
    profile.sync_info.id = "alice";
    profile.sync_info.password = "s3cret";
    profile.service_info = {
        {.enable = true,
         .service_type = SyncServiceType::Contact,
         .server_database_uri = "card",
         .id = {},
         .password = {}},
        {.enable = false,
         .service_type = SyncServiceType::Event,
         .server_database_uri = "cal",
         .id = "bob",
         .password = "t0p"},
    };
    return profile;
}

std::set<std::string> keys(const Values& values)
{
    std::set<std::string> names;
    for (const auto& [name, value] : values)
        names.insert(name);
    return names;
}

std::string text(const Values& values, const std::string& key)
{
    return values.at(key).get<std::string>();
}

struct Flags : sdbus::Message {
    static bool allows_interaction(const sdbus::Message& message)
    {
        return sd_bus_message_get_allow_interactive_authorization(
                   static_cast<sd_bus_message*>(message.*(&Flags::msg_))) == 1;
    }
};

} // namespace

TEST_CASE("add sends every setting and returns the id that the service made")
{
    FakeService service;
    Values sent;
    service.add = [&](const Values& profile) {
        sent = profile;
        return "p1";
    };
    Client client(user_bus);

    CHECK(client.add(work_profile()) == "p1");

    CHECK(keys(sent) == std::set<std::string>{"ProfileName", "Url", "Id", "Password", "Mode", "Type", "Services",
                                              "AllowPlainCredentials"});
    CHECK(text(sent, "ProfileName") == "Work");
    CHECK(text(sent, "Url") == "https://sync.example.org/ds");
    CHECK(text(sent, "Id") == "alice");
    CHECK(text(sent, "Password") == "s3cret");
    CHECK(text(sent, "Mode") == "MANUAL");
    CHECK(text(sent, "Type") == "TWO_WAY");
    CHECK_FALSE(sent.at("AllowPlainCredentials").get<bool>());
    const auto services = sent.at("Services").get<std::vector<Values>>();
    REQUIRE(services.size() == 2);
    CHECK(keys(services[0]) == std::set<std::string>{"ServiceType", "ServerDatabaseUri", "Enable"});
    CHECK(text(services[0], "ServiceType") == "CONTACT");
    CHECK(text(services[0], "ServerDatabaseUri") == "card");
    CHECK(services[0].at("Enable").get<bool>());
    CHECK(text(services[1], "ServiceType") == "EVENT");
    CHECK_FALSE(services[1].at("Enable").get<bool>());
    CHECK(text(services[1], "Id") == "bob");
    CHECK(text(services[1], "Password") == "t0p");
}

TEST_CASE("add sends empty credentials when there are none, update leaves them out")
{
    FakeService service;
    Values added, updated;
    service.add = [&](const Values& profile) {
        added = profile;
        return "p1";
    };
    service.update = [&](const std::string& id, const Values& profile) {
        CHECK(id == "p1");
        updated = profile;
    };
    Client client(user_bus);
    SyncProfileInfo profile = work_profile();
    profile.profile_id = "p1";
    profile.sync_info.id.reset();
    profile.sync_info.password.reset();

    client.add(profile);
    client.update(profile);

    CHECK(text(added, "Id").empty());
    CHECK(text(added, "Password").empty());
    CHECK_FALSE(updated.contains("Id"));
    CHECK_FALSE(updated.contains("Password"));
    for (const auto* key :
         {"HttpId", "HttpPassword", "ClientCertificate", "ServerId", "ServerPassword", "AuthenticateServer"}) {
        CHECK_FALSE(added.contains(key));
        CHECK_FALSE(updated.contains(key));
    }

    profile.sync_info.http_id = "web";
    profile.sync_info.http_password = "web-secret";
    profile.sync_info.client_certificate = "";
    profile.sync_info.server_id = "srv1";
    profile.sync_info.server_password = "server-secret";
    client.update(profile);
    CHECK(text(updated, "HttpId") == "web");
    CHECK(text(updated, "HttpPassword") == "web-secret");
    CHECK(text(updated, "ClientCertificate").empty());
    CHECK(text(updated, "ServerId") == "srv1");
    CHECK(text(updated, "ServerPassword") == "server-secret");
}

TEST_CASE("what get returned can be given to update")
{
    FakeService service;
    Values stored{{"ProfileName", "Work"},
                  {"Url", "https://sync.example.org/ds"},
                  {"Mode", "PERIODIC"},
                  {"Type", "TWO_WAY"},
                  {"Interval", "4_HOURS"},
                  {"AllowPlainCredentials", true},
                  {"Encoding", "WBXML"},
                  {"ProtocolVersion", "1.0"},
                  {"CaFile", "/etc/ca.pem"},
                  {"DeviceId", "IMEI:490154203237518"},
                  {"HasCredentials", true},
                  {"HasHttpCredentials", true},
                  {"HasClientCertificate", true},
                  {"ServerId", "srv1"},
                  {"AuthenticateServer", true},
                  {"HasServerPassword", true},
                  {"ReviewItems", std::uint32_t(5)},
                  {"ReviewPercent", std::uint32_t(100)},
                  {"SlowSync", "HOLD"},
                  {"KeepTranscripts", std::uint32_t(3)}};
    service.get = [&](const std::string&) { return stored; };
    Values updated;
    service.update = [&](const std::string&, const Values& profile) { updated = profile; };
    Client client(user_bus);

    const SyncProfileInfo profile = client.get("p1");
    client.update(profile);

    CHECK(profile.profile_id == "p1");
    CHECK(profile.sync_info.interval == SyncInterval::FourHours);
    CHECK(profile.has_credentials);
    CHECK(profile.has_http_credentials);
    CHECK(profile.has_client_certificate);
    CHECK(profile.has_server_password);
    // Type, and what tells of credentials, would be refused.
    CHECK(keys(updated) == std::set<std::string>{"ProfileName", "Url", "Mode", "Interval", "AllowPlainCredentials",
                                                 "CaFile", "DeviceId", "ServerId", "AuthenticateServer", "Encoding",
                                                 "ProtocolVersion", "ReviewItems", "ReviewPercent", "SlowSync",
                                                 "KeepTranscripts", "Services"});
    CHECK(text(updated, "Interval") == "4_HOURS");
    CHECK(updated.at("AllowPlainCredentials").get<bool>());
    CHECK(text(updated, "Encoding") == "WBXML");
    CHECK(text(updated, "ProtocolVersion") == "1.0");
    CHECK(updated.at("ReviewItems").get<std::uint32_t>() == 5);
    CHECK(updated.at("ReviewPercent").get<std::uint32_t>() == 100);
    CHECK(text(updated, "SlowSync") == "HOLD");
    CHECK(updated.at("KeepTranscripts").get<std::uint32_t>() == 3);
    CHECK(text(updated, "CaFile") == "/etc/ca.pem");
    CHECK(text(updated, "DeviceId") == "IMEI:490154203237518");
    CHECK(text(updated, "ServerId") == "srv1");
    CHECK(updated.at("AuthenticateServer").get<bool>());
}

TEST_CASE("keys and words of a newer service are no error, and are not sent back")
{
    FakeService service;
    service.get = [](const std::string&) {
        return Values{{"ProfileName", "Work"}, {"Mode", "LUNAR"}, {"Type", std::uint32_t(7)}, {"Colour", "green"}};
    };
    bool updated = false;
    service.update = [&](const std::string&, const Values&) { updated = true; };
    Client client(user_bus);

    const SyncProfileInfo profile = client.get("p1");

    CHECK(profile.profile_name == "Work");
    CHECK(profile.sync_info.mode == SyncMode::Unknown);
    CHECK(profile.sync_info.type == SyncType::Unknown);
    const Error error = error_of([&] { client.update(profile); });
    CHECK(error.kind() == ErrorKind::InvalidValue);
    CHECK(std::string(error.what()).starts_with("Mode is not set"));
    CHECK_FALSE(updated);
}

TEST_CASE("an error of the service has its name, its kind and its words")
{
    FakeService service;
    service.get = [](const std::string& id) -> Values {
        throw sdbus::Error("org.syncd1.Error.NotFound", "there is no profile " + id);
    };
    Client client(user_bus);

    const Error error = error_of([&] { client.get("nope"); });

    CHECK(error.name() == "org.syncd1.Error.NotFound");
    CHECK(error.kind() == ErrorKind::NotFound);
    CHECK(std::string(error.what()) == "there is no profile nope");
}

TEST_CASE("without a service every call says so")
{
    Client client(user_bus);

    CHECK(error_of([&] { client.get_all(); }).kind() == ErrorKind::NoService);
    CHECK(error_of([&] { client.version(); }).kind() == ErrorKind::NoService);
}

TEST_CASE("a service that does not answer in time is no service")
{
    FakeService service;
    service.stop_sync = [&](const std::string&) { throw FakeService::NoAnswer(); };
    Client client(ClientOptions{.bus = Bus::User, .timeout = std::chrono::milliseconds(20)});

    CHECK(error_of([&] { client.stop_sync("p1"); }).kind() == ErrorKind::NoService);
}

TEST_CASE("text that D-Bus cannot carry is refused, not cut")
{
    FakeService service;
    Client client(user_bus);
    SyncProfileInfo profile = work_profile();

    profile.sync_info.password = std::string("pass\0word", 9);
    const Error nul = error_of([&] { client.add(profile); });
    CHECK(nul.kind() == ErrorKind::InvalidValue);
    CHECK(std::string(nul.what()) == "Password is not UTF-8 text without NUL characters");
    profile = work_profile();
    profile.profile_name = "B\xfcro";
    CHECK(std::string(error_of([&] { client.add(profile); }).what()).starts_with("ProfileName is not UTF-8"));
    CHECK(error_of([&] { client.get(std::string("p\0", 2)); }).kind() == ErrorKind::InvalidValue);
}

TEST_CASE("status reads the profile's object, and an id that no object can have is not found")
{
    FakeService service;
    Client client(user_bus);

    const ProfileStatus status = client.status("p1");

    CHECK(status.state == ProfileState::Queued);
    CHECK(status.last_sync_time == Time(std::chrono::seconds(1'700'000'000)));
    CHECK(status.next_sync_time == Time());
    CHECK(status.not_before == Time(std::chrono::seconds(1'800'000'000)));
    CHECK(status.attention == "do something");
    CHECK(error_of([&] { client.status("../store/contact"); }).kind() == ErrorKind::NotFound);
    CHECK(error_of([&] { client.status(""); }).kind() == ErrorKind::NotFound);
}

TEST_CASE("a notification arrives as it was handed in")
{
    FakeService service;
    Client client(user_bus);
    const std::vector<std::uint8_t> octets{0, 0xff, 3, 0x18};
    CHECK(client.deliver_notification(octets) == std::vector<std::string>{"a", "b"});
    CHECK(service.delivered == octets);
    CHECK(client.notifications() == std::map<std::string, std::uint64_t>{{"Started", 2}});
}

TEST_CASE("counters, device information and properties arrive as they were sent")
{
    FakeService service;
    service.get_all = [] { return std::map<std::string, Values>{{"b", {{"ProfileName", "B"}}}, {"a", {}}}; };
    service.statistics = [](const std::string&) {
        return std::vector<Values>{{{"SyncStatus", "STOP"},
                                    {"ServiceType", "EVENT"},
                                    {"LastSyncTime", std::uint64_t(17)},
                                    {"ServerToClientTotal", std::uint32_t(10)},
                                    {"ServerToClientAdded", std::uint32_t(1)},
                                    {"ServerToClientUpdated", std::uint32_t(2)},
                                    {"ServerToClientRemoved", std::uint32_t(3)},
                                    {"ClientToServerTotal", std::uint32_t(20)},
                                    {"ClientToServerAdded", std::uint32_t(4)},
                                    {"ClientToServerUpdated", std::uint32_t(5)},
                                    {"ClientToServerRemoved", std::uint32_t(6)}}};
    };
    Client client(user_bus);

    const auto profiles = client.get_all();
    REQUIRE(profiles.size() == 2);
    CHECK(profiles[0].profile_id == "a");
    CHECK(profiles[1].profile_name == "B");
    const auto statistics = client.statistics("a");
    REQUIRE(statistics.size() == 1);
    CHECK(statistics[0].sync_status == SyncStatus::Stop);
    CHECK(statistics[0].service_type == SyncServiceType::Event);
    CHECK(statistics[0].last_sync_time == Time(std::chrono::microseconds(17)));
    CHECK(statistics[0].server_to_client_total == 10);
    CHECK(statistics[0].server_to_client_added == 1);
    CHECK(statistics[0].server_to_client_updated == 2);
    CHECK(statistics[0].server_to_client_removed == 3);
    CHECK(statistics[0].client_to_server_total == 20);
    CHECK(statistics[0].client_to_server_added == 4);
    CHECK(statistics[0].client_to_server_updated == 5);
    CHECK(statistics[0].client_to_server_removed == 6);
    service.device_info = [](const std::string& id) {
        return id == "a" ? Values{{"Received", std::uint64_t(5)}, {"Document", "{}"}} : Values{};
    };
    const auto information = client.device_information("a");
    REQUIRE(information);
    CHECK(information->received == Time(std::chrono::microseconds(5)));
    CHECK(information->document == "{}");
    CHECK_FALSE(client.device_information("b"));
    CHECK(client.max_profiles() == 5);
    CHECK(client.profile_count() == 2);
    CHECK(client.version() == "9.8.7");
}

TEST_CASE("a callback comes from process, once, with the answer or with the error")
{
    FakeService service;
    service.remove = [](const std::string&) { throw sdbus::Error("org.syncd1.Error.Storage", "disk full"); };
    Client client(user_bus);
    std::optional<std::string> version;
    std::optional<Error> removed;
    int calls = 0;

    client.version([&](std::optional<Error> error, std::string value) {
        CHECK_FALSE(error);
        version = std::move(value);
        ++calls;
    });
    client.remove("p1", [&](std::optional<Error> error) {
        removed = std::move(error);
        ++calls;
    });
    CHECK(calls == 0);
    process_until(client, [&] { return calls == 2; });

    CHECK(version == "9.8.7");
    REQUIRE(removed);
    CHECK(removed->kind() == ErrorKind::Storage);
}

TEST_CASE("calls ask for authorization when the application allows it, and only then")
{
    FakeService service;
    std::optional<bool> allowed;
    service.remove = [&](const std::string&) { allowed = Flags::allows_interaction(service.message()); };

    Client(user_bus).remove("p1");
    CHECK(allowed == false);
    Client(ClientOptions{.bus = Bus::User, .allow_interactive_authorization = true}).remove("p1");
    CHECK(allowed == true);
}

TEST_CASE("there is no client without a bus")
{
    const std::string address = getenv("DBUS_SESSION_BUS_ADDRESS");
    setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", 1);
    const Error error = error_of([] { Client client(user_bus); });
    setenv("DBUS_SESSION_BUS_ADDRESS", address.c_str(), 1);

    CHECK(error.kind() == ErrorKind::NoService);
    CHECK(std::string(error.what()).starts_with("cannot connect to the session bus: "));
}
