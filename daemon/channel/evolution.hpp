#pragma once

#include "channel/messages.hpp"

#include <string>
#include <string_view>

namespace channel {

constexpr std::string_view evolution_scheme = "eds:";

/// Whether the items of a service are in Evolution Data Server, in the session of their user.
inline bool is_of_evolution(const ServicePlan& service)
{
    return service.directory.starts_with(evolution_scheme);
}
/// The UID of their source.
inline std::string source_uid(const ServicePlan& service)
{
    return service.directory.substr(evolution_scheme.size());
}

} // namespace channel
