#include "statistics_text.hpp"

#include "table.hpp"
#include "units.hpp"
#include "words.hpp"

namespace ctl {

std::string statistics_text(const std::vector<syncd::SyncStatistics>& statistics)
{
    if (statistics.empty())
        return "The profile has no services.\n";
    const auto number = [](std::uint32_t count) { return std::to_string(count); };
    std::vector<std::vector<std::string>> rows;
    for (const syncd::SyncStatistics& service : statistics)
        rows.push_back({word(service.service_type), lower_word(to_string(service.sync_status)),
                        format_time(service.last_sync_time), number(service.server_to_client_total),
                        number(service.server_to_client_added), number(service.server_to_client_updated),
                        number(service.server_to_client_removed), number(service.client_to_server_total),
                        number(service.client_to_server_added), number(service.client_to_server_updated),
                        number(service.client_to_server_removed)});
    return join(table({{"SERVICE"},
                       {"STATUS"},
                       {"LAST SYNC"},
                       {"RECEIVED", Align::Right},
                       {"new", Align::Right},
                       {"changed", Align::Right},
                       {"gone", Align::Right},
                       {"SENT", Align::Right},
                       {"new", Align::Right},
                       {"changed", Align::Right},
                       {"gone", Align::Right}},
                      rows));
}

std::string types_text(const std::vector<syncd::ServiceRecord>& services)
{
    std::string all, one;
    bool differ = false;
    for (const syncd::ServiceRecord& service : services) {
        if (service.type == syncd::SyncType::Unknown)
            continue; // it was not come to
        const auto type = word(service.type);
        differ = differ || (!one.empty() && type != one);
        one = type;
        all += (all.empty() ? "" : ", ") + word(service.statistics.service_type) + " " + type;
    }
    return one.empty() ? std::string() : "Type: " + (differ ? all : one);
}

} // namespace ctl
