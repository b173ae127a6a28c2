#pragma once

#include "channel/messages.hpp"

namespace runner {

/// What a server's notification says, and which of the accounts it is for.
channel::Verdict read_notification(const channel::Reading& reading);

} // namespace runner
