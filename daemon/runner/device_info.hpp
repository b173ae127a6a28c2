#pragma once

#include "kinds/service_kind.hpp"
#include "syncml/devinf.hpp"
#include "syncml/version.hpp"

#include <span>
#include <string>
#include <string_view>

namespace runner {

/// What we tell a server about ourselves; `properties`: with lists of the properties that we keep.
syncml::DevInf own_device_info(std::string_view device_id, std::span<const kinds::ServiceKind* const> services,
                               bool properties, syncml::Version version = syncml::Version::V1_2);

/// Short and printable; differs when the text does.
std::string fingerprint(std::string_view text);

} // namespace runner
