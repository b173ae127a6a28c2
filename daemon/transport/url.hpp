#pragma once

#include "transport/glib.hpp"

#include <string>

namespace transport {

/// An http or https URL with a host, absolute or relative to `base`; empty when it is none.
Owned<GUri> parse_url(const std::string& url, GUri* base = nullptr);

bool is_https(GUri* uri);

/// What a request line says of it.
std::string path_and_query(GUri* uri);

/// Whether what is meant for the server at `own` may be shown to the one at `other`: the same host and port,
/// and encryption not lost. From http to https, each at its own port, is the same server.
bool is_same_server(GUri* own, GUri* other);

/// For messages to people: `host`, or `host:port` when it is not the scheme's.
std::string address(GUri* uri);

} // namespace transport
