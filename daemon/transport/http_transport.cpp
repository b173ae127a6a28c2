#include "transport/answer.hpp"
#include "transport/bell.hpp"
#include "transport/glib.hpp"
#include "transport/problem.hpp"
#include "transport/proxies.hpp"
#include "transport/transport.hpp"
#include "transport/url.hpp"

#include <fmt/format.h>
#include <glib-unix.h>
#include <libsoup/soup.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <utility>
#include <vector>

namespace transport {

namespace {

using base::Errc;
using base::fail;

constexpr int max_redirects = 5;
constexpr std::size_t chunk_size = 32 * 1024;

/// Where an exchange goes and what it carries.
struct Request {
    GUri* uri;
    std::string_view media_type;
    std::string_view body;
    gint64 deadline; ///< monotonic, in microseconds
};

/// libsoup, driven by a main context of our own: the calling thread waits for one asynchronous call
/// after the other, and the same wait watches the deadline and the bell.
class HttpTransport final : public Transport {
public:
    explicit HttpTransport(const Options& options);
    ~HttpTransport() override;
    HttpTransport(const HttpTransport&) = delete;
    HttpTransport& operator=(const HttpTransport&) = delete;

    base::Result<Reply> post(const std::string& url, std::string_view media_type, std::string_view body) override;
    void interrupt() noexcept override;

private:
    base::Result<Reply> post_following(Owned<GUri> uri, std::string_view media_type, std::string_view body);
    base::Result<Answer> exchange(const Request& request);
    base::Result<Answer> attempt(const Request& request);
    base::Result<std::string> read_body(GUri* uri, SoupMessage* message, GInputStream* stream);
    base::Result<void> trust_ca_file();
    Owned<SoupMessage> create_message(const Request& request);
    Owned<GAsyncResult> wait_for(auto start);
    base::Error describe(GUri* uri, SoupMessage* message, const GError& failure) const;

    void drop_connections();

    static void on_network_event(SoupMessage*, GSocketClientEvent event, GIOStream* stream, gpointer self);
    static void on_starting(SoupMessage*, gpointer self);
    static void on_headers(SoupMessage*, gpointer self);

    void cancel_at(gint64 when) { g_source_set_ready_time(timer_.get(), when); }

    Options options_;
    Bell bell_;
    std::atomic<bool> interrupted_{false};
    Owned<GMainContext> context_;
    Owned<GSource> bell_source_;
    Owned<GSource> timer_;
    Owned<SoupSession> session_;
    Owned<GTlsDatabase> database_; ///< of the CA file
    Owned<GSocket> socket_;        ///< of the newest connection
    bool secure_ = false;          ///< the session has gone by https, and stays there

    // Of the running exchange.
    Owned<GCancellable> cancellable_;
    gint64 deadline_ = 0;
    bool reused_ = false;    ///< on a connection that carried earlier ones
    bool connected_ = false; ///< the request is on its way
    bool answered_ = false;  ///< the head of a reply has come
    bool timed_out_ = false;
};

// GLib has no source that only waits for its ready time; its timeouts cannot be moved.
GSource* create_timer()
{
    static GSourceFuncs functions{
        nullptr, nullptr, [](GSource*, GSourceFunc callback, gpointer data) { return callback(data); },
        nullptr, nullptr, nullptr};
    return g_source_new(&functions, sizeof(GSource));
}

HttpTransport::HttpTransport(const Options& options)
    : options_(options), context_(g_main_context_new()), bell_source_(g_unix_fd_source_new(bell_.fd(), G_IO_IN)),
      timer_(create_timer())
{
    static_assert(std::atomic<bool>::is_always_lock_free, "for the signal handler");
    g_source_set_callback(bell_source_.get(), G_SOURCE_FUNC(+[](gint, GIOCondition, gpointer self) -> gboolean {
                              g_cancellable_cancel(static_cast<HttpTransport*>(self)->cancellable_.get());
                              return G_SOURCE_REMOVE;
                          }),
                          this, nullptr);
    g_source_attach(bell_source_.get(), context_.get());
    g_source_set_callback(
        timer_.get(),
        [](gpointer self) -> gboolean {
            auto& transport = *static_cast<HttpTransport*>(self);
            transport.timed_out_ = true;
            transport.cancel_at(-1);
            g_cancellable_cancel(transport.cancellable_.get());
            return G_SOURCE_CONTINUE;
        },
        this, nullptr);
    g_source_attach(timer_.get(), context_.get());

    // Neither virtual file systems nor the desktop's proxy settings: both would look for a session bus.
    setenv("GIO_USE_VFS", "local", 1);
    setenv("GIO_USE_PROXY_RESOLVER", "dummy", 1);
    const ContextScope scope(context_.get());
    session_.reset(soup_session_new_with_options("user-agent", options_.user_agent.c_str(), "timeout", 0U,
                                                 "idle-timeout", 0U, nullptr));
    soup_session_set_proxy_resolver(session_.get(), create_proxy_resolver(read_proxies(process_environment)).get());
    // A compressed reply could be small on the line and fill the memory; HTTP authentication is not offered.
    soup_session_remove_feature_by_type(session_.get(), SOUP_TYPE_CONTENT_DECODER);
    soup_session_remove_feature_by_type(session_.get(), SOUP_TYPE_AUTH_MANAGER);
    // Some servers know their sessions by cookie.
    soup_session_add_feature_by_type(session_.get(), SOUP_TYPE_COOKIE_JAR);
}

HttpTransport::~HttpTransport()
{
    const ContextScope scope(context_.get());
    drop_connections();
    session_.reset();
}

void HttpTransport::drop_connections()
{
    soup_session_abort(session_.get());
    // libsoup closes a connection when the main context comes to it, not before.
    while (g_main_context_iteration(context_.get(), FALSE) != 0) {
    }
}

void HttpTransport::interrupt() noexcept
{
    interrupted_ = true;
    bell_.ring();
}

Owned<GAsyncResult> HttpTransport::wait_for(auto start)
{
    GAsyncResult* result = nullptr;
    start([](GObject*, GAsyncResult* ready,
             gpointer place) { *static_cast<GAsyncResult**>(place) = static_cast<GAsyncResult*>(g_object_ref(ready)); },
          &result);
    while (result == nullptr)
        g_main_context_iteration(context_.get(), TRUE);
    return Owned<GAsyncResult>(result);
}

base::Result<Reply> HttpTransport::post(const std::string& url, std::string_view media_type, std::string_view body)
{
    const ContextScope scope(context_.get());
    auto uri = parse_url(url);
    if (uri == nullptr)
        return fail(Errc::Protocol, "The server's address is no http or https URL. Check the URL of the profile.");
    // The server names the address of the following messages (RespURI); it must not lead out of TLS.
    if (secure_ && !is_https(uri.get()))
        return fail(Errc::Tls, fmt::format("The server wants the session, which began encrypted, to go on without "
                                           "encryption at {}; this is refused. Tell the server's operator.",
                                           address(uri.get())));
    secure_ = is_https(uri.get());

    auto reply = post_following(std::move(uri), media_type, body);
    if (!reply)
        drop_connections(); // whatever is still on its way there must not be taken for the next reply
    return reply;
}

base::Result<Reply> HttpTransport::post_following(Owned<GUri> uri, std::string_view media_type, std::string_view body)
{
    const gint64 deadline = g_get_monotonic_time() + options_.reply_timeout / std::chrono::microseconds(1);
    for (int redirects = 0; redirects <= max_redirects; ++redirects) {
        auto answer = exchange({uri.get(), media_type, body, deadline});
        if (!answer)
            return tl::unexpected(std::move(answer).error());
        if (answer->location.empty())
            return std::move(answer->reply);
        auto next = parse_url(answer->location, uri.get());
        if (next == nullptr)
            return fail(Errc::HttpStatus, fmt::format("{} redirects to an address that cannot be used. Check the URL.",
                                                      address(uri.get())));
        if (is_https(uri.get()) && !is_https(next.get()))
            return fail(Errc::Tls, fmt::format("{} redirects to {} without encryption; this is refused. Check the URL.",
                                               address(uri.get()), address(next.get())));
        uri = std::move(next);
    }
    return fail(Errc::HttpStatus, fmt::format("{} was reached after {} redirects, and redirects again. Check the URL.",
                                              address(uri.get()), max_redirects));
}

base::Result<void> HttpTransport::trust_ca_file()
{
    if (!options_.ca_file.empty() && database_ == nullptr) {
        GError* error = nullptr;
        if (auto* database = g_tls_file_database_new(options_.ca_file.c_str(), &error))
            database_.reset(G_TLS_DATABASE(database));
        if (database_ == nullptr) {
            const Owned<GError> failure(error);
            return fail(Errc::Tls, fmt::format("The CA file {} cannot be used: {}. Correct CaFile of the profile.",
                                               options_.ca_file, failure->message));
        }
        soup_session_set_tls_database(session_.get(), database_.get());
    }
    // The session's database decides. But GIO begins every connection with the default one, and reads all of the
    // system's roots for it: milliseconds for nothing.
    g_tls_backend_set_default_database(g_tls_backend_get_default(), database_.get());
    return {};
}

Owned<SoupMessage> HttpTransport::create_message(const Request& request)
{
    Owned<SoupMessage> message(soup_message_new_from_uri(SOUP_METHOD_POST, request.uri));
    // libsoup follows no redirect, for it would go on with a GET. Only what is idempotent, as a SyncML message is by
    // its MsgID, may use the open connection.
    soup_message_add_flags(message.get(),
                           static_cast<SoupMessageFlags>(SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_IDEMPOTENT));
    const std::string media_type(request.media_type);
    auto* headers = soup_message_get_request_headers(message.get());
    soup_message_headers_replace(headers, "Accept", media_type.c_str());
    soup_message_headers_replace(headers, "Accept-Charset", "UTF-8");
    soup_message_headers_replace(headers, "Cache-Control", "no-store");
    // Not copied: the body may hold a password, and the exchange is over before its owner goes on.
    const Owned<GBytes> body(g_bytes_new_static(request.body.data(), request.body.size()));
    soup_message_set_request_body_from_bytes(message.get(), media_type.c_str(), body.get());
    g_signal_connect(message.get(), "network-event", G_CALLBACK(on_network_event), this);
    g_signal_connect(message.get(), "starting", G_CALLBACK(on_starting), this);
    g_signal_connect(message.get(), "got-headers", G_CALLBACK(on_headers), this);
    return message;
}

void HttpTransport::on_network_event(SoupMessage*, GSocketClientEvent event, GIOStream* stream, gpointer self)
{
    auto& transport = *static_cast<HttpTransport*>(self);
    if (event == G_SOCKET_CLIENT_RESOLVING) {
        transport.reused_ = false;
    } else if (event == G_SOCKET_CLIENT_CONNECTED) {
        auto* socket = g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream));
        transport.socket_.reset(static_cast<GSocket*>(g_object_ref(socket)));
    } else if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING) {
        // The binding is to HTTP/1.1. Messages alternate, so HTTP/2 would bring nothing but its own ways to fail.
        static const char* const protocols[] = {"http/1.1", nullptr};
        g_tls_connection_set_advertised_protocols(G_TLS_CONNECTION(stream), protocols);
    }
}

void HttpTransport::on_starting(SoupMessage*, gpointer self)
{
    auto& transport = *static_cast<HttpTransport*>(self);
    transport.connected_ = true;
    transport.cancel_at(transport.deadline_);
}

void HttpTransport::on_headers(SoupMessage*, gpointer self)
{
    auto& transport = *static_cast<HttpTransport*>(self);
    transport.answered_ = true;
    // Many servers send head and body of a reply in two pieces, and the second, by Nagle's algorithm, only when the
    // first is acknowledged, which the kernel puts off by 40 ms in the hope of something to send along. Not now.
    if (transport.socket_ != nullptr)
        g_socket_set_option(transport.socket_.get(), IPPROTO_TCP, TCP_QUICKACK, 1, nullptr);
}

base::Error HttpTransport::describe(GUri* uri, SoupMessage* message, const GError& failure) const
{
    const auto host = address(uri);
    if (interrupted_)
        return {Errc::Stopped, "Stopped while waiting for " + host + "."};
    if (timed_out_ && connected_)
        return {Errc::Timeout, host + " did not answer in time. Try again later."};
    if (timed_out_)
        return {Errc::Timeout, host + " could not be reached in time. Check the URL and the network."};
    if (const auto flaws = soup_message_get_tls_peer_certificate_errors(message); flaws != 0)
        return describe_certificate(host, flaws);
    return describe_failure(host, failure, connected_);
}

base::Result<Answer> HttpTransport::exchange(const Request& request)
{
    auto answer = attempt(request);
    if (answer || answer.error().code != Errc::Unreachable || !reused_ || answered_)
        return answer;
    // The server has closed the open connection while the request was on its way there. It may come again in any
    // case: SyncML tells a repeated message by its MsgID.
    drop_connections();
    return attempt(request);
}

base::Result<Answer> HttpTransport::attempt(const Request& request)
{
    cancellable_.reset(g_cancellable_new());
    deadline_ = request.deadline;
    reused_ = true;
    connected_ = false;
    answered_ = false;
    timed_out_ = false;
    if (interrupted_)
        return fail(Errc::Stopped, "Stopped before a message to " + address(request.uri) + ".");
    if (is_https(request.uri))
        if (auto trusted = trust_ca_file(); !trusted)
            return tl::unexpected(std::move(trusted).error());
    cancel_at(std::min(deadline_, g_get_monotonic_time() + options_.connect_timeout / std::chrono::microseconds(1)));

    const auto message = create_message(request);
    const auto sent = wait_for([&](GAsyncReadyCallback done, gpointer place) {
        soup_session_send_async(session_.get(), message.get(), G_PRIORITY_DEFAULT, cancellable_.get(), done, place);
    });
    GError* error = nullptr;
    const Owned<GInputStream> stream(soup_session_send_finish(session_.get(), sent.get(), &error));
    if (stream == nullptr)
        return tl::unexpected(describe(request.uri, message.get(), *Owned<GError>(error)));

    Answer answer;
    const auto status = soup_message_get_status(message.get());
    auto* headers = soup_message_get_response_headers(message.get());
    if (const char* location = soup_message_headers_get_one(headers, "Location");
        location != nullptr && is_redirect(status)) {
        answer.location = location;
        return answer;
    }
    if (status != SOUP_STATUS_OK)
        return tl::unexpected(describe_status(address(request.uri), status));
    if (const char* type = soup_message_headers_get_content_type(headers, nullptr))
        answer.reply.content_type = Owned<char>(g_ascii_strdown(type, -1)).get();
    auto body = read_body(request.uri, message.get(), stream.get());
    if (!body)
        return tl::unexpected(std::move(body).error());
    answer.reply.body = std::move(*body);
    if (answer.reply.body.empty())
        return fail(Errc::NotSyncML, fmt::format("{} sent an empty reply. Check the URL.", address(request.uri)));
    if (is_web_page(answer.reply))
        return fail(Errc::NotSyncML, fmt::format("{} sent a web page, perhaps to log in to a network or service. "
                                                 "Open the URL in a browser, and check it.",
                                                 address(request.uri)));
    return answer;
}

base::Result<std::string> HttpTransport::read_body(GUri* uri, SoupMessage* message, GInputStream* stream)
{
    const auto most = options_.max_reply_bytes > 0 ? options_.max_reply_bytes : std::numeric_limits<std::size_t>::max();
    const auto too_large = [&] {
        return fail(
            Errc::ReplyTooLarge,
            fmt::format("The reply of {} is larger than {} octets. Tell the server's operator.", address(uri), most));
    };
    std::string body;
    auto* headers = soup_message_get_response_headers(message);
    if (soup_message_headers_get_encoding(headers) == SOUP_ENCODING_CONTENT_LENGTH) {
        const auto announced = soup_message_headers_get_content_length(headers);
        if (announced < 0 || static_cast<std::uint64_t>(announced) > most)
            return too_large();
    }
    std::vector<char> chunk(chunk_size);
    while (true) {
        const auto done = wait_for([&](GAsyncReadyCallback ready, gpointer place) {
            g_input_stream_read_async(stream, chunk.data(), chunk.size(), G_PRIORITY_DEFAULT, cancellable_.get(), ready,
                                      place);
        });
        GError* error = nullptr;
        const auto size = g_input_stream_read_finish(stream, done.get(), &error);
        if (size < 0)
            return tl::unexpected(describe(uri, message, *Owned<GError>(error)));
        if (size == 0)
            return body;
        if (static_cast<std::size_t>(size) > most - body.size())
            return too_large();
        body.append(chunk.data(), static_cast<std::size_t>(size));
    }
}

} // namespace

std::unique_ptr<Transport> create_http_transport(const Options& options)
{
    return std::make_unique<HttpTransport>(options);
}

} // namespace transport
