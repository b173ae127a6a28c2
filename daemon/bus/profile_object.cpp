#include "bus/profile_object.hpp"

#include "bus/introspection.hpp"
#include "bus/values.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace bus {

std::string profile_path(std::string_view id)
{
    return fmt::format("{}/{}", profiles_path, id);
}

ProfileObject::ProfileObject(manager::Manager& manager, Visibility& visibility)
    : manager_(manager), visibility_(visibility)
{
}

bool ProfileObject::is_at(std::string_view path) const
{
    return path.starts_with(profiles_path) && path.find('/', profiles_path.size()) == profiles_path.size() &&
           path.rfind('/') == profiles_path.size();
}

void ProfileObject::on_call(const Row&, const Authorizer::Subject&, const Call&)
{
    throw std::logic_error("org.syncd1.Profile has no methods");
}

void ProfileObject::find_properties(const Authorizer::Subject& caller, const Call& call, Found found)
{
    const auto id = call.path().substr(profiles_path.size() + 1);
    visibility_.resolve(caller, call, id, [this, id, found = std::move(found)](manager::Caller as) {
        const auto profile = manager_.get(as, id);
        found(profile ? std::optional(profile_properties(*profile)) : std::nullopt);
    });
}

} // namespace bus
