#pragma once

namespace bus {

/// Whom the program serves: every user of the machine, or the one who runs it.
enum class Scope { System, User };

} // namespace bus
