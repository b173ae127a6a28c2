#include "fixture.hpp"

#include "base/error.hpp"

#include <fstream>
#include <iterator>

namespace {

using manager::ProfileInput;

ProfileInput guarded_profile()
{
    auto input = profile();
    input.services[1].user = "cal-user";
    input.services[1].password = base::Secret("cal-secret");
    return input;
}

/// What the next session of the profile would be told.
channel::Plan plan_of(Fixture& fixture, const std::string& id)
{
    const auto session = fixture.start(id);
    auto plan = fixture.pool.workers.at(session).plan;
    fixture.pool.complete(session);
    fixture.timer.run();
    return plan;
}

std::string bytes_below(const std::filesystem::path& directory)
{
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
        if (!entry.is_regular_file())
            continue;
        std::ifstream in(entry.path(), std::ios::binary);
        all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
}

ProfileInput known_to_the_web()
{
    auto input = profile();
    input.http_user = "web";
    input.http_password = base::Secret("web-secret");
    input.client_certificate = base::Secret(certificate_pem);
    return input;
}

} // namespace

TEST_CASE("what web servers ask for is sealed, shown to nobody, kept and cleared", "[manager][secrets]")
{
    Fixture fixture;
    const auto id = fixture.add(known_to_the_web());
    CHECK(fixture.get(id).has_http_credentials);
    CHECK(fixture.get(id).has_client_certificate);
    const auto stored = bytes_below(fixture.config.state_directory);
    for (const auto* secret : {"web-secret", "PRIVATE KEY", "UFJJVkFURSBLRVk"}) // as it is, and in base64
        CHECK(stored.find(secret) == std::string::npos);

    REQUIRE(fixture.manager->update(anna, id, without_secrets(profile())));
    fixture.boot();
    auto plan = plan_of(fixture, id);
    CHECK(plan.http_user == "web");
    CHECK(plan.http_password == base::Secret("web-secret"));
    CHECK(plan.client_certificate == base::Secret(certificate_pem));

    auto change = without_secrets(profile());
    change.http_password = base::Secret("new");
    REQUIRE(fixture.manager->update(anna, id, change));
    plan = plan_of(fixture, id);
    CHECK(plan.http_user == "web");
    CHECK(plan.http_password == base::Secret("new"));

    auto none = without_secrets(profile());
    none.http_user = "";
    none.client_certificate = base::Secret();
    REQUIRE(fixture.manager->update(anna, id, none));
    plan = plan_of(fixture, id);
    CHECK(plan.http_user.empty());
    CHECK(plan.http_password.empty());
    CHECK(plan.client_certificate.empty());
    CHECK_FALSE(fixture.get(id).has_http_credentials);
    CHECK_FALSE(fixture.get(id).has_client_certificate);
    CHECK(plan.user == "anna");
}

TEST_CASE("a move does not take along HTTP's password", "[manager][secrets]")
{
    Fixture fixture;
    const auto id = fixture.add(known_to_the_web());
    auto move = profile();
    move.url = "https://evil.example/ds";
    CHECK(fixture.update_error(id, move).message ==
          "Url: it moves to another server, so Id and Password must be given again, HttpId and HttpPassword too");
    move.http_password = base::Secret("guess");
    CHECK(fixture.update_error(id, move).code == base::Errc::InvalidValue);
    move.http_user = "web";
    CHECK(fixture.manager->update(anna, id, move));
    move.url = "https://other.example/ds";
    move.http_user = "";
    move.http_password.reset();
    CHECK(fixture.manager->update(anna, id, move));
    CHECK(plan_of(fixture, id).http_user.empty());
}

TEST_CASE("the server's own password is sealed, kept with its id and goes with it", "[manager][secrets]")
{
    Fixture fixture;
    auto input = profile();
    input.server_id = "srv1";
    input.server_password = base::Secret("server-secret");
    input.authenticate_server = true;
    const auto id = fixture.add(input);
    CHECK(fixture.get(id).server_id == "srv1");
    CHECK(fixture.get(id).authenticate_server);
    CHECK(fixture.get(id).has_server_password);
    const auto stored = bytes_below(fixture.config.state_directory);
    for (const auto* secret : {"server-secret", "c2VydmVyLXNlY3JldA"}) // as it is, and in base64
        CHECK(stored.find(secret) == std::string::npos);

    input.server_password.reset();
    REQUIRE(fixture.manager->update(anna, id, input));
    fixture.boot();
    CHECK(plan_of(fixture, id).server_password == base::Secret("server-secret"));

    // It proves something to us and is sent to nobody, so that it may move along.
    input.url = "https://other.example/ds";
    REQUIRE(fixture.manager->update(anna, id, input));
    CHECK(plan_of(fixture, id).server_password == base::Secret("server-secret"));

    input.server_id.reset();
    CHECK(fixture.update_error(id, input).message == "AuthenticateServer: needs ServerId and ServerPassword");
    input.authenticate_server = false;
    REQUIRE(fixture.manager->update(anna, id, input));
    input.server_id = "srv2";
    REQUIRE(fixture.manager->update(anna, id, input));
    CHECK_FALSE(fixture.get(id).has_server_password);
    CHECK(plan_of(fixture, id).server_password.empty());
    input.authenticate_server = true;
    CHECK(fixture.update_error(id, input).message == "AuthenticateServer: needs ServerPassword");
    input.authenticate_server = false;
    input.server_id = "";
    input.server_password = base::Secret("alone");
    CHECK(fixture.update_error(id, input).message == "ServerPassword: there is no ServerId to go with it");
}

TEST_CASE("credentials reach the worker and nobody else", "[manager][secrets]")
{
    Fixture fixture;
    const auto id = fixture.add(guarded_profile());
    const auto plan = plan_of(fixture, id);

    CHECK(plan.user == "anna");
    CHECK(plan.password == base::Secret("hunter2"));
    REQUIRE(plan.services.size() == 2);
    CHECK(plan.services[0].user == std::nullopt);
    CHECK(plan.services[0].password.empty());
    CHECK(plan.services[1].user == "cal-user");
    CHECK(plan.services[1].password == base::Secret("cal-secret"));
    const auto stored = bytes_below(fixture.config.state_directory);
    CHECK(stored.find("home") != std::string::npos);
    for (const auto* secret : {"hunter2", "cal-secret", "cal-user"})
        CHECK(stored.find(secret) == std::string::npos);
}

TEST_CASE("Update keeps secrets whose keys are absent", "[manager][secrets]")
{
    Fixture fixture;
    const auto id = fixture.add(guarded_profile());
    REQUIRE(fixture.manager->update(anna, id, without_secrets(guarded_profile())));
    auto plan = plan_of(fixture, id);
    CHECK(plan.user == "anna");
    CHECK(plan.password == base::Secret("hunter2"));
    CHECK(plan.services[1].user == "cal-user");
    CHECK(plan.services[1].password == base::Secret("cal-secret"));

    SECTION("a new password goes to the old Id")
    {
        auto input = without_secrets(guarded_profile());
        input.password = base::Secret("new");
        input.services[1].password = base::Secret("cal-new");
        REQUIRE(fixture.manager->update(anna, id, input));
        plan = plan_of(fixture, id);
        CHECK(plan.user == "anna");
        CHECK(plan.password == base::Secret("new"));
        CHECK(plan.services[1].user == "cal-user");
        CHECK(plan.services[1].password == base::Secret("cal-new"));
    }
    SECTION("a new Id keeps the old password")
    {
        auto input = without_secrets(guarded_profile());
        input.user = "anna2";
        REQUIRE(fixture.manager->update(anna, id, input));
        plan = plan_of(fixture, id);
        CHECK(plan.user == "anna2");
        CHECK(plan.password == base::Secret("hunter2"));
    }
    SECTION("an empty password clears the password alone")
    {
        auto input = without_secrets(guarded_profile());
        input.password = base::Secret();
        REQUIRE(fixture.manager->update(anna, id, input));
        plan = plan_of(fixture, id);
        CHECK(plan.user == "anna");
        CHECK(plan.password.empty());
    }
    SECTION("an empty Id clears both")
    {
        auto input = without_secrets(guarded_profile());
        input.user = "";
        input.services[1].user = "";
        REQUIRE(fixture.manager->update(anna, id, input));
        CHECK_FALSE(fixture.get(id).has_credentials);
        plan = plan_of(fixture, id);
        CHECK(plan.user.empty());
        CHECK(plan.password.empty());
        CHECK(plan.services[1].user == std::nullopt);
    }
}

TEST_CASE("a service that is left out takes its secrets along", "[manager][secrets]")
{
    Fixture fixture;
    const auto id = fixture.add(guarded_profile());
    auto input = without_secrets(guarded_profile());
    const auto event = input.services.back();
    input.services.pop_back();
    REQUIRE(fixture.manager->update(anna, id, input));
    input.services.push_back(event);
    REQUIRE(fixture.manager->update(anna, id, input));
    CHECK(plan_of(fixture, id).services[1].user == std::nullopt);
}

TEST_CASE("a profile does not move to another server without its password", "[manager][secrets]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    auto input = without_secrets(profile());
    for (const auto* url :
         {"https://evil.example.org/ds", "http://sync.example.org/ds", "https://sync.example.org:444/ds"}) {
        input.url = url;
        input.user.reset();
        input.password.reset();
        CHECK(fixture.update_error(id, input).message ==
              "Url: it moves to another server, so Id and Password must be given again");
        input.user = "anna";
        CHECK(fixture.update_error(id, input).code == base::Errc::InvalidValue);
        input.user.reset();
        input.password = base::Secret("x");
        CHECK(fixture.update_error(id, input).code == base::Errc::InvalidValue);
        CHECK(fixture.get(id).url == "https://sync.example.org/ds");
    }
    input.user = "anna";
    CHECK(fixture.manager->update(anna, id, input));
    CHECK(fixture.get(id).url == "https://sync.example.org:444/ds");
    CHECK(plan_of(fixture, id).password == base::Secret("x"));
}

TEST_CASE("another path of the same server is no move", "[manager][secrets]")
{
    Fixture fixture;
    const auto id = fixture.add(profile());
    auto input = without_secrets(profile());
    input.url = "https://SYNC.example.org:443/other";
    CHECK(fixture.manager->update(anna, id, input));
    CHECK(plan_of(fixture, id).password == base::Secret("hunter2"));
}

TEST_CASE("a move does not take along the passwords of services either", "[manager][secrets]")
{
    Fixture fixture;
    const auto id = fixture.add(guarded_profile());
    auto input = profile(); // with Id and Password of the profile
    input.url = "https://evil.example.org/ds";
    CHECK(fixture.update_error(id, input).message ==
          "Url: it moves to another server, so Id and Password must be given again, those of EVENT too");
    input.services[1].user = "cal-user";
    CHECK(fixture.update_error(id, input).code == base::Errc::InvalidValue);
    SECTION("they are given")
    {
        input.services[1].password = base::Secret("known");
        REQUIRE(fixture.manager->update(anna, id, input));
        CHECK(plan_of(fixture, id).services[1].password == base::Secret("known"));
    }
    SECTION("they are cleared")
    {
        input.services[1].user = "";
        REQUIRE(fixture.manager->update(anna, id, input));
        CHECK(plan_of(fixture, id).services[1].user == std::nullopt);
    }
    SECTION("the service is left out")
    {
        input.services.pop_back();
        REQUIRE(fixture.manager->update(anna, id, input));
    }
}

TEST_CASE("with a lost key profiles stay, and their syncs fail until credentials are given", "[manager][secrets]")
{
    Fixture fixture;
    const auto id = fixture.add(guarded_profile());
    fixture.key = "another-key";
    fixture.boot();

    CHECK(fixture.get(id).name == "home");
    CHECK(fixture.get(id).has_credentials);
    const auto refused = fixture.manager->start(anna, id, std::nullopt);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == base::Errc::CredentialsLost);
    CHECK(fixture.get(id).state == manager::JobState::Idle);

    // What cannot be opened cannot be kept in part, but other settings can change.
    auto input = without_secrets(guarded_profile());
    REQUIRE(fixture.manager->update(anna, id, input));
    CHECK(fixture.manager->start(anna, id, std::nullopt).error().code == base::Errc::CredentialsLost);
    input.password = base::Secret("new");
    CHECK(fixture.update_error(id, input).message ==
          "Id and Password: the stored ones cannot be opened any more, both must be given");
    input.user = "anna";
    REQUIRE(fixture.manager->update(anna, id, input));
    CHECK(fixture.manager->start(anna, id, std::nullopt).error().code == base::Errc::CredentialsLost); // EVENT
    input.services[1].user = "cal-user";
    input.services[1].password = base::Secret("cal-new");
    REQUIRE(fixture.manager->update(anna, id, input));
    CHECK(plan_of(fixture, id).services[1].password == base::Secret("cal-new"));
}

TEST_CASE("a lost key of a service that is disabled does not matter", "[manager][secrets]")
{
    Fixture fixture;
    auto input = guarded_profile();
    const auto id = fixture.add(input);
    fixture.key = "another-key";
    fixture.boot();
    input = profile();
    input.services[1].enabled = false;
    REQUIRE(fixture.manager->update(anna, id, input));
    CHECK(plan_of(fixture, id).services.size() == 1);
}

TEST_CASE("an automatic session with lost credentials fails by that name, and the schedule goes on",
          "[manager][secrets]")
{
    using namespace std::chrono_literals;
    Fixture fixture;
    const auto id = fixture.add(periodic("1_HOUR"));
    fixture.key = "another-key";
    fixture.boot();
    fixture.timer.run_until(fixture.clock, fixture.clock.time + 67min);
    CHECK(fixture.recorder.take() == Words{"home is Idle", "failed home 1"});
    REQUIRE(fixture.recorder.errors.size() == 1);
    CHECK(fixture.recorder.errors[0].code == base::Errc::CredentialsLost);
    const auto statistics = fixture.manager->statistics(anna, id).value();
    CHECK(statistics.at(0).status == "FAIL");
    CHECK(statistics.at(0).error_name == "org.syncd1.Error.CredentialsLost");
    CHECK(fixture.get(id).next_sync > fixture.clock.time);
}

TEST_CASE("a box does not open for another profile or service", "[manager][secrets]")
{
    Fixture fixture;
    const auto one = fixture.add(guarded_profile());
    const auto two = fixture.add(guarded_profile());
    auto rows = fixture.repository->load_all();
    REQUIRE(rows.size() == 2);
    SECTION("of another profile")
    {
        rows[1].sealed_credentials = rows[0].sealed_credentials;
    }
    SECTION("of another service")
    {
        rows[1].services[0].sealed_credentials = rows[1].services[1].sealed_credentials;
    }
    fixture.repository->update(rows[1]);
    fixture.boot();
    CHECK(fixture.manager->start(anna, two, std::nullopt).error().code == base::Errc::CredentialsLost);
    CHECK(fixture.manager->start(anna, one, std::nullopt));
}
