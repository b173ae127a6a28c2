#include "manager/jobs.hpp"

#include <catch2/catch.hpp>

using manager::Job;
using manager::Jobs;

namespace {

Job job(std::uint64_t session, manager::Uid owner)
{
    Job job;
    job.session = session;
    job.profile = "p" + std::to_string(session);
    job.owner = owner;
    return job;
}

/// Begins all that may begin; their numbers.
std::vector<std::uint64_t> begin_all(Jobs& jobs)
{
    std::vector<std::uint64_t> begun;
    while (auto* next = jobs.next()) {
        next->running = true;
        begun.push_back(next->session);
    }
    return begun;
}

using Numbers = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("a user's sessions run one after another, in order", "[manager][jobs]")
{
    Jobs jobs(16);
    for (std::uint64_t session = 1; session <= 3; ++session)
        jobs.add(job(session, 1000));
    CHECK(begin_all(jobs) == Numbers{1});
    CHECK(begin_all(jobs).empty());
    jobs.remove(1);
    CHECK(begin_all(jobs) == Numbers{2});
    jobs.remove(2);
    CHECK(begin_all(jobs) == Numbers{3});
    jobs.remove(3);
    CHECK(jobs.empty());
    CHECK(begin_all(jobs).empty());
}

TEST_CASE("different users' sessions run side by side, up to the limit", "[manager][jobs]")
{
    Jobs jobs(2);
    for (std::uint64_t session = 1; session <= 3; ++session)
        jobs.add(job(session, static_cast<manager::Uid>(1000 + session)));
    CHECK(begin_all(jobs) == Numbers{1, 2});
    jobs.remove(2);
    CHECK(begin_all(jobs) == Numbers{3});
}

TEST_CASE("many sessions of one user do not keep another waiting", "[manager][jobs]")
{
    Jobs jobs(1);
    for (std::uint64_t session = 1; session <= 4; ++session)
        jobs.add(job(session, 1000));
    jobs.add(job(5, 1001));
    jobs.add(job(6, 1002));
    jobs.add(job(7, 1001));
    Numbers order;
    for (int i = 0; i < 7; ++i) {
        const auto begun = begin_all(jobs);
        REQUIRE(begun.size() == 1);
        order.push_back(begun.front());
        jobs.remove(begun.front());
    }
    CHECK(order == Numbers{1, 5, 6, 2, 7, 3, 4});
}

TEST_CASE("who comes back takes their place at the end of the line", "[manager][jobs]")
{
    Jobs jobs(1);
    jobs.add(job(1, 1000));
    jobs.add(job(2, 1001));
    CHECK(begin_all(jobs) == Numbers{1});
    jobs.remove(1);
    jobs.add(job(3, 1000));
    CHECK(begin_all(jobs) == Numbers{2});
    jobs.remove(2);
    jobs.add(job(4, 1001));
    CHECK(begin_all(jobs) == Numbers{3});
}

TEST_CASE("what is stopped in the queue never begins", "[manager][jobs]")
{
    Jobs jobs(1);
    jobs.add(job(1, 1000));
    jobs.add(job(2, 1000)).stopping = true;
    jobs.add(job(3, 1000));
    CHECK(jobs.stopped_in_queue() == Numbers{2});
    CHECK(begin_all(jobs) == Numbers{1});
    jobs.find("p1")->stopping = true; // running: it ends by itself
    CHECK(jobs.stopped_in_queue() == Numbers{2});
    jobs.remove(1);
    CHECK(begin_all(jobs) == Numbers{3});
    CHECK(jobs.sessions() == Numbers{2, 3});
}

TEST_CASE("a job is found by its profile and by its session", "[manager][jobs]")
{
    Jobs jobs(1);
    jobs.add(job(7, 1000));
    CHECK(jobs.find("p7")->session == 7);
    CHECK(jobs.find_session(7)->profile == "p7");
    CHECK(jobs.find("p8") == nullptr);
    CHECK(jobs.find_session(8) == nullptr);
}
