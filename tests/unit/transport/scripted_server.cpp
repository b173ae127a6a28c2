#include "scripted_server.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

using transport::Owned;

namespace {

void check(bool good, GError* error)
{
    const Owned<GError> owned(error);
    if (!good)
        throw std::runtime_error(owned ? owned->message : "GIO failed");
}

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return g_ascii_tolower(c); });
    return text;
}

bool send(GIOStream* stream, std::string_view bytes, GCancellable* cancellable)
{
    return g_output_stream_write_all(g_io_stream_get_output_stream(stream), bytes.data(), bytes.size(), nullptr,
                                     cancellable, nullptr) != 0;
}

} // namespace

std::optional<std::string> HttpRequest::header(std::string_view name) const
{
    std::optional<std::string> value;
    for (const auto& [header, text] : headers)
        if (header == name)
            value = value ? *value + "," + text : text;
    return value;
}

ScriptedServer::ScriptedServer(std::vector<Turn> script, const std::string& certificate, std::string greeting,
                               const std::string& client_ca)
    : script_(std::move(script)), greeting_(std::move(greeting)), listener_(g_socket_listener_new()),
      cancellable_(g_cancellable_new())
{
    GError* error = nullptr;
    if (!certificate.empty()) {
        certificate_.reset(g_tls_certificate_new_from_file(certificate.c_str(), &error));
        check(certificate_ != nullptr, error);
    }
    if (!client_ca.empty()) {
        client_ca_.reset(G_TLS_DATABASE(g_tls_file_database_new(client_ca.c_str(), &error)));
        check(client_ca_ != nullptr, error);
    }
    const Owned<GInetAddress> loopback(g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4));
    const Owned<GSocketAddress> any_port(g_inet_socket_address_new(loopback.get(), 0));
    GSocketAddress* bound = nullptr;
    const bool listening = g_socket_listener_add_address(listener_.get(), any_port.get(), G_SOCKET_TYPE_STREAM,
                                                         G_SOCKET_PROTOCOL_TCP, nullptr, &bound, &error) != 0;
    check(listening, error);
    const Owned<GSocketAddress> owned(bound);
    port_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
    thread_ = std::thread([this] { run(); });
}

ScriptedServer::~ScriptedServer()
{
    g_cancellable_cancel(cancellable_.get());
    thread_.join();
}

std::string ScriptedServer::url(std::string_view path) const
{
    return fmt::format("{}://{}{}", certificate_ ? "https" : "http", address(), path);
}

std::string ScriptedServer::address() const
{
    return fmt::format("127.0.0.1:{}", port_);
}

std::vector<HttpRequest> ScriptedServer::requests() const
{
    const std::lock_guard lock(mutex_);
    return requests_;
}

std::string ScriptedServer::protocol() const
{
    const std::lock_guard lock(mutex_);
    return protocol_;
}

std::size_t ScriptedServer::flooded()
{
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return gone_; });
    return flooded_;
}

void ScriptedServer::await_close()
{
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_; });
}

void ScriptedServer::run()
{
    const Owned<GMainContext> context(g_main_context_new());
    const transport::ContextScope scope(context.get());
    while (true) {
        const Owned<GSocketConnection> connection(
            g_socket_listener_accept(listener_.get(), nullptr, cancellable_.get(), nullptr));
        if (connection == nullptr)
            return;
        ++connections_;
        auto* socket = g_socket_connection_get_socket(connection.get());
        if (certificate_ == nullptr) {
            serve(G_IO_STREAM(connection.get()), socket);
            continue;
        }
        const Owned<GIOStream> tls(
            g_tls_server_connection_new(G_IO_STREAM(connection.get()), certificate_.get(), nullptr));
        static const char* const protocols[] = {"h2", "http/1.1", nullptr};
        g_tls_connection_set_advertised_protocols(G_TLS_CONNECTION(tls.get()), protocols);
        if (client_ca_ != nullptr) {
            g_object_set(tls.get(), "authentication-mode", G_TLS_AUTHENTICATION_REQUIRED, nullptr);
            g_tls_connection_set_database(G_TLS_CONNECTION(tls.get()), client_ca_.get());
            g_signal_connect(tls.get(), "accept-certificate",
                             G_CALLBACK(+[](GTlsConnection*, GTlsCertificate*, GTlsCertificateFlags flaws,
                                            gpointer) -> gboolean { return flaws == G_TLS_CERTIFICATE_NO_FLAGS; }),
                             nullptr);
        }
        if (g_tls_connection_handshake(G_TLS_CONNECTION(tls.get()), cancellable_.get(), nullptr) == 0)
            continue;
        if (g_tls_connection_get_peer_certificate(G_TLS_CONNECTION(tls.get())) != nullptr)
            ++known_clients_;
        {
            const std::lock_guard lock(mutex_);
            const char* agreed = g_tls_connection_get_negotiated_protocol(G_TLS_CONNECTION(tls.get()));
            protocol_ = agreed != nullptr ? agreed : "";
        }
        serve(tls.get(), socket);
    }
}

void ScriptedServer::serve(GIOStream* stream, GSocket* socket)
{
    if (!send(stream, greeting_, cancellable_.get()))
        return;
    while (auto request = read_request(g_io_stream_get_input_stream(stream))) {
        std::size_t index = 0;
        {
            const std::lock_guard lock(mutex_);
            index = requests_.size();
            requests_.push_back(std::move(*request));
        }
        if (index >= script_.size() || !take_turn(stream, socket, script_[index]))
            break;
    }
    g_io_stream_close(stream, nullptr, nullptr);
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
}

bool ScriptedServer::take_turn(GIOStream* stream, GSocket* socket, const Turn& turn)
{
    if (turn.before)
        turn.before();
    if (!send(stream, turn.bytes, cancellable_.get()))
        return false;
    std::size_t sent = 0;
    switch (turn.then) {
    case Turn::Then::Continue: return true;
    case Turn::Then::Close: return false;
    case Turn::Then::Reset: {
        const linger now{1, 0};
        setsockopt(g_socket_get_fd(socket), SOL_SOCKET, SO_LINGER, &now, sizeof now);
        return false;
    }
    case Turn::Then::Hold: {
        char octet = 0;
        while (g_input_stream_read(g_io_stream_get_input_stream(stream), &octet, 1, cancellable_.get(), nullptr) > 0) {
        }
        break;
    }
    case Turn::Then::Flood: {
        const std::string much(64 * 1024, 'x');
        while (send(stream, much, cancellable_.get()))
            sent += much.size();
        break;
    }
    }
    const std::lock_guard lock(mutex_);
    flooded_ = sent;
    gone_ = true;
    changed_.notify_all();
    return false;
}

std::optional<HttpRequest> ScriptedServer::read_request(GInputStream* stream)
{
    std::string text;
    std::size_t body_size = 0;
    auto head_end = std::string::npos;
    HttpRequest request;
    while (head_end == std::string::npos || text.size() < head_end + body_size) {
        char buffer[4096];
        const auto size = g_input_stream_read(stream, buffer, sizeof buffer, cancellable_.get(), nullptr);
        if (size <= 0)
            return std::nullopt;
        text.append(buffer, static_cast<std::size_t>(size));
        if (head_end != std::string::npos || text.find("\r\n\r\n") == std::string::npos)
            continue;
        head_end = text.find("\r\n\r\n") + 4;
        request.line = text.substr(0, text.find("\r\n"));
        for (auto at = request.line.size() + 2; at < head_end - 2;) {
            const auto end = text.find("\r\n", at);
            const auto colon = text.find(": ", at);
            request.headers.emplace_back(lower(text.substr(at, colon - at)), text.substr(colon + 2, end - colon - 2));
            at = end + 2;
        }
        body_size = std::stoul(request.header("content-length").value_or("0"));
    }
    request.body = text.substr(head_end);
    return request;
}

std::string ok(std::string_view body, std::string_view type, std::string_view headers)
{
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}\r\n{}", type, body.size(),
                       headers, body);
}

std::string status(std::string_view line, std::string_view headers)
{
    return fmt::format("HTTP/1.1 {}\r\nContent-Length: 0\r\n{}\r\n", line, headers);
}
