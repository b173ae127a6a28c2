// Which items count as the same, and which must not.
#include "item/normal_form.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <utility>

namespace {

std::string card(const std::string& body, const std::string& version = "3.0")
{
    return "BEGIN:VCARD\r\nVERSION:" + version + "\r\n" + body + "END:VCARD\r\n";
}
std::string old_card(const std::string& body)
{
    return card(body, "2.1");
}
std::string event(const std::string& body, const std::string& around = "")
{
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + around + "BEGIN:VEVENT\r\n" + body +
           "END:VEVENT\r\nEND:VCALENDAR\r\n";
}
std::string old_event(const std::string& body, const std::string& around = "")
{
    return "BEGIN:VCALENDAR\r\nVERSION:1.0\r\n" + around + "BEGIN:VEVENT\r\n" + body +
           "END:VEVENT\r\nEND:VCALENDAR\r\n";
}
const std::string at_nine = "DTSTART:20260105T090000Z\r\nDTEND:20260105T100000Z\r\nSUMMARY:a\r\n";

void same(const std::string& one, const std::string& other)
{
    CAPTURE(one, other);
    CHECK_FALSE(item::normal_text(one).empty());
    CHECK(item::normal_text(one) == item::normal_text(other));
}
void different(const std::string& one, const std::string& other)
{
    CAPTURE(one, other);
    CHECK_FALSE(item::normal_text(one).empty());
    CHECK_FALSE(item::normal_text(other).empty());
    CHECK(item::normal_text(one) != item::normal_text(other));
}

} // namespace

TEST_CASE("a contact is the same in vCard 2.1, 3.0 and 4.0", "[item][normal]")
{
    const auto modern =
        card("N:Müller;Jörg;;Dr.;\r\nFN:Dr. Jörg Müller\r\nTEL;TYPE=CELL,PREF:+49 151 1\r\n"
             "EMAIL;TYPE=INTERNET,HOME:a@example.org\r\nADR;TYPE=HOME:;;Straße 1\\, links;Köln;;5;D\r\n"
             "NOTE:one\\ntwo\\, three\\; four\r\nBDAY:1970-03-04\r\nPHOTO;ENCODING=b;TYPE=JPEG:AAEC\r\n");
    same(modern,
         old_card("N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;Dr.;\r\n"
                  "TEL;PREF;CELL:+49 151 1\r\nEMAIL;HOME;INTERNET:a@EXAMPLE.org\r\n"
                  "ADR;HOME;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:;;Stra=DFe 1, li=\r\nnks;K=F6ln;;5;D\r\n"
                  "NOTE;ENCODING=QUOTED-PRINTABLE:one=0D=0Atwo, three; four\r\nBDAY:19700304\r\n"
                  "PHOTO;JPEG;ENCODING=BASE64:\r\n AA\r\n EC\r\n\r\n"));
    same(modern, card("N:Müller;Jörg;;Dr.;\r\nFN:Dr. Jörg Müller\r\nTEL;TYPE=cell;PREF=1:+49-151-1\r\n"
                      "EMAIL;TYPE=home:a@example.org\r\nADR;TYPE=home:;;Straße 1\\, links;Köln;;5;D\r\n"
                      "NOTE:one\\ntwo\\, three\\; four\r\nBDAY:19700304\r\nPHOTO:data:image/jpeg;base64,AAEC\r\n",
                      "4.0"));
}

TEST_CASE("how a contact is written does not count", "[item][normal]")
{
    const auto plain = card("N:a;b;;;\r\nFN:b a\r\nTEL;TYPE=WORK,FAX:1\r\nNOTE:a note\r\n");
    same(plain, card("NOTE:a n\r\n ote\r\nTEL;TYPE=fax;TYPE=\"work\":1\r\nFN:b a\r\nN:a;b\r\n")); // order, folds, parts
    same(plain, card("n:a;b;;;\nfn:b a\nitem1.tel;type=work,fax:1\nnote:a note\n"));
    same(plain, card("N:a;b;;;\r\nTEL;TYPE=WORK,FAX,VOICE:1\r\nNOTE:a note \r\n"));
    // What the SyncEvolution server writes: a property for each of its fields, and notes of its own.
    same(plain,
         card("PRODID:-//x//y\r\nREV:20260101T000000Z\r\nUID:pas-id-1\r\nX-EVOLUTION-FILE-AS:a\\, b\r\nN:a;b;;;\r\n"
              "FN:b a\r\nPHOTO:\r\nGEO:;\r\nX-GENDER:\r\nORG:;;\r\nCLASS:PUBLIC\r\nX-MOZILLA-HTML:FALSE\r\n"
              "TEL;TYPE=FAX,WORK;X-EVOLUTION-UI-SLOT=1:1\r\nNOTE:a note\r\n"));
    same(card("NICKNAME:a,b\r\nCATEGORIES:y,x\r\n"), card("CATEGORIES:x,y\r\nNICKNAME:b,a\r\n"));
    same(card("CATEGORIES:x\r\nCATEGORIES:y\r\n"), card("CATEGORIES:y,x\r\n"));
    same(card("X-ANNIVERSARY:20010203\r\n"), card("X-EVOLUTION-ANNIVERSARY:2001-02-03\r\n"));
}

TEST_CASE("contacts of which something differs are two", "[item][normal]")
{
    const std::string n = "N:a;b;;;\r\n";
    const std::pair<std::string, std::string> pairs[] = {
        {"", "TEL:1\r\n"},
        {"TEL:1\r\n", "TEL:2\r\n"},
        {"TEL;TYPE=HOME:1\r\n", "TEL;TYPE=WORK:1\r\n"},
        {"TEL;TYPE=PREF:1\r\nTEL:2\r\n", "TEL:1\r\nTEL;TYPE=PREF:2\r\n"},
        {"TEL;TYPE=HOME:1\r\nTEL;TYPE=WORK:2\r\n", "TEL;TYPE=WORK:1\r\nTEL;TYPE=HOME:2\r\n"},
        {"EMAIL:a@example.org\r\n", "EMAIL:A@example.org\r\n"},
        {"ADR:;;a;b;;;\r\n", "ADR:;;;a;b;;\r\n"},
        {"ADR:;;a\\;b;;;;\r\n", "ADR:;;a;b;;;\r\n"},
        {"NOTE:a,b\r\n", "NOTE:a b\r\n"},
        {"NOTE:a\\nb\r\n", "NOTE:ab\r\n"},
        {"NICKNAME:a\\,b\r\n", "NICKNAME:a,b\r\n"},
        {"FN:b a\r\n", "FN:another name\r\n"},
        {"BDAY:1970-03-04\r\n", "BDAY:1970-04-03\r\n"},
        {"PHOTO;ENCODING=b:AAEC\r\n", "PHOTO;ENCODING=b:AAED\r\n"},
        {"item1.TEL:1\r\nitem1.X-ABLabel:boat\r\n", "item1.TEL:1\r\nitem1.X-ABLabel:car\r\n"},
        {"X-WHATEVER:1\r\n", "X-WHATEVER:2\r\n"},
        {"X-WHATEVER;A=1:1\r\n", "X-WHATEVER;A=2:1\r\n"},
        {"TITLE;LANGUAGE=de:a\r\n", "TITLE;LANGUAGE=en:a\r\n"},
        {"CLASS:PRIVATE\r\n", "CLASS:PUBLIC\r\n"},
        {"NOTE:a\r\nlost line\r\n", "NOTE:a\r\nanother line\r\n"}, // no property, yet what somebody wrote
        {"EMAIL;ENCODING=QUOTED-PRINTABLE:a=1FHOME\r\n", "EMAIL;TYPE=HOME:a\r\n"}, // as a hostile peer would
        {"AGENT:a\r\n", "AGENT:b\r\n"},
    };
    for (const auto& [one, other] : pairs)
        different(card(n + one), card(n + other));
}

TEST_CASE("an event is the same in vCalendar 1.0 and iCalendar", "[item][normal]")
{
    same(event("UID:1\r\nDTSTAMP:20260101T000000Z\r\n" + at_nine +
               "DESCRIPTION:b\\nc\\, d\r\nPRIORITY:5\r\n"
               "CLASS:PUBLIC\r\nTRANSP:OPAQUE\r\nCATEGORIES:x,y\r\n"),
         old_event("UID:2\r\n" + at_nine +
                   "DESCRIPTION;ENCODING=QUOTED-PRINTABLE:b=0D=0Ac, d\r\nPRIORITY:2\r\n"
                   "TRANSP:0\r\nCATEGORIES:y;x\r\n"));
    // A whole day.
    const auto day = event("DTSTART;VALUE=DATE:20260105\r\nDTEND;VALUE=DATE:20260106\r\nSUMMARY:a\r\n");
    same(day, event("DTSTART;VALUE=DATE:20260105\r\nSUMMARY:a\r\n"));
    same(day, old_event("DTSTART:20260105T000000\r\nDTEND:20260105T235900\r\nSUMMARY:a\r\n"));
    same(day, old_event("DTSTART:20260105T000000\r\nDTEND:20260105T235959\r\nSUMMARY:a\r\n"));
    // Clocks of zones.
    const auto utc = event(at_nine);
    same(utc, event("DTSTART;TZID=Europe/Berlin:20260105T100000\r\nDURATION:PT1H\r\nSUMMARY:a\r\n"));
    same(utc, event("DTSTART;TZID=/freeassociation.sourceforge.net/Tzfile/Europe/Berlin:20260105T100000\r\n"
                    "DTEND;TZID=Europe/Berlin:20260105T110000\r\nSUMMARY:a\r\n"));
    same(utc, old_event("DTSTART:20260105T100000\r\nDTEND:20260105T110000\r\nSUMMARY:a\r\n",
                        "TZ:+01:00\r\nDAYLIGHT:TRUE;+02:00;20260329T020000;20261025T030000;CET;CEST\r\n"));
    // Rules, and what the SyncEvolution server writes out of them.
    const std::string monday = "DTSTART:20260105T090000Z\r\nSUMMARY:a\r\n";
    same(event(monday + "RRULE:FREQ=WEEKLY\r\n"), event(monday + "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO;WKST=MO\r\n"));
    same(event(monday + "RRULE:FREQ=WEEKLY;COUNT=5\r\n"), old_event(monday + "RRULE:W1 MO #5\r\n"));
    same(event(monday + "RRULE:FREQ=MONTHLY;BYDAY=1MO\r\n"), old_event(monday + "RRULE:MP1 1+ MO #0\r\n"));
    // Alarms.
    same(event(at_nine + "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:a\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n"),
         event(at_nine + "BEGIN:VALARM\r\nTRIGGER;VALUE=DURATION:-P0DT0H15M0S\r\nREPEAT:0\r\nACTION:DISPLAY\r\n"
                         "X-EVOLUTION-ALARM-UID:7\r\nEND:VALARM\r\n"));
    same(event(at_nine + "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n"),
         old_event(at_nine + "DALARM:20260105T084500Z;;;a\r\n"));
    // People.
    same(event(at_nine + "ATTENDEE;CN=Bob;PARTSTAT=ACCEPTED:mailto:bob@example.org\r\n"),
         old_event(at_nine + "ATTENDEE;STATUS=CONFIRMED:Bob <bob@example.org>\r\n"));
}

TEST_CASE("events of which something differs are two", "[item][normal]")
{
    const std::string alarm = "BEGIN:VALARM\r\nACTION:DISPLAY\r\n";
    const std::pair<std::string, std::string> pairs[] = {
        {"", "LOCATION:b\r\n"},
        {"RRULE:FREQ=WEEKLY\r\n", "RRULE:FREQ=DAILY\r\n"},
        {"RRULE:FREQ=WEEKLY;COUNT=2\r\n", "RRULE:FREQ=WEEKLY;COUNT=3\r\n"},
        {"RRULE:FREQ=WEEKLY;BYDAY=MO,TU\r\n", "RRULE:FREQ=WEEKLY;BYDAY=MO,WE\r\n"},
        {"RRULE:FREQ=DAILY\r\nEXDATE:20260106T090000Z\r\n", "RRULE:FREQ=DAILY\r\nEXDATE:20260107T090000Z\r\n"},
        {"RRULE:nonsense one\r\n", "RRULE:nonsense two\r\n"},
        {"RECURRENCE-ID:20260105T090000Z\r\n", "RECURRENCE-ID:20260106T090000Z\r\n"},
        {"RECURRENCE-ID:nonsense\r\n", "RECURRENCE-ID:another\r\n"},
        {"DESCRIPTION:b\r\n", "DESCRIPTION:c\r\n"},
        {"STATUS:TENTATIVE\r\n", "STATUS:CANCELLED\r\n"},
        {"CLASS:PRIVATE\r\n", "CLASS:PUBLIC\r\n"},
        {"ATTENDEE:mailto:a@example.org\r\n", "ATTENDEE:mailto:b@example.org\r\n"},
        {"ATTENDEE;CN=a:mailto:a@example.org\r\n", "ATTENDEE;CN=b:mailto:a@example.org\r\n"},
        {"ATTENDEE;CN=a:\r\n", "ATTENDEE;CN=b:\r\n"},
        {"ATTENDEE;CUTYPE=ROOM:mailto:a@example.org\r\n", "ATTENDEE:mailto:a@example.org\r\n"},
        {"X-MICROSOFT-CDO-BUSYSTATUS:OOF\r\n", "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\r\n"},
        {"X-WHATEVER:1\r\n", "X-WHATEVER:2\r\n"},
        {alarm + "TRIGGER:-PT15M\r\nEND:VALARM\r\n", alarm + "TRIGGER:-PT30M\r\nEND:VALARM\r\n"},
        {alarm + "TRIGGER:nonsense\r\nEND:VALARM\r\n", alarm + "TRIGGER:another\r\nEND:VALARM\r\n"},
        {alarm + "TRIGGER:-PT15M\r\nDESCRIPTION:take a coat\r\nEND:VALARM\r\n",
         alarm + "TRIGGER:-PT15M\r\nDESCRIPTION:take an umbrella\r\nEND:VALARM\r\n"},
        {"BEGIN:PARTICIPANT\r\nX-NAME:a\r\nEND:PARTICIPANT\r\n",
         "BEGIN:PARTICIPANT\r\nX-NAME:b\r\nEND:PARTICIPANT\r\n"},
    };
    for (const auto& [one, other] : pairs)
        different(event(at_nine + one), event(at_nine + other));
    const auto begins = [](const std::string& begin) { return event("SUMMARY:a\r\nDTSTART" + begin + "\r\n"); };
    different(begins(":20260105T090000Z"), begins(":20260105T090000"));
    different(begins(";TZID=Europe/Berlin:20260105T090000"), begins(";TZID=America/New_York:20260105T090000"));
    different(begins(";TZID=My Zone:20260105T090000"), begins(":20260105T090000"));
    different(begins(";TZID=My Zone:20260105T090000"), begins(";TZID=Your Zone:20260105T090000"));
    different(begins(":nonsense"), begins(":other nonsense"));
    different(begins(";VALUE=DATE:20260105"), begins(";VALUE=DATE:20260106"));
}

TEST_CASE("what cannot be read means nothing", "[item][normal]")
{
    for (const std::string& text :
         {std::string(), std::string("BEGIN:VNONSENSE"), std::string("BEGIN:VCARD\r\nVERSION:3.0\r\n"),
          std::string("BEGIN:VCARD\r\nN:a\r\nEND:VCARD\r\n"), card("") + "X:1\r\n",
          card(std::string("NOTE:a\0b\r\n", 10)), card("BEGIN:A\r\nEND:B\r\n")}) {
        CAPTURE(text);
        CHECK(item::normal_text(text).empty());
    }
    CHECK(item::normal_text(card("")).empty()); // nor does what says nothing
}

TEST_CASE("the order of lines never counts, and each of them does", "[item][normal][property]")
{
    std::mt19937 random(20261129);
    const std::string lines[] = {"N:a;b;c;d;e\r\n",     "FN:somebody else\r\n", "TEL;TYPE=HOME:1\r\n",
                                 "TEL;TYPE=WORK:2\r\n", "EMAIL:a@b.c\r\n",      "NOTE:x\\ny\r\n",
                                 "ORG:o;p\r\n",         "TITLE:t\r\n",          "URL:http://a/b\r\n",
                                 "X-A;B=c:d\r\n",       "CATEGORIES:p,q\r\n",   "BDAY:20000101\r\n"};
    for (int round = 0; round < 1000; ++round) {
        std::vector<std::string> some;
        for (const auto& line : lines) {
            if (random() % 3 != 0)
                some.push_back(line);
        }
        if (some.size() < 2)
            continue;
        const auto text = [&] {
            std::string body;
            for (const auto& line : some)
                body += line;
            return item::normal_text(card(body));
        };
        const auto normal = text();
        std::shuffle(some.begin(), some.end(), random);
        CHECK(text() == normal);
        some.pop_back();
        CHECK(text() != normal);
    }
}
