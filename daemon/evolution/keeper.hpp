#pragma once

namespace evolution {

/// The whole life of syncd-eds: answers what a worker asks at `socket` (Frame), until that is closed.
void keep(int socket);

} // namespace evolution
