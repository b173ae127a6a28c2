#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "transport/glib.hpp"

#include <string>

namespace transport {

/// The authorities of a PEM file. The error (Tls) is the same for every file that cannot be used, so that nobody can
/// ask it which files there are.
base::Result<Owned<GTlsDatabase>> open_ca_file(const std::string& path);

/// A certificate with its key, and those above it, from PEM. Error: Tls, when it cannot be used or not today.
base::Result<Owned<GTlsCertificate>> read_client_certificate(const base::Secret& pem);

} // namespace transport
