#pragma once

#include <string_view>

/// The contract as it is written in dbus-interfaces/, put into the program by the build.
namespace bus::contract_text {

extern const std::string_view manager, profile, store;

} // namespace bus::contract_text
