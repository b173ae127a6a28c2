#include "runner/known_properties.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace runner {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::string_view vcard[] = {"N",    "FN",    "NICKNAME", "PHOTO", "BDAY", "ADR",        "LABEL",
                                      "TEL",  "EMAIL", "MAILER",   "TZ",    "GEO",  "TITLE",      "ROLE",
                                      "LOGO", "AGENT", "ORG",      "NOTE",  "REV",  "CATEGORIES", "SOUND",
                                      "UID",  "URL",   "CLASS",    "KEY"};
constexpr std::string_view vcard_3_0[] = {"PRODID", "SORT-STRING", "IMPP"};
// What address books and servers add (SyncEvolution, Funambol, Synthesis).
constexpr std::string_view vcard_added[] = {"X-AIM",     "X-ICQ",       "X-JABBER", "X-MSN",
                                            "X-YAHOO",   "X-SKYPE",     "X-SIP",    "X-SPOUSE",
                                            "X-MANAGER", "X-ASSISTANT", "X-GENDER", "X-ANNIVERSARY"};
constexpr std::string_view vcalendar[] = {
    "PRODID",      "TZ",       "DAYLIGHT", "GEO",        "AALARM",    "DALARM",    "MALARM",
    "PALARM",      "ATTACH",   "ATTENDEE", "CATEGORIES", "CLASS",     "COMPLETED", "DCREATED",
    "DESCRIPTION", "DTEND",    "DTSTART",  "DUE",        "EXDATE",    "EXRULE",    "LAST-MODIFIED",
    "LOCATION",    "PRIORITY", "RDATE",    "RELATED-TO", "RESOURCES", "RNUM",      "RRULE",
    "SEQUENCE",    "STATUS",   "SUMMARY",  "TRANSP",     "UID",       "URL"};
constexpr std::string_view icalendar[] = {
    "PRODID",     "CALSCALE",  "METHOD",        "ATTACH",   "ATTENDEE",  "CATEGORIES", "CLASS",        "COMMENT",
    "CONTACT",    "CREATED",   "DESCRIPTION",   "DTEND",    "DTSTAMP",   "DTSTART",    "DURATION",     "EXDATE",
    "EXRULE",     "GEO",       "LAST-MODIFIED", "LOCATION", "ORGANIZER", "PRIORITY",   "RDATE",        "RECURRENCE-ID",
    "RELATED-TO", "RESOURCES", "RRULE",         "SEQUENCE", "STATUS",    "SUMMARY",    "TRANSP",       "UID",
    "URL",        "ACTION",    "TRIGGER",       "REPEAT",   "TZID",      "TZNAME",     "TZOFFSETFROM", "TZOFFSETTO"};
constexpr std::string_view icalendar_tasks[] = {"COMPLETED", "DUE", "PERCENT-COMPLETE"};
constexpr std::string_view with_type[] = {"PHOTO", "ADR", "LABEL", "TEL", "EMAIL", "LOGO", "SOUND", "KEY", "IMPP"};

void add(syncml::ContentCapability& capability, std::string_view name, std::vector<std::string> values = {})
{
    auto& property = capability.properties.emplace_back();
    property.name = name;
    property.values = std::move(values);
}

void add_all(syncml::ContentCapability& capability, Names names)
{
    for (const auto name : names) {
        add(capability, name);
        if (std::find(std::begin(with_type), std::end(with_type), name) != std::end(with_type))
            capability.properties.back().parameters.emplace_back().name = "TYPE";
    }
}

} // namespace

syncml::ContentCapability known_properties(item::Kind kind, item::Form form)
{
    syncml::ContentCapability capability;
    capability.content = {std::string(item::media_type(form)), std::string(item::version(form))};
    if (form == item::Form::PlainText)
        return capability;
    const bool is_card = item::is_card(form);
    const auto objects = is_card ? std::vector<std::string>{"VCARD"}
                                 : std::vector<std::string>{"VCALENDAR", std::string(item::component_name(kind))};
    add(capability, "BEGIN", objects);
    add(capability, "VERSION", {capability.content.version});
    if (is_card) {
        add_all(capability, vcard);
        if (form != item::Form::VCard21)
            add_all(capability, vcard_3_0);
        add_all(capability, vcard_added);
    } else if (form == item::Form::VCalendar10) {
        add_all(capability, vcalendar);
    } else {
        add_all(capability, icalendar);
        if (kind == item::Kind::Task)
            add_all(capability, icalendar_tasks);
    }
    add(capability, "END", objects);
    return capability;
}

} // namespace runner
