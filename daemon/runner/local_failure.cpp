#include "runner/local_failure.hpp"

#include <fmt/format.h>

namespace runner {

base::Error local_failure(const std::exception& exception, std::string_view service)
{
    return {base::Errc::Local,
            fmt::format("{} failed on this machine: {}. What is confirmed is kept; synchronize again "
                        "when that is remedied.",
                        service, exception.what())};
}

} // namespace runner
