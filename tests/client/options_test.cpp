#include "exit_status.hpp"
#include "profile_options.hpp"
#include "words.hpp"

#include <catch2/catch.hpp>

#include <CLI/CLI.hpp>

#include <filesystem>
#include <string>
#include <vector>

using namespace ctl;
using syncd::SyncEncoding;
using syncd::SyncInterval;
using syncd::SyncMode;
using syncd::SyncProfileInfo;
using syncd::SyncServiceType;
using syncd::SyncType;

namespace {

/// What `profile add NAME …` or `profile update NAME …` makes of its options. CLI11 takes them last first.
ProfileOptions parse(std::vector<std::string> arguments, bool is_new)
{
    CLI::App app;
    std::string name;
    ProfileOptions options;
    Action action;
    Command command(app, action);
    command.argument("NAME", name, "");
    options.declare(command, is_new);
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(reversed);
    CHECK(name == "Work");
    return options;
}

SyncProfileInfo periodic_profile()
{
    SyncProfileInfo profile;
    profile.sync_info.mode = SyncMode::Periodic;
    profile.sync_info.interval = SyncInterval::OneDay;
    profile.sync_info.ca_file = "/etc/ca.pem";
    profile.sync_info.allow_plain_credentials = true;
    profile.service_info = {{.enable = true,
                             .service_type = SyncServiceType::Contact,
                             .server_database_uri = "card",
                             .id = {},
                             .password = {}}};
    return profile;
}

SyncProfileInfo changed(SyncProfileInfo profile, const std::vector<std::string>& arguments)
{
    apply(parse(arguments, false), profile);
    return profile;
}

} // namespace

TEST_CASE("profile add makes a profile of its options, wherever the name stands")
{
    const auto options = parse({"--url",
                                "https://example.org/ds",
                                "--service",
                                "contact=card",
                                "Work",
                                "--service",
                                "event=./cal=1",
                                "--disable",
                                "event",
                                "--type",
                                "refresh-from-server",
                                "--device-id",
                                "IMEI:1",
                                "--conflict-policy",
                                "newest-wins",
                                "--encoding",
                                "auto",
                                "--protocol-version",
                                "1.1",
                                "--ca-file",
                                "ca.pem",
                                "--allow-plain-credentials"},
                               true);
    SyncProfileInfo profile;
    apply(options, profile);

    CHECK(profile.sync_info.url == "https://example.org/ds");
    CHECK(profile.sync_info.mode == SyncMode::Manual);
    CHECK(profile.sync_info.type == SyncType::RefreshFromServer);
    CHECK_FALSE(profile.sync_info.interval);
    CHECK_FALSE(profile.sync_info.id);
    CHECK(profile.sync_info.device_id == "IMEI:1");
    CHECK(profile.sync_info.encoding == SyncEncoding::Auto);
    CHECK(profile.sync_info.conflict_policy == syncd::SyncConflictPolicy::NewestWins);
    CHECK(profile.sync_info.protocol_version == syncd::SyncProtocolVersion::V1_1);
    CHECK(profile.sync_info.ca_file == std::filesystem::absolute("ca.pem"));
    CHECK(profile.sync_info.allow_plain_credentials);
    REQUIRE(profile.service_info.size() == 2);
    CHECK(profile.service_info[0].service_type == SyncServiceType::Contact);
    CHECK(profile.service_info[0].server_database_uri == "card");
    CHECK(profile.service_info[0].enable);
    CHECK(profile.service_info[1].service_type == SyncServiceType::Event);
    CHECK(profile.service_info[1].server_database_uri == "./cal=1");
    CHECK_FALSE(profile.service_info[1].enable);
}

TEST_CASE("words that mean nothing are refused when the line is read")
{
    const std::vector<std::string> start{"Work", "--url", "https://example.org/"};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), start.begin(), start.end());
        return parse(more, true);
    };
    CHECK_THROWS_AS(with({"--type", "sideways"}), CLI::ValidationError);
    CHECK_THROWS_AS(with({"--interval", "2-minutes"}), CLI::ValidationError);
    CHECK_THROWS_AS(with({"--encoding", "json"}), CLI::ValidationError);
    CHECK(with({"--conflict-policy", "server-wins"}).conflict_policy == "server-wins");
    CHECK_THROWS_AS(with({"--conflict-policy", "nobody"}), CLI::ValidationError);
    CHECK_THROWS_AS(with({"--protocol-version", "1.3"}), CLI::ValidationError);
    CHECK_THROWS_AS(with({"--mode", "lunar"}), CLI::ValidationError);
    CHECK_THROWS_AS(with({"--service", "contact"}), CLI::ValidationError);
    CHECK_THROWS_AS(with({"--service", "memo=x"}), CLI::ValidationError);
    // There is no option that takes a password.
    CHECK_THROWS_AS(with({"--password", "secret"}), CLI::ExtrasError);
    CHECK(with({"--type", "Two_Way"}).type == "Two_Way");
}

TEST_CASE("profile update changes what is given and nothing else")
{
    const auto same = changed(periodic_profile(), {"Work"});
    CHECK(same.sync_info.mode == SyncMode::Periodic);
    CHECK(same.sync_info.interval == SyncInterval::OneDay);
    CHECK(same.sync_info.ca_file == "/etc/ca.pem");
    CHECK(same.sync_info.encoding == SyncEncoding::Xml);
    CHECK(same.sync_info.protocol_version == syncd::SyncProtocolVersion::Auto);
    CHECK(same.sync_info.allow_plain_credentials);
    CHECK_FALSE(same.sync_info.id);
    CHECK_FALSE(same.sync_info.password);

    const auto other = changed(periodic_profile(), {"Work", "--ca-file", "", "--refuse-plain-credentials", "--user",
                                                    "bob", "--service", "contact=people", "--service", "event=cal"});
    CHECK(other.sync_info.ca_file.empty());
    CHECK_FALSE(other.sync_info.allow_plain_credentials);
    CHECK(other.sync_info.id == "bob");
    REQUIRE(other.service_info.size() == 2);
    CHECK(other.service_info[0].server_database_uri == "people");
    CHECK(other.service_info[1].service_type == SyncServiceType::Event);
}

TEST_CASE("a new mode leaves behind what only the old one had")
{
    const auto manual = changed(periodic_profile(), {"Work", "--mode", "manual"});
    CHECK(manual.sync_info.mode == SyncMode::Manual);
    CHECK_FALSE(manual.sync_info.interval);

    SyncProfileInfo slow;
    slow.sync_info.type = SyncType::Slow;
    const auto periodic = changed(slow, {"Work", "--interval", "1-week"});
    CHECK(periodic.sync_info.mode == SyncMode::Periodic);
    CHECK(periodic.sync_info.type == SyncType::TwoWay);
    CHECK(periodic.sync_info.interval == SyncInterval::OneWeek);
}

TEST_CASE("services are switched off, on and taken away")
{
    const auto off = changed(periodic_profile(), {"Work", "--disable", "contact"});
    CHECK_FALSE(off.service_info.at(0).enable);
    CHECK(changed(off, {"Work", "--enable", "contact"}).service_info.at(0).enable);
    CHECK(changed(off, {"Work", "--service-user", "contact=bob"}).service_info.at(0).id == "bob");
    CHECK(changed(off, {"Work", "--remove-service", "contact"}).service_info.empty());
    const auto filtered = changed(off, {"Work", "--filter", "contact=N&EQ;a=b"});
    CHECK(filtered.service_info.at(0).filter == "N&EQ;a=b");
    CHECK(changed(filtered, {"Work", "--enable", "contact"}).service_info.at(0).filter == "N&EQ;a=b");
    CHECK(changed(filtered, {"Work", "--filter", "contact="}).service_info.at(0).filter.empty());
    // Taken away and given anew: without what was kept of it.
    const auto anew = changed(off, {"Work", "--remove-service", "contact", "--service", "contact=card"});
    CHECK(anew.service_info.at(0).enable);

    SyncProfileInfo profile = periodic_profile();
    try {
        apply(parse({"Work", "--disable", "event"}, false), profile);
        FAIL("no failure");
    } catch (const Failure& failure) {
        CHECK(failure.status == ExitStatus::Usage);
        CHECK(std::string(failure.what()) == "the profile has no service event");
        CHECK(failure.hint == "Add it with --service event=DATABASE.");
    }
}

TEST_CASE("every word is known in both spellings")
{
    CHECK(all_words<SyncMode>() == "manual, periodic, push");
    CHECK(all_words<SyncServiceType>() == "contact, event, task, note");
    CHECK(all_words<SyncInterval>() == "5-minutes, 15-minutes, 1-hour, 4-hours, 12-hours, 1-day, 1-week, 1-month");
    CHECK(parse_word<SyncType>("one-way-from-client") == SyncType::OneWayFromClient);
    CHECK(parse_word<SyncType>("ONE_WAY_FROM_CLIENT") == SyncType::OneWayFromClient);
    CHECK_FALSE(parse_word<SyncType>("unknown"));
    CHECK_FALSE(parse_word<SyncType>(""));
}

TEST_CASE("exit statuses keep their numbers")
{
    using syncd::ErrorKind;
    CHECK(static_cast<int>(exit_status(ErrorKind::Failed)) == 1);
    CHECK(static_cast<int>(exit_status(ErrorKind::Storage)) == 1);
    CHECK(static_cast<int>(ExitStatus::Usage) == 2);
    CHECK(static_cast<int>(exit_status(ErrorKind::NotFound)) == 3);
    CHECK(static_cast<int>(exit_status(ErrorKind::AccessDenied)) == 4);
    CHECK(static_cast<int>(exit_status(ErrorKind::InteractiveAuthorizationRequired)) == 4);
    CHECK(static_cast<int>(exit_status(ErrorKind::NoService)) == 5);
    CHECK(static_cast<int>(ExitStatus::SyncFailed) == 6);
    CHECK(static_cast<int>(ExitStatus::SyncStopped) == 7);
    CHECK(static_cast<int>(exit_status(ErrorKind::InvalidValue)) == 8);
    CHECK(static_cast<int>(exit_status(ErrorKind::QuotaExceeded)) == 8);
    CHECK(static_cast<int>(ExitStatus::Interrupted) == 130);
}
