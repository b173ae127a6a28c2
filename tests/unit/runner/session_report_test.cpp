#include "runner/session_report.hpp"

#include <catch2/catch.hpp>

namespace {

channel::Plan plan_of_two()
{
    channel::Plan plan;
    plan.session = 42;
    plan.trigger = "timer";
    plan.services = {{"CONTACT", "card", "TWO_WAY", {}, {}}, {"EVENT", "cal", "SLOW", {}, {}}};
    return plan;
}

runner::Time at(int seconds)
{
    return runner::Time(std::chrono::seconds(seconds));
}

session::ServiceStatistics good(session::SyncType type)
{
    session::ServiceStatistics statistics;
    statistics.type = type;
    statistics.to_server = {7, 3, 2, 1, 1};
    statistics.from_server = {4, 2, 1, 1, 0};
    statistics.concluded = true;
    return statistics;
}

session::ServiceStatistics failed(base::Errc code)
{
    auto statistics = good(session::SyncType::TwoWay);
    statistics.error = base::Error{code, "why"};
    return statistics;
}

} // namespace

TEST_CASE("a report says from the beginning who takes part", "[report]")
{
    const runner::SessionReport report(plan_of_two(), at(5));
    const auto& record = report.record();
    CHECK(record.session == 42);
    CHECK(record.trigger == "timer");
    CHECK(record.started == 5'000'000);
    CHECK(record.outcome.empty());
    REQUIRE(record.services.size() == 2);
    CHECK(record.services[0].service == "CONTACT");
    CHECK(record.services[1].type == "SLOW");
    CHECK(record.services[1].status.empty());
}

TEST_CASE("a session that ended well is reported with all its numbers", "[report]")
{
    runner::SessionReport report(plan_of_two(), at(5));
    report.note("CONTACT: slow sync");
    report.end({}, {good(session::SyncType::Slow), good(session::SyncType::TwoWay)}, {100, 200, 3}, at(9));
    const auto& record = report.record();
    CHECK(record.outcome == "COMPLETED");
    CHECK(record.error_name.empty());
    CHECK(record.ended == 9'000'000);
    CHECK(record.notes == std::vector<std::string>{"CONTACT: slow sync"});
    CHECK(record.bytes_sent == 100);
    CHECK(record.bytes_received == 200);
    CHECK(record.round_trips == 3);
    const auto& contacts = record.services.at(0);
    CHECK(contacts.status == "SUCCESS");
    CHECK(contacts.type == "SLOW"); // the type that ran, not the one asked for
    CHECK(contacts.time == 9'000'000);
    CHECK(contacts.to_server == storage::CountersRecord{7, 3, 2, 1, 1});
    CHECK(contacts.from_server == storage::CountersRecord{4, 2, 1, 1, 0});
    CHECK(runner::result_of({}) == channel::Result{channel::Result::Outcome::Completed, "", ""});
}

TEST_CASE("one failed service fails the session and not the other service", "[report]")
{
    runner::SessionReport report(plan_of_two(), at(5));
    const base::Error error{base::Errc::DatabaseNotFound, "why"};
    report.end(error, {good(session::SyncType::TwoWay), failed(error.code)}, {}, at(9));
    const auto& record = report.record();
    CHECK(record.outcome == "FAILED");
    CHECK(record.error_name == "org.syncd1.Error.DatabaseNotFound");
    CHECK(record.error_message == "why");
    CHECK(record.services[0].status == "SUCCESS");
    CHECK(record.services[0].error_name.empty());
    CHECK(record.services[1].status == "FAIL");
    CHECK(record.services[1].error_name == "org.syncd1.Error.DatabaseNotFound");
    CHECK(runner::result_of(error) ==
          channel::Result{channel::Result::Outcome::Failed, "org.syncd1.Error.DatabaseNotFound", "why"});
}

TEST_CASE("a stopped session is no failure", "[report]")
{
    runner::SessionReport report(plan_of_two(), at(5));
    const base::Error error{base::Errc::Stopped, "as asked"};
    report.end(error, {good(session::SyncType::TwoWay), failed(base::Errc::Stopped)}, {}, at(9));
    CHECK(report.record().outcome == "STOPPED");
    CHECK(report.record().error_name.empty());
    CHECK(report.record().services[0].status == "SUCCESS");
    CHECK(report.record().services[1].status == "STOP");
    CHECK(report.record().services[1].error_name.empty());
    CHECK(runner::result_of(error).outcome == channel::Result::Outcome::Stopped);
    CHECK(runner::result_of(error).error_name.empty());
}

TEST_CASE("a session that could not begin has failed for all its services", "[report]")
{
    runner::SessionReport report(plan_of_two(), at(5));
    report.end(base::Error{base::Errc::Local, "disk full"}, {}, {}, at(9));
    for (const auto& service : report.record().services) {
        CHECK(service.status == "FAIL");
        CHECK(service.error_message == "disk full");
    }
}
