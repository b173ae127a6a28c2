#pragma once

#include "transport/glib.hpp"

#include <string>

namespace transport {

/// An http or https URL with a host, absolute or relative to `base`; empty when it is none.
Owned<GUri> parse_url(const std::string& url, GUri* base = nullptr);

bool is_https(GUri* uri);

/// For messages to people: `host`, or `host:port` when it is not the scheme's.
std::string address(GUri* uri);

} // namespace transport
