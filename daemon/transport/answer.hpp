#pragma once

#include "base/result.hpp"
#include "transport/glib.hpp"
#include "transport/transport.hpp"

#include <libsoup/soup.h>

#include <chrono>
#include <optional>
#include <string>

/// What the replies of an HTTP server mean, whatever brought them here.
namespace transport {

/// What came back for one request: a reply, another address to ask, or the question who asks.
struct Answer {
    std::string location;                 ///< of a redirect; else empty
    std::optional<std::string> challenge; ///< the ways to log in, WWW-Authenticate
    Reply reply;
};

/// What the head of a reply from `address` says; the reply is still without its body. `logs_in`: a challenge is
/// taken up. Errors: HttpStatus.
base::Result<Answer> read_head(const std::string& address, unsigned status, SoupMessageHeaders* headers, bool logs_in);

/// A reply that is complete. Errors: NotSyncML (nothing, or a page for people).
base::Result<void> check(const std::string& address, const Reply& reply);

/// Where a redirect leads. Errors: HttpStatus (to no address), Tls (out of https).
base::Result<Owned<GUri>> follow(GUri* from, const std::string& location);

/// Whether libsoup would gather the whole body of what came back, however large, before it lets go of it.
bool would_be_gathered(SoupMessage* message);

/// How long a server that cannot answer now wants to be left alone, if it says so.
std::optional<std::chrono::seconds> find_retry_after(SoupMessageHeaders* headers);

} // namespace transport
