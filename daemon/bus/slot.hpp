#pragma once

#include <systemd/sd-bus.h>

#include <memory>

namespace bus {

struct SlotUnref {
    void operator()(sd_bus_slot* slot) const noexcept { sd_bus_slot_unref(slot); }
};

/// A registration with sd-bus; the callback is never called again once it is gone.
using Slot = std::unique_ptr<sd_bus_slot, SlotUnref>;

} // namespace bus
