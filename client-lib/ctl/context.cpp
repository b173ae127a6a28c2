#include "context.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace ctl {

void Context::print(const Json& document, const std::string& text) const
{
    // What is not UTF-8 is replaced, not thrown at the user.
    fmt::print("{}", json ? document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n" : text);
}

} // namespace ctl
