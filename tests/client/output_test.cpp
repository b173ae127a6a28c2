#include "documents.hpp"
#include "item_difference.hpp"
#include "item_name.hpp"
#include "profile_text.hpp"
#include "statistics_text.hpp"
#include "table.hpp"
#include "text.hpp"
#include "units.hpp"

#include <catch2/catch.hpp>

#include <clocale>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

using namespace ctl;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> keys(const Json& document)
{
    std::vector<std::string> names;
    for (const auto& [name, value] : document.items())
        names.push_back(name);
    return names;
}

const std::vector<std::string> statistics_keys{"service_type",
                                               "sync_status",
                                               "last_sync_time",
                                               "server_to_client_total",
                                               "server_to_client_added",
                                               "server_to_client_updated",
                                               "server_to_client_removed",
                                               "client_to_server_total",
                                               "client_to_server_added",
                                               "client_to_server_updated",
                                               "client_to_server_removed"};

} // namespace

TEST_CASE("the keys of documents stay")
{
    syncd::SyncProfileInfo profile;
    profile.service_info.emplace_back();
    CHECK(keys(document(profile)) == std::vector<std::string>{"profile_id",
                                                              "profile_name",
                                                              "url",
                                                              "mode",
                                                              "type",
                                                              "interval",
                                                              "has_credentials",
                                                              "has_http_credentials",
                                                              "has_client_certificate",
                                                              "has_server_password",
                                                              "allow_plain_credentials",
                                                              "ca_file",
                                                              "device_id",
                                                              "server_id",
                                                              "authenticate_server",
                                                              "encoding",
                                                              "conflict_policy",
                                                              "protocol_version",
                                                              "review_items",
                                                              "review_percent",
                                                              "slow_sync",
                                                              "keep_transcripts",
                                                              "services"});
    CHECK(keys(document(profile)["services"][0]) ==
          std::vector<std::string>{"service_type", "server_database_uri", "enable", "filter", "store"});
    CHECK(keys(document(syncd::SyncStatistics())) == statistics_keys);

    syncd::SessionRecord record;
    record.services.emplace_back();
    CHECK(keys(document(record)) == std::vector<std::string>{"session", "trigger", "started", "ended", "outcome",
                                                             "error_name", "message", "notes", "protocol_version",
                                                             "bytes_sent", "bytes_received", "round_trips", "services",
                                                             "changes", "undone", "has_transcript"});
    auto service_keys = statistics_keys;
    service_keys.insert(service_keys.end(), {"type", "error_name", "message"});
    CHECK(keys(document(record)["services"][0]) == service_keys);
    CHECK(error_document("", "odd").dump() == R"({"error":{"name":null,"message":"odd"}})");
    CHECK(error_document("org.syncd1.Error.Tls", "odd")["error"]["name"] == "org.syncd1.Error.Tls");
}

TEST_CASE("documents hold the words and numbers of the API, and never a credential")
{
    syncd::SyncProfileInfo profile;
    profile.profile_id = "p1";
    profile.sync_info.mode = syncd::SyncMode::Periodic;
    profile.sync_info.interval = syncd::SyncInterval::FourHours;
    profile.sync_info.id = "the user";
    profile.sync_info.password = "the password";
    const Json shown = document(profile);
    CHECK(shown["mode"] == "PERIODIC");
    CHECK(shown["type"] == "TWO_WAY");
    CHECK(shown["interval"] == "4_HOURS");
    CHECK(shown["ca_file"].is_null());
    CHECK(shown.dump().find("the user") == std::string::npos);
    CHECK(shown.dump().find("the password") == std::string::npos);

    syncd::SyncStatistics statistics;
    statistics.last_sync_time = syncd::Time(1'700'000'000s + 7us);
    statistics.client_to_server_removed = 4'000'000'000;
    CHECK(document(statistics)["last_sync_time"] == 1'700'000'000'000'007);
    CHECK(document(statistics)["client_to_server_removed"] == 4'000'000'000);
}

TEST_CASE("columns are aligned, by what is seen and not by bytes")
{
    REQUIRE(std::setlocale(LC_CTYPE, "C.UTF-8"));
    CHECK(table({{"ID"}, {"NAME"}, {"COUNT", Align::Right}, {"LAST"}},
                {{"1", "Müller", "7", ""}, {"22", "名前", "1234567", "x"}}) ==
          std::vector<std::string>{"ID  NAME      COUNT  LAST", "1   Müller        7", "22  名前    1234567  x"});
    CHECK(properties({{"Id", "1"}, {"Device id", "x"}}) == std::vector<std::string>{"Id         1", "Device id  x"});
    CHECK(join({"a", "b"}) == "a\nb\n");
}

TEST_CASE("nothing that was received steers the terminal")
{
    CHECK(printable("a\x1b[2Jb\a") == "a?[2Jb?");
    CHECK(printable("two\r\nlines\tand\n") == "two lines and ");
    CHECK(printable("C1 \xc2\x9b, override \xe2\x80\xae, bad \xff\xc3") == "C1 ?, override ?, bad ??");
    CHECK(printable("Zoë 名 🎂") == "Zoë 名 🎂");
    CHECK(printable_lines("BEGIN:VCARD\r\nFN:\x1b]0;x\r\n") == "BEGIN:VCARD\nFN:?]0;x\n");
}

TEST_CASE("text is cut between characters")
{
    REQUIRE(std::setlocale(LC_CTYPE, "C.UTF-8"));
    CHECK(cut("Zoë", 2) == "Zo");
    CHECK(cut("Zoë", 3) == "Zoë");
    CHECK(cut("名前", 3) == "名");
    CHECK(cut("abc", 0).empty());
    CHECK(display_width("名前 ë") == 6);
}

TEST_CASE("quantities are for people")
{
    CHECK(format_duration(0us) == "0.0 s");
    CHECK(format_duration(1'249'999us) == "1.2 s");
    CHECK(format_duration(59'960'000us) == "1 min 0 s");
    CHECK(format_duration(125s) == "2 min 5 s");
    CHECK(format_duration(3770s) == "1 h 3 min");
    CHECK(format_bytes(0) == "0 B");
    CHECK(format_bytes(1023) == "1023 B");
    CHECK(format_bytes(1024) == "1.0 KiB");
    CHECK(format_bytes(1536) == "1.5 KiB");
    CHECK(format_bytes(34 << 20) == "34 MiB");
    CHECK(format_bytes((1 << 20) - 1) == "1.0 MiB");
    CHECK(format_bytes(std::uint64_t(5) << 50) == "5120 TiB");

    setenv("TZ", "UTC", 1);
    tzset();
    CHECK(format_time(syncd::Time(1'700'000'000s)) == "2023-11-14 22:13:20");
    CHECK(format_time(syncd::Time()) == "never");
}

TEST_CASE("profiles are described in words")
{
    syncd::SyncInfo info;
    CHECK(schedule_text(info) == "manual, two-way");
    info.mode = syncd::SyncMode::Periodic;
    info.interval = syncd::SyncInterval::FifteenMinutes;
    CHECK(schedule_text(info) == "every 15 minutes");
    info.mode = syncd::SyncMode::Push;
    CHECK(schedule_text(info) == "push");

    syncd::SyncProfileInfo profile;
    CHECK(services_text(profile) == "none");
    profile.service_info.resize(2);
    profile.service_info[0].service_type = syncd::SyncServiceType::Contact;
    profile.service_info[1].service_type = syncd::SyncServiceType::Event;
    profile.service_info[1].enable = false;
    CHECK(services_text(profile) == "contact, event (off)");
}

TEST_CASE("items are called by the name that people gave them")
{
    CHECK(item_name("BEGIN:VCARD\r\nVERSION:3.0\r\nN:Doe;Jane;;;\r\nFN:Jane Doe\r\nEND:VCARD\r\n") == "Jane Doe");
    CHECK(item_name("BEGIN:VCARD\nN:Doe;Jane;;;\nEND:VCARD\n") == "Jane Doe");
    CHECK(item_name("BEGIN:VCARD\nN:Doe\nEND:VCARD\n") == "Doe");
    CHECK(item_name("BEGIN:VCARD\r\nitem1.fn;LANGUAGE=\"a:b\":Folded\r\n  name\\, and \\\r\n\tn\\\\so\r\n") ==
          "Folded name, and  \\so");
    CHECK(item_name("BEGIN:VCARD\r\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCll=\r\ner =3D=\r\n") ==
          "Müller =");
    CHECK(item_name("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Tea\\nand cake\nEND:VEVENT\n") == "Tea and cake");
    CHECK(item_name("BEGIN:VCARD\nFN:\nEND:VCARD\n").empty());
    CHECK(item_name("").empty());
    CHECK(item_name("\r\n Milk\r\nand bread\r\n") == "Milk"); // a note in plain text
    CHECK(item_name("BEGIN:VCARD\n=\n;:\nFN;QUOTED-PRINTABLE:=").empty());
}

TEST_CASE("statistics are one line per service")
{
    setenv("TZ", "UTC", 1);
    tzset();
    syncd::SyncStatistics contact;
    contact.service_type = syncd::SyncServiceType::Contact;
    contact.sync_status = syncd::SyncStatus::Success;
    contact.last_sync_time = syncd::Time(1'700'000'000s);
    contact.server_to_client_total = 12;
    contact.server_to_client_added = 11;
    contact.server_to_client_removed = 1;
    contact.client_to_server_total = 3;
    contact.client_to_server_updated = 3;
    CHECK(statistics_text({contact}) ==
          "SERVICE  STATUS   LAST SYNC            RECEIVED  new  changed  gone  SENT  new  changed  gone\n"
          "contact  success  2023-11-14 22:13:20        12   11        0     1     3    0        3     0\n");
    CHECK(statistics_text({}) == "The profile has no services.\n");
}

TEST_CASE("a change, an undoing and an explanation have the keys that syncctl(1) lists")
{
    const syncd::ItemChange change;
    CHECK(keys(document(change)) == std::vector<std::string>{"profile_id", "session", "undone", "time", "service_type",
                                                             "item_id", "what", "rule", "is_last", "before", "after",
                                                             "sent", "name", "answer", "status"});
    CHECK(document(change)["before"].is_null());
    const syncd::UndoReport report;
    CHECK(keys(document(report)) ==
          std::vector<std::string>{"session", "restored", "reverted", "removed", "left_alone", "left_alone_items"});
    CHECK(document(report)["session"].is_null());
    CHECK(keys(document(syncd::ItemExplanation())) ==
          std::vector<std::string>{"content", "revision", "writer", "creator", "changes", "sent"});
}

TEST_CASE("an edit is shown by the lines that only one text has")
{
    using Lines = std::vector<std::string>;
    const std::string before = "BEGIN:VCARD\r\nFN:Ann\r\nTEL:1\r\nTEL:1\r\nREV:1\r\nEND:VCARD\r\n";
    CHECK(item_difference(before, before).empty());
    CHECK(item_difference(before, "BEGIN:VCARD\nTEL:1\nFN:A\n nn\nNOTE:x\nREV:2\nEND:VCARD") ==
          Lines{"- TEL:1", "+ NOTE:x"});
    CHECK(item_difference(before, "BEGIN:VCARD\r\nFN:Ann\r\nTEL:1\r\nTEL:1\r\nREV:2\r\nEND:VCARD\r\n") ==
          Lines{"- REV:1", "+ REV:2"});
    CHECK(item_difference("", "x") == Lines{"+ x"});
}
