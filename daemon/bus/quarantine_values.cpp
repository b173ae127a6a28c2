#include "bus/quarantine_values.hpp"

#include <cstdint>

namespace bus {

std::vector<Values> quarantine(const std::vector<storage::QuarantinedItem>& items)
{
    std::vector<Values> list;
    for (const auto& item : items)
        list.push_back({
            {"ServiceType", item.service},
            {"FromServer", item.from_server},
            {"ItemId", item.id},
            {"Status", static_cast<std::uint32_t>(item.code)},
            {"Reason", item.reason},
            {"Size", item.size},
            {"Session", item.session},
            {"Time", static_cast<std::uint64_t>(item.time)},
        });
    return list;
}

} // namespace bus
