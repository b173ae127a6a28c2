#include "transport/problem.hpp"

#include <fmt/format.h>
#include <libsoup/soup.h>

#include <utility>

namespace transport {

using base::Errc;
using base::Error;

namespace {

const char* advice(unsigned status)
{
    switch (status) {
    case 204: return "It has no reply to give; check that the URL is that of the synchronization service.";
    case 303: return "Synchronization cannot follow it there; check the URL.";
    case 401: return "It asks for HTTP authentication, which syncd does not offer yet; check the URL.";
    case 403: return "Access is forbidden; check the URL, or ask the server's operator.";
    case 404:
    case 410: return "There is no synchronization service at this address; check the path of the URL.";
    case 405: return "This address takes no messages; check the path of the URL.";
    case 406:
    case 415: return "It does not take SyncML messages in XML; check the URL.";
    case 407: return "The proxy asks for a password, which syncd does not offer yet.";
    case 413: return "The message was too large for it; ask the server's operator.";
    case 429:
    case 503: return "It is too busy or being serviced; try again later.";
    default: break;
    }
    if (status >= 500)
        return "The server failed; try again later, and tell its operator if it stays so.";
    return "Check the URL.";
}

bool is_resolver_failure(const GError& failure)
{
    return failure.domain == G_RESOLVER_ERROR || g_error_matches(&failure, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND) != 0;
}

bool is_proxy_failure(const GError& failure)
{
    return failure.domain == G_IO_ERROR &&
           (failure.code == G_IO_ERROR_PROXY_FAILED || failure.code == G_IO_ERROR_PROXY_AUTH_FAILED ||
            failure.code == G_IO_ERROR_PROXY_NEED_AUTH || failure.code == G_IO_ERROR_PROXY_NOT_ALLOWED);
}

} // namespace

Error describe_status(const std::string& address, unsigned status)
{
    return {Errc::HttpStatus, fmt::format("{} answered with HTTP status {} ({}). {}", address, status,
                                          soup_status_get_phrase(status), advice(status))};
}

Error describe_certificate(const std::string& address, GTlsCertificateFlags flaws)
{
    static constexpr std::pair<GTlsCertificateFlags, const char*> texts[] = {
        {G_TLS_CERTIFICATE_EXPIRED,
         "it has expired; check this machine's clock, else the server's operator must renew it"},
        {G_TLS_CERTIFICATE_NOT_ACTIVATED, "it is not valid yet; check this machine's clock"},
        {G_TLS_CERTIFICATE_BAD_IDENTITY, "it belongs to another host; check the host name in the URL"},
        {G_TLS_CERTIFICATE_UNKNOWN_CA,
         "it comes from an authority that is not trusted here; if it is the right one, give the profile its CA file"},
        {G_TLS_CERTIFICATE_REVOKED, "it has been revoked; tell the server's operator"},
        {G_TLS_CERTIFICATE_INSECURE, "it uses a weak algorithm; tell the server's operator"},
    };
    std::string reasons;
    for (const auto& [flaw, text] : texts) {
        if ((flaws & flaw) == 0)
            continue;
        if (!reasons.empty())
            reasons += "; and ";
        reasons += text;
    }
    if (reasons.empty())
        reasons = "it cannot be verified";
    return {Errc::Tls, fmt::format("The certificate of {} is refused: {}.", address, reasons)};
}

Error describe_failure(const std::string& address, const GError& failure, bool connected)
{
    if (is_resolver_failure(failure))
        return {Errc::HostNotFound,
                fmt::format("The host {} is not found ({}). Check the URL and the network.", address, failure.message)};
    if (g_error_matches(&failure, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) != 0)
        return {Errc::Timeout,
                fmt::format("{} did not answer in time. Check the network, or try again later.", address)};
    if (failure.domain == G_TLS_ERROR && !connected)
        return {Errc::Tls, fmt::format("No secure connection to {}: {}. Check that the URL is that of an HTTPS server.",
                                       address, failure.message)};
    if (failure.domain == SOUP_SESSION_ERROR)
        return {Errc::NotSyncML, fmt::format("What answers at {} is no web server ({}). Check the URL and its port.",
                                             address, failure.message)};
    if (is_proxy_failure(failure))
        return {Errc::Unreachable, fmt::format("The proxy did not let us reach {}: {}. Check the proxy settings.",
                                               address, failure.message)};
    if (connected)
        return {Errc::Unreachable, fmt::format("The connection to {} broke: {}. Try again.", address, failure.message)};
    return {Errc::Unreachable,
            fmt::format("{} cannot be reached: {}. Check the URL and the network, or try again later.", address,
                        failure.message)};
}

} // namespace transport
