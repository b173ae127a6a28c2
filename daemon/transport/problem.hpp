#pragma once

#include "base/error.hpp"
#include "transport/glib.hpp"
#include "transport/http_login.hpp"

#include <chrono>
#include <optional>
#include <string>

/// What went wrong with an exchange, in words for a person: which host, what, and what to do.
namespace transport {

/// An HTTP status that is not 200. `retry_after`: when the server wants to be asked again, if it says so.
base::Error describe_status(const std::string& address, unsigned status,
                            std::optional<std::chrono::seconds> retry_after);

/// A server that wants a login which it does not get.
base::Error describe_login(const std::string& address, HttpLogin::Next why);

/// A server's certificate that was refused.
base::Error describe_certificate(const std::string& address, GTlsCertificateFlags flaws);

/// What came of a server's wish for a certificate of ours.
enum class CertificateUse { None, Lacking, Shown };

/// A connection that broke, before any reply, in which the server had wanted a certificate. (TLS 1.3 tells what is
/// wrong with it after the handshake, together with the end of the connection, which often is all that arrives.)
base::Error describe_certificate_use(const std::string& address, const GError& failure, CertificateUse use);

/// A failed connection, request or reply. `connected`: the request was on its way.
base::Error describe_failure(const std::string& address, const GError& failure, bool connected);

} // namespace transport
