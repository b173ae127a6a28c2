#pragma once

#include "context.hpp"

#include <syncd/device_information.hpp>

#include <string>

namespace ctl {

/// A server's device information for people; `device` is its document, parsed.
std::string device_text(const syncd::DeviceInformation& information, const Json& device);

} // namespace ctl
