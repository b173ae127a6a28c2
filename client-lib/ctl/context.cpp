#include "context.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace ctl {

void Output::print(const Json& document, const std::string& text) const
{
    if (json)
        print_document(document);
    else
        fmt::print("{}", text);
}

void Output::print_document(const Json& document)
{
    // What is not UTF-8 is replaced, not thrown at the user.
    fmt::print("{}\n", document.dump(2, ' ', false, Json::error_handler_t::replace));
}

} // namespace ctl
