#pragma once

#include "session/session.hpp"

#include <string_view>

namespace session {

/// Whether a LocURI names device information of this version; with and without `./`.
bool is_devinf_uri(std::string_view uri, syncml::Version version);

syncml::Put put_devinf(const Setup& setup);
syncml::Get get_devinf(const Setup& setup);
/// Ours, as answer to the server's Get.
syncml::Results devinf_results(const Setup& setup, syncml::MsgId message, syncml::CmdId command);

/// Makes a Put or Results of device information as small as it can be; false for any other command.
bool leave_out_properties(syncml::Command& command);

/// The device information among the Items, or null.
const syncml::DevInf* find_devinf(const std::vector<syncml::Item>& items);

} // namespace session
