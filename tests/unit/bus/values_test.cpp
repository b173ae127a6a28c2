#include "bus/change_values.hpp"
#include "bus/values.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace {

using namespace std::chrono_literals;

manager::ProfileView view()
{
    manager::ProfileView profile;
    profile.id = "abc";
    profile.owner = 1000;
    profile.name = "Work";
    profile.url = "https://sync.example.org/ds";
    profile.mode = "MANUAL";
    profile.type = "TWO_WAY";
    profile.services = {{"EVENT", "cal", false}, {"CONTACT", "card", true}};
    profile.device_id = "syncd-1";
    profile.has_credentials = true;
    profile.state = manager::JobState::Syncing;
    profile.last_sync = manager::Time(5us);
    return profile;
}

std::set<std::string> keys(const bus::Values& values)
{
    std::set<std::string> keys;
    for (const auto& [key, value] : values)
        keys.insert(key);
    return keys;
}

} // namespace

TEST_CASE("a profile's dictionary has what the contract lists, and no secret", "[values]")
{
    auto profile = view();
    CHECK(keys(bus::profile_dictionary(profile)) ==
          std::set<std::string>{"ProfileName", "Url", "Mode", "Type", "Services", "AllowPlainCredentials", "DeviceId",
                                "ConflictPolicy", "Encoding", "ProtocolVersion", "HasCredentials", "HasHttpCredentials",
                                "HasClientCertificate", "HasServerPassword", "AuthenticateServer", "ReviewItems",
                                "ReviewPercent", "SlowSync", "KeepTranscripts"});
    profile.interval = "1_HOUR";
    profile.ca_file = "/etc/ca.pem";
    profile.server_id = "srv1";
    const auto more = bus::profile_dictionary(profile);
    CHECK(more.at("Interval").get<std::string>() == "1_HOUR");
    CHECK(more.at("CaFile").get<std::string>() == "/etc/ca.pem");
    CHECK(more.at("ServerId").get<std::string>() == "srv1");
}

TEST_CASE("services keep their order and show three keys", "[values]")
{
    const auto services = bus::profile_dictionary(view()).at("Services").get<std::vector<bus::Values>>();
    REQUIRE(services.size() == 2);
    CHECK(services[0].at("ServiceType").get<std::string>() == "EVENT");
    CHECK_FALSE(services[0].at("Enable").get<bool>());
    CHECK(services[1].at("ServerDatabaseUri").get<std::string>() == "card");
    CHECK(keys(services[1]) == std::set<std::string>{"ServiceType", "ServerDatabaseUri", "Enable"});
}

TEST_CASE("properties show state and times", "[values]")
{
    const auto properties = bus::profile_properties(view());
    CHECK(properties.at("State").get<std::string>() == "Syncing");
    CHECK(properties.at("LastSyncTime").get<std::uint64_t>() == 5);
    CHECK(properties.at("NextSyncTime").get<std::uint64_t>() == 0);
    CHECK(properties.at("Interval").get<std::string>().empty());
}

TEST_CASE("statistics have all eleven keys, counters as u", "[values]")
{
    storage::ServiceRecord record;
    record.service = "CONTACT";
    record.status = "SUCCESS";
    record.time = 7;
    record.from_server = {.total = 10, .added = 4, .updated = 3, .removed = 2, .failed = 1};
    record.to_server.total = std::uint64_t{1} << 40;

    const auto list = bus::statistics({record});
    REQUIRE(list.size() == 1);
    CHECK(list[0].size() == 11);
    CHECK(list[0].at("ServerToClientTotal").get<std::uint32_t>() == 10);
    CHECK(list[0].at("ServerToClientAdded").get<std::uint32_t>() == 4);
    CHECK(list[0].at("ServerToClientUpdated").get<std::uint32_t>() == 3);
    CHECK(list[0].at("ServerToClientRemoved").get<std::uint32_t>() == 2);
    CHECK(list[0].at("ClientToServerTotal").get<std::uint32_t>() == 0xffffffff);
    CHECK(list[0].at("LastSyncTime").get<std::uint64_t>() == 7);
}

TEST_CASE("history tells a session with its services", "[values]")
{
    storage::SessionRecord record;
    record.session = 3;
    record.trigger = "timer";
    record.started = 100;
    record.ended = 200;
    record.outcome = "FAILED";
    record.error_name = "org.syncd1.Error.Timeout";
    record.error_message = "m";
    record.notes = {"n"};
    record.version = "1.1";
    record.bytes_sent = 1;
    record.bytes_received = 2;
    record.round_trips = 3;
    storage::ServiceRecord service;
    service.service = "EVENT";
    service.type = "SLOW";
    service.error_name = "e";
    record.services = {service};
    manager::HistoryEntry entry;
    static_cast<storage::SessionRecord&>(entry) = record;
    entry.changes = 4;
    entry.undone = 2;

    const auto list = bus::history({entry});
    REQUIRE(list.size() == 1);
    const auto& session = list[0];
    CHECK(keys(session) == std::set<std::string>{"Session", "Trigger", "Started", "Ended", "Outcome", "ErrorName",
                                                 "Message", "Notes", "ProtocolVersion", "BytesSent", "BytesReceived",
                                                 "RoundTrips", "Services", "Undone", "Changes", "HasTranscript"});
    CHECK(session.at("Undone").get<std::uint64_t>() == 2);
    CHECK(session.at("Changes").get<std::uint64_t>() == 4);
    CHECK(session.at("Session").get<std::uint64_t>() == 3);
    CHECK(session.at("Ended").get<std::uint64_t>() == 200);
    CHECK(session.at("Notes").get<std::vector<std::string>>() == std::vector<std::string>{"n"});
    CHECK(session.at("ProtocolVersion").get<std::string>() == "1.1");
    const auto services = session.at("Services").get<std::vector<bus::Values>>();
    REQUIRE(services.size() == 1);
    CHECK(services[0].size() == 14);
    CHECK(services[0].at("Type").get<std::string>() == "SLOW");
    CHECK(services[0].at("ErrorName").get<std::string>() == "e");
}

TEST_CASE("a change of a session tells what it did to which item", "[values]")
{
    storage::SessionChange change{"p",
                                  7,
                                  0,
                                  100,
                                  storage::ItemKind::Event,
                                  "4",
                                  9,
                                  storage::What::Updated,
                                  storage::Rule::ServerChanged,
                                  "before",
                                  "after",
                                  true};
    auto list = bus::changes({change});
    REQUIRE(list.size() == 1);
    CHECK(keys(list[0]) == std::set<std::string>{"ProfileId", "Session", "Undone", "Time", "ServiceType", "ItemId",
                                                 "What", "Rule", "IsLast", "Before", "After"});
    CHECK(list[0].at("ServiceType").get<std::string>() == "EVENT");
    CHECK(list[0].at("What").get<std::string>() == "UPDATED");
    CHECK(list[0].at("Rule").get<std::string>() == "SERVER_CHANGED");
    CHECK(list[0].at("Before").get<std::string>() == "before");
    change.before.reset();
    change.after.reset();
    list = bus::changes({change});
    CHECK_FALSE(list[0].contains("Before"));
    CHECK_FALSE(list[0].contains("After"));
}

TEST_CASE("an undoing names what it left alone, a thousand items at the most", "[values]")
{
    manager::UndoReport report;
    report.session = 3;
    report.restored = 1;
    for (int i = 0; i < 1500; ++i)
        report.left_alone.push_back({storage::ItemKind::Contact, std::to_string(i)});
    const auto values = bus::undo_report(report);
    CHECK(keys(values) ==
          std::set<std::string>{"Session", "Restored", "Reverted", "Removed", "LeftAlone", "LeftAloneItems"});
    CHECK(values.at("LeftAlone").get<std::uint64_t>() == 1500);
    CHECK(values.at("LeftAloneItems").get<std::vector<bus::Values>>().size() == 1000);
}
