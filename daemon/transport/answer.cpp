#include "transport/answer.hpp"

#include <string_view>

namespace transport {

bool is_redirect(unsigned status)
{
    return status == 301 || status == 302 || status == 307 || status == 308;
}

bool is_web_page(const Reply& reply)
{
    if (reply.content_type != "text/html" && reply.content_type != "application/xhtml+xml")
        return false;
    // Some servers label SyncML so as well, because PHP does when nobody tells it otherwise.
    const auto start = std::string_view(reply.body).substr(0, 512);
    const bool wbxml = start.starts_with('\x01') || start.starts_with('\x02') || start.starts_with('\x03');
    return !wbxml && start.find("<SyncML") == std::string_view::npos;
}

} // namespace transport
