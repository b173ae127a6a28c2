#include "report.hpp"

#include "text.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace ctl {

void report(const std::string& message, const std::string& hint)
{
    std::fflush(stdout); // in the order in which it happened
    fmt::print(stderr, "syncctl: {}\n", printable_lines(message));
    if (!hint.empty())
        fmt::print(stderr, "{}\n", printable_lines(hint));
}

} // namespace ctl
