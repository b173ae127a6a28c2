#pragma once

#include "base/error.hpp"
#include "transport/glib.hpp"

#include <string>

/// What went wrong with an exchange, in words for a person: which host, what, and what to do.
namespace transport {

/// An HTTP status that is not 200.
base::Error describe_status(const std::string& address, unsigned status);

/// A certificate that was refused.
base::Error describe_certificate(const std::string& address, GTlsCertificateFlags flaws);

/// A failed connection, request or reply. `connected`: the request was on its way.
base::Error describe_failure(const std::string& address, const GError& failure, bool connected);

} // namespace transport
