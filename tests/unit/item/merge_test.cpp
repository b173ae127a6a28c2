// What becomes of texts that two sides have changed.
#include "item/merge.hpp"

#include "item/item.hpp"
#include "item/normal_form.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace {

using item::Side;

std::string card(const std::string& body, const std::string& version = "3.0")
{
    return "BEGIN:VCARD\r\nVERSION:" + version + "\r\n" + body + "END:VCARD\r\n";
}
std::string calendar(const std::string& body, const std::string& version = "2.0")
{
    return "BEGIN:VCALENDAR\r\nVERSION:" + version + "\r\n" + body + "END:VCALENDAR\r\n";
}
std::string event(const std::string& body, const std::string& version = "2.0")
{
    return calendar("BEGIN:VEVENT\r\nUID:one\r\n" + body + "END:VEVENT\r\n", version);
}
const std::string when = "DTSTART:20260105T090000Z\r\nDTEND:20260105T100000Z\r\n";
const std::string at_ten = "DTSTART:20260105T100000Z\r\nDTEND:20260105T110000Z\r\n";

/// The text of a merge without conflict.
std::string merged(const std::string& base, const std::string& ours, const std::string& theirs)
{
    const auto merge = item::merge(base, ours, theirs);
    REQUIRE(merge);
    CHECK(merge->conflicts.empty());
    CHECK(item::check(merge->text));
    return merge->text;
}

std::vector<std::string> conflicts(const std::string& base, const std::string& ours, const std::string& theirs)
{
    std::vector<std::string> fields;
    const auto merge = item::merge(base, ours, theirs);
    REQUIRE(merge);
    for (const auto& conflict : merge->conflicts)
        fields.push_back(conflict.field);
    return fields;
}

} // namespace

TEST_CASE("what each side has changed of a contact comes together, and the rest stays octet by octet", "[item][merge]")
{
    const std::string fixed = "n:Smith;Ann;;;\r\nX-UNKNOWN;HOW=\"so, so\":a\\;b\r\nUID:7\r\n";
    const auto base = card(fixed + "TEL;TYPE=HOME:1\r\nNOTE:old\r\nTITLE:boss\r\n");
    const auto ours = card(fixed + "TEL;TYPE=HOME:1\r\nTEL;TYPE=WORK:2\r\nNOTE:old\r\n");
    const auto theirs = card("PRODID:server\r\nNOTE:new\r\nN:Smith;Ann\r\nEMAIL:a@example.org\r\nTITLE:boss\r\n"
                             "TEL;TYPE=HOME,VOICE:1\r\nX-UNKNOWN;HOW=\"so, so\":a\\;b\r\n");
    CHECK(merged(base, ours, theirs) ==
          card(fixed + "TEL;TYPE=HOME:1\r\nTEL;TYPE=WORK:2\r\nNOTE:new\r\nEMAIL:a@example.org\r\n"));
    const auto merge = item::merge(base, ours, theirs);
    using Taken = item::Merge::Taken;
    CHECK(merge->taken ==
          std::vector<Taken>{
              {"EMAIL", Side::Theirs}, {"NOTE", Side::Theirs}, {"TEL", Side::Ours}, {"TITLE", Side::Ours}});
}

TEST_CASE("of what there may be many both changes stay, and a change survives a deletion", "[item][merge]")
{
    CHECK(merged(card("N:a\r\nTEL:1\r\n"), card("N:a\r\nTEL:2\r\n"), card("N:a\r\nTEL:3\r\n")) ==
          card("N:a\r\nTEL:2\r\nTEL:3\r\n"));
    CHECK(merged(card("N:a\r\nTEL:1\r\n"), card("N:a\r\n"), card("N:a\r\nTEL:2\r\n")) == card("N:a\r\nTEL:2\r\n"));
    CHECK(merged(card("N:a\r\nTEL:1\r\n"), card("N:a\r\nTEL:2\r\n"), card("N:a\r\n")) == card("N:a\r\nTEL:2\r\n"));
    CHECK(merged(card("N:a\r\nTEL:1\r\nNOTE:n\r\n"), card("N:a\r\nNOTE:n\r\n"), card("N:a\r\nTEL:1\r\nNOTE:m\r\n")) ==
          card("N:a\r\nNOTE:m\r\n"));
    CHECK(merged(card("N:a\r\nNOTE:n\r\n"), card("N:a\r\n"), card("N:a\r\nNOTE:m\r\n")) == card("N:a\r\nNOTE:m\r\n"));
    // A server that knows no types has not another number.
    CHECK(merged(card("N:a\r\n"), card("N:a\r\nTEL;TYPE=CELL:+49 1\r\n"), card("N:a\r\nTEL:+491\r\nNOTE:m\r\n")) ==
          card("N:a\r\nTEL;TYPE=CELL:+49 1\r\nNOTE:m\r\n"));
}

TEST_CASE("members of lists are merged one by one", "[item][merge]")
{
    CHECK(merged(card("N:a\r\nCATEGORIES:x,y\r\n"), card("N:a\r\nCATEGORIES:x,z\\, zz\r\n"),
                 card("N:a\r\nCATEGORIES:y\r\nCATEGORIES:x,v\\;w\r\n")) ==
          card("N:a\r\nCATEGORIES:x,z\\, zz,v\\;w\r\n"));
    const std::string rule = when + "RRULE:FREQ=DAILY\r\n";
    CHECK(merged(event(rule + "EXDATE:20260106T090000Z\r\n"),
                 event(rule + "EXDATE:20260106T090000Z,20260107T090000Z\r\n"),
                 event(rule + "EXDATE:20260108T090000Z\r\n")) ==
          event(rule + "EXDATE:20260107T090000Z\r\nEXDATE:20260108T090000Z\r\n"));
}

TEST_CASE("what can be only once and was changed twice is a conflict with the words of both", "[item][merge]")
{
    const auto base = card("N:a\r\nNOTE:n\r\nTEL:1\r\n");
    const auto ours = card("N:a\r\nNOTE:m\r\nTEL:2\r\n");
    const auto theirs = card("N:b\r\nNOTE:o\r\nTEL:1\r\n");
    const auto merge = item::merge(base, ours, theirs);
    REQUIRE(merge);
    using Conflict = item::Merge::Conflict;
    CHECK(merge->conflicts == std::vector<Conflict>{{"NOTE", "m", "o", "n"}});
    CHECK(merge->text == card("N:b\r\nNOTE:m\r\nTEL:2\r\n"));
    CHECK(item::merge(base, ours, theirs, Side::Theirs)->text == card("N:b\r\nNOTE:o\r\nTEL:2\r\n"));
    // Nothing is known of what both were made of.
    CHECK(item::merge(std::nullopt, card("N:a\r\nTEL:1\r\n"), card("N:a\r\nNOTE:m\r\n"))->text ==
          card("N:a\r\nTEL:1\r\nNOTE:m\r\n"));
    CHECK(item::merge(std::nullopt, card("N:a\r\n"), card("N:b\r\n"))->conflicts.size() == 1);
    CHECK(item::merge("nonsense", card("N:a\r\n"), card("N:b\r\n"))->conflicts.size() == 1);

    CHECK(conflicts(event(when), event(at_ten), event(when + "DURATION:PT3H\r\nRRULE:FREQ=DAILY\r\n")) ==
          std::vector<std::string>{"DTSTART"});
    CHECK(conflicts(event(when + "ATTENDEE:mailto:a@example.org\r\n"),
                    event(when + "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.org\r\n"),
                    event(when + "ATTENDEE;PARTSTAT=DECLINED:MAILTO:a@example.org\r\n")) ==
          std::vector<std::string>{"ATTENDEE a@example.org"});
}

TEST_CASE("a formatted name goes with its name, and a label with its number", "[item][merge]")
{
    CHECK(merged(card("N:a;b\r\nFN:b a\r\nTEL:1\r\n"), card("N:a;b\r\nFN:b a\r\nTEL:2\r\n"),
                 card("N:a;c\r\nFN:c a\r\nTEL:1\r\n")) == card("N:a;c\r\nFN:c a\r\nTEL:2\r\n"));
    // The server leaves out what follows from N.
    CHECK(merged(card("N:a;b\r\nFN:b a\r\nTEL:1\r\n"), card("N:a;b\r\nFN:b a\r\nTEL:2\r\n"),
                 card("N:a;c\r\nTEL:1\r\n")) == card("N:a;c\r\nFN:c a\r\nTEL:2\r\n"));
    CHECK(merged(card("N:a;b\r\nFN:b a\r\n"), card("N:a;c\r\nFN:c a\r\n"), card("N:a;b\r\nFN:The Boss\r\n")) ==
          card("N:a;c\r\nFN:The Boss\r\n"));
    CHECK(merged(card("N:a\r\nitem1.TEL:1\r\nitem1.X-ABLabel:boat\r\n"),
                 card("N:a\r\nitem1.TEL:1\r\nitem1.X-ABLabel:boat\r\nitem2.EMAIL:e@example.org\r\n"
                      "item2.X-ABLabel:club\r\n"),
                 card("N:a\r\nitem2.TEL:2\r\nitem2.X-ABLabel:hut\r\n")) ==
          card("N:a\r\nitem3.TEL:2\r\nitem3.X-ABLABEL:hut\r\nitem2.EMAIL:e@example.org\r\nitem2.X-ABLabel:club\r\n"));
}

TEST_CASE("the merge is in our form", "[item][merge]")
{
    const auto base = card("N:a\r\nNOTE:n\r\n");
    const auto ours = card("N:a\r\nNOTE:n\r\nTEL;CELL:1\r\n", "2.1");
    const auto theirs = card("N:a\r\nNOTE:one\\ntwo\\, ü\r\nEMAIL;TYPE=home:a@example.org\r\nCATEGORIES:x\\,y,z\r\n");
    CHECK(merged(base, ours, theirs) ==
          card("N:a\r\nNOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:one=0D=0Atwo, =C3=BC\r\nTEL;CELL:1\r\n"
               "EMAIL;HOME:a@example.org\r\nCATEGORIES:x\\,y,z\r\n",
               "2.1"));
    const auto picture = card("N:a\r\nNOTE:n\r\nPHOTO;ENCODING=b;TYPE=JPEG:AAEC\r\n");
    CHECK(item::normal_text(merged(base, ours, picture)) ==
          item::normal_text(card("N:a\r\nNOTE:n\r\nTEL;CELL:1\r\nPHOTO;ENCODING=b:AAEC\r\n")));
}

TEST_CASE("an event is merged across iCalendar and vCalendar 1.0, as far as both have words", "[item][merge]")
{
    const auto base = event(when + "SUMMARY:a\r\n");
    const auto ours = event(when + "SUMMARY:b\r\n");
    const auto theirs =
        event("DTSTART:20260105T100000Z\r\nDTEND:20260105T110000Z\r\nRRULE:W1 MO #5\r\nSUMMARY:a\r\n"
              "DALARM:20260105T094500Z;;;\r\nPRIORITY:2\r\nATTENDEE;STATUS=ACCEPTED:Ann <a@example.org>\r\n",
              "1.0");
    const auto text = merged(base, ours, theirs);
    CHECK(item::normal_text(text) ==
          item::normal_text(event(at_ten + "SUMMARY:b\r\nRRULE:FREQ=WEEKLY;COUNT=5\r\nPRIORITY:5\r\n"
                                           "ATTENDEE;CN=Ann;PARTSTAT=ACCEPTED:mailto:a@example.org\r\n"
                                           "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n")));
    const auto old = merged(base, theirs, ours);
    CHECK(item::find_form(old) == item::Form::VCalendar10);
    CHECK(item::normal_text(old) == item::normal_text(text));
    // There is no such rule in vCalendar 1.0; what one order cannot say is decided in neither.
    CHECK(conflicts(base, event(when + "SUMMARY:b\r\n", "1.0"),
                    event(when + "SUMMARY:a\r\nRRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1\r\n")) ==
          std::vector<std::string>{""});
}

TEST_CASE("alarms keep their distance from the beginning, and repeat the summary when they did", "[item][merge]")
{
    const auto alarm = [](const std::string& trigger, const std::string& text) {
        return "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER" + trigger + "\r\nDESCRIPTION:" + text + "\r\nEND:VALARM\r\n";
    };
    const auto absolute = alarm(";VALUE=DATE-TIME:20260105T084500Z", "a");
    CHECK(merged(event("SUMMARY:a\r\n" + when + absolute), event("SUMMARY:b\r\n" + when + alarm(":-PT15M", "b")),
                 event("SUMMARY:a\r\n" + at_ten + alarm(":-PT15M", "a"))) ==
          event("SUMMARY:b\r\n" + at_ten + alarm(":-PT15M", "b")));
    const auto moved = merged(event("SUMMARY:b\r\n" + when), event("SUMMARY:b\r\n" + when + absolute),
                              event("SUMMARY:c\r\n" + at_ten));
    CHECK(item::normal_text(moved) == item::normal_text(event("SUMMARY:c\r\n" + at_ten + alarm(":-PT15M", "a"))));
    CHECK(merged(event("SUMMARY:a\r\n" + when), event("SUMMARY:a\r\n" + when + alarm(":-PT15M", "a")),
                 event("SUMMARY:c\r\n" + when)) == event("SUMMARY:c\r\n" + when + alarm(":-PT15M", "c")));
}

TEST_CASE("occurrences are merged one by one, with the time zones that they need", "[item][merge]")
{
    const std::string zone = "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\n"
                             "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
    const auto vevent = [](const std::string& body) { return "BEGIN:VEVENT\r\nUID:one\r\n" + body + "END:VEVENT\r\n"; };
    const auto theirs_event = [](const std::string& body) {
        return "BEGIN:VEVENT\r\nUID:another\r\n" + body + "END:VEVENT\r\n";
    };
    const std::string rule = when + "RRULE:FREQ=DAILY\r\n";
    const std::string moved = "RECURRENCE-ID:20260107T090000Z\r\nDTSTART:20260107T120000Z\r\n";
    const std::string other = "RECURRENCE-ID:20260108T090000Z\r\nDTSTART;TZID=Europe/Berlin:20260108T120000\r\n";
    const auto base = calendar(vevent(rule) + vevent(moved + "SUMMARY:a\r\n"));
    const auto ours = calendar(vevent(rule + "LOCATION:here\r\n") + vevent(moved + "SUMMARY:b\r\n"));
    const auto theirs = calendar(zone + theirs_event(rule) + theirs_event(moved + "SUMMARY:a\r\nLOCATION:there\r\n") +
                                 theirs_event(other));
    CHECK(merged(base, ours, theirs) == calendar(zone + vevent(rule + "LOCATION:here\r\n") +
                                                 vevent(moved + "SUMMARY:b\r\nLOCATION:there\r\n") + vevent(other)));
    // Deleted there and changed here: it stays; deleted there and unchanged here: it goes.
    CHECK(merged(base, ours, calendar(vevent(rule + "CLASS:PRIVATE\r\n"))) ==
          calendar(vevent(rule + "LOCATION:here\r\nCLASS:PRIVATE\r\n") + vevent(moved + "SUMMARY:b\r\n")));
    CHECK(merged(base, calendar(vevent(rule + "LOCATION:here\r\n") + vevent(moved + "SUMMARY:a\r\n")),
                 calendar(vevent(rule + "CLASS:PRIVATE\r\n"))) ==
          calendar(vevent(rule + "LOCATION:here\r\nCLASS:PRIVATE\r\n")));
    CHECK(conflicts(base, calendar(vevent(rule) + vevent(moved + "SUMMARY:b\r\n")),
                    calendar(vevent(rule) + vevent(moved + "SUMMARY:c\r\n"))) ==
          std::vector<std::string>{"20260107T090000Z SUMMARY"});
}

TEST_CASE("what cannot be merged is refused", "[item][merge]")
{
    CHECK(item::merge(std::nullopt, "nonsense", card("N:a\r\n")).error().code == base::Errc::InvalidValue);
    CHECK(item::merge(std::nullopt, card("N:a\r\n"), "nonsense").error().code == base::Errc::InvalidValue);
    CHECK(item::merge(std::nullopt, card("N:a\r\n"), event(when)).error().code == base::Errc::InvalidValue);
    CHECK(item::merge(event(when), card("N:a\r\n"), card("N:a\r\n"))->text == card("N:a\r\n"));
}
