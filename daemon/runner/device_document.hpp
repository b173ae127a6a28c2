#pragma once

#include "syncml/devinf.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace runner {

/// No document is longer, whatever a server says of itself.
inline constexpr std::size_t max_device_document = 512 * 1024;

/// Device information as the JSON text in which it is remembered and shown (org.syncd1.Manager.xml, GetDeviceInfo).
/// Equal text, equal device, as far as a session cares. Texts are made legible and short, and long lists lose their
/// ends, for a peer wrote them; where that is still too much the property lists lose their details, or are left out.
std::string to_json(const syncml::DevInf& devinf);
/// Nothing when the text is not what `to_json` writes: the server is asked again.
std::optional<syncml::DevInf> find_device_info(std::string_view json);

} // namespace runner
