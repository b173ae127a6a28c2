#pragma once

#include "values.hpp"

#include <syncd/profile.hpp>

#include <string>

/// Profiles to and from the dictionaries of org.syncd1.Manager and org.syncd1.Profile.
namespace syncd {

/// `is_new`: for Add, which requires the credentials; Update keeps those that are absent.
/// Throws Error InvalidValue for an Unknown word or text that D-Bus cannot carry.
void append_profile(sdbus::Message& message, const SyncProfileInfo& profile, bool is_new);

SyncProfileInfo parse_profile(std::string id, const Values& values);
ProfileStatus parse_status(const Values& values);

} // namespace syncd
