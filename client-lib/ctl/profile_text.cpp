#include "profile_text.hpp"

#include "words.hpp"

#include <algorithm>

namespace ctl {

std::string schedule_text(const syncd::SyncInfo& info)
{
    switch (info.mode) {
    case syncd::SyncMode::Periodic: {
        std::string interval = info.interval ? word(*info.interval) : "unknown";
        std::ranges::replace(interval, '-', ' ');
        return "every " + interval;
    }
    case syncd::SyncMode::Push: return "push";
    case syncd::SyncMode::Manual: return "manual, " + word(info.type);
    case syncd::SyncMode::Unknown: break;
    }
    return "unknown";
}

std::string services_text(const syncd::SyncProfileInfo& profile)
{
    std::string text;
    for (const syncd::SyncServiceInfo& service : profile.service_info)
        text += (text.empty() ? "" : ", ") + word(service.service_type) + (service.enable ? "" : " (off)");
    return text.empty() ? "none" : text;
}

} // namespace ctl
