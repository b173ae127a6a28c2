#pragma once

#include "transport/transport.hpp"

#include <libsoup/soup.h>

#include <chrono>
#include <optional>
#include <string>

namespace transport {

/// What came back for one request: a reply, another address to ask, or the question who asks.
struct Answer {
    std::string location;                 ///< of a redirect; else empty
    std::optional<std::string> challenge; ///< the ways to log in, WWW-Authenticate
    Reply reply;
};

/// The redirects that leave a POST a POST, if one wants; 303 asks for a GET.
bool is_redirect(unsigned status);

/// A page for people instead of SyncML.
bool is_web_page(const Reply& reply);

/// Whether libsoup would gather the whole body of what came back, however large, before it lets go of it.
bool would_be_gathered(SoupMessage* message);

/// How long a server that cannot answer now wants to be left alone, if it says so.
std::optional<std::chrono::seconds> find_retry_after(SoupMessageHeaders* headers);

} // namespace transport
