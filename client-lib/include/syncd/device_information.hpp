#pragma once

#include <syncd/profile.hpp>

#include <string>

namespace syncd {

/// What a server has told of itself.
struct DeviceInformation {
    Time received{};
    std::string document; ///< JSON text, as org.syncd1.Manager.xml describes it under GetDeviceInfo
};

} // namespace syncd
