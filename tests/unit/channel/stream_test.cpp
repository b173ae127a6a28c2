#include "channel/stream.hpp"

#include <catch2/catch.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>
#include <utility>

using namespace channel;

namespace {

struct Pair {
    Pair() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) == 0); }
    ~Pair()
    {
        close_near();
        ::close(fds[1]);
    }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;
    int near() const { return fds[0]; }
    int far() const { return fds[1]; }
    void close_near()
    {
        if (fds[0] >= 0)
            ::close(std::exchange(fds[0], -1));
    }
    std::array<int, 2> fds{};
};

Plan plan_with_secrets(std::size_t url_size = 20)
{
    Plan plan;
    plan.profile = "p1";
    plan.url = std::string(url_size, 'u');
    plan.password = base::Secret("first\nsecret");
    plan.services.push_back({"CONTACT", "card", "TWO_WAY", "x", base::Secret(std::string(4096, 's'))});
    return plan;
}

void wait_for(int fd, short events)
{
    pollfd wanted{fd, events, 0};
    REQUIRE(::poll(&wanted, 1, 10'000) == 1);
}

struct Lines {
    LineReader reader;
    std::vector<std::string> lines;
    base::Result<LineReader::Stream> read(int fd)
    {
        return reader.read(fd, [this](std::string_view line) { lines.emplace_back(line); });
    }
};

} // namespace

TEST_CASE("a worker reads the plan and its secrets and leaves the rest in the socket", "[channel]")
{
    Pair pair;
    OrderWriter writer(plan_with_secrets(9'000)); // longer than one look ahead
    REQUIRE(writer.write(pair.near()) == true);
    REQUIRE(write_all(pair.near(), "after"));

    const auto order = read_order(pair.far());
    REQUIRE(order);
    const auto* plan = std::get_if<Plan>(&*order);
    REQUIRE(plan != nullptr);
    CHECK(plan->url == std::string(9'000, 'u'));
    CHECK(plan->password == base::Secret("first\nsecret"));
    CHECK(plan->services.at(0).password == base::Secret(std::string(4096, 's')));
    std::array<char, 16> rest{};
    CHECK(::recv(pair.far(), rest.data(), rest.size(), MSG_DONTWAIT) == 5);
}

TEST_CASE("a plan that the socket takes in many steps arrives whole", "[channel]")
{
    Pair pair;
    const int small = 1;
    REQUIRE(::setsockopt(pair.near(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small) == 0);
    OrderWriter writer(plan_with_secrets(50'000));
    REQUIRE(writer.write(pair.near()) == false); // did not fit

    base::Result<Order> order = base::fail(base::Errc::Failed, "");
    std::thread reader([&] { order = read_order(pair.far()); });
    base::Result<bool> done = false;
    while (done && !*done) {
        wait_for(pair.near(), POLLOUT);
        done = writer.write(pair.near());
    }
    reader.join();

    CHECK(done == true);
    REQUIRE(order);
    const auto* plan = std::get_if<Plan>(&*order);
    REQUIRE(plan != nullptr);
    CHECK(plan->url == std::string(50'000, 'u'));
    CHECK(plan->services.at(0).password == base::Secret(std::string(4096, 's')));
}

TEST_CASE("a plan that is cut off or too long is an error", "[channel]")
{
    Pair pair;
    SECTION("in its line")
    {
        REQUIRE(write_all(pair.near(), "{\"kind\":"));
        pair.close_near();
        CHECK(read_order(pair.far()).error().code == base::Errc::Interrupted);
    }
    SECTION("in a secret")
    {
        std::vector<base::Secret> secrets;
        REQUIRE(write_all(pair.near(), to_line(plan_with_secrets(), secrets)));
        REQUIRE(write_all(pair.near(), "first"));
        pair.close_near();
        CHECK(read_order(pair.far()).error().code == base::Errc::Interrupted);
    }
    SECTION("over the bound")
    {
        REQUIRE(write_all(pair.near(), std::string(max_line_bytes + 10, ' ')));
        CHECK(read_order(pair.far()).error().message == "channel: the order is longer than 64 KiB");
    }
}

TEST_CASE("writing to a closed channel is an error and raises no signal", "[channel]")
{
    Pair pair;
    ::close(std::exchange(pair.fds[1], ::dup(STDERR_FILENO)));
    CHECK(write_all(pair.near(), "x").error().code == base::Errc::Interrupted);
    OrderWriter writer(plan_with_secrets());
    CHECK(writer.write(pair.near()).error().code == base::Errc::Interrupted);
}

TEST_CASE("lines are cut where they end, however they arrive", "[channel]")
{
    Pair pair;
    Lines lines;
    CHECK(lines.read(pair.far()) == LineReader::Stream::Open); // nothing there
    REQUIRE(write_all(pair.near(), "one\ntw"));
    CHECK(lines.read(pair.far()) == LineReader::Stream::Open);
    CHECK(lines.lines == std::vector<std::string>{"one"});
    REQUIRE(write_all(pair.near(), "o\n\nthree\n"));
    CHECK(lines.read(pair.far()) == LineReader::Stream::Open);
    CHECK(lines.lines == std::vector<std::string>{"one", "two", "", "three"});
    pair.close_near();
    CHECK(lines.read(pair.far()) == LineReader::Stream::Ended);
}

TEST_CASE("a line that the end of the stream cuts off is dropped", "[channel]")
{
    Pair pair;
    Lines lines;
    REQUIRE(write_all(pair.near(), "whole\nhalf"));
    pair.close_near();
    CHECK(lines.read(pair.far()) == LineReader::Stream::Open);
    CHECK(lines.read(pair.far()) == LineReader::Stream::Ended);
    CHECK(lines.lines == std::vector<std::string>{"whole"});
}

TEST_CASE("the longest line passes, one byte more does not", "[channel]")
{
    Pair pair;
    Lines lines;
    const std::size_t size = max_line_bytes + GENERATE(0U, 1U);
    std::thread writer([&] { (void)write_all(pair.near(), std::string(size, 'x') + '\n'); });
    base::Result<LineReader::Stream> state = LineReader::Stream::Open;
    while (state && lines.lines.empty()) {
        wait_for(pair.far(), POLLIN);
        state = lines.read(pair.far());
    }
    writer.join();
    if (size == max_line_bytes)
        CHECK(lines.lines == std::vector<std::string>{std::string(size, 'x')});
    else
        CHECK(state.error().message == "channel: a line is longer than 64 KiB");
}
