#pragma once

#include "runner/service_kind.hpp"
#include "syncml/devinf.hpp"
#include "syncml/version.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace runner {

/// What we tell a server about ourselves. No CTCap: a server that reads property
/// lists may drop, as unsupported, what we do not list, and we keep whatever comes.
syncml::DevInf own_device_info(std::string_view device_id, std::span<const ServiceKind* const> services,
                               syncml::Version version = syncml::Version::V1_2);

/// Device information as the JSON text in which it is remembered, without its
/// property lists. Equal text, equal device, as far as a session cares.
std::string to_json(const syncml::DevInf& devinf);
/// Nothing when the text is not what `to_json` writes: the server is asked again.
std::optional<syncml::DevInf> find_device_info(std::string_view json);

/// Short and printable; differs when the text does.
std::string fingerprint(std::string_view text);

} // namespace runner
