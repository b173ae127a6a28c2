#pragma once

#include "item/audience.hpp"
#include "syncml/devinf.hpp"

#include <string_view>

namespace runner {

/// What the server's datastore understands of items, from its device information; null: it is not known.
item::Audience audience_of(const syncml::DevInf* server, std::string_view uri);

/// Reads the time zone of this machine, whose file a worker that is shut in does not find.
void read_time_zone();

} // namespace runner
