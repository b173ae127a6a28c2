#include "client_events.hpp"
#include "fake_service.hpp"

#include <array>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

using namespace syncd;

namespace {

/// Writes down what is called, in order.
struct Log {
    std::vector<std::string> lines;

    SyncProgressCallback callback()
    {
        return {
            .on_progress =
                [this](const std::string& id, SyncServiceType type, bool from_server, std::uint32_t total,
                       std::uint32_t synced) {
                    lines.push_back("progress " + id + " " + std::string(to_string(type)) +
                                    (from_server ? " from server " : " from client ") + std::to_string(synced) + "/" +
                                    std::to_string(total));
                },
            .on_completed = [this](const std::string& id) { lines.push_back("completed " + id); },
            .on_stopped = [this](const std::string& id) { lines.push_back("stopped " + id); },
            .on_failed =
                [this](const std::string& id, const Error& error) {
                    lines.push_back("failed " + id + " " + error.name() + ": " + error.what());
                },
        };
    }
};

void accept_session(FakeService& service, std::uint64_t number)
{
    service.start_sync = [number](const std::string&, const Values&) { return number; };
}

} // namespace

TEST_CASE("a session's callbacks come in order and end with its end")
{
    FakeService service;
    accept_session(service, 7);
    Client client(user_bus);
    Log log;

    const Session session = client.start_sync("p1", log.callback());
    CHECK(session.number() == 7);
    CHECK(session.profile_id() == "p1");
    CHECK_FALSE(session.outcome());
    service.emitProgress("p1", 7, "CONTACT", true, 3, 1);
    service.emitProgress("p1", 8, "CONTACT", true, 3, 2); // another session
    service.emitProgress("p1", 7, "EVENT", false, 5, 5);
    service.emitCompleted("p1", 7);
    service.emitStopped("p1", 7); // must not be heard
    CHECK(client.run_until(session) == SyncOutcome::Completed);
    client.version(); // whatever came, has come
    client.process();

    CHECK(session.outcome() == SyncOutcome::Completed);
    CHECK(log.lines == std::vector<std::string>{"progress p1 CONTACT from server 1/3",
                                                "progress p1 EVENT from client 5/5", "completed p1"});
}

TEST_CASE("a failure has its reason, in the callback and in the session")
{
    FakeService service;
    accept_session(service, 7);
    Client client(user_bus);
    Log log;

    const Session session = client.start_sync("p1", log.callback());
    service.emitFailed("p1", 7, "org.syncd1.Error.Authentication", "wrong password");

    CHECK(client.run_until(session) == SyncOutcome::Failed);
    CHECK(log.lines == std::vector<std::string>{"failed p1 org.syncd1.Error.Authentication: wrong password"});
    REQUIRE(session.error());
    CHECK(session.error()->kind() == ErrorKind::Authentication);
}

TEST_CASE("the type of one session is sent as an option")
{
    FakeService service;
    std::vector<std::string> sent;
    service.start_sync = [&](const std::string&, const Values& options) {
        sent.push_back(options.empty() ? "none" : options.at("Type").get<std::string>());
        return std::uint64_t(1);
    };
    Client client(user_bus);

    static_cast<void>(client.start_sync("p1"));
    static_cast<void>(client.start_sync("p1", {}, {.type = SyncType::RefreshFromServer}));

    CHECK(sent == std::vector<std::string>{"none", "REFRESH_FROM_SERVER"});
}

TEST_CASE("a transcript goes to the service as a copy of the pipe's writing end")
{
    FakeService service;
    std::vector<std::string> sent;
    service.start_sync = [&](const std::string&, const Values& options) {
        for (const auto& [key, value] : options)
            sent.push_back(key);
        const auto fd = options.at("Transcript").get<sdbus::UnixFd>();
        CHECK(::write(fd.get(), "words", 5) == 5);
        return std::uint64_t(1);
    };
    Client client(user_bus);
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);

    static_cast<void>(client.start_sync("p1", {}, {.transcript = pipe[1], .transcript_items = true}));

    CHECK(sent == std::vector<std::string>{"Transcript", "TranscriptItems"});
    ::close(pipe[1]);
    std::array<char, 10> words{};
    CHECK(::read(pipe[0], words.data(), words.size()) == 5);
    CHECK(::read(pipe[0], words.data(), words.size()) == 0); // nobody here has kept it
    ::close(pipe[0]);
}

TEST_CASE("an asynchronous start hands over a session that misses nothing")
{
    FakeService service;
    accept_session(service, 7);
    Client client(user_bus);
    Log log;
    std::optional<Session> session;

    client.start_sync("p1", log.callback(), {}, [&](std::optional<Error> error, Session started) {
        REQUIRE_FALSE(error);
        session = std::move(started);
    });
    process_until(client, [&] { return session.has_value(); });
    service.emitStopped("p1", 7);

    CHECK(client.run_until(*session) == SyncOutcome::Stopped);
    CHECK(log.lines == std::vector<std::string>{"stopped p1"});
}

TEST_CASE("two who joined one session both hear of it, until they let go")
{
    FakeService service;
    accept_session(service, 7);
    Client client(user_bus);
    Log first, second, third;

    const Session one = client.start_sync("p1", first.callback());
    std::optional<Session> two(client.start_sync("p1", second.callback()));
    const Session three = client.start_sync("p1", third.callback());
    two.reset();
    service.emitCompleted("p1", 7);
    client.run_until(three);

    CHECK(first.lines == std::vector<std::string>{"completed p1"});
    CHECK(second.lines.empty());
    CHECK(third.lines == std::vector<std::string>{"completed p1"});
}

TEST_CASE("a callback may let go of its own session and call the service")
{
    FakeService service;
    accept_session(service, 7);
    Client client(user_bus);
    std::optional<Session> session;
    std::string version;

    session =
        client.start_sync("p1", {.on_progress =
                                     [&](const std::string&, SyncServiceType, bool, std::uint32_t, std::uint32_t) {
                                         session.reset();
                                         version = client.version();
                                     },
                                 .on_completed = {},
                                 .on_stopped = {},
                                 .on_failed = {}});
    service.emitProgress("p1", 7, "CONTACT", true, 1, 1);
    process_until(client, [&] { return !session; });

    CHECK(version == "9.8.7");
}

TEST_CASE("sessions fail when the service goes away")
{
    auto service = std::make_unique<FakeService>();
    accept_session(*service, 7);
    Client client(user_bus);
    Log log;
    bool gone = false;
    client.watch({.session = {},
                  .on_profile_added = {},
                  .on_profile_changed = {},
                  .on_profile_removed = {},
                  .on_service_gone = [&] { gone = true; }});

    const Session session = client.start_sync("p1", log.callback());
    service.reset();

    CHECK(client.run_until(session) == SyncOutcome::Failed);
    REQUIRE(session.error());
    CHECK(session.error()->kind() == ErrorKind::NoService);
    REQUIRE(log.lines.size() == 1);
    CHECK(log.lines[0].starts_with("failed p1 "));
    CHECK(gone);
}

TEST_CASE("the end of an old service is not the end of a new service's session")
{
    auto old_service = std::make_unique<FakeService>();
    Client client(user_bus);
    CHECK(client.version() == "9.8.7");
    old_service.reset();
    FakeService service;
    accept_session(service, 7);

    // Accepted by the new service before the client has handled the old one's end.
    const Session session = client.start_sync("p1");
    client.process();
    CHECK_FALSE(session.outcome());
    service.emitCompleted("p1", 7);

    CHECK(client.run_until(session) == SyncOutcome::Completed);
}

TEST_CASE("signals of others are not believed")
{
    FakeService service;
    std::string client_name;
    service.start_sync = [&](const std::string&, const Values&) {
        client_name = service.message().getSender();
        return std::uint64_t(7);
    };
    Client client(user_bus);
    Log log;
    const Session session = client.start_sync("p1", log.callback());

    // Addressed to the client: the bus asks no match rule about those.
    const auto forger = sdbus::createSessionBusConnection();
    const auto object = sdbus::createObject(*forger, "/org/syncd1");
    sdbus::Signal signal = object->createSignal("org.syncd1.Manager", "Failed");
    signal << "p1" << std::uint64_t(7) << "org.syncd1.Error.Tls"
           << "forged";
    signal.setDestination(client_name);
    signal.send();
    // Answered by the bus, so it has passed the signal on by now.
    const auto bus = sdbus::createProxy(*forger, "org.freedesktop.DBus", "/org/freedesktop/DBus");
    std::string id;
    bus->callMethod("GetId").onInterface("org.freedesktop.DBus").storeResultsTo(id);
    service.emitCompleted("p1", 7);

    CHECK(client.run_until(session) == SyncOutcome::Completed);
    CHECK(log.lines == std::vector<std::string>{"completed p1"});
}

TEST_CASE("what a callback throws leaves process, and the other callbacks are called")
{
    FakeService service;
    accept_session(service, 7);
    Client client(user_bus);
    Log log;
    const Session throwing = client.start_sync(
        "p1", {.on_progress = {},
               .on_completed = [](const std::string&) { throw std::runtime_error("from the callback"); },
               .on_stopped = {},
               .on_failed = {}});
    const Session session = client.start_sync("p1", log.callback());

    service.emitCompleted("p1", 7);

    CHECK_THROWS_WITH(client.run_until(session), "from the callback");
    CHECK(throwing.outcome() == SyncOutcome::Completed);
    CHECK(log.lines == std::vector<std::string>{"completed p1"});
    CHECK_NOTHROW(client.process());
}

TEST_CASE("the descriptor is readable when there is something to do, and only then")
{
    FakeService service;
    accept_session(service, 7);
    Client client(user_bus);
    Log log;
    client.process();
    CHECK_FALSE(is_ready(client, 0));

    const Session session = client.start_sync("p1", log.callback());
    client.process();
    CHECK_FALSE(is_ready(client, 0));
    service.emitProgress("p1", 7, "CONTACT", true, 3, 1);
    // A blocking call takes the signal off the socket; it must not be forgotten.
    client.version();
    CHECK(is_ready(client, 0));
    client.process();

    CHECK(log.lines == std::vector<std::string>{"progress p1 CONTACT from server 1/3"});
    CHECK_FALSE(is_ready(client, 0));
}

TEST_CASE("a watcher hears of every session and profile, also after the service came back")
{
    auto service = std::make_unique<FakeService>();
    Client client(user_bus);
    Log log;
    bool gone = false;
    client.watch({.session = log.callback(),
                  .on_profile_added = [&](const std::string& id) { log.lines.push_back("added " + id); },
                  .on_profile_changed = [&](const std::string& id) { log.lines.push_back("changed " + id); },
                  .on_profile_removed = [&](const std::string& id) { log.lines.push_back("removed " + id); },
                  .on_service_gone = [&] { gone = true; }});

    service->emitProfileAdded("p1");
    service->emitProfileChanged("p1");
    service->emitProgress("p1", 1, "CONTACT", true, 2, 1);
    service->emitCompleted("p1", 1);
    process_until(client, [&] { return log.lines.size() == 4; });
    service.reset();
    process_until(client, [&] { return gone; });
    service = std::make_unique<FakeService>();
    // The real service sends signals only to those that have called it: this client has to, again.
    std::promise<void> called;
    const auto when_called = called.get_future();
    service->version_read = [&] { called.set_value(); };
    process_until(client, [&] { return when_called.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
    service->emitProfileRemoved("p1");
    process_until(client, [&] { return log.lines.size() == 5; });

    CHECK(log.lines == std::vector<std::string>{"added p1", "changed p1", "progress p1 CONTACT from server 1/2",
                                                "completed p1", "removed p1"});
}

TEST_CASE("nobody waits for a session that is none")
{
    Client client(user_bus);
    CHECK(error_of([&] { client.run_until(Session()); }).kind() == ErrorKind::InvalidValue);
}
