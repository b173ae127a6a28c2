// What a web server answers: status line, headers and body, and what becomes of it on the way to the session. The input
// is what comes over the line, and libsoup's own parser reads the headers; only the network is not there.
#include "runner/exchange.hpp"
#include "target.hpp"
#include "transport/answer.hpp"
#include "transport/http_login.hpp"
#include "transport/incoming_body.hpp"
#include "transport/problem.hpp"
#include "transport/url.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace {

using fuzz::require;

constexpr auto url = "https://sync.example.net/ds";
constexpr std::size_t most = 64 * 1024;

struct FreeHeaders {
    void operator()(SoupMessageHeaders* headers) const noexcept { soup_message_headers_unref(headers); }
};

/// Answers every message with the same octets, as an HTTP transport does that has read them.
class Line final : public transport::Transport {
public:
    explicit Line(std::string_view octets) : octets_(octets) {}

    base::Result<transport::Reply> post(const std::string&, std::string_view, std::string_view,
                                        transport::Repeat) override
    {
        const auto end = octets_.find("\r\n\r\n");
        const std::string head(octets_.substr(0, end == std::string_view::npos ? end : end + 2));
        const auto body = end == std::string_view::npos ? std::string_view() : octets_.substr(end + 4);
        const std::unique_ptr<SoupMessageHeaders, FreeHeaders> headers(
            soup_message_headers_new(SOUP_MESSAGE_HEADERS_RESPONSE));
        SoupHTTPVersion version{};
        guint status = 0;
        if (soup_headers_parse_response(head.c_str(), static_cast<int>(head.size()), headers.get(), &version, &status,
                                        nullptr) == 0)
            return base::fail(base::Errc::NotSyncML, "no HTTP");

        const auto from = transport::parse_url(url);
        const auto host = transport::address(from.get());
        auto answer = transport::read_head(host, status, headers.get(), true);
        if (!answer)
            return tl::unexpected(answer.error());
        if (!answer->location.empty())
            return followed(transport::follow(from.get(), answer->location));
        if (answer->challenge)
            return challenged(*answer->challenge);
        require(status == 200, "only a reply of status 200 has a body that is read");
        auto incoming = read_body(host, headers.get(), body);
        if (!incoming)
            return tl::unexpected(incoming.error());
        answer->reply.body = std::move(*incoming);
        if (const auto good = transport::check(host, answer->reply); !good)
            return tl::unexpected(good.error());
        return std::move(answer->reply);
    }
    unsigned http_status() const override { return 0; }
    std::optional<std::chrono::seconds> retry_after() const override { return std::nullopt; }
    void interrupt() noexcept override {}

private:
    /// In pieces, as a line delivers it.
    static base::Result<std::string> read_body(const std::string& host, SoupMessageHeaders* headers,
                                               std::string_view octets)
    {
        constexpr std::size_t piece = 100;
        auto body = transport::IncomingBody::begin(host, headers, most);
        if (!body)
            return tl::unexpected(body.error());
        for (; !octets.empty(); octets.remove_prefix(std::min(octets.size(), piece)))
            if (const auto taken = body->feed(octets.substr(0, piece)); !taken)
                return tl::unexpected(taken.error());
        auto whole = std::move(*body).end();
        require(!whole || whole->size() <= most, "no body is larger than it may be");
        return whole;
    }

    /// There is nothing behind a redirect but where it leads.
    static base::Result<transport::Reply> followed(const base::Result<transport::Owned<GUri>>& next)
    {
        if (!next)
            return tl::unexpected(next.error());
        require(transport::is_https(next->get()), "what began with TLS stays there");
        require(*g_uri_get_host(next->get()) != '\0', "a redirect leads to a host");
        return tl::unexpected(transport::describe_status(transport::address(next->get()), 404, std::nullopt));
    }

    /// A login goes into a header of its own, and no server puts another one in.
    static base::Result<transport::Reply> challenged(const std::string& challenge)
    {
        using Next = transport::HttpLogin::Next;
        transport::HttpLogin login("alice", base::Secret("s3cret"));
        auto next = login.on_challenge(challenge, false);
        if (next == Next::Again) {
            const auto value = login.authorization("POST", "/ds");
            require(value.starts_with("Digest ") && value.find_first_of("\r\n") == std::string::npos,
                    "a login is one header, by Digest where Basic may not travel");
            next = login.on_challenge(challenge, false);
        }
        require(next != Next::Again, "a login is tried once");
        return tl::unexpected(transport::describe_login("sync.example.net", next));
    }

    std::string_view octets_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Line line(fuzz::view(data, size));
    const runner::Ending ending;
    runner::Exchange exchange(line, ending, codec::Encoding::Xml, {.max_bytes = most});
    syncml::Message message;
    message.header.msg_id = 1;
    const auto reply = exchange.send(std::move(message), url, transport::Repeat::Freely);
    if (!reply)
        fuzz::require_for_people(reply.error().message);
    else
        require(reply->header.msg_id != 0 && exchange.traffic().round_trips == 1, "a message has come");
    return 0;
}
