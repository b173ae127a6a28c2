// Zones that items define themselves.
#include "item/conversion.hpp"
#include "item/defined_zone.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using item::Form;

namespace {

std::string observance(const std::string& name, const std::string& from, const std::string& to, const std::string& rule,
                       const std::string& begin = "16010101T020000")
{
    return "BEGIN:" + name + "\r\nDTSTART:" + begin + "\r\nTZOFFSETFROM:" + from + "\r\nTZOFFSETTO:" + to + "\r\n" +
           (rule.empty() ? "" : "RRULE:" + rule + "\r\n") + "END:" + name + "\r\n";
}

std::string zone(const std::string& name, const std::string& observances)
{
    return "BEGIN:VTIMEZONE\r\nTZID:" + name + "\r\n" + observances + "END:VTIMEZONE\r\n";
}

/// As Outlook writes them.
const std::string europe =
    observance("STANDARD", "+0200", "+0100", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "16010101T030000") +
    observance("DAYLIGHT", "+0100", "+0200", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3");
const std::string eastern = observance("STANDARD", "-0400", "-0500", "FREQ=YEARLY;BYDAY=1SU;BYMONTH=11") +
                            observance("DAYLIGHT", "-0500", "-0400", "FREQ=YEARLY;BYDAY=2SU;BYMONTH=3");
const std::string sydney =
    observance("STANDARD", "+1100", "+1000", "FREQ=YEARLY;BYDAY=1SU;BYMONTH=4", "16010101T030000") +
    observance("DAYLIGHT", "+1000", "+1100", "FREQ=YEARLY;BYDAY=1SU;BYMONTH=10");
const std::string india = observance("STANDARD", "+0530", "+0530", "", "16010101T000000");
/// Of nobody.
const std::string odd = observance("STANDARD", "+0200", "+0113", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10") +
                        observance("DAYLIGHT", "+0113", "+0200", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3");

std::string calendar(const std::string& zones, const std::string& event)
{
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + zones + "BEGIN:VEVENT\r\nUID:1\r\n" + event +
           "SUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
}

std::string like(const std::string& observances, int year = 2026)
{
    const auto document = item::parse(calendar(zone("Z", observances), "DTSTART:20260105T090000\r\n"));
    REQUIRE(document);
    return item::find_zone_like(document->root.components.front(), year);
}

std::string old(const std::string& data)
{
    const auto conversion = item::convert(data, Form::VCalendar10);
    REQUIRE(conversion);
    return conversion->data;
}

bool holds(const std::string& data, const std::string& line)
{
    INFO(data);
    return data.find("\r\n" + line + "\r\n") != std::string::npos;
}

} // namespace

TEST_CASE("a definition is the zone whose clocks go like it", "[item][zone]")
{
    CHECK(like(europe) == "Europe/Berlin");
    CHECK(like(eastern) == "America/New_York");
    CHECK(like(sydney) == "Australia/Sydney");
    CHECK(like(india) == "Asia/Kolkata");
    CHECK(like(india, 2190) == "Asia/Kolkata");
    CHECK(like(india, 3000).empty());   // nobody is to be kept waiting for that
    CHECK(like(eastern, 2000).empty()); // the rule is of 2007
    CHECK(like(odd).empty());
}

TEST_CASE("rules that were replaced do not count, and of two that hold neither", "[item][zone]")
{
    const auto before = observance("DAYLIGHT", "-0500", "-0400",
                                   "FREQ=YEARLY;BYDAY=1SU;BYMONTH=4;UNTIL=20060402T070000Z", "19870405T020000");
    CHECK(like(before + eastern) == "America/New_York");
    CHECK(like(europe + observance("DAYLIGHT", "+0100", "+0300", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=4")).empty());
    const auto later = observance("DAYLIGHT", "+0100", "+0300", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=4", "20700101T000000");
    CHECK(like(europe + later) == "Europe/Berlin");
}

TEST_CASE("what is no usual definition is no zone", "[item][zone]")
{
    const auto standard = observance("STANDARD", "+0200", "+0100", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10");
    for (const auto* rule :
         {"", "FREQ=SECONDLY", "FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=3", "FREQ=YEARLY;BYDAY=-1SU",
          "FREQ=YEARLY;BYDAY=;BYMONTH=3", "FREQ=YEARLY;BYDAY=S;BYMONTH=3", "FREQ=YEARLY;BYDAY=-1XX;BYMONTH=3",
          "FREQ=YEARLY;BYDAY=SU;BYMONTH=3", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=13", "FREQ=YEARLY;BYDAY=9SU;BYMONTH=3",
          "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3;BYHOUR=1,2,3", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3;COUNT=1",
          "FREQ=YEARLY;INTERVAL=2;BYDAY=-1SU;BYMONTH=3"}) {
        CAPTURE(rule);
        CHECK(like(standard + observance("DAYLIGHT", "+0100", "+0200", rule)).empty());
    }
    CHECK(like("").empty());
    CHECK(like("BEGIN:STANDARD\r\nEND:STANDARD\r\n").empty());
    CHECK(like(europe, 1600).empty());
    CHECK(like(europe, 9999).empty());
}

TEST_CASE("an event of a zone that it defines itself goes to vCalendar 1.0 at its moment", "[item][zone][conversion]")
{
    const auto once = old(calendar(zone("W. Europe Standard Time", europe),
                                   "DTSTART;TZID=W. Europe Standard Time:20260705T090000\r\n"
                                   "DTEND;TZID=W. Europe Standard Time:20260705T100000\r\n"));
    CHECK(holds(once, "DTSTART:20260705T070000Z"));
    CHECK(holds(once, "DTEND:20260705T080000Z"));
    const auto often = old(calendar(zone("Eastern Standard Time", eastern),
                                    "DTSTART;TZID=\"Eastern Standard Time\":20260105T090000\r\nRRULE:FREQ=WEEKLY\r\n"));
    CHECK(holds(often, "TZ:-05:00"));
    CHECK(holds(often, "DTSTART:20260105T090000"));
    CHECK(often.find("\r\nDAYLIGHT:TRUE;-04:00;20260308T020000;20261101T020000;") != std::string::npos);
}

TEST_CASE("a zone that is like none stays without a name", "[item][zone][conversion]")
{
    CHECK(holds(old(calendar(zone("Mine", odd), "DTSTART;TZID=Mine:20260705T090000\r\n")), "DTSTART:20260705T090000"));
    const auto document = item::parse(calendar(zone("Mine", odd), "DTSTART;TZID=Mine:20260705T090000\r\n"));
    CHECK_FALSE(item::with_known_zones(document.value()));
}

TEST_CASE("however many zones an item defines, a few are looked for", "[item][zone]")
{
    std::string zones, dates;
    for (int number = 0; number < 50; ++number) {
        zones += zone("Z" + std::to_string(number), europe);
        dates += "X-DATE;TZID=Z" + std::to_string(number) + ":20260705T090000\r\n";
    }
    const auto document = item::parse(calendar(zones, "DTSTART;TZID=Z0:20260105T090000\r\n" + dates));
    const auto named = item::with_known_zones(document.value());
    REQUIRE(named);
    const auto& event = named->root.components.back();
    CHECK(event.find("DTSTART")->parameter("TZID") == "Europe/Berlin");
    CHECK(std::count_if(event.properties.begin(), event.properties.end(), [](const item::Property& property) {
              return property.parameter("TZID") == "Europe/Berlin";
          }) == 11);
}
