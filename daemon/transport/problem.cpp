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
    case 401:
        return "It asks for HTTP authentication; give the profile HttpId and HttpPassword for the host of its URL.";
    case 403: return "Access is forbidden; check the URL, or ask the server's operator.";
    case 404:
    case 410: return "There is no synchronization service at this address; check the path of the URL.";
    case 405: return "This address takes no messages; check the path of the URL.";
    case 406:
    case 415: return "It does not take messages of this kind; check the URL, and the profile's Encoding.";
    case 407:
        return "The proxy wants another user and password than it was given; correct them in its URL, in the "
               "environment "
               "of syncd (http://USER:PASSWORD@HOST:PORT; of HTTP's ways to log in, Basic is known there).";
    case 413: return "The message was too large for it; ask the server's operator.";
    case 417: return "It, or a proxy before it, wants what a request cannot give; ask the server's operator.";
    case 421: return "It does not serve that host; check the host name in the URL.";
    case 429:
    case 503: return "It is too busy or being serviced; try again later.";
    default: break;
    }
    if (status >= 500)
        return "The server failed; try again later, and tell its operator if it stays so.";
    return "Check the URL.";
}

/// In the largest unit that says enough.
std::string in_words(std::chrono::seconds time)
{
    using namespace std::chrono;
    if (time > 2h)
        return fmt::format("{} hours", ceil<hours>(time).count());
    if (time > 2min)
        return fmt::format("{} minutes", ceil<minutes>(time).count());
    return fmt::format("{} seconds", time.count());
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

Error describe_status(const std::string& address, unsigned status, std::optional<std::chrono::seconds> retry_after)
{
    auto text = fmt::format("{} answered with HTTP status {} ({}). ", address, status, soup_status_get_phrase(status));
    if (retry_after && status >= 400)
        text += fmt::format("It asks to be left alone for {}; try again then.", in_words(*retry_after));
    else
        text += advice(status);
    return {Errc::HttpStatus, std::move(text)};
}

Error describe_login(const std::string& address, HttpLogin::Next why)
{
    switch (why) {
    case HttpLogin::Next::Again:
    case HttpLogin::Next::Wrong: break;
    case HttpLogin::Next::PlainOnly:
        return {
            Errc::PlainCredentialsRefused,
            fmt::format("{} wants HTTP's user and password without encryption, readable on the way; this is refused. "
                        "Use an https URL, or let the profile allow plain credentials.",
                        address)};
    case HttpLogin::Next::NoneKnown:
        return {Errc::HttpStatus,
                fmt::format("{} answered with HTTP status 401 (Unauthorized) and asks for a way to log in "
                            "other than Basic and Digest. Ask the server's operator.",
                            address)};
    }
    return {Errc::Authentication,
            fmt::format("{} refuses the user name or the password of HTTP authentication. Correct "
                        "HttpId and HttpPassword of the profile.",
                        address)};
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

Error describe_certificate_use(const std::string& address, const GError& failure, CertificateUse use)
{
    if (use == CertificateUse::Lacking)
        return {Errc::Tls,
                fmt::format("{} wants a client certificate ({}). Give the profile the ClientCertificate that "
                            "the server's operator has made for it.",
                            address, failure.message)};
    return {Errc::Tls, fmt::format("{} does not take the client certificate of the profile ({}). Give the profile the "
                                   "one that the server's operator has made for it, or ask whether it still holds.",
                                   address, failure.message)};
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
