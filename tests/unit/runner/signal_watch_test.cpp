#include "runner/signal_watch.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>

namespace {

class InterruptedTransport : public transport::Transport {
public:
    base::Result<transport::Reply> post(const std::string&, std::string_view, std::string_view,
                                        transport::Repeat) override
    {
        return base::fail(base::Errc::Failed, "not used here");
    }
    unsigned http_status() const override { return 0; }
    std::optional<std::chrono::seconds> retry_after() const override { return std::nullopt; }
    void interrupt() noexcept override { interrupted = true; }
    std::atomic<bool> interrupted{false};
};

struct Fixture {
    Fixture() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0); }
    ~Fixture()
    {
        ::close(ends[0]);
        if (ends[1] >= 0)
            ::close(ends[1]);
    }
    void close_other_end()
    {
        ::close(ends[1]);
        ends[1] = -1;
    }
    std::array<int, 2> ends{};
    runner::Ending ending;
    InterruptedTransport transport;
};

/// Takes the pending alarm away; how many seconds were left, 0 for none.
unsigned pending_alarm()
{
    return ::alarm(0);
}

} // namespace

TEST_CASE("SIGTERM asks to stop and gives the running exchange its grace", "[signals]")
{
    Fixture f;
    const runner::SignalWatch watch(f.ending, f.transport, f.ends[0], std::chrono::hours(1));
    ::raise(SIGTERM);
    CHECK(f.ending.stop);
    CHECK_FALSE(f.ending.overdue);
    CHECK_FALSE(f.transport.interrupted);
    f.close_other_end();
    CHECK_FALSE(f.ending.orphaned); // it was asked before
    CHECK(pending_alarm() == runner::SignalWatch::Grace.count());

    ::raise(SIGALRM); // the grace is over
    CHECK(f.transport.interrupted);
    CHECK_FALSE(f.ending.overdue);
}

TEST_CASE("a second SIGTERM does not prolong the grace", "[signals]")
{
    Fixture f;
    const runner::SignalWatch watch(f.ending, f.transport, f.ends[0], {});
    ::raise(SIGTERM);
    CHECK(pending_alarm() > 0);
    ::raise(SIGTERM);
    CHECK(pending_alarm() == 0);
}

TEST_CASE("SIGTERM that came early counts", "[signals]")
{
    Fixture f;
    runner::hold_signals();
    ::raise(SIGTERM);
    const runner::SignalWatch watch(f.ending, f.transport, f.ends[0], {});
    CHECK(f.ending.stop);
}

TEST_CASE("a broker that went away is a request to stop", "[signals]")
{
    Fixture f;
    const runner::SignalWatch watch(f.ending, f.transport, f.ends[0], {});
    CHECK_FALSE(f.ending.stop);
    f.close_other_end();
    CHECK(f.ending.stop);
    CHECK(f.ending.orphaned);
    CHECK(pending_alarm() > 0);
}

TEST_CASE("so is one that went away before anyone watched", "[signals]")
{
    Fixture f;
    f.close_other_end();
    const runner::SignalWatch watch(f.ending, f.transport, f.ends[0], {});
    CHECK(f.ending.stop);
}

TEST_CASE("a broker that reads is not one that went away", "[signals]")
{
    Fixture f;
    const runner::SignalWatch watch(f.ending, f.transport, f.ends[0], {});
    std::array<char, 4096> block{};
    while (::send(f.ends[0], block.data(), block.size(), MSG_DONTWAIT) > 0) {
    }
    while (::recv(f.ends[1], block.data(), block.size(), MSG_DONTWAIT) > 0) {
    }
    CHECK_FALSE(f.ending.stop);
}

TEST_CASE("a session that takes too long is overdue at once", "[signals]")
{
    Fixture f;
    {
        const runner::SignalWatch watch(f.ending, f.transport, f.ends[0], std::chrono::seconds(7));
        const unsigned left = pending_alarm();
        CHECK(left >= 6);
        CHECK(left <= 7);
        ::raise(SIGALRM);
        CHECK(f.ending.overdue);
        CHECK(f.transport.interrupted);
        CHECK_FALSE(f.ending.stop);
    }
    ::raise(SIGTERM); // ignored once the watch is over
    CHECK_FALSE(f.ending.stop);
}
