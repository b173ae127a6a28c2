#include "fixture.hpp"

#include "manager/plan.hpp"
#include "manager/profile_rules.hpp"

namespace {

using manager::ProfileInput;
using Change = std::function<void(ProfileInput&)>;

/// What Add says to a profile that is fine but for `change`.
std::string refusal(const Change& change)
{
    Fixture fixture;
    auto input = profile();
    change(input);
    const auto error = fixture.add_error(input);
    CHECK(error.code == base::Errc::InvalidValue);
    CHECK(fixture.manager->count(anna.uid) == 0);
    CHECK(fixture.repository->load_all().empty());
    CHECK(fixture.recorder.events.empty());
    return error.message;
}

void accepted(const Change& change)
{
    Fixture fixture;
    auto input = profile();
    change(input);
    fixture.add(input);
}

} // namespace

TEST_CASE("a profile is shown as it was given", "[manager][rules]")
{
    Fixture fixture;
    auto input = profile("Büro – 東京");
    input.type = "ONE_WAY_FROM_SERVER";
    input.allow_plain_credentials = true;
    input.ca_file = "/etc/ssl/own.pem";
    input.device_id = "IMEI:4901542";
    input.encoding = "WBXML";
    input.protocol_version = "1.1";
    input.review_items = 0;
    input.review_percent = 100;
    input.slow_sync = "HOLD";
    input.keep_transcripts = 20;
    input.services[1].enabled = false;
    const auto view = fixture.get(fixture.add(input));

    CHECK(view.owner == anna.uid);
    CHECK(view.name == "Büro – 東京");
    CHECK(view.url == "https://sync.example.org/ds");
    CHECK(view.mode == "MANUAL");
    CHECK(view.type == "ONE_WAY_FROM_SERVER");
    CHECK(view.interval.empty());
    CHECK(view.allow_plain_credentials);
    CHECK(view.ca_file == "/etc/ssl/own.pem");
    CHECK(view.device_id == "IMEI:4901542");
    CHECK(view.encoding == "WBXML");
    CHECK(view.protocol_version == "1.1");
    CHECK(view.review.items == 0);
    CHECK(view.review.percent == 100);
    CHECK(view.review.holds_slow);
    CHECK(view.keep_transcripts == 20);
    CHECK(view.has_credentials);
    CHECK(view.state == manager::JobState::Idle);
    CHECK(view.last_sync == manager::Time{});
    CHECK(view.next_sync == manager::Time{});
    REQUIRE(view.services.size() == 2);
    CHECK(view.services[0].type == "CONTACT");
    CHECK(view.services[0].uri == "card");
    CHECK(view.services[0].enabled);
    CHECK(view.services[1].uri == "cal");
    CHECK_FALSE(view.services[1].enabled);
}

TEST_CASE("required keys are named when they are missing", "[manager][rules]")
{
    CHECK(refusal([](auto& p) { p.name.reset(); }) == "ProfileName: required, and must not be empty");
    CHECK(refusal([](auto& p) { p.name = ""; }) == "ProfileName: required, and must not be empty");
    CHECK(refusal([](auto& p) { p.url.reset(); }) == "Url: required");
    CHECK(refusal([](auto& p) { p.user.reset(); }) == "Id: required");
    CHECK(refusal([](auto& p) { p.password.reset(); }) == "Password: required, may be empty");
    CHECK(refusal([](auto& p) { p.mode.reset(); }) == "Mode: required");
}

TEST_CASE("what may be left out has its default", "[manager][rules]")
{
    Fixture fixture;
    auto input = profile();
    input.services.clear();
    const auto view = fixture.get(fixture.add(input));
    CHECK(view.type == "TWO_WAY");
    CHECK(view.services.empty());
    CHECK_FALSE(view.allow_plain_credentials);
    CHECK(view.ca_file.empty());
    CHECK(view.device_id.starts_with("syncd-"));
    CHECK(view.device_id.size() == 38);
    CHECK(view.encoding == "XML");
    CHECK(view.protocol_version == "AUTO");
    CHECK(view.review.items == 10);
    CHECK(view.review.percent == 30);
    CHECK_FALSE(view.review.holds_slow);
}

TEST_CASE("unknown words are refused", "[manager][rules]")
{
    for (const auto* mode : {"", "manual", "AUTO"})
        CHECK(refusal([&](auto& p) { p.mode = mode; }) == "Mode: must be MANUAL, PERIODIC or PUSH");
    for (const auto* type : {"", "two_way", "NONE"})
        CHECK(refusal([&](auto& p) { p.type = type; }) == "Type: no sync type");
    for (const auto* interval : {"", "2_HOURS", "1_hour"})
        CHECK(refusal([&](auto& p) {
                  p.mode = "PERIODIC";
                  p.interval = interval;
              }) == "Interval: no interval");
    for (const auto* service : {"", "MEMO", "contact"})
        CHECK(refusal([&](auto& p) { p.services[0].type = service; }) ==
              "Services: ServiceType: must be CONTACT, EVENT, TASK or NOTE");
}

TEST_CASE("every sync type and interval is accepted", "[manager][rules]")
{
    for (const auto* type : {"TWO_WAY", "SLOW", "ONE_WAY_FROM_CLIENT", "REFRESH_FROM_CLIENT", "ONE_WAY_FROM_SERVER",
                             "REFRESH_FROM_SERVER"})
        accepted([&](auto& p) { p.type = type; });
    for (const auto* interval :
         {"5_MINUTES", "15_MINUTES", "1_HOUR", "4_HOURS", "12_HOURS", "1_DAY", "1_WEEK", "1_MONTH"})
        accepted([&](auto& p) {
            p.mode = "PERIODIC";
            p.interval = interval;
        });
}

TEST_CASE("every text has its limit, to the byte", "[manager][rules]")
{
    const auto text = [](std::size_t size) { return std::string(size, 'x'); };
    accepted([&](auto& p) { p.name = text(256); });
    CHECK(refusal([&](auto& p) { p.name = text(257); }) == "ProfileName: longer than 256 bytes");
    accepted([&](auto& p) { p.user = text(1024); });
    CHECK(refusal([&](auto& p) { p.user = text(1025); }) == "Id: longer than 1024 bytes");
    accepted([&](auto& p) { p.password = base::Secret(text(1024)); });
    CHECK(refusal([&](auto& p) { p.password = base::Secret(text(1025)); }) == "Password: longer than 1024 bytes");
    CHECK(refusal([&](auto& p) { p.url = "https://h/" + text(2048); }) == "Url: longer than 2048 bytes");
    accepted([&](auto& p) { p.services[0].uri = text(512); });
    CHECK(refusal([&](auto& p) { p.services[0].uri = text(513); }) ==
          "Services: CONTACT: ServerDatabaseUri: longer than 512 bytes");
    CHECK(refusal([&](auto& p) { p.services[1].user = text(1025); }) == "Services: EVENT: Id: longer than 1024 bytes");
    CHECK(refusal([&](auto& p) {
              p.services[1].user = "x";
              p.services[1].password = base::Secret(text(1025));
          }) == "Services: EVENT: Password: longer than 1024 bytes");
    accepted([&](auto& p) { p.ca_file = "/" + text(4094); });
    CHECK(refusal([&](auto& p) { p.ca_file = "/" + text(4095); }) == "CaFile: longer than 4095 bytes");
    accepted([&](auto& p) { p.device_id = text(128); });
    CHECK(refusal([&](auto& p) { p.device_id = text(129); }).starts_with("DeviceId: "));
}

TEST_CASE("control characters are refused, but in a password", "[manager][rules]")
{
    CHECK(refusal([](auto& p) { p.name = "a\nb"; }) == "ProfileName: must not hold control characters");
    CHECK(refusal([](auto& p) { p.user = "a\tb"; }) == "Id: must not hold control characters");
    CHECK(refusal([](auto& p) { p.services[0].uri = "a\x7f"; }) ==
          "Services: CONTACT: ServerDatabaseUri: must not hold control characters");
    CHECK(refusal([](auto& p) { p.ca_file = "/a\rb"; }) == "CaFile: must not hold control characters");
    accepted([](auto& p) { p.password = base::Secret("a\n\x01"); });
}

TEST_CASE("HTTP's user and password follow the rules of the others", "[manager][rules]")
{
    accepted([](auto& p) { p.http_user = "web"; });
    accepted([](auto& p) { p.http_user = ""; });
    accepted([&](auto& p) {
        p.http_user = std::string(1024, 'x');
        p.http_password = base::Secret(std::string(1024, 'x'));
    });
    CHECK(refusal([&](auto& p) { p.http_user = std::string(1025, 'x'); }) == "HttpId: longer than 1024 bytes");
    CHECK(refusal([](auto& p) { p.http_user = "a:b"; }) == "HttpId: must not hold a colon");
    CHECK(refusal([](auto& p) { p.http_user = "a\nb"; }) == "HttpId: must not hold control characters");
    CHECK(refusal([](auto& p) { p.http_password = base::Secret("x"); }) ==
          "HttpPassword: there is no Id to go with it");
    CHECK(refusal([&](auto& p) {
              p.http_user = "web";
              p.http_password = base::Secret(std::string(1025, 'x'));
          }) == "HttpPassword: longer than 1024 bytes");
}

TEST_CASE("a client certificate is PEM with a key that can be read", "[manager][rules]")
{
    const auto of = [](const std::string& pem) { return [pem](auto& p) { p.client_certificate = base::Secret(pem); }; };
    accepted(of(certificate_pem));
    accepted(of(""));
    accepted(of(certificate_pem + std::string(32 * 1024 - certificate_pem.size(), '\n')));
    CHECK(refusal(of(certificate_pem + std::string(32 * 1024 + 1 - certificate_pem.size(), '\n'))) ==
          "ClientCertificate: longer than 32768 bytes");
    const auto whole = "ClientCertificate: must hold a certificate and its private key in PEM";
    const auto key = certificate_pem.find("-----BEGIN PRIVATE");
    CHECK(refusal(of("/etc/ssl/client.pem")) == whole);
    CHECK(refusal(of(certificate_pem.substr(0, key))) == whole);
    CHECK(refusal(of(certificate_pem.substr(key))) == whole);
    CHECK(refusal(of(certificate_pem + std::string(1, '\0'))) == whole);
    CHECK(refusal(of(certificate_pem.substr(0, key) + "-----BEGIN ENCRYPTED PRIVATE KEY-----\n")) ==
          "ClientCertificate: its private key is encrypted; give it without (openssl pkey takes it off)");
}

TEST_CASE("an Id must not hold a colon", "[manager][rules]")
{
    CHECK(refusal([](auto& p) { p.user = "anna:x"; }) == "Id: must not hold a colon");
    CHECK(refusal([](auto& p) { p.services[0].user = "an:na"; }) == "Services: CONTACT: Id: must not hold a colon");
}

TEST_CASE("a CA file is named absolutely, a device by printable characters", "[manager][rules]")
{
    for (const auto* file : {"", "ca.pem", "./ca.pem", "~/ca.pem"})
        CHECK(refusal([&](auto& p) { p.ca_file = file; }) == "CaFile: must be an absolute path");
    for (const auto* device : {"", "a b", "ä", "a\n"})
        CHECK(refusal([&](auto& p) { p.device_id = device; }) ==
              "DeviceId: must be 1 to 128 printable ASCII characters without spaces");
}

TEST_CASE("a service needs a database", "[manager][rules]")
{
    CHECK(refusal([](auto& p) { p.services[1].uri = ""; }) == "Services: EVENT: ServerDatabaseUri: must not be empty");
}

TEST_CASE("a store is a directory by its one name, below a root that is listed", "[manager][rules]")
{
    const auto stored_in = [](const std::string& store) {
        return [store](ProfileInput& input) { input.services[0].store = store; };
    };
    const auto* path = GENERATE("vdir:", "vdir:x", "vdir:/", "vdir://x", "vdir:/x/", "vdir:/x//y", "vdir:/x/./y",
                                "vdir:/x/..", "vdir:/../x", "/x", "eds:/x", "eds:a b", "vdir:/x\n");
    CAPTURE(path);
    CHECK(refusal(stored_in(path)).starts_with("Services: CONTACT: Store: "));
    CHECK(refusal(stored_in("vdir:/" + std::string(1019, 'x'))) == "Services: CONTACT: Store: longer than 1024 bytes");
    CHECK(refusal(stored_in("vdir:/srv/calendars/anna")).find("StoreRoots") != std::string::npos);
    accepted(stored_in(""));

    manager::Config config;
    config.store_roots = {"/home", "/srv/calendars"};
    CHECK(manager::find_root(config, "/srv/calendars/anna/work").value() == "/srv/calendars");
    for (const auto* outside : {"/srv/calendars", "/srv/calendars-of-bob/x", "/srv", "/etc/x"})
        CHECK(!manager::find_root(config, outside));
    config.store_roots.reset(); // serves one user, as that user
    CHECK(manager::find_root(config, "/etc/x").value().empty());
}

TEST_CASE("a source of Evolution Data Server is for a syncd of its user that was built for it", "[manager][rules]")
{
    manager::Config config;
    const auto why = [&] { return manager::find_place(config, "eds:system-address-book").error().message; };
    CHECK(why().find("syncd --user") != std::string::npos);
    config.store_roots.reset();
    CHECK(why().find("built without") != std::string::npos);
    config.has_evolution = true;
    CHECK(manager::find_place(config, "eds:system-address-book").value().empty());

    storage::ProfileRow row;
    row.settings = R"({"Stores": {"CONTACT": "eds:", "EVENT": "eds:work", "TASK": "eds:", "NOTE": "eds:"}})";
    CHECK(manager::directory(row, "CONTACT") == "eds:system-address-book");
    CHECK(manager::directory(row, "EVENT") == "eds:work");
    CHECK(manager::directory(row, "TASK") == "eds:system-task-list");
    CHECK(manager::directory(row, "NOTE") == "eds:system-memo-list");
    CHECK(manager::is_of_evolution("eds:work"));
    CHECK_FALSE(manager::is_of_evolution("/eds:"));
}

TEST_CASE("the URL is checked before anything is stored", "[manager][rules]")
{
    CHECK(refusal([](auto& p) { p.url = "gopher://h/"; }) == "Url: must begin with http:// or https://");
    CHECK(refusal([](auto& p) { p.url = "https://anna:pw@h/"; }) ==
          "Url: must not hold a user or password; give them as Id and Password");
}

TEST_CASE("a server without accounts is an empty Id", "[manager][rules]")
{
    Fixture fixture;
    auto input = profile();
    input.user = "";
    input.password = base::Secret();
    CHECK_FALSE(fixture.get(fixture.add(input)).has_credentials);
    CHECK(refusal([](auto& p) { p.user = ""; }) == "Password: there is no Id to go with it");
}

TEST_CASE("Update checks the same rules and a failed one changes nothing", "[manager][rules]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    const auto stored = fixture.repository->load_all();
    fixture.recorder.take();
    const auto refused = [&](const Change& change) {
        auto input = profile("other");
        change(input);
        const auto error = fixture.update_error(id, input);
        CHECK(error.code == base::Errc::InvalidValue);
        CHECK(fixture.repository->load_all() == stored);
        CHECK(fixture.get(id).name == "home");
        CHECK(fixture.recorder.events.empty());
        return error.message;
    };
    CHECK(refused([](auto& p) { p.name.reset(); }) == "ProfileName: required, and must not be empty");
    CHECK(refused([](auto& p) { p.url.reset(); }) == "Url: required");
    CHECK(refused([](auto& p) { p.mode.reset(); }) == "Mode: required");
    CHECK(refused([](auto& p) { p.interval = "1_DAY"; }) == "Interval: only with Mode PERIODIC");
    CHECK(refused([](auto& p) { p.services[1].type = "CONTACT"; }) == "Services: ServiceType: CONTACT is there twice");
}

TEST_CASE("Update replaces the profile as a whole but keeps its device", "[manager][rules]")
{
    Fixture fixture;
    auto before = profile();
    before.allow_plain_credentials = true;
    before.ca_file = "/ca.pem";
    const auto id = fixture.add(before);
    const auto device = fixture.get(id).device_id;
    fixture.recorder.take();

    auto after = without_secrets(profile("work"));
    after.mode = "PUSH";
    after.services.erase(after.services.begin());
    REQUIRE(fixture.manager->update(anna, id, after));
    CHECK(fixture.recorder.take() == Words{"changed work"});
    for (int restart = 0; restart < 2; ++restart) {
        const auto view = fixture.get(id);
        CHECK(view.name == "work");
        CHECK(view.mode == "PUSH");
        CHECK_FALSE(view.allow_plain_credentials);
        CHECK(view.ca_file.empty());
        CHECK(view.device_id == device);
        REQUIRE(view.services.size() == 1);
        CHECK(view.services[0].type == "EVENT");
        fixture.boot();
    }
    after.device_id = "other-device";
    REQUIRE(fixture.manager->update(anna, id, after));
    CHECK(fixture.get(id).device_id == "other-device");
}
