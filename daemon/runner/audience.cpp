#include "runner/audience.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <ctime>
#include <optional>
#include <vector>

namespace runner {
namespace {

using item::Form;

/// Some servers have the one's name with the other's version, or no version.
std::optional<Form> form_of(const syncml::ContentType& content)
{
    const auto type = base::lower(content.type);
    const auto& version = content.version;
    if (type == "text/x-vcard" || type == "text/vcard" || type == "text/directory") {
        if (version == "2.1" || (version.empty() && type == "text/x-vcard"))
            return Form::VCard21;
        if (version == "4.0")
            return Form::VCard40;
        return version == "3.0" || version.empty() ? std::optional(Form::VCard30) : std::nullopt;
    }
    if (type == "text/x-vcalendar" || type == "text/calendar") {
        if (version == "1.0" || (version.empty() && type == "text/x-vcalendar"))
            return Form::VCalendar10;
        return version == "2.0" || version.empty() ? std::optional(Form::ICalendar20) : std::nullopt;
    }
    return type == "text/plain" ? std::optional(Form::PlainText) : std::nullopt;
}

std::int64_t clock_of_machine(std::int64_t utc)
{
    const std::time_t time = utc;
    std::tm local{};
    return ::localtime_r(&time, &local) == nullptr ? 0 : local.tm_gmtoff;
}

} // namespace

item::Audience audience_of(const syncml::DevInf* server, std::string_view uri)
{
    item::Audience audience;
    audience.clock = clock_of_machine;
    if (server == nullptr)
        return audience;
    // DevInf 1.0 has no UTC.
    audience.takes_utc = server->utc || server->ver_dtd == "1.0";
    const auto* store = syncml::find_datastore(*server, uri);
    if (store == nullptr)
        return audience;
    for (const auto* types : {&store->rx_preferred, &store->rx}) {
        for (const auto& type : *types) {
            const auto form = form_of(type);
            if (form && std::find(audience.forms.begin(), audience.forms.end(), *form) == audience.forms.end())
                audience.forms.push_back(*form);
        }
    }
    return audience;
}

void read_time_zone()
{
    ::tzset();
}

} // namespace runner
