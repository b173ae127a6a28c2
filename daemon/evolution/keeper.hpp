#pragma once

#include <string>

namespace evolution {

/// The whole life of syncd-eds: answers what a worker asks at `socket` (Frame) of one source, until that is closed.
void keep(int socket, const std::string& service, const std::string& source_uid);

} // namespace evolution
