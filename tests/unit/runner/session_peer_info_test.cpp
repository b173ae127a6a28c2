// Device information between the sessions of a profile.

#include "runner/device_document.hpp"
#include "whole_session.hpp"

#include <catch2/catch.hpp>

using namespace whole_session;

TEST_CASE("device information is sent once and asked for until it is known", "[runner]")
{
    Fixture f;
    const auto count = [&](const char* name) {
        return std::ranges::count_if(f.server.requests.at(0).body,
                                     [&](const syncml::Command& command) { return syncml::name(command) == name; });
    };
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(count("Put") == 1);
    CHECK(count("Get") == 1);

    f.server.requests.clear();
    f.state->set_peer_info(R"({"not":"ours"})", microseconds_of(f.now));
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(count("Put") == 0);
    CHECK(count("Get") == 1);

    f.server.requests.clear();
    f.plan.device_id = "urn:uuid:2";
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(count("Put") == 1);

    f.server.requests.clear();
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(count("Put") == 0);
}

TEST_CASE("device information goes with every slow sync that was asked for", "[runner]")
{
    Fixture f;
    const auto puts = [&] {
        return std::ranges::count_if(f.server.requests.at(0).body, [](const syncml::Command& command) {
            return std::holds_alternative<syncml::Put>(command);
        });
    };
    REQUIRE(f.run().outcome == Outcome::Completed);
    f.plan.services.at(0).type = "SLOW";
    for (int session = 0; session < 2; ++session) {
        f.server.requests.clear();
        REQUIRE(f.run().outcome == Outcome::Completed);
        CHECK(puts() == 1);
    }
}

TEST_CASE("device information that is old, or may be another by now, is asked for again and used until then",
          "[runner]")
{
    Fixture f;
    const auto is_asked_for = [&] {
        f.server.requests.clear();
        REQUIRE(f.run().outcome == Outcome::Completed);
        return std::ranges::any_of(f.server.requests.at(0).body,
                                   [](const syncml::Command& command) { return syncml::name(command) == "Get"; });
    };
    REQUIRE(f.run().outcome == Outcome::Completed);
    f.state->set_peer_info(runner::to_json({}), microseconds_of(f.now));
    CHECK_FALSE(is_asked_for());
    f.state->doubt_peer_info();
    CHECK(is_asked_for());
    f.state->set_peer_info(runner::to_json({}), microseconds_of(f.now - std::chrono::days(31)));
    CHECK(is_asked_for());
    f.state->set_peer_info(runner::to_json({}), microseconds_of(f.now + std::chrono::days(1)));
    CHECK(is_asked_for());
}

TEST_CASE("device information that never arrived is sent again", "[runner]")
{
    Fixture f;
    f.server.on_request = connection_lost;
    REQUIRE(f.run().outcome == Outcome::Failed);
    CHECK(f.state->sent_devinf_hash().empty());
}
