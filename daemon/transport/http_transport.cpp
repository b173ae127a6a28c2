#include "transport/answer.hpp"
#include "transport/glib.hpp"
#include "transport/http_login.hpp"
#include "transport/incoming_body.hpp"
#include "transport/problem.hpp"
#include "transport/proxies.hpp"
#include "transport/tls.hpp"
#include "transport/transport.hpp"
#include "transport/url.hpp"
#include "transport/waiter.hpp"

#include <fmt/format.h>
#include <libsoup/soup.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>
#include <vector>

namespace transport {

namespace {

using base::Errc;
using base::fail;

constexpr int max_redirects = 5;
constexpr int max_repetitions = 2;
constexpr std::size_t chunk_size = 32 * 1024;

/// Where an exchange goes and what it carries.
struct Request {
    GUri* uri;
    std::string_view media_type;
    std::string_view body;
    Repeat repeat;
    gint64 deadline; ///< monotonic, in microseconds
};

/// libsoup, one asynchronous call after the other.
class HttpTransport final : public Transport {
public:
    explicit HttpTransport(const Options& options);
    ~HttpTransport() override;
    HttpTransport(const HttpTransport&) = delete;
    HttpTransport& operator=(const HttpTransport&) = delete;

    base::Result<Reply> post(const std::string& url, std::string_view media_type, std::string_view body,
                             Repeat repeat) override;
    unsigned http_status() const override { return http_status_; }
    std::optional<std::chrono::seconds> retry_after() const override { return retry_after_; }
    void interrupt() noexcept override { waiter_.interrupt(); }

private:
    base::Result<Reply> post_following(Owned<GUri> uri, std::string_view media_type, std::string_view body,
                                       Repeat repeat);
    base::Result<Answer> log_in(const Request& request);
    base::Result<Answer> exchange(const Request& request);
    base::Result<Answer> attempt(const Request& request);
    base::Result<Answer> read_answer(const Request& request, SoupMessage* message, GInputStream* stream);
    base::Result<std::string> read_body(GUri* uri, SoupMessage* message, GInputStream* stream);
    base::Result<void> prepare_tls(GUri* uri);
    Owned<SoupMessage> create_message(const Request& request);
    base::Error describe(GUri* uri, SoupMessage* message, const GError& failure) const;
    /// Whether this is the server that the profile's HTTP login and certificate are meant for.
    bool is_own(GUri* uri) const { return own_server_ != nullptr && is_same_server(own_server_.get(), uri); }

    void drop_connections();
    /// The server has closed the open connection, or says something there that nobody asked for.
    bool is_stale() const;

    static void on_queued(SoupSession*, SoupMessage* message, gpointer self);
    static void on_network_event(SoupMessage*, GSocketClientEvent event, GIOStream* stream, gpointer self);
    static gboolean on_certificate_wanted(SoupMessage* message, GTlsClientConnection*, gpointer self);
    static void on_starting(SoupMessage*, gpointer self);
    static void on_headers(SoupMessage* message, gpointer self);

    Options options_;
    Waiter waiter_;
    Owned<GUri> own_server_;
    HttpLogin login_;
    const Proxies proxies_;
    Owned<GProxyResolver> proxy_resolver_;
    Owned<SoupSession> session_;
    Owned<GTlsDatabase> database_;       ///< of the CA file
    Owned<GTlsCertificate> certificate_; ///< ours
    Owned<GSocket> socket_;              ///< of the newest connection
    bool secure_ = false;                ///< the session has gone by https, and stays there
    unsigned http_status_ = 0;
    std::optional<std::chrono::seconds> retry_after_;

    // Of the running exchange.
    gint64 deadline_ = 0;
    bool connected_ = false; ///< the request is on its way
    bool answered_ = false;  ///< the head of a reply has come
    bool left_ = false;      ///< the head was enough
    CertificateUse certificate_use_ = CertificateUse::None;
};

HttpTransport::HttpTransport(const Options& options)
    : options_(options), own_server_(parse_url(options.server)), login_(options.http_user, options.http_password),
      proxies_(read_proxies(process_environment))
{
    // Neither virtual file systems nor the desktop's proxy settings: both would look for a session bus.
    setenv("GIO_USE_VFS", "local", 1);
    setenv("GIO_USE_PROXY_RESOLVER", "dummy", 1);
    const ContextScope scope(waiter_.context());
    session_.reset(soup_session_new_with_options("user-agent", options_.user_agent.c_str(), "timeout", 0U,
                                                 "idle-timeout", 0U, nullptr));
    proxy_resolver_ = create_proxy_resolver(proxies_);
    soup_session_set_proxy_resolver(session_.get(), proxy_resolver_.get());
    g_signal_connect(session_.get(), "request-queued", G_CALLBACK(on_queued), this);
    // Its decoder makes one converter for every coding that a reply names; its authentication gathers the pages that
    // come with a challenge. Both take what memory a server wants.
    soup_session_remove_feature_by_type(session_.get(), SOUP_TYPE_CONTENT_DECODER);
    soup_session_remove_feature_by_type(session_.get(), SOUP_TYPE_AUTH_MANAGER);
    // Some servers know their sessions by cookie, and so do load balancers. The jar ends with the session.
    soup_session_add_feature_by_type(session_.get(), SOUP_TYPE_COOKIE_JAR);
}

HttpTransport::~HttpTransport()
{
    const ContextScope scope(waiter_.context());
    drop_connections();
    session_.reset();
}

void HttpTransport::drop_connections()
{
    soup_session_abort(session_.get());
    waiter_.settle(); // libsoup closes a connection when the main context comes to it, not before
    socket_.reset();
}

bool HttpTransport::is_stale() const
{
    return socket_ != nullptr &&
           g_socket_condition_check(socket_.get(), static_cast<GIOCondition>(G_IO_IN | G_IO_HUP | G_IO_ERR)) != 0;
}

base::Result<Reply> HttpTransport::post(const std::string& url, std::string_view media_type, std::string_view body,
                                        Repeat repeat)
{
    const ContextScope scope(waiter_.context());
    auto uri = parse_url(url);
    if (uri == nullptr)
        return fail(Errc::Protocol, "The server's address is no http or https URL. Check the URL of the profile.");
    // The server names the address of the following messages (RespURI); it must not lead out of TLS.
    if (secure_ && !is_https(uri.get()))
        return fail(Errc::Tls, fmt::format("The server wants the session, which began encrypted, to go on without "
                                           "encryption at {}; this is refused. Tell the server's operator.",
                                           address(uri.get())));
    secure_ = is_https(uri.get());

    login_.begin();
    http_status_ = 0;
    retry_after_.reset();
    auto reply = post_following(std::move(uri), media_type, body, repeat);
    if (!reply)
        drop_connections(); // whatever is still on its way there must not be taken for the next reply
    return reply;
}

base::Result<Reply> HttpTransport::post_following(Owned<GUri> uri, std::string_view media_type, std::string_view body,
                                                  Repeat repeat)
{
    const gint64 deadline = g_get_monotonic_time() + options_.reply_timeout / std::chrono::microseconds(1);
    for (int redirects = 0; redirects <= max_redirects; ++redirects) {
        auto answer = log_in({uri.get(), media_type, body, repeat, deadline});
        if (!answer)
            return tl::unexpected(std::move(answer).error());
        if (answer->location.empty()) {
            answer->reply.url = Owned<char>(g_uri_to_string(uri.get())).get();
            return std::move(answer->reply);
        }
        auto next = follow(uri.get(), answer->location);
        if (!next)
            return tl::unexpected(std::move(next).error());
        uri = std::move(*next);
    }
    return fail(Errc::HttpStatus, fmt::format("{} was reached after {} redirects, and redirects again. Check the URL.",
                                              address(uri.get()), max_redirects));
}

base::Result<void> HttpTransport::prepare_tls(GUri* uri)
{
    if (!options_.ca_file.empty() && database_ == nullptr) {
        auto database = open_ca_file(options_.ca_file);
        if (!database)
            return tl::unexpected(std::move(database).error());
        database_ = std::move(*database);
        soup_session_set_tls_database(session_.get(), database_.get());
    }
    // The session's database decides. But GIO begins every connection with the default one, and reads all of the
    // system's roots for it: milliseconds for nothing.
    g_tls_backend_set_default_database(g_tls_backend_get_default(), database_.get());

    if (!options_.client_certificate.empty() && certificate_ == nullptr && is_own(uri)) {
        auto certificate = read_client_certificate(options_.client_certificate);
        if (!certificate)
            return tl::unexpected(std::move(certificate).error());
        certificate_ = std::move(*certificate);
    }
    return {};
}

Owned<SoupMessage> HttpTransport::create_message(const Request& request)
{
    Owned<SoupMessage> message(soup_message_new_from_uri(SOUP_METHOD_POST, request.uri));
    // libsoup follows no redirect, for it would go on with a GET. And it sends over an open connection only what is
    // declared idempotent; what becomes of a message that is lost there is decided in `exchange`.
    soup_message_add_flags(message.get(),
                           static_cast<SoupMessageFlags>(SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_IDEMPOTENT));
    const std::string media_type(request.media_type);
    auto* headers = soup_message_get_request_headers(message.get());
    soup_message_headers_replace(headers, "Accept", media_type.c_str());
    soup_message_headers_replace(headers, "Accept-Charset", "UTF-8");
    soup_message_headers_replace(headers, "Accept-Encoding", "gzip, deflate");
    soup_message_headers_replace(headers, "Cache-Control", "no-store");
    if (is_own(request.uri))
        if (const auto value = login_.authorization("POST", path_and_query(request.uri)); !value.empty())
            soup_message_headers_replace(headers, "Authorization", value.c_str());
    // Through a tunnel the message goes on to the server, header and all; there `on_queued` speaks to the proxy.
    if (!is_https(request.uri) && is_proxied(proxy_resolver_.get(), request.uri))
        if (const auto value = proxy_authorization(proxies_.http); !value.empty())
            soup_message_headers_replace(headers, "Proxy-Authorization", value.c_str());
    // Not copied: the body may hold a password, and the exchange is over before its owner goes on.
    const Owned<GBytes> body(g_bytes_new_static(request.body.data(), request.body.size()));
    soup_message_set_request_body_from_bytes(message.get(), media_type.c_str(), body.get());
    g_signal_connect(message.get(), "network-event", G_CALLBACK(on_network_event), this);
    g_signal_connect(message.get(), "request-certificate", G_CALLBACK(on_certificate_wanted), this);
    g_signal_connect(message.get(), "starting", G_CALLBACK(on_starting), this);
    g_signal_connect(message.get(), "got-headers", G_CALLBACK(on_headers), this);
    return message;
}

void HttpTransport::on_queued(SoupSession*, SoupMessage* message, gpointer self)
{
    if (soup_message_get_method(message) != SOUP_METHOD_CONNECT)
        return;
    const auto value = proxy_authorization(static_cast<HttpTransport*>(self)->proxies_.https);
    if (!value.empty())
        soup_message_headers_replace(soup_message_get_request_headers(message), "Proxy-Authorization", value.c_str());
}

void HttpTransport::on_network_event(SoupMessage*, GSocketClientEvent event, GIOStream* stream, gpointer self)
{
    auto& transport = *static_cast<HttpTransport*>(self);
    if (event == G_SOCKET_CLIENT_CONNECTED) {
        auto* socket = g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream));
        transport.socket_.reset(static_cast<GSocket*>(g_object_ref(socket)));
    } else if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING) {
        // The binding is to HTTP/1.1. Messages alternate, so HTTP/2 would bring nothing but its own ways to fail.
        static const char* const protocols[] = {"http/1.1", nullptr};
        g_tls_connection_set_advertised_protocols(G_TLS_CONNECTION(stream), protocols);
    }
}

gboolean HttpTransport::on_certificate_wanted(SoupMessage* message, GTlsClientConnection*, gpointer self)
{
    auto& transport = *static_cast<HttpTransport*>(self);
    const bool known = transport.certificate_ != nullptr && transport.is_own(soup_message_get_uri(message));
    transport.certificate_use_ = known ? CertificateUse::Shown : CertificateUse::Lacking;
    if (known)
        soup_message_set_tls_client_certificate(message, transport.certificate_.get());
    return known ? TRUE : FALSE; // without one the server may go on all the same
}

void HttpTransport::on_starting(SoupMessage*, gpointer self)
{
    auto& transport = *static_cast<HttpTransport*>(self);
    transport.connected_ = true;
    transport.waiter_.cancel_at(transport.deadline_);
}

void HttpTransport::on_headers(SoupMessage* message, gpointer self)
{
    auto& transport = *static_cast<HttpTransport*>(self);
    transport.answered_ = true;
    // Many servers send head and body of a reply in two pieces, and the second, by Nagle's algorithm, only when the
    // first is acknowledged, which the kernel puts off by 40 ms in the hope of something to send along. Not now.
    if (transport.socket_ != nullptr)
        g_socket_set_option(transport.socket_.get(), IPPROTO_TCP, TCP_QUICKACK, 1, nullptr);
    if (would_be_gathered(message)) {
        transport.left_ = true;
        transport.waiter_.cancel();
    }
}

base::Error HttpTransport::describe(GUri* uri, SoupMessage* message, const GError& failure) const
{
    const auto host = address(uri);
    if (waiter_.interrupted())
        return {Errc::Stopped, "Stopped while waiting for " + host + "."};
    if (waiter_.timed_out() && connected_)
        return {Errc::Timeout, host + " did not answer in time. Try again later."};
    if (waiter_.timed_out())
        return {Errc::Timeout, host + " could not be reached in time. Check the URL and the network."};
    if (const auto flaws = soup_message_get_tls_peer_certificate_errors(message); flaws != 0)
        return describe_certificate(host, flaws);
    if (certificate_use_ != CertificateUse::None && !answered_)
        return describe_certificate_use(host, failure, certificate_use_);
    return describe_failure(host, failure, connected_);
}

base::Result<Answer> HttpTransport::log_in(const Request& request)
{
    const bool plain = is_https(request.uri) || options_.allow_plain_credentials;
    while (true) {
        auto answer = exchange(request);
        if (!answer || !answer->challenge)
            return answer;
        const auto next = login_.on_challenge(*answer->challenge, plain);
        if (next != HttpLogin::Next::Again)
            return tl::unexpected(describe_login(address(request.uri), next));
    }
}

base::Result<Answer> HttpTransport::exchange(const Request& request)
{
    // A server may close an open connection at any time; what it does while a request is on its way is rare. So of
    // those that must not be repeated, too, hardly one is lost.
    if (is_stale())
        drop_connections();
    for (int repetitions = 0;; ++repetitions) {
        auto answer = attempt(request);
        const bool lost = !answer && answer.error().code == Errc::Unreachable && connected_ && !answered_;
        if (!lost || request.repeat == Repeat::Never || repetitions == max_repetitions)
            return answer;
        drop_connections();
    }
}

base::Result<Answer> HttpTransport::attempt(const Request& request)
{
    waiter_.begin();
    deadline_ = request.deadline;
    connected_ = false;
    answered_ = false;
    left_ = false;
    certificate_use_ = CertificateUse::None;
    if (waiter_.interrupted())
        return fail(Errc::Stopped, "Stopped before a message to " + address(request.uri) + ".");
    if (is_https(request.uri))
        if (auto prepared = prepare_tls(request.uri); !prepared)
            return tl::unexpected(std::move(prepared).error());
    waiter_.cancel_at(
        std::min(deadline_, g_get_monotonic_time() + options_.connect_timeout / std::chrono::microseconds(1)));

    const auto message = create_message(request);
    const auto sent = waiter_.wait_for([&](GAsyncReadyCallback done, gpointer place) {
        soup_session_send_async(session_.get(), message.get(), G_PRIORITY_DEFAULT, waiter_.cancellable(), done, place);
    });
    GError* error = nullptr;
    const Owned<GInputStream> stream(soup_session_send_finish(session_.get(), sent.get(), &error));
    const Owned<GError> failure(error);
    if (stream == nullptr && (!left_ || waiter_.interrupted()))
        return tl::unexpected(describe(request.uri, message.get(), *failure));
    return read_answer(request, message.get(), stream.get());
}

base::Result<Answer> HttpTransport::read_answer(const Request& request, SoupMessage* message, GInputStream* stream)
{
    const auto host = address(request.uri);
    const bool logs_in = !options_.http_user.empty() && is_own(request.uri);
    auto* headers = soup_message_get_response_headers(message);
    http_status_ = soup_message_get_status(message);
    retry_after_ = find_retry_after(headers);
    auto answer = read_head(host, http_status_, headers, logs_in);
    if (!answer || !answer->location.empty() || answer->challenge)
        return answer;
    auto body = read_body(request.uri, message, stream);
    if (!body)
        return tl::unexpected(std::move(body).error());
    answer->reply.body = std::move(*body);
    if (auto good = check(host, answer->reply); !good)
        return tl::unexpected(std::move(good).error());
    return answer;
}

base::Result<std::string> HttpTransport::read_body(GUri* uri, SoupMessage* message, GInputStream* stream)
{
    const auto most = options_.max_reply_bytes > 0 ? options_.max_reply_bytes : std::numeric_limits<std::size_t>::max();
    auto body = IncomingBody::begin(address(uri), soup_message_get_response_headers(message), most);
    if (!body)
        return tl::unexpected(std::move(body).error());
    std::vector<char> chunk(chunk_size);
    while (true) {
        const auto done = waiter_.wait_for([&](GAsyncReadyCallback ready, gpointer place) {
            g_input_stream_read_async(stream, chunk.data(), chunk.size(), G_PRIORITY_DEFAULT, waiter_.cancellable(),
                                      ready, place);
        });
        GError* error = nullptr;
        const auto size = g_input_stream_read_finish(stream, done.get(), &error);
        if (size < 0)
            return tl::unexpected(describe(uri, message, *Owned<GError>(error)));
        if (size == 0)
            return std::move(*body).end();
        if (auto taken = body->feed({chunk.data(), static_cast<std::size_t>(size)}); !taken)
            return tl::unexpected(std::move(taken).error());
    }
}

} // namespace

std::unique_ptr<Transport> create_http_transport(const Options& options)
{
    return std::make_unique<HttpTransport>(options);
}

} // namespace transport
