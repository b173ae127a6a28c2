#pragma once

#include "transport/transport.hpp"

#include <string>

namespace transport {

/// What came back for one request: a reply, or another address to ask.
struct Answer {
    std::string location; ///< of a redirect; else empty
    Reply reply;
};

/// The redirects that leave a POST a POST, if one wants; 303 asks for a GET.
bool is_redirect(unsigned status);

/// A page for people instead of SyncML.
bool is_web_page(const Reply& reply);

} // namespace transport
