#pragma once

#include <string>

namespace ctl {

/// Tells a person on standard error what went wrong and, unless `hint` is empty, what to do next.
void report(const std::string& message, const std::string& hint);

} // namespace ctl
