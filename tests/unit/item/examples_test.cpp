// The files that the demo imports.
#include "item/splitter.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>
#include <sstream>
#include <vector>

namespace {

std::vector<item::Item> split(const char* name, item::Kind kind)
{
    std::ifstream file(std::string(EXAMPLES_DIRECTORY) + "/" + name, std::ios::binary);
    REQUIRE(file);
    std::ostringstream content;
    content << file.rdbuf();
    std::vector<item::Item> items;
    item::Splitter splitter(kind, [&](item::Item one) -> base::Result<void> {
        items.push_back(std::move(one));
        return {};
    });
    REQUIRE(splitter.feed(content.str()));
    REQUIRE(splitter.finish());
    CHECK(splitter.skipped() == 0);
    return items;
}

std::set<std::string> summaries(const std::vector<item::Item>& items)
{
    std::set<std::string> all;
    for (const auto& one : items)
        all.insert(item::summary(one.data));
    return all;
}

std::size_t holding(const std::vector<item::Item>& items, const std::string& text)
{
    std::size_t count = 0;
    for (const auto& one : items)
        count += one.data.find(text) != std::string::npos;
    return count;
}

} // namespace

TEST_CASE("the example contacts are 25 different ones, good for the store", "[examples]")
{
    const auto contacts = split("contacts.vcf", item::Kind::Contact);
    CHECK(contacts.size() == 25);
    for (const auto& contact : contacts) {
        CHECK(item::find_kind(contact.data) == item::Kind::Contact);
        CHECK(item::check(contact.data)->data == contact.data);
    }
    const auto names = summaries(contacts);
    CHECK(names.size() == 25);
    for (const auto* name :
         {"Siobhán O’Donnell", "Δημήτρης Ελευθερίου", "Екатерина Андреевна Соколова", "田中 花子", "김서연",
          "ليلى الحسيني", "נועה כהן", "अनिल शर्मा", "Robert “Bob” Smith, Plumber; 24h", "Peltér Zsófia"})
        CHECK(names.contains(name));
    CHECK(holding(contacts, "PHOTO;ENCODING=b;TYPE=PNG:") == 1);
    CHECK(holding(contacts, "VERSION:2.1") == 1);
}

TEST_CASE("the example events are 15 items, each with the time zone it needs", "[examples]")
{
    const auto events = split("events.ics", item::Kind::Event);
    CHECK(events.size() == 15);
    for (const auto& event : events) {
        CHECK(event.form == item::Form::ICalendar20);
        CHECK(item::check(event.data)->data == event.data);
        const bool needs_zone = event.data.find(";TZID=Europe/Berlin:") != std::string::npos;
        CHECK((event.data.find("BEGIN:VTIMEZONE") != std::string::npos) == needs_zone);
    }
    CHECK(summaries(events).contains("Team-Besprechung, 2026-01-05 09:30"));
    CHECK(summaries(events).contains("Tag der Arbeit, 2026-05-01"));
    CHECK(holding(events, "RECURRENCE-ID;TZID=Europe/Berlin:20260302T093000") == 1);
    CHECK(holding(events, "EXDATE;TZID=Europe/Berlin:20260406T093000") == 1);
    CHECK(holding(events, "BEGIN:VALARM") == 3);
    CHECK(holding(events, "ATTENDEE;") == 2);
}
