// How a session ends, what is told and what is written down of it.

#include "whole_session.hpp"

#include <catch2/catch.hpp>

using namespace whole_session;

TEST_CASE("a store that fails ends its own service and no other", "[runner]")
{
    for (const auto* call : {"prepare", "read", "apply", "commit"}) {
        Fixture f;
        INFO(call);
        f.plan.services.push_back({"EVENT", "cal", "TWO_WAY", {}, {}});
        f.contacts.fails_at = call;
        f.server.items["contacts"] = {server_add("g1", "BEGIN:VCARD\r\nEND:VCARD\r\n")};
        const auto result = f.run();
        CHECK(result.outcome == Outcome::Failed);
        CHECK(result.error_name == "org.syncd1.Error.Local");
        CHECK(result.message == "CONTACT failed on this machine: disk full. What is confirmed is kept; synchronize "
                                "again when that is remedied.");
        CHECK(f.state->anchors("CONTACT", "card") == storage::Anchors{});
        CHECK_FALSE(f.state->anchors("EVENT", "cal") == storage::Anchors{});
        const auto services = f.state->history(1).at(0).services;
        CHECK(services.at(0).status == "FAIL");
        CHECK(services.at(1).status == "SUCCESS");
    }
}

TEST_CASE("what is to be looked at first ends its service before anything is sent or forgotten", "[runner]")
{
    Fixture f;
    f.plan.profile_name = "Work";
    f.plan.services.push_back({"EVENT", "cal", "TWO_WAY", {}, {}});
    REQUIRE(f.run().outcome == Outcome::Completed);
    const auto anchors = f.state->anchors("CONTACT", "card");
    f.contacts.fails_at = "review";
    const auto result = f.run();
    CHECK(result.error_name == "org.syncd1.Error.HeldForReview");
    CHECK(result.message == "CONTACT waits for review: here 500 items were deleted. See what it is with \"syncctl plan "
                            "Work\", and then \"syncctl release\" or \"syncctl reject\" it.");
    CHECK(f.state->anchors("CONTACT", "card") == anchors);
    CHECK(f.state->history(1).at(0).services.at(1).status == "SUCCESS");
}

TEST_CASE("what the server changed and waits ends a good session, whose anchors move", "[runner]")
{
    Fixture f;
    f.contacts.held = "on the server 500 items were deleted";
    const auto result = f.run();
    CHECK(result.outcome == Outcome::Failed);
    CHECK(result.error_name == "org.syncd1.Error.HeldForReview");
    CHECK(f.did("commit"));
    CHECK_FALSE(f.state->anchors("CONTACT", "card") == storage::Anchors{});
}

TEST_CASE("nothing is sent that could not be noted", "[runner]")
{
    Fixture f;
    f.contacts.fails_at = "note_sent";
    CHECK(f.run().error_name == "org.syncd1.Error.Local");
    CHECK(f.server.requests.size() == 1);
    CHECK_FALSE(f.did("commit"));
}

TEST_CASE("a confirmation that cannot be kept ends the session before the anchors move", "[runner]")
{
    Fixture f;
    f.contacts.fails_at = "note_confirmed";
    CHECK(f.run().error_name == "org.syncd1.Error.Local");
    CHECK_FALSE(f.did("commit"));
    CHECK(f.state->anchors("CONTACT", "card") == storage::Anchors{});
}

TEST_CASE("a broken connection is written down and told", "[runner]")
{
    Fixture f;
    f.server.on_request = connection_lost;
    const auto result = f.run();
    CHECK(result ==
          channel::Result{Outcome::Failed, "org.syncd1.Error.Unreachable", "sync.example.net: connection reset"});
    const auto record = f.state->history(1).at(0);
    CHECK(record.outcome == "FAILED");
    CHECK(record.error_name == "org.syncd1.Error.Unreachable");
    CHECK(record.services.at(0).status == "FAIL");
    CHECK(record.round_trips == 0);
    CHECK(record.bytes_sent > 0);
    CHECK(record.bytes_received == 0);
}

TEST_CASE("how long the server wants to be left alone is told with a failure", "[runner]")
{
    Fixture f;
    f.server.wait = std::chrono::seconds(90);
    CHECK(f.run() == channel::Result{Outcome::Completed, "", "", 0});
    f.server.on_request = connection_lost;
    CHECK(f.run().retry_after_s == 90);
    f.server.wait = std::chrono::hours(1'000'000'000);
    CHECK(f.run().retry_after_s == 365 * 24 * 3600);
    f.server.wait.reset();
    CHECK(f.run().retry_after_s == 0);
}

TEST_CASE("an open record stands while the session runs", "[runner]")
{
    Fixture f;
    std::string outcome = "unset";
    f.server.on_request = [&](const syncml::Message&) -> base::Result<void> {
        outcome = f.state->history(1).at(0).outcome;
        return {};
    };
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(outcome.empty());
    const auto record = f.state->history(1).at(0);
    CHECK(record.session == 42);
    CHECK(record.outcome == "COMPLETED");
    CHECK(record.round_trips == f.server.requests.size());
    CHECK(record.bytes_received > 0);
    CHECK(record.notes.size() == 1); // why it was slow
}

TEST_CASE("a stop ends the session after the exchange it comes in", "[runner]")
{
    Fixture f;
    f.server.on_request = [&](const syncml::Message& request) -> base::Result<void> {
        f.ending.stop = request.header.msg_id == 2;
        return {};
    };
    const auto result = f.run();
    CHECK(result.outcome == Outcome::Stopped);
    CHECK(f.server.requests.size() == 3); // the last one suspends
    CHECK(f.did("note_confirmed 7"));     // the reply still counts
    CHECK(f.did("abandon"));
    CHECK(f.state->history(1).at(0).outcome == "STOPPED");
    CHECK(f.state->statistics().at(0).status == "STOP");
    CHECK(f.state->statistics().at(0).to_server.total == 1);
}

TEST_CASE("a session whose broker is gone was interrupted, not stopped", "[runner]")
{
    Fixture f;
    f.server.on_request = [&](const syncml::Message& request) -> base::Result<void> {
        if (request.header.msg_id == 2)
            f.ending.orphaned = f.ending.stop = true;
        return {};
    };
    CHECK(f.run().error_name == "org.syncd1.Error.Interrupted");
    CHECK(f.state->history(1).at(0).outcome == "FAILED");
    CHECK(f.state->history(1).at(0).error_name == "org.syncd1.Error.Interrupted");
    CHECK(f.state->statistics().at(0).status == "FAIL");
}

TEST_CASE("a stop before the first message sends none", "[runner]")
{
    Fixture f;
    f.ending.stop = true;
    CHECK(f.run().outcome == Outcome::Stopped);
    CHECK(f.server.requests.empty());
}

TEST_CASE("an overdue session is a timeout", "[runner]")
{
    Fixture f;
    f.server.on_request = [&](const syncml::Message&) -> base::Result<void> {
        f.ending.overdue = true;
        return base::fail(base::Errc::Stopped, "interrupted"); // as the transport has it
    };
    const auto result = f.run();
    CHECK(result.outcome == Outcome::Failed);
    CHECK(result.error_name == "org.syncd1.Error.Timeout");
    CHECK(f.server.requests.size() == 1);
    CHECK(f.state->statistics().at(0).status == "FAIL");
}

TEST_CASE("progress is told and reaches its end", "[runner]")
{
    Fixture f;
    f.server.items["contacts"] = {server_add("g1", "BEGIN:VCARD\r\nEND:VCARD\r\n")};
    REQUIRE(f.run().outcome == Outcome::Completed);
    const auto last = [&](bool from_server) {
        channel::Progress progress;
        for (const auto& one : f.told)
            if (one.from_server == from_server)
                progress = one;
        return progress;
    };
    CHECK(last(false) == channel::Progress{"CONTACT", false, 1, 1});
    CHECK(last(true) == channel::Progress{"CONTACT", true, 1, 1});
}

TEST_CASE("a service that is not kept here fails the session by name", "[runner]")
{
    Fixture f;
    f.plan.services[0].service = "EMAIL";
    const auto result = f.run();
    CHECK(result.error_name == "org.freedesktop.DBus.Error.NotSupported");
    CHECK(f.server.requests.empty());
}
