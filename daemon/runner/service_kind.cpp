#include "runner/service_kind.hpp"

namespace runner {

const ServiceKind* find_service_kind(std::string_view name)
{
    static const ServiceKind kinds[] = {
        {"CONTACT", "contacts", storage::ItemKind::Contact, {{"text/vcard", "3.0"}, {"text/x-vcard", "2.1"}}},
        {"EVENT", "calendar", storage::ItemKind::Event, {{"text/calendar", "2.0"}, {"text/x-vcalendar", "1.0"}}},
    };
    for (const auto& kind : kinds)
        if (kind.name == name)
            return &kind;
    return nullptr;
}

} // namespace runner
