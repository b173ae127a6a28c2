#include "transport/answer.hpp"

#include "transport/problem.hpp"
#include "transport/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace transport {

using base::Errc;
using base::fail;

namespace {

/// The redirects that leave a POST a POST, if one wants; 303 asks for a GET.
bool is_redirect(unsigned status)
{
    return status == 301 || status == 302 || status == 307 || status == 308;
}

/// A page for people instead of SyncML.
bool is_web_page(const Reply& reply)
{
    if (reply.content_type != "text/html" && reply.content_type != "application/xhtml+xml")
        return false;
    // Some servers label SyncML so as well, because PHP does when nobody tells it otherwise.
    const auto start = std::string_view(reply.body).substr(0, 512);
    const bool wbxml = start.starts_with('\x01') || start.starts_with('\x02') || start.starts_with('\x03');
    return !wbxml && start.find("<SyncML") == std::string_view::npos;
}

} // namespace

base::Result<Answer> read_head(const std::string& address, unsigned status, SoupMessageHeaders* headers, bool logs_in)
{
    Answer answer;
    if (const char* location = soup_message_headers_get_one(headers, "Location");
        location != nullptr && *location != '\0' && is_redirect(status)) {
        answer.location = location;
        return answer;
    }
    if (status == SOUP_STATUS_UNAUTHORIZED && logs_in) {
        const char* challenge = soup_message_headers_get_list(headers, "WWW-Authenticate");
        answer.challenge = challenge != nullptr ? challenge : "";
        return answer;
    }
    if (status != SOUP_STATUS_OK)
        return tl::unexpected(describe_status(address, status, find_retry_after(headers)));
    if (const char* type = soup_message_headers_get_content_type(headers, nullptr))
        answer.reply.content_type = Owned<char>(g_ascii_strdown(type, -1)).get();
    return answer;
}

base::Result<void> check(const std::string& address, const Reply& reply)
{
    if (reply.body.empty())
        return fail(Errc::NotSyncML, fmt::format("{} sent an empty reply. Check the URL.", address));
    if (is_web_page(reply))
        return fail(Errc::NotSyncML, fmt::format("{} sent a web page, perhaps to log in to a network or service. "
                                                 "Open the URL in a browser, and check it.",
                                                 address));
    return {};
}

base::Result<Owned<GUri>> follow(GUri* from, const std::string& location)
{
    auto next = parse_url(location, from);
    if (next == nullptr)
        return fail(Errc::HttpStatus,
                    fmt::format("{} redirects to an address that cannot be used. Check the URL.", address(from)));
    if (is_https(from) && !is_https(next.get()))
        return fail(Errc::Tls, fmt::format("{} redirects to {} without encryption; this is refused. Check the URL.",
                                           address(from), address(next.get())));
    return next;
}

bool would_be_gathered(SoupMessage* message)
{
    const auto status = soup_message_get_status(message);
    if (status == SOUP_STATUS_MISDIRECTED_REQUEST) // and sends the request again
        return true;
    if (status != SOUP_STATUS_UNAUTHORIZED && status != SOUP_STATUS_PROXY_UNAUTHORIZED)
        return false;
    constexpr goffset small = 16 * 1024; // it may be, and the connection stays open
    auto* headers = soup_message_get_response_headers(message);
    return soup_message_headers_get_encoding(headers) != SOUP_ENCODING_CONTENT_LENGTH ||
           soup_message_headers_get_content_length(headers) > small;
}

std::optional<std::chrono::seconds> find_retry_after(SoupMessageHeaders* headers)
{
    const char* value = soup_message_headers_get_one(headers, "Retry-After");
    if (value == nullptr)
        return std::nullopt;
    guint64 seconds = 0;
    if (g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT32, &seconds, nullptr) != 0)
        return std::chrono::seconds(seconds);
    const Owned<GDateTime> date(soup_date_time_new_from_http_string(value));
    if (date == nullptr)
        return std::nullopt;
    const Owned<GDateTime> now(g_date_time_new_now_utc());
    const auto span = std::chrono::microseconds(g_date_time_difference(date.get(), now.get()));
    return std::chrono::ceil<std::chrono::seconds>(std::max(span, std::chrono::microseconds(0)));
}

} // namespace transport
