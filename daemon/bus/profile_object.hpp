#pragma once

#include "bus/object.hpp"
#include "bus/visibility.hpp"
#include "manager/manager.hpp"

#include <string>
#include <string_view>

namespace bus {

/// The path of a profile's object. An id consists of letters, digits and `_`.
std::string profile_path(std::string_view id);

/// org.syncd1.Profile at /org/syncd1/profile/ID, for every id at once: nothing is registered
/// per profile, so nothing can be enumerated.
class ProfileObject : public Object {
public:
    ProfileObject(manager::Manager& manager, Visibility& visibility);

    std::string_view interface() const override { return profile_interface; }
    bool is_at(std::string_view path) const override;
    void on_call(const Row& row, const Authorizer::Subject& caller, const Call& call) override;
    void find_properties(const Authorizer::Subject& caller, const Call& call, Found found) override;

private:
    manager::Manager& manager_;
    Visibility& visibility_;
};

} // namespace bus
