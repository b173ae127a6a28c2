#pragma once

#include "base/descriptor.hpp"

#include <memory>

namespace manager {

/// Where a session is written down, as who starts it wants.
struct Transcript {
    std::shared_ptr<const base::Descriptor> pipe; ///< null: it is not
    bool items = false;                           ///< with the contents of items
};

} // namespace manager
