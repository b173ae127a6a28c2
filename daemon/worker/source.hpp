#pragma once

#include <systemd/sd-event.h>

#include <memory>

namespace worker {

struct DisableUnref {
    void operator()(sd_event_source* source) const noexcept { sd_event_source_disable_unref(source); }
};

/// An owned event source: its callback dies with it.
using Source = std::unique_ptr<sd_event_source, DisableUnref>;

} // namespace worker
