#pragma once

#include "base/descriptor.hpp"
#include "base/result.hpp"
#include "channel/messages.hpp"

#include <sys/types.h>

namespace runner {

/// Opens the directory of a service's items for reading it. Below a root no link is followed, and the directory must
/// be the owner's own: the service may do more than the user who named it. Before the sandbox is entered.
/// Error: Local, saying what is wrong with which directory.
base::Result<base::Descriptor> open_store_directory(const channel::ServicePlan& service, uid_t owner);

} // namespace runner
