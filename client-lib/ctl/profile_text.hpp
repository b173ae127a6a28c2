#pragma once

#include <syncd/profile.hpp>

#include <string>

/// Parts of a profile in words.
namespace ctl {

/// `manual, two-way`, `every 4 hours`, `push`.
std::string schedule_text(const syncd::SyncInfo& info);
/// `contact, event (off)`.
std::string services_text(const syncd::SyncProfileInfo& profile);

} // namespace ctl
