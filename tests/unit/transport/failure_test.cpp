#include "posting.hpp"

#include "transport/problem.hpp"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <fmt/format.h>

using base::Errc;
using Catch::Matchers::Contains;
using std::chrono::milliseconds;
using Then = Turn::Then;

namespace {

/// A port of 127.0.0.1 that nobody listens on, or where nobody accepts.
class Port {
public:
    explicit Port(bool listening) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(bind(fd_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port_ = ntohs(address.sin_port);
        if (listening)
            REQUIRE(listen(fd_, 1) == 0);
    }
    ~Port() { close(fd_); }
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;
    std::string url() const { return fmt::format("http://127.0.0.1:{}/", port_); }

private:
    int fd_;
    int port_ = 0;
};

transport::Options impatient()
{
    auto result = options();
    result.connect_timeout = milliseconds(50);
    result.reply_timeout = milliseconds(50);
    return result;
}

} // namespace

TEST_CASE("a name that does not resolve is a host not found", "[transport][failure]")
{
    // A label of more than 63 octets is refused before anyone is asked.
    const auto host = std::string(64, 'x') + ".example";
    const auto error = refused("http://" + host + "/ds");
    CHECK(error.code == Errc::HostNotFound);
    CHECK_THAT(error.message, Contains("The host " + host + " is not found"));

    for (const auto code : {G_RESOLVER_ERROR_NOT_FOUND, G_RESOLVER_ERROR_TEMPORARY_FAILURE}) {
        GError failure{G_RESOLVER_ERROR, code, const_cast<char*>("Name or service not known")};
        CHECK(transport::describe_failure("host.example", failure, false).code == Errc::HostNotFound);
    }
}

TEST_CASE("a refused connection is unreachable", "[transport][failure]")
{
    const Port port(false);
    const auto error = refused(port.url());
    CHECK(error.code == Errc::Unreachable);
    CHECK_THAT(error.message, Contains("127.0.0.1:") && Contains("refused"));
}

TEST_CASE("a connection that breaks is unreachable, wherever it breaks", "[transport][failure]")
{
    const auto then = GENERATE(Then::Close, Then::Reset);
    for (const auto* bytes : {"", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<SyncML>",
                              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n<SyncML>"}) {
        INFO(bytes);
        ScriptedServer server({{bytes, then}, {bytes, then}});
        const auto error = refused(server.url());
        CHECK(error.code == Errc::Unreachable);
        CHECK_THAT(error.message, Contains(server.address()));
    }
}

TEST_CASE("after an error the next message has a fresh connection", "[transport][failure]")
{
    ScriptedServer server({{ok("1")}, {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<Syn", Then::Close}, {ok("3")}});
    const auto transport = transport::create_http_transport(options());
    CHECK(post(*transport, server.url()));
    CHECK_FALSE(post(*transport, server.url()));
    CHECK(post(*transport, server.url()).value().body == "3");
}

TEST_CASE("an address that is no web address is a breach of protocol", "[transport][failure]")
{
    for (const auto* url : {"", "/ds", "nonsense", "ftp://127.0.0.1/", "http://", "http:///ds", "https://[::1/"})
        CHECK(refused(url).code == Errc::Protocol);
}

// ---- time ---------------------------------------------------------------------------------------

TEST_CASE("a server that is silent, or stops in the middle, times out", "[transport][time]")
{
    for (const std::string bytes :
         {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<SyncML>"}) {
        INFO(bytes);
        auto slow = options();
        bool heard = false;
        // On a busy machine the time may be up before the server has heard a word: then it gets more.
        for (slow.reply_timeout = milliseconds(30); !heard; slow.reply_timeout *= 2) {
            ScriptedServer server({{bytes, Then::Hold}});
            const auto error = refused(server.url(), slow);
            CHECK(error.code == Errc::Timeout);
            CHECK_THAT(error.message, Contains(server.address()));
            heard = !server.requests().empty();
            if (heard) {
                CHECK_THAT(error.message, Contains("did not answer in time"));
                CHECK(server.flooded() == 0); // it is let go
            }
        }
    }
}

TEST_CASE("a handshake that does not come forward times out", "[transport][time]")
{
    // Takes TLS's first octets for the start of a request that never ends.
    ScriptedServer server({});
    auto slow = impatient();
    slow.reply_timeout = milliseconds(30'000);
    const auto error = refused("https://" + server.address() + "/", slow);
    CHECK(error.code == Errc::Timeout);
    CHECK_THAT(error.message, Contains(server.address()) && Contains("could not be reached in time"));
}

TEST_CASE("a message that nobody reads times out", "[transport][time]")
{
    const Port port(true);
    const auto transport = transport::create_http_transport(impatient());
    // More than the sockets' buffers take.
    auto body = std::make_unique<std::string>(50'000'000, 'x');
    const auto reply = post(*transport, port.url(), *body);
    body.reset(); // and none of it is looked at any more
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == Errc::Timeout);
}

// ---- interrupt ------------------------------------------------------------------------------------

TEST_CASE("an interrupted transport stops what runs and everything after", "[transport][interrupt]")
{
    std::unique_ptr<transport::Transport> transport;
    for (const auto* bytes : {"", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<SyncML>"}) {
        ScriptedServer server({{bytes, Then::Hold, [&] { transport->interrupt(); }}});
        transport = transport::create_http_transport(options());
        const auto reply = post(*transport, server.url());
        REQUIRE_FALSE(reply);
        CHECK(reply.error().code == Errc::Stopped);
        CHECK(post(*transport, server.url()).error().code == Errc::Stopped);
        CHECK(server.requests().size() == 1);
        CHECK(server.connections() == 1);
    }
}

TEST_CASE("a transport interrupted before its first message sends none", "[transport][interrupt]")
{
    ScriptedServer server({{ok("1")}});
    const auto transport = transport::create_http_transport(options());
    transport->interrupt();
    transport->interrupt();
    CHECK(post(*transport, server.url()).error().code == Errc::Stopped);
    CHECK(server.connections() == 0);
}

TEST_CASE("a signal handler may interrupt", "[transport][interrupt]")
{
    static transport::Transport* interruptible = nullptr;
    const auto self = pthread_self();
    ScriptedServer server({{"", Then::Hold, [self] { pthread_kill(self, SIGUSR1); }}});
    const auto transport = transport::create_http_transport(options());
    interruptible = transport.get();
    struct sigaction action {};
    struct sigaction previous {};
    action.sa_handler = [](int) { interruptible->interrupt(); };
    sigaction(SIGUSR1, &action, &previous);
    CHECK(post(*transport, server.url()).error().code == Errc::Stopped);
    sigaction(SIGUSR1, &previous, nullptr);
}
