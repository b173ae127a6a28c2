#pragma once

#include "transport/glib.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

/// What a server gets.
struct HttpRequest {
    std::string line;
    std::vector<std::pair<std::string, std::string>> headers; ///< names in lower case
    std::string body;

    /// Nothing when the header is absent; several are joined by commas.
    std::optional<std::string> header(std::string_view name) const;
};

/// What it does about a request: the bytes it sends, then this.
struct Turn {
    enum class Then {
        Continue, ///< waits for the next request on the connection
        Close,    ///< in order
        Reset,    ///< with a TCP reset
        Hold,     ///< sends nothing more until the client goes away
        Flood,    ///< sends x until the client goes away
    };
    std::string bytes;
    Then then = Then::Continue;
    std::function<void()> before{}; ///< called when the request is there
};

/// A web server that follows a script, whatever it is asked: on 127.0.0.1, one
/// connection after the other, in a thread of its own. With a certificate (PEM
/// with key) it speaks TLS, and with a client CA it wants a certificate of it. A
/// greeting goes out before anything is asked.
class ScriptedServer {
public:
    explicit ScriptedServer(std::vector<Turn> script, const std::string& certificate = {}, std::string greeting = {},
                            const std::string& client_ca = {});
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    std::string url(std::string_view path = "/ds") const;
    std::string address() const; ///< `127.0.0.1:port`

    std::vector<HttpRequest> requests() const; ///< so far
    int connections() const { return connections_; }
    /// What the last TLS connection agreed to speak, of `h2` and `http/1.1`.
    std::string protocol() const;
    /// How many TLS connections came with a certificate.
    int known_clients() const { return known_clients_; }
    /// The octets sent by Flood; waits for the client to have gone away after it, or after Hold.
    std::size_t flooded();
    /// Waits until a connection has been closed from here.
    void await_close();

private:
    void run();
    void serve(GIOStream* stream, GSocket* socket);
    bool take_turn(GIOStream* stream, GSocket* socket, const Turn& turn);
    std::optional<HttpRequest> read_request(GInputStream* stream);

    std::vector<Turn> script_;
    std::string greeting_;
    transport::Owned<GTlsCertificate> certificate_;
    transport::Owned<GTlsDatabase> client_ca_;
    transport::Owned<GSocketListener> listener_;
    transport::Owned<GCancellable> cancellable_;
    int port_ = 0;
    std::atomic<int> connections_{0};
    std::atomic<int> known_clients_{0};

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<HttpRequest> requests_;
    std::string protocol_;
    std::size_t flooded_ = 0;
    bool gone_ = false;
    bool closed_ = false;

    std::thread thread_;
};

/// A reply of status 200 with this body.
std::string ok(std::string_view body, std::string_view type = "application/vnd.syncml+xml",
               std::string_view headers = {});
/// A reply with another status line and no body.
std::string status(std::string_view line, std::string_view headers = {});
