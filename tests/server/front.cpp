#include "front.hpp"

#include "codec/codec.hpp"

#include <iostream>
#include <stdexcept>

namespace testserver {

namespace {

constexpr std::size_t huge_reply_bytes = 200U << 20;
constexpr std::size_t huge_chunk_bytes = 64U << 10;

std::string body_of(SoupServerMessage* message)
{
    auto* body = soup_server_message_get_request_body(message);
    const std::unique_ptr<GBytes, decltype(&g_bytes_unref)> bytes(soup_message_body_flatten(body), g_bytes_unref);
    gsize size = 0;
    const auto* data = static_cast<const char*>(g_bytes_get_data(bytes.get(), &size));
    return {data, size};
}

void on_huge_chunk_written(SoupServerMessage* message, gpointer left)
{
    auto& bytes = *static_cast<std::size_t*>(left);
    auto* body = soup_server_message_get_response_body(message);
    if (bytes == 0) {
        soup_message_body_complete(body);
        return;
    }
    static const std::string chunk(huge_chunk_bytes, 'x');
    soup_message_body_append(body, SOUP_MEMORY_STATIC, chunk.data(), chunk.size());
    bytes -= std::min(bytes, chunk.size());
    soup_server_message_unpause(message);
}

} // namespace

/// One POST, kept until it is answered. Answered exactly once.
struct Front::Request {
    Request(SoupServerMessage* arrived, std::string from_query)
        : message(SOUP_SERVER_MESSAGE(g_object_ref(arrived)), g_object_unref), sid(std::move(from_query))
    {
        soup_server_message_pause(arrived);
    }

    void respond(unsigned status, const char* type, std::string_view body) const
    {
        soup_server_message_set_status(message.get(), status, nullptr);
        if (!body.empty())
            soup_server_message_set_response(message.get(), type, SOUP_MEMORY_COPY, body.data(), body.size());
        else
            soup_message_headers_set_content_length(soup_server_message_get_response_headers(message.get()), 0);
        soup_message_headers_append(soup_server_message_get_response_headers(message.get()), "Cache-Control",
                                    "no-store");
        soup_server_message_unpause(message.get());
    }
    void redirect(const std::string& location) const
    {
        soup_server_message_set_redirect(message.get(), SOUP_STATUS_TEMPORARY_REDIRECT, location.c_str());
        soup_server_message_unpause(message.get());
    }
    void drop() const
    {
        const std::unique_ptr<GIOStream, decltype(&g_object_unref)> connection(
            soup_server_message_steal_connection(message.get()), g_object_unref);
        g_io_stream_close(connection.get(), nullptr, nullptr);
    }
    void respond_without_end() const
    {
        soup_server_message_set_status(message.get(), SOUP_STATUS_OK, nullptr);
        auto* headers = soup_server_message_get_response_headers(message.get());
        soup_message_headers_set_content_type(headers, "application/vnd.syncml+xml", nullptr);
        soup_message_headers_set_encoding(headers, SOUP_ENCODING_CHUNKED);
        auto* body = soup_server_message_get_response_body(message.get());
        soup_message_body_set_accumulate(body, FALSE);
        static constexpr std::string_view begin = "<SyncML xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>";
        soup_message_body_append(body, SOUP_MEMORY_STATIC, begin.data(), begin.size());
        auto* left = new std::size_t(huge_reply_bytes);
        g_signal_connect_data(
            message.get(), "wrote-chunk", G_CALLBACK(on_huge_chunk_written), left,
            [](gpointer count, GClosure*) { delete static_cast<std::size_t*>(count); }, GConnectFlags{});
        soup_server_message_unpause(message.get());
    }

    std::unique_ptr<SoupServerMessage, decltype(&g_object_unref)> message;
    std::string sid;
    Envelope envelope;
    syncml::Message decoded;
};

Front::Front(Desk& desk, Control& control, Gate& gate, Faults& faults, Journal& journal, bool trace)
    : desk_(desk), control_(control), gate_(gate), faults_(faults), journal_(journal), trace_(trace),
      server_(soup_server_new("server-header", "syncd-test-server", nullptr), g_object_unref)
{
    soup_server_add_handler(server_.get(), "/sync", on_sync, this, nullptr);
    soup_server_add_handler(server_.get(), "/moved", on_sync, this, nullptr);
    soup_server_add_handler(server_.get(), "/_control", on_control, this, nullptr);
}

Front::~Front()
{
    soup_server_disconnect(server_.get());
}

std::string Front::listen(unsigned port, bool ipv6, const std::string& tls_certificate, const std::string& tls_key)
{
    GError* error = nullptr;
    const auto check = [&error](bool ok) {
        if (ok)
            return;
        const std::string text = error->message;
        g_error_free(error);
        throw std::runtime_error(text);
    };
    int options = ipv6 ? SOUP_SERVER_LISTEN_IPV6_ONLY : SOUP_SERVER_LISTEN_IPV4_ONLY;
    if (!tls_certificate.empty()) {
        auto* certificate = g_tls_certificate_new_from_files(tls_certificate.c_str(), tls_key.c_str(), &error);
        check(certificate != nullptr);
        soup_server_set_tls_certificate(server_.get(), certificate);
        g_object_unref(certificate);
        options |= SOUP_SERVER_LISTEN_HTTPS;
    }
    check(soup_server_listen_local(server_.get(), port, static_cast<SoupServerListenOptions>(options), &error) !=
          FALSE);
    auto* uris = soup_server_get_uris(server_.get());
    auto* uri = static_cast<GUri*>(uris->data);
    origin_ = std::string(g_uri_get_scheme(uri)) + (ipv6 ? "://[::1]:" : "://127.0.0.1:") +
              std::to_string(g_uri_get_port(uri));
    g_slist_free_full(uris, reinterpret_cast<GDestroyNotify>(g_uri_unref));
    return origin_ + "/sync";
}

void Front::on_sync(SoupServer*, SoupServerMessage* message, const char*, GHashTable* query, gpointer self)
{
    const auto* sid = query == nullptr ? nullptr : g_hash_table_lookup(query, "sid");
    const auto request = std::make_shared<Request>(message, sid == nullptr ? "" : static_cast<const char*>(sid));
    if (soup_server_message_get_method(message) != SOUP_METHOD_POST)
        return request->respond(SOUP_STATUS_METHOD_NOT_ALLOWED, "text/plain", "POST only\n");
    static_cast<Front*>(self)->receive(request);
}

void Front::receive(const std::shared_ptr<Request>& request)
{
    auto* headers = soup_server_message_get_request_headers(request->message.get());
    auto& envelope = request->envelope;
    if (const auto* type = soup_message_headers_get_content_type(headers, nullptr))
        envelope.content_type = type;
    envelope.has_length = soup_message_headers_get_encoding(headers) == SOUP_ENCODING_CONTENT_LENGTH;
    envelope.expects_continue = soup_message_headers_get_one(headers, "Expect") != nullptr;
    envelope.document = body_of(request->message.get());

    if (trace_)
        std::cerr << "client: " << envelope.document << std::endl;
    envelope.encoding = codec::find_encoding(envelope.document).value_or(codec::Encoding::Xml);
    if (envelope.encoding == codec::Encoding::Wbxml && faults_.strike(Misbehaviour::RefuseWbxml, 0))
        return request->respond(SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE, "text/plain", "XML only\n");
    if (envelope.encoding == codec::Encoding::Xml && desk_.reads_wbxml_alone())
        return request->respond(SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE, "text/plain", "WBXML only\n");
    auto decoded = codec::decode(envelope.document, envelope.encoding, {});
    if (!decoded) {
        journal_.record({"", 0, "malformed", decoded.error().message});
        return request->respond(SOUP_STATUS_BAD_REQUEST, "text/plain", decoded.error().message);
    }
    request->decoded = std::move(*decoded);
    gate_.pass(request->decoded.header.msg_id, Gate::Point::Before, [this, request](bool drop) {
        if (drop)
            request->drop();
        else if (!misbehave(request))
            process(request);
    });
}

/// The faults that strike before the message is processed.
bool Front::misbehave(const std::shared_ptr<Request>& request)
{
    const auto due = [&](Misbehaviour kind) { return faults_.strike(kind, request->decoded.header.msg_id); };
    if (due(Misbehaviour::Http500))
        request->respond(500, "text/html", "<html><body>Processing Failed</body></html>");
    else if (due(Misbehaviour::Http404))
        request->respond(404, "text/html", "<html><body>No Such Resource</body></html>");
    else if (due(Misbehaviour::Http400))
        request->respond(400, "text/plain", "Bad request\n");
    else if (due(Misbehaviour::Http503))
        request->respond(503, "text/plain", "Being serviced\n");
    else if (due(Misbehaviour::Html) || desk_.refuses_by_page(request->decoded))
        request->respond(200, "text/html", "<!DOCTYPE html><html><body>Please log in</body></html>");
    else if (due(Misbehaviour::Empty))
        request->respond(200, "application/vnd.syncml+xml", "");
    else if (due(Misbehaviour::HugeReply))
        request->respond_without_end();
    else if (due(Misbehaviour::Hang))
        hanging_.push_back(request);
    else if (due(Misbehaviour::DropBefore))
        request->drop();
    else if (due(Misbehaviour::Redirect))
        request->redirect(origin_ + "/moved" + (request->sid.empty() ? "" : "?sid=" + request->sid));
    else if (due(Misbehaviour::RedirectToHttp))
        request->redirect("http" + origin_.substr(origin_.find(':')) + "/sync");
    else
        return false;
    return true;
}

void Front::process(const std::shared_ptr<Request>& request)
{
    const auto number = request->decoded.header.msg_id;
    const auto answer = desk_.answer(request->decoded, request->envelope, request->sid);
    if (!answer)
        return request->respond(SOUP_STATUS_NOT_FOUND, "text/plain", "no such session\n");
    if (trace_)
        std::cerr << "server: " << *answer << std::endl;
    if (faults_.strike(Misbehaviour::DropAfter, number))
        return request->drop();
    const auto type = std::string(codec::media_type(request->envelope.encoding)) + desk_.content_type_tail();
    gate_.pass(number, Gate::Point::After, [request, document = *answer, type](bool drop) {
        if (drop)
            request->drop();
        else
            request->respond(SOUP_STATUS_OK, type.c_str(), document);
    });
}

void Front::on_control(SoupServer*, SoupServerMessage* message, const char* path, GHashTable*, gpointer self)
{
    const auto request = std::make_shared<Request>(message, "");
    constexpr std::string_view prefix = "/_control/";
    const std::string_view name = path;
    if (!name.starts_with(prefix))
        return request->respond(SOUP_STATUS_NOT_FOUND, "text/plain", "POST /_control/NAME\n");
    static_cast<Front*>(self)->control_.call(std::string(name.substr(prefix.size())), body_of(message),
                                             [request](unsigned status, const nlohmann::json& body) {
                                                 request->respond(status, "application/json", body.dump());
                                             });
}

} // namespace testserver
