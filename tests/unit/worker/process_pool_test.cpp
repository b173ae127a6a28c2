#include "worker/process_pool.hpp"

#include <catch2/catch.hpp>
#include <systemd/sd-event.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using channel::Progress;
using channel::Result;
using worker::ProcessPool;
using namespace std::chrono_literals;

namespace {

const std::string program = FAKE_WORKER;

channel::Plan plan(std::string how, std::uint64_t session = 7)
{
    channel::Plan plan;
    plan.profile = "p1";
    plan.profile_name = std::move(how);
    plan.session = session;
    plan.password = base::Secret("hunter2");
    plan.services.push_back({"CONTACT", "card", "TWO_WAY", std::nullopt, {}});
    return plan;
}

struct Loop {
    Loop() { REQUIRE(sd_event_new(&event) >= 0); }
    ~Loop() { sd_event_unref(event); }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    /// Until something was dispatched. A pidfd that is ready a moment before its child can be waited for wakes the loop
    /// for nothing.
    void turn() const
    {
        const auto patience = std::chrono::steady_clock::now() + 20s;
        int dispatched = 0;
        while ((dispatched = sd_event_run(event, 20'000'000)) == 0)
            REQUIRE(std::chrono::steady_clock::now() < patience);
        REQUIRE(dispatched > 0);
    }
    sd_event* event = nullptr;
};

/// A pool, and what it reported.
struct Fixture {
    explicit Fixture(worker::Limits limits = {.start = 20s, .patience = 50ms}) : pool(loop.event, program, limits) {}
    Loop loop;
    ProcessPool pool;
    std::vector<Progress> progress;
    std::vector<Result> results;
    worker::Handed handed; ///< what the worker gets
    std::function<void()> on_first_progress = [] {};

    base::Result<void> start(const channel::Plan& what)
    {
        return pool.start(
            what, handed,
            [this](const Progress& each) {
                progress.push_back(each);
                if (progress.size() == 1)
                    on_first_progress();
            },
            [this](const Result& result) { results.push_back(result); });
    }
    Result run(const channel::Plan& what)
    {
        REQUIRE(start(what));
        CHECK(results.empty());
        CHECK(pool.running() == 1);
        while (results.empty())
            loop.turn();
        CHECK(results.size() == 1);
        CHECK(pool.running() == 0);
        // Reaped: no child is left, not even a zombie.
        CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
        CHECK(errno == ECHILD);
        return results.front();
    }
    Result run(std::string how) { return run(plan(std::move(how))); }
};

void check_failed(const Result& result, const char* error, const char* text)
{
    CHECK(result.outcome == Result::Outcome::Failed);
    CHECK(result.error_name == std::string("org.syncd1.Error.") + error);
    CHECK_THAT(result.message, Catch::Contains(text));
}

/// An environment variable for the time of a test.
struct Variable {
    Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
    ~Variable() { ::unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    const char* name_;
};

} // namespace

TEST_CASE("a worker's result is delivered once it has ended", "[worker]")
{
    Fixture fixture;
    CHECK(fixture.run("complete") == Result{Result::Outcome::Completed, "", ""});
    CHECK(fixture.progress.empty());
}

TEST_CASE("the plan's secrets arrive at the worker", "[worker]")
{
    Fixture fixture;
    CHECK(fixture.run("fail") == Result{Result::Outcome::Failed, "org.syncd1.Error.Tls", "yes"});
}

TEST_CASE("a worker whose items are in the session of its user finds the way there", "[worker]")
{
    const Variable bus("DBUS_SESSION_BUS_ADDRESS", "unix:path=/somewhere");
    const auto what = [](std::string directory) {
        auto possessions = plan("possessions");
        possessions.services.front().directory = std::move(directory);
        return possessions;
    };
    Fixture fixture;
    CHECK_THAT(fixture.run(what("eds:system-address-book")).message,
               Catch::Contains("DBUS_SESSION_BUS_ADDRESS=unix:path=/somewhere"));
    fixture.results.clear();
    CHECK_THAT(fixture.run(what("/a/directory")).message, !Catch::Contains("DBUS_SESSION_BUS_ADDRESS"));
}

TEST_CASE("a worker gets its channel, standard error and nothing else", "[worker]")
{
    const int open_for_all = ::fcntl(STDERR_FILENO, F_DUPFD, 20); // without O_CLOEXEC
    REQUIRE(open_for_all >= 20);
    ::signal(SIGPIPE, SIG_IGN);
    const Variable secret("SYNCD_TEST_SECRET", "hunter2");
    const Variable proxy("https_proxy", "http://proxy.example:3128");
    Fixture fixture;
    const auto result = fixture.run("possessions");
    ::close(open_for_all);
    ::signal(SIGPIPE, SIG_DFL);

    CHECK_THAT(result.message, Catch::Contains("fds 0,1,2,3\n"));
    CHECK_THAT(result.message, Catch::Contains("PATH=/usr/local/bin:/usr/bin:/bin"));
    CHECK_THAT(result.message, Catch::Contains("LANG=C.UTF-8"));
    CHECK_THAT(result.message, Catch::Contains("https_proxy=http://proxy.example:3128"));
    CHECK_THAT(result.message, !Catch::Contains("hunter2"));
    CHECK_THAT(result.message, !Catch::Contains("HOME="));
    CHECK_THAT(result.message, Catch::Contains("arguments 1\n"));
    CHECK_THAT(result.message, Catch::Contains("signals 0 0\n"));
    CHECK_THAT(result.message, Catch::Contains("group own\n"));
}

TEST_CASE("a worker gets what it writes the session down in, and that ends with the worker", "[worker]")
{
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    Fixture fixture;
    fixture.handed = std::make_shared<const base::Descriptor>(::fcntl(pipe[1], F_DUPFD_CLOEXEC, 5));
    ::close(pipe[1]);
    const auto what = plan("write down");
    REQUIRE(fixture.start(what));
    fixture.handed = nullptr;
    while (fixture.results.empty())
        fixture.loop.turn();
    CHECK(fixture.results.front() == Result{Result::Outcome::Completed, "", ""});
    std::array<char, 100> words{};
    CHECK(::read(pipe[0], words.data(), words.size()) == 11);
    CHECK(std::string_view(words.data()) == "the session");
    CHECK(::read(pipe[0], words.data(), words.size()) == 0);
    ::close(pipe[0]);
}

TEST_CASE("a result counts whatever the exit status is, and nothing after it does", "[worker]")
{
    const auto* how = GENERATE("complete, then exit 3", "say more after the result");
    Fixture fixture;
    CHECK(fixture.run(how) == Result{Result::Outcome::Completed, "", ""});
}

TEST_CASE("a worker that ends without a result has been interrupted", "[worker]")
{
    Fixture fixture;
    SECTION("by an exit")
    {
        check_failed(fixture.run("exit 3"), "Interrupted", "ended with exit status 3 before");
    }
    SECTION("by a signal")
    {
        check_failed(fixture.run("die"), "Interrupted", "ended with signal 9 (Killed) before");
        CHECK(fixture.progress == std::vector{Progress{"CONTACT", true, 100'000, 1}});
    }
}

TEST_CASE("a worker that breaks the rules of the channel is killed", "[worker]")
{
    Fixture fixture;
    SECTION("garbage")
    {
        check_failed(fixture.run("garbage"), "Interrupted", "was killed (channel: unknown event)");
    }
    SECTION("an endless line")
    {
        check_failed(fixture.run("endless line"), "Interrupted", "a line is longer than 64 KiB");
    }
    SECTION("a service that it has no business with")
    {
        check_failed(fixture.run("foreign service"), "Interrupted", "not in its plan");
        CHECK(fixture.progress.empty());
    }
    SECTION("a flood")
    {
        check_failed(fixture.run("flood"), "Interrupted", "flooded");
    }
}

TEST_CASE("fast progress is thinned out, its last word is not lost", "[worker]")
{
    Fixture fixture;
    CHECK(fixture.run("fifty").outcome == Result::Outcome::Completed);
    REQUIRE(fixture.progress.size() >= 1);
    CHECK(fixture.progress.size() < 25);
    CHECK(fixture.progress.back() == Progress{"CONTACT", true, 100'000, 50});
    for (std::size_t i = 1; i < fixture.progress.size(); ++i)
        CHECK(fixture.progress[i].synced > fixture.progress[i - 1].synced);
}

TEST_CASE("a worker that is asked to stop ends in order, by the signal, or by force", "[worker]")
{
    const auto* how = GENERATE("stop in order", "die of SIGTERM", "ignore SIGTERM");
    Fixture fixture;
    fixture.on_first_progress = [&] {
        fixture.pool.stop(99, 0ms); // nobody
        fixture.pool.stop(7, how == std::string("ignore SIGTERM") ? 50ms : 20s);
    };
    CHECK(fixture.run(how).outcome == Result::Outcome::Stopped);
}

TEST_CASE("a session that outlives its timeout has failed, even when its worker then stops in order", "[worker]")
{
    const auto* how = GENERATE("stop in order", "ignore SIGTERM");
    Fixture fixture;
    auto limited = plan(how);
    limited.session_timeout_s = 1;
    check_failed(fixture.run(limited), "Timeout", "longer than 1 seconds");
}

TEST_CASE("a worker that has nothing more to say may not stay", "[worker]")
{
    Fixture fixture;
    SECTION("after its result")
    {
        CHECK(fixture.run("complete and stay").outcome == Result::Outcome::Completed);
    }
    SECTION("after it closed the channel")
    {
        check_failed(fixture.run("close and stay"), "Interrupted", "signal 9");
    }
}

TEST_CASE("a process that a worker leaves behind does not hold its session up", "[worker]")
{
    Fixture fixture;
    CHECK(fixture.run("leave a child").outcome == Result::Outcome::Completed);
}

TEST_CASE("a worker that never gets ready is killed and has failed in time", "[worker]")
{
    Fixture fixture({.start = 100ms, .patience = 50ms});
    check_failed(fixture.run("never start"), "Timeout",
                 "did not get ready within 0.1 seconds and was killed: the disk");
}

TEST_CASE("a worker that got ready has its session's time, not that of its start", "[worker]")
{
    Fixture fixture({.start = 100ms, .patience = 50ms});
    auto limited = plan("start and hang");
    limited.session_timeout_s = 1;
    check_failed(fixture.run(limited), "Timeout", "longer than 1 seconds");
}

TEST_CASE("a worker whose broker ends is told by the channel, or killed", "[worker]")
{
    Fixture fixture;
    fixture.on_first_progress = [&] {
        fixture.pool.interrupt(99, 0ms); // nobody
        fixture.pool.interrupt(7, 100ms);
    };
    SECTION("it ends as it sees fit")
    {
        check_failed(fixture.run("wait for the end of the channel"), "Interrupted", "the broker went");
    }
    SECTION("it had completed before it noticed")
    {
        CHECK(fixture.run("complete at the end of the channel").outcome == Result::Outcome::Completed);
    }
    SECTION("it does not end")
    {
        check_failed(fixture.run("die of SIGTERM"), "Interrupted", "syncd was stopped, and the session's worker");
    }
}

TEST_CASE("workers run side by side, each with its own end", "[worker]")
{
    Fixture fixture;
    std::vector<std::uint64_t> ended;
    for (std::uint64_t session = 1; session <= 5; ++session)
        REQUIRE(fixture.pool.start(
            plan("complete", session), nullptr, [](const Progress&) {},
            [&ended, session](const Result&) { ended.push_back(session); }));
    CHECK(fixture.pool.running() == 5);
    while (ended.size() < 5)
        fixture.loop.turn();
    std::sort(ended.begin(), ended.end());
    CHECK(ended == std::vector<std::uint64_t>{1, 2, 3, 4, 5});
    CHECK(fixture.pool.running() == 0);
}

TEST_CASE("an end may start the next session, of the same number too", "[worker]")
{
    Fixture fixture;
    int ends = 0;
    REQUIRE(fixture.pool.start(
        plan("complete"), nullptr, [](const Progress&) {},
        [&](const Result&) {
            ++ends;
            REQUIRE(fixture.start(plan("complete")));
        }));
    while (fixture.results.empty())
        fixture.loop.turn();
    CHECK(ends == 1);
}

TEST_CASE("a program that cannot be started is an error, and nobody is called", "[worker]")
{
    Loop loop;
    ProcessPool pool(loop.event, "/nonexistent/syncd-session");
    const auto started = pool.start(
        plan("complete"), nullptr, [](const Progress&) { FAIL(); }, [](const Result&) { FAIL(); });
    REQUIRE_FALSE(started);
    CHECK(started.error().code == base::Errc::Failed);
    CHECK_THAT(started.error().message, Catch::Contains("/nonexistent/syncd-session"));
    CHECK(pool.running() == 0);
    CHECK(sd_event_run(loop.event, 0) == 0);
}

TEST_CASE("a second worker for a session is refused", "[worker]")
{
    Fixture fixture;
    REQUIRE(fixture.start(plan("stop in order")));
    CHECK_FALSE(fixture.start(plan("complete")));
    CHECK(fixture.pool.running() == 1);
}

TEST_CASE("no worker outlives the pool", "[worker]")
{
    Loop loop;
    bool called = false;
    {
        ProcessPool pool(loop.event, program);
        REQUIRE(pool.start(
            plan("ignore SIGTERM"), nullptr, [](const Progress&) {}, [&](const Result&) { called = true; }));
    }
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
    CHECK(errno == ECHILD);
    CHECK_FALSE(called);
}

namespace {

channel::Reading reading(std::string_view how)
{
    channel::Reading reading;
    reading.octets = base::Secret(how);
    reading.accounts.push_back({"srv1", true, base::Secret("pushsecret"), {}});
    return reading;
}

base::Result<channel::Verdict> read(std::string_view how, worker::Limits limits = {.start = 20s, .patience = 50ms})
{
    Fixture fixture(limits);
    std::optional<base::Result<channel::Verdict>> verdict;
    REQUIRE(fixture.pool.read(reading(how), [&](const auto& what) { verdict = what; }));
    CHECK_FALSE(verdict);
    CHECK(fixture.pool.running() == 0); // it is no session
    while (!verdict)
        fixture.loop.turn();
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
    return *verdict;
}

} // namespace

TEST_CASE("a worker reads a notification and gives its verdict", "[worker]")
{
    const auto verdict = read("well");
    REQUIRE(verdict);
    CHECK(verdict->matches == std::vector<channel::Match>{{0, true}});
}

TEST_CASE("a worker that gives no verdict, or more than one, has failed", "[worker]")
{
    for (const auto* how : {"die", "no verdict", "two verdicts", "progress"}) {
        INFO(how);
        const auto verdict = read(how);
        REQUIRE_FALSE(verdict);
        CHECK(verdict.error().code == base::Errc::Interrupted);
        CHECK_THAT(verdict.error().message, Catch::Contains("the notification could not be read: "));
    }
    CHECK(read("fail").error() == base::Error{base::Errc::Local, "the notification could not be read: no sandbox"});
    CHECK(read("hang", {.start = 50ms, .patience = 50ms}).error().code == base::Errc::Timeout);
}

TEST_CASE("a verdict has no place in a session", "[worker]")
{
    Fixture fixture;
    check_failed(fixture.run("verdict"), "Interrupted", "a verdict that nobody asked for");
}

TEST_CASE("a pool that ends leaves no reader behind and tells nobody", "[worker]")
{
    Loop loop;
    bool told = false;
    {
        ProcessPool pool(loop.event, program, {});
        REQUIRE(pool.read(reading("hang"), [&](const auto&) { told = true; }));
    }
    CHECK_FALSE(told);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}
