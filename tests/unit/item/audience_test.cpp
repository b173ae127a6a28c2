// Items in the words of those that they go to.
#include "item/audience.hpp"

#include <catch2/catch.hpp>

using item::Audience;
using item::Form;
using item::Kind;
using Forms = std::vector<Form>;

namespace {

std::string event(const std::string& body)
{
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:a\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n" +
           body + "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

/// One that has clocks an hour ahead of UTC and takes no UTC.
Audience local()
{
    Audience audience;
    audience.takes_utc = false;
    audience.clock = [](std::int64_t) { return std::int64_t{3600}; };
    return audience;
}

} // namespace

TEST_CASE("an item goes in its own form where that is understood, else in what is preferred", "[item][audience]")
{
    CHECK(forms_for(Form::VCard30, Kind::Contact, {}) == Forms{Form::VCard30, Form::VCard21});
    CHECK(forms_for(Form::VCard21, Kind::Contact, {}) == Forms{Form::VCard21, Form::VCard30});
    CHECK(forms_for(Form::VCard40, Kind::Contact, {}) == Forms{Form::VCard30, Form::VCard21});
    CHECK(forms_for(Form::VCalendar10, Kind::Event, {}) == Forms{Form::VCalendar10, Form::ICalendar20});
    const Audience both{{Form::VCard21, Form::VCard30, Form::VCalendar10}};
    CHECK(forms_for(Form::VCard30, Kind::Contact, both) == Forms{Form::VCard30, Form::VCard21});
    CHECK(forms_for(Form::VCard40, Kind::Contact, both) == Forms{Form::VCard21, Form::VCard30});
    CHECK(forms_for(Form::ICalendar20, Kind::Event, both) == Forms{Form::VCalendar10});
}

TEST_CASE("where nothing changes the ways have no number, and others have one each", "[item][audience]")
{
    CHECK(item::ways_of(Kind::Contact, {}) == 0);
    CHECK(item::ways_of(Kind::Contact, {{Form::VCard21, Form::VCard30, Form::ICalendar20, Form::VCalendar10}}) == 0);
    CHECK(item::ways_of(Kind::Event, {{Form::VCard21, Form::ICalendar20, Form::VCalendar10}}) == 0);
    CHECK(item::ways_of(Kind::Event, {{Form::VCalendar10}}) > 0);
    CHECK(item::ways_of(Kind::Note, {{Form::ICalendar20, Form::PlainText}}) == 0);
    CHECK(item::ways_of(Kind::Note, {{Form::PlainText}}) > 0);
    const auto old = item::ways_of(Kind::Contact, {{Form::VCard21}});
    const auto recent = item::ways_of(Kind::Contact, {{Form::VCard30}});
    CHECK(old > 0);
    CHECK(recent > 0);
    CHECK(old != recent);
    auto other = local();
    other.clock = [](std::int64_t) { return std::int64_t{-7200}; };
    CHECK(item::ways_of(Kind::Contact, local()) > 0);
    CHECK(item::ways_of(Kind::Contact, local()) != item::ways_of(Kind::Contact, other));
}

TEST_CASE("who takes no UTC gets what clocks show here", "[item][audience]")
{
    const auto data = item::render(event("DTSTART:20260106T233000Z\r\nDTEND;TZID=Europe/Berlin:20260107T010000\r\n"
                                         "LAST-MODIFIED:20260101T000000Z\r\nX-A:20260101T000000Z\r\n"),
                                   local())
                          .data;
    CHECK(data == event("DTSTART:20260107T003000\r\nDTEND;TZID=Europe/Berlin:20260107T010000\r\n"
                        "LAST-MODIFIED:20260101T000000Z\r\nX-A:20260101T000000Z\r\n"));
    const auto weekly = event("DTSTART:20260106T090000Z\r\nRRULE:FREQ=WEEKLY;BYDAY=TU\r\nEXDATE:20260113T090000Z,"
                              "20260120T090000Z\r\n");
    CHECK(item::render(weekly, local()).data.find("EXDATE:20260113T100000,20260120T100000\r\n") != std::string::npos);
    // On another day the rule would be another one.
    const auto late = event("DTSTART:20260106T233000Z\r\nRRULE:FREQ=WEEKLY;BYDAY=TU\r\n");
    CHECK(item::render(late, local()).data == late);
}

TEST_CASE("what cannot be converted goes as it is", "[item][audience]")
{
    const Audience old{{Form::VCalendar10}};
    const std::string note = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VJOURNAL\r\nEND:VJOURNAL\r\nEND:VCALENDAR\r\n";
    const auto rendering = item::render(note, old);
    CHECK(rendering.form == Form::ICalendar20);
    CHECK(rendering.data == note);
    CHECK(item::render("nothing", old).data == "nothing");
}
