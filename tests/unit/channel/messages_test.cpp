#include "channel/messages.hpp"

#include <catch2/catch.hpp>

using namespace channel;

namespace {

Plan example()
{
    Plan plan;
    plan.profile = "0a1b";
    plan.profile_name = "Büro \"1\"\nnew line";
    plan.owner = 4000000000;
    plan.session = 18'446'744'073'709'551'615U;
    plan.trigger = "timer";
    plan.session_id = 258;
    plan.alerts = {1, "/", "srv1", {{"TWO_WAY", "./card", "text/vcard", 3, "./contacts"}}};
    plan.device_id = "syncd-77";
    plan.url = "https://example.org/sync";
    plan.user = "anna";
    plan.password = base::Secret("pa\nss{\"wörd");
    plan.http_user = "web";
    plan.http_password = base::Secret("third");
    plan.client_certificate = base::Secret(std::string(32 * 1024, 'c'));
    plan.server_id = "sync.example.org";
    plan.server_password = base::Secret("fourth");
    plan.authenticate_server = true;
    plan.allow_plain_credentials = true;
    plan.ca_file = "/etc/ca.pem";
    plan.encoding = "AUTO";
    plan.conflict_policy = "SERVER_WINS";
    plan.protocol_version = "1.1";
    plan.review_items = 5;
    plan.review_percent = 50;
    plan.hold_slow_sync = true;
    plan.sync_db = "/var/lib/syncd/state.db";
    plan.items_db = "/var/lib/syncd/items.db";
    plan.services.push_back({"CONTACT", "card", "TWO_WAY", std::nullopt, {}});
    plan.services.push_back(
        {"EVENT", "cal", "SLOW", "bert", base::Secret("second"), "FN&EQ;x", "/srv/calendars/bert", "/srv/calendars"});
    plan.max_msg_size = 1;
    plan.max_obj_size = 2;
    plan.max_reply_bytes = 3;
    plan.connect_timeout_s = 4;
    plan.reply_timeout_s = 5;
    plan.session_timeout_s = 4'294'967'295U;
    plan.history_sessions = 6;
    plan.history_bytes = 7;
    plan.log_level = "debug";
    plan.transcript = true;
    plan.transcript_items = true;
    return plan;
}

std::string error_of(std::string_view line)
{
    const auto event = parse_event(line);
    REQUIRE_FALSE(event);
    CHECK(event.error().code == base::Errc::Malformed);
    return event.error().message;
}

} // namespace

TEST_CASE("a plan survives the channel with every member", "[channel]")
{
    const auto plan = example();
    std::vector<base::Secret> secrets;
    const auto line = to_line(plan, secrets);

    auto head = parse_order(line);
    REQUIRE(head);
    attach(head->order, std::move(secrets));
    const auto& copy = std::get<Plan>(head->order);

    CHECK(copy.profile == plan.profile);
    CHECK(copy.profile_name == plan.profile_name);
    CHECK(copy.owner == plan.owner);
    CHECK(copy.session == plan.session);
    CHECK(copy.trigger == plan.trigger);
    CHECK(copy.session_id == 258);
    CHECK(copy.alerts == plan.alerts);
    CHECK(copy.device_id == plan.device_id);
    CHECK(copy.url == plan.url);
    CHECK(copy.user == plan.user);
    CHECK(copy.password == plan.password);
    CHECK(copy.http_user == "web");
    CHECK(copy.http_password == plan.http_password);
    CHECK(copy.client_certificate == plan.client_certificate);
    CHECK(copy.server_id == "sync.example.org");
    CHECK(copy.server_password == plan.server_password);
    CHECK(copy.authenticate_server);
    CHECK(copy.allow_plain_credentials);
    CHECK(copy.ca_file == plan.ca_file);
    CHECK(copy.encoding == "AUTO");
    CHECK(copy.conflict_policy == "SERVER_WINS");
    CHECK(copy.protocol_version == "1.1");
    CHECK(copy.review_items == 5);
    CHECK(copy.review_percent == 50);
    CHECK(copy.hold_slow_sync);
    CHECK(copy.sync_db == plan.sync_db);
    CHECK(copy.items_db == plan.items_db);
    CHECK(copy.max_msg_size == 1);
    CHECK(copy.max_obj_size == 2);
    CHECK(copy.max_reply_bytes == 3);
    CHECK(copy.connect_timeout_s == 4);
    CHECK(copy.reply_timeout_s == 5);
    CHECK(copy.session_timeout_s == 4'294'967'295U);
    CHECK(copy.history_sessions == 6);
    CHECK(copy.history_bytes == 7);
    CHECK(copy.transcript);
    CHECK(copy.transcript_items);
    CHECK(copy.log_level == "debug");
    REQUIRE(copy.services.size() == 2);
    CHECK(copy.services[0].service == "CONTACT");
    CHECK(copy.services[0].uri == "card");
    CHECK(copy.services[0].type == "TWO_WAY");
    CHECK(copy.services[0].user == std::nullopt);
    CHECK(copy.services[0].password.empty());
    CHECK(copy.services[1].user == "bert");
    CHECK(copy.services[1].password == base::Secret("second"));
    CHECK(copy.services[1].filter == "FN&EQ;x");
    CHECK(copy.services[1].directory == "/srv/calendars/bert");
    CHECK(copy.services[1].directory_root == "/srv/calendars");
}

TEST_CASE("the line of a plan is one line, lists the secrets' sizes and holds no secret", "[channel]")
{
    std::vector<base::Secret> secrets;
    const auto line = to_line(example(), secrets);

    CHECK(line.back() == '\n');
    CHECK(line.find('\n') == line.size() - 1);
    CHECK(line.find("second") == std::string::npos);
    CHECK(line.find("wörd") == std::string::npos);
    CHECK(line.find("third") == std::string::npos);
    CHECK(line.find("ccc") == std::string::npos);
    CHECK(line.find("fourth") == std::string::npos);
    REQUIRE(secrets.size() == 6);
    CHECK(secrets[0] == base::Secret("pa\nss{\"wörd"));
    CHECK(secrets[1] == base::Secret("third"));
    CHECK(secrets[2] == example().client_certificate);
    CHECK(secrets[3] == base::Secret("fourth"));
    CHECK(secrets[4].empty());
    CHECK(secrets[5] == base::Secret("second"));
    CHECK(parse_order(line)->secret_sizes == std::vector<std::size_t>{12, 5, 32 * 1024, 6, 0, 6});
}

TEST_CASE("a reading survives the channel with every member", "[channel]")
{
    Reading reading;
    reading.octets = base::Secret(std::string_view("\0\xff{\"\n", 5));
    reading.accounts.push_back({"srv1", true, base::Secret("pushsecret"), {"bm9uY2U=", ""}});
    reading.accounts.push_back({"https://sync.example.org/\"", false, {}, {}});
    reading.log_level = "debug";
    std::vector<base::Secret> secrets;
    const auto line = to_line(reading, secrets);
    CHECK(line.find("pushsecret") == std::string::npos);

    auto head = parse_order(line);
    REQUIRE(head);
    CHECK(head->secret_sizes == std::vector<std::size_t>{5, 10, 0});
    attach(head->order, std::move(secrets));
    const auto& copy = std::get<Reading>(head->order);
    CHECK(copy.octets == reading.octets);
    CHECK(copy.log_level == "debug");
    REQUIRE(copy.accounts.size() == 2);
    CHECK(copy.accounts[0].server_id == "srv1");
    CHECK(copy.accounts[0].shares_password);
    CHECK(copy.accounts[0].password == base::Secret("pushsecret"));
    CHECK(copy.accounts[0].nonces == std::vector<std::string>{"bm9uY2U=", ""});
    CHECK(copy.accounts[1].server_id == "https://sync.example.org/\"");
    CHECK_FALSE(copy.accounts[1].shares_password);
}

TEST_CASE("a verdict is for somebody or says why not", "[channel]")
{
    Verdict verdict;
    verdict.matches = {{0, true}, {2, false}};
    verdict.asks_user = true;
    verdict.session = "258";
    verdict.alerts.syncs = {{"TWO_WAY", "card", "", 0, ""}, {"REFRESH_FROM_SERVER", "cal", "text/calendar", 0, ""}};
    CHECK(std::get<Verdict>(*parse_event(to_line(Event(verdict)))) == verdict);
    verdict.session = std::string(65, '1');
    CHECK(error_of(to_line(Event(verdict))) == "channel: verdict: session is longer than any");
    verdict.session.clear();
    verdict.refusal = "WrongDigest";
    CHECK(error_of(to_line(Event(verdict))) ==
          "channel: verdict: it is for nobody without a refusal, or for somebody with one");
    verdict.matches.clear();
    CHECK(std::get<Verdict>(*parse_event(to_line(Event(verdict)))) == verdict);
    verdict.refusal = "Whatever";
    CHECK(error_of(to_line(Event(verdict))) == "channel: verdict: refusal is no word of ours");
    verdict.refusal.clear();
    CHECK(error_of(to_line(Event(verdict))) ==
          "channel: verdict: it is for nobody without a refusal, or for somebody with one");
}

TEST_CASE("events survive the channel", "[channel]")
{
    const Progress progress{"EVENT", true, 4'294'967'295U, 17};
    const Result failed{Result::Outcome::Failed, "org.syncd1.Error.Tls", "the certificate of \"h\" …", 4'294'967'295U};

    const auto started = parse_event(to_line(Event(Started{})));
    REQUIRE(started);
    CHECK(std::holds_alternative<Started>(*started));
    CHECK(std::get<Progress>(*parse_event(to_line(Event(progress)))) == progress);
    CHECK(std::get<Result>(*parse_event(to_line(Event(failed)))) == failed);
    for (const auto outcome : {Result::Outcome::Completed, Result::Outcome::Stopped})
        CHECK(std::get<Result>(*parse_event(to_line(Event(Result{outcome, "", ""})))).outcome == outcome);
}

TEST_CASE("a broken event is refused by the name of its fault", "[channel]")
{
    CHECK(error_of("") == "channel: a line is not a JSON object");
    CHECK(error_of("[]") == "channel: a line is not a JSON object");
    CHECK(error_of("{\"kind\":\"started\"} x") == "channel: a line is not a JSON object");
    CHECK(error_of("{}") == "channel: a line does not say which message it is");
    CHECK(error_of("{\"kind\":1}") == "channel: a line does not say which message it is");
    CHECK(error_of("{\"kind\":\"hello\"}") == "channel: unknown event");
    CHECK(error_of("{\"kind\":\"started\",\"x\":1}") == "channel: started: unknown member");
    CHECK(error_of(std::string(max_line_bytes + 1, ' ')) == "channel: a line is longer than 64 KiB");
    CHECK(error_of(std::string(max_line_bytes, '[')) == "channel: a line is not a JSON object");
}

TEST_CASE("a member that is missing or has the wrong type is named", "[channel]")
{
    const auto progress = [](const char* members) {
        return error_of(std::string("{\"kind\":\"progress\",") + members + "}");
    };
    CHECK(progress("\"service\":\"EVENT\",\"from_server\":true,\"total\":1") == "channel: progress: synced is missing");
    CHECK(progress("\"service\":7,\"from_server\":true,\"total\":1,\"synced\":1") ==
          "channel: progress: service is not text");
    CHECK(progress("\"service\":\"a\\u0000b\",\"from_server\":true,\"total\":1,\"synced\":1") ==
          "channel: progress: service is not text");
    CHECK(progress("\"service\":\"EVENT\",\"from_server\":1,\"total\":1,\"synced\":1") ==
          "channel: progress: from_server is not a boolean");
    for (const auto* number : {"-1", "1.5", "4294967296", "\"1\"", "null", "1e3"})
        CHECK(progress((std::string("\"service\":\"EVENT\",\"from_server\":true,\"synced\":0,\"total\":") + number)
                           .c_str()) == "channel: progress: total is not a number in range");
    CHECK(progress("\"service\":\"EVENT\",\"from_server\":true,\"total\":1,\"synced\":2") ==
          "channel: progress: synced exceeds total");
}

TEST_CASE("a result names an error of ours exactly when it failed", "[channel]")
{
    const auto result = [](const char* outcome, const char* name) {
        return std::string("{\"kind\":\"result\",\"outcome\":\"") + outcome + "\",\"error_name\":\"" + name +
               "\",\"message\":\"\",\"retry_after_s\":0}";
    };
    CHECK(parse_event(result("failed", "org.syncd1.Error.Tls")));
    CHECK(error_of(result("failed", "")) == "channel: result: error_name is not one of ours");
    CHECK(error_of(result("failed", "org.example.Evil")) == "channel: result: error_name is not one of ours");
    CHECK(error_of(result("completed", "org.syncd1.Error.Tls")) == "channel: result: error_name without a failure");
    CHECK(error_of(result("won", "")) == "channel: result: outcome is no outcome");
}

TEST_CASE("the texts of an event are cut to fit a line, between characters", "[channel]")
{
    std::string text(4095, '\x01');
    text += "ä and more";
    const auto line = to_line(Event(Result{Result::Outcome::Failed, "org.syncd1.Error.Server", text}));

    CHECK(line.size() <= max_line_bytes);
    CHECK(std::get<Result>(*parse_event(line)).message == std::string(4095, '\x01'));
}

TEST_CASE("a text that is not UTF-8 does not cost the event", "[channel]")
{
    const auto event = parse_event(to_line(Event(Result{Result::Outcome::Failed, "org.syncd1.Error.Server", "a\xff"})));
    REQUIRE(event);
    CHECK(std::get<Result>(*event).message == "a\xef\xbf\xbd");
}

TEST_CASE("a broken plan is refused by the name of its fault", "[channel]")
{
    std::vector<base::Secret> secrets;
    const auto line = to_line(example(), secrets);
    const auto changed = [&line](std::string_view from, std::string_view to) {
        auto text = line;
        const auto at = text.find(from);
        REQUIRE(at != std::string::npos);
        return parse_order(text.replace(at, from.size(), to)).error().message;
    };
    CHECK(changed("\"plan\"", "\"started\"") == "channel: the first line is no plan and no reading");
    CHECK(changed("\"profile\"", "\"profil\"") == "channel: plan: profile is missing");
    CHECK(changed("\"password\":12", "\"password\":65537") == "channel: plan: password is not a number in range");
    CHECK(changed("\"services\":[", "\"services\":[7,") == "channel: plan: services[0].is not an object");
    CHECK(changed("\"uri\":\"cal\"", "\"uri\":null") == "channel: plan: services[1].uri is not text");
    CHECK(changed("\"user\":\"bert\"", "\"users\":\"bert\"") == "channel: plan: services[1].unknown member");
}

TEST_CASE("the description names every message and every member of a plan's line", "[channel]")
{
    const auto text = describe();
    std::vector<base::Secret> secrets;
    const auto line = to_line(example(), secrets);
    std::size_t names = 0;
    // A member name stands between quotes in front of a colon.
    for (auto colon = line.find("\":"); colon != std::string::npos; colon = line.find("\":", colon + 1)) {
        const auto quote = line.rfind('"', colon - 1);
        CHECK(text.find(line.substr(quote + 1, colon - quote - 1)) != std::string::npos);
        ++names;
    }
    CHECK(names > 20);
    for (const auto* title : {"plan:", "reading:", "started:", "progress:", "verdict:", "result:"})
        CHECK(text.find(title) != std::string::npos);
}
