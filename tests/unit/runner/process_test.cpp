#include "base/error.hpp"
#include "runner/process.hpp"

#include "channel/stream.hpp"
#include "storage/item_store.hpp"
#include "storage/sync_state.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;
using runner::ExitStatus;

namespace {

constexpr int ChannelInWorker = 3;

/// A worker in a process of its own, and the broker's end of its channel.
class Worker {
public:
    Worker()
    {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
        pid_ = ::fork();
        REQUIRE(pid_ >= 0);
        if (pid_ == 0) {
            ::dup2(ends[1], ChannelInWorker);
            ::close(ChannelInWorker + 1); // nothing to write the session down in
            ::_exit(static_cast<int>(runner::run_process(ChannelInWorker)));
        }
        ::close(ends[1]);
        channel_ = ends[0];
    }
    ~Worker()
    {
        hang_up();
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void send(const channel::Order& order)
    {
        channel::OrderWriter writer(order);
        for (auto done = writer.write(channel_); !done.value(); done = writer.write(channel_)) {
        }
    }
    void send_raw(std::string_view bytes) { REQUIRE(channel::write_all(channel_, bytes)); }
    void hang_up()
    {
        if (channel_ >= 0)
            ::close(channel_);
        channel_ = -1;
    }
    /// A line of the process's status, e.g. `Seccomp`.
    std::string status(const std::string& key) const
    {
        std::ifstream file("/proc/" + std::to_string(pid_) + "/status");
        for (std::string word; file >> word;)
            if (word == key + ":" && file >> word)
                return word;
        return {};
    }
    void signal(int number) { ::kill(pid_, number); }
    /// The next event, or nothing at the end.
    std::optional<channel::Event> next()
    {
        while (events_.empty()) {
            pollfd readable{channel_, POLLIN, 0};
            ::poll(&readable, 1, -1);
            const auto stream = reader_.read(channel_, [this](std::string_view line) {
                const auto event = channel::parse_event(line);
                REQUIRE(event);
                events_.push_back(*event);
            });
            REQUIRE(stream);
            if (*stream == channel::LineReader::Stream::Ended && events_.empty())
                return std::nullopt;
        }
        auto event = events_.front();
        events_.erase(events_.begin());
        return event;
    }
    template <class Event>
    Event expect()
    {
        const auto event = next();
        REQUIRE(event);
        REQUIRE(std::holds_alternative<Event>(*event));
        return std::get<Event>(*event);
    }
    ExitStatus wait()
    {
        int status = 0;
        REQUIRE(::waitpid(pid_, &status, 0) == pid_);
        pid_ = -1;
        REQUIRE(WIFEXITED(status));
        return static_cast<ExitStatus>(WEXITSTATUS(status));
    }

private:
    pid_t pid_ = -1;
    int channel_ = -1;
    channel::LineReader reader_;
    std::vector<channel::Event> events_;
};

/// Listens on loopback and never answers.
class SilentServer {
public:
    SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(socket_, 8) == 0);
        REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port_ = ntohs(address.sin_port);
    }
    ~SilentServer()
    {
        if (connection_ >= 0)
            ::close(connection_);
        close();
    }
    void close()
    {
        if (socket_ >= 0)
            ::close(socket_);
        socket_ = -1;
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/sync"; }
    /// Waits until a request has begun to arrive.
    void await_request()
    {
        connection_ = ::accept(socket_, nullptr, nullptr);
        REQUIRE(connection_ >= 0);
        char byte = 0;
        REQUIRE(::recv(connection_, &byte, 1, 0) == 1);
    }

private:
    int socket_;
    int connection_ = -1;
    std::uint16_t port_ = 0;
};

struct Fixture {
    Fixture()
    {
        std::string pattern = (fs::temp_directory_path() / "syncd-process-XXXXXX").string();
        directory = ::mkdtemp(pattern.data());
        plan.profile = "p1";
        plan.profile_name = "Work";
        plan.session = 7;
        plan.trigger = "user";
        plan.device_id = "urn:uuid:1";
        plan.user = "alice";
        plan.password = base::Secret("s3cret");
        plan.sync_db = directory / "sync/p1/state.db";
        plan.items_db = directory / "items/items.db";
        plan.services = {{"CONTACT", "card", "TWO_WAY", {}, {}}};
        plan.max_msg_size = plan.max_obj_size = plan.max_reply_bytes = 64 * 1024;
        plan.connect_timeout_s = plan.reply_timeout_s = 60;
        plan.session_timeout_s = 120;
        plan.log_level = "off";
    }
    ~Fixture() { fs::remove_all(directory); }
    storage::SessionRecord last_session() const
    {
        return storage::SyncState::open(plan.sync_db, storage::Access::ReadOnly).value()->history(1).at(0);
    }
    fs::path directory;
    channel::Plan plan;
};

using Outcome = channel::Result::Outcome;

} // namespace

TEST_CASE("a worker says that it started, how it ended, and leaves a record", "[process]")
{
    Fixture f;
    SilentServer server;
    f.plan.url = server.url();
    server.close(); // nobody listens there now
    Worker worker;
    worker.send(f.plan);
    worker.expect<channel::Started>();
    const auto result = worker.expect<channel::Result>();
    CHECK(result.outcome == Outcome::Failed);
    CHECK(result.error_name == "org.syncd1.Error.Unreachable");
    CHECK_FALSE(worker.next());
    CHECK(worker.wait() == ExitStatus::Failed);
    const auto record = f.last_session();
    CHECK(record.session == 7);
    CHECK(record.outcome == "FAILED");
    CHECK(record.error_message == result.message);
    CHECK(fs::status(f.directory / "sync/p1").permissions() == fs::perms::owner_all);
}

TEST_CASE("a worker is shut in before it opens the network", "[process]")
{
    Fixture f;
    SilentServer server;
    f.plan.url = server.url();
    Worker worker;
    worker.send(f.plan);
    server.await_request();
    CHECK(worker.status("NoNewPrivs") == "1");
    CHECK(worker.status("Seccomp") == "2");
    CHECK(worker.status("CapPrm") == "0000000000000000");
}

TEST_CASE("a worker without a plan that it understands says so by its status", "[process]")
{
    Worker worker;
    worker.send_raw("{\"kind\":\"plan\"}\n");
    CHECK_FALSE(worker.next());
    CHECK(worker.wait() == ExitStatus::BadPlan);

    Worker other;
    other.hang_up();
    CHECK(other.wait() == ExitStatus::BadPlan);
}

TEST_CASE("SIGTERM during an exchange ends the session as stopped", "[process]")
{
    Fixture f;
    SilentServer server;
    f.plan.url = server.url();
    Worker worker;
    worker.send(f.plan);
    worker.expect<channel::Started>();
    server.await_request();
    worker.signal(SIGTERM);
    CHECK(worker.expect<channel::Result>().outcome == Outcome::Stopped);
    CHECK(worker.wait() == ExitStatus::Stopped);
    CHECK(f.last_session().outcome == "STOPPED");
}

TEST_CASE("SIGTERM right after the plan ends the session as stopped", "[process]")
{
    Fixture f;
    SilentServer server;
    f.plan.url = server.url();
    Worker worker;
    worker.send(f.plan);
    worker.expect<channel::Started>();
    worker.signal(SIGTERM);
    CHECK(worker.expect<channel::Result>().outcome == Outcome::Stopped);
    CHECK(worker.wait() == ExitStatus::Stopped);
}

TEST_CASE("a broker that is gone interrupts the session, which is written down", "[process]")
{
    Fixture f;
    SilentServer server;
    f.plan.url = server.url();
    Worker worker;
    worker.send(f.plan);
    worker.expect<channel::Started>();
    server.await_request();
    worker.hang_up();
    CHECK(worker.wait() == ExitStatus::Failed);
    CHECK(f.last_session().outcome == "FAILED");
    CHECK(f.last_session().error_name == base::dbus_name(base::Errc::Interrupted));
}

TEST_CASE("a session that takes too long is ended as a timeout", "[process]")
{
    Fixture f;
    SilentServer server;
    f.plan.url = server.url();
    f.plan.session_timeout_s = 1;
    Worker worker;
    worker.send(f.plan);
    worker.expect<channel::Started>();
    const auto result = worker.expect<channel::Result>();
    CHECK(result.outcome == Outcome::Failed);
    CHECK(result.error_name == "org.syncd1.Error.Timeout");
    CHECK(worker.wait() == ExitStatus::Failed);
}

TEST_CASE("a database that cannot be opened fails the session locally", "[process]")
{
    Fixture f;
    f.plan.url = "http://127.0.0.1:1/";
    f.plan.items_db = "/dev/null/items.db";
    Worker worker;
    worker.send(f.plan);
    const auto result = worker.expect<channel::Result>();
    CHECK(result.outcome == Outcome::Failed);
    CHECK(result.error_name == "org.syncd1.Error.Local");
    CHECK(worker.wait() == ExitStatus::Failed);
}

TEST_CASE("a worker reads a notification behind its sandbox and ends", "[process]")
{
    channel::Reading reading;
    reading.octets = base::Secret("no notification");
    reading.accounts.push_back({"srv1", true, base::Secret("pushsecret"), {}});
    reading.log_level = "info";
    Worker worker;
    worker.send(reading);
    worker.expect<channel::Started>();
    CHECK(worker.status("Seccomp") == "2");
    CHECK(worker.expect<channel::Verdict>().refusal == "Broken");
    CHECK(worker.expect<channel::Result>() == channel::Result{channel::Result::Outcome::Completed, "", ""});
    CHECK(worker.wait() == ExitStatus::Completed);
}
