// Items written in another form.
#include "forgotten_lines.hpp"
#include "item/conversion.hpp"
#include "item/merge.hpp"
#include "item/normal_form.hpp"
#include "item/property.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>

using item::convert;
using item::Form;

namespace {

constexpr Form forms[] = {Form::VCard21, Form::VCard30, Form::VCard40, Form::VCalendar10, Form::ICalendar20};

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
    return calendar("BEGIN:VEVENT\r\n" + body + "END:VEVENT\r\n", version);
}

item::Conversion converted(const std::string& data, Form to)
{
    auto conversion = convert(data, to);
    INFO(data);
    REQUIRE(conversion);
    return std::move(*conversion);
}

bool holds(const std::string& data, const std::string& line)
{
    INFO(data);
    return data.find("\r\n" + line + "\r\n") != std::string::npos;
}

/// The items of the files in tests/data/items.
std::vector<std::string> items()
{
    std::vector<std::string> items;
    for (const auto* name : {"vcard21.vcf", "vcard30.vcf", "vcard40.vcf", "vcalendar10.vcs", "icalendar.ics"}) {
        std::ifstream file(std::string(ITEMS_DIRECTORY) + "/" + name, std::ios::binary);
        REQUIRE(file);
        std::string item;
        int depth = 0;
        for (std::string line; std::getline(file, line);) {
            depth += line.starts_with("BEGIN:") ? 1 : line.starts_with("END:") ? -1 : 0;
            item += line + '\n';
            if (depth == 0)
                items.push_back(std::exchange(item, {}));
        }
        REQUIRE(item.empty());
    }
    return items;
}

using Lines = std::vector<item::NormalForm::Line>;

Lines lines_of(const std::string& data)
{
    const auto document = item::parse(data);
    REQUIRE(document);
    return item::normal_form(*document).lines;
}

Lines without(const Lines& some, const Lines& others)
{
    Lines rest;
    std::set_difference(some.begin(), some.end(), others.begin(), others.end(), std::back_inserter(rest));
    return rest;
}

} // namespace

TEST_CASE("an item of any form is written again with the same meaning", "[item][conversion]")
{
    for (const auto& one : items()) {
        INFO(one);
        auto document = item::parse(one);
        REQUIRE(document);
        CHECK(item::write(*document) == one);
        forget_lines(document->root);
        CHECK(item::normal_text(item::write(*document)) == item::normal_text(one));
        CHECK(converted(one, document->form).data == one);
    }
}

TEST_CASE("what another form does not say of an item is listed, and coming back loses nothing more",
          "[item][conversion]")
{
    int conversions = 0;
    for (const auto& one : items()) {
        const auto form = *item::find_form(one);
        for (const auto to : forms) {
            if (to == form || !item::holds(to, *item::find_kind(one)))
                continue;
            INFO(one);
            const auto there = converted(one, to);
            INFO(there.data);
            ++conversions;
            CHECK(item::find_form(there.data) == to);
            CHECK(converted(one, to).data == there.data);
            auto missing = without(lines_of(one), lines_of(there.data));
            std::erase_if(missing, [](const auto& line) { return line.name == "FN"; }); // it follows from N
            CHECK(there.losses.size() == missing.size());
            CHECK(converted(there.data, form).losses.empty());
            if (!is_old(to)) {
                std::istringstream lines(there.data);
                for (std::string line; std::getline(lines, line);)
                    CHECK(line.size() <= 76); // and the CR
            } else {
                CHECK(std::all_of(there.data.begin(), there.data.end(),
                                  [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
            }
        }
    }
    CHECK(conversions > 25);
}

TEST_CASE("an item and what was made of it are merged to the item", "[item][conversion]")
{
    for (const auto& one : items()) {
        const auto form = *item::find_form(one);
        for (const auto to : forms) {
            const auto there = convert(one, to);
            if (!there)
                continue;
            INFO(one);
            const auto merge = item::merge(there->data, one, there->data);
            REQUIRE(merge);
            CHECK(merge->text == one);
            CHECK(item::find_form(merge->text) == form);
        }
    }
}

TEST_CASE("a contact is written in the words of vCard 2.1", "[item][conversion]")
{
    const auto there = converted(card("N:M\xc3\xbcller;J\\;r;;;\r\nFN:J M\r\nTEL;TYPE=cell,pref:1\r\n"
                                      "EMAIL;X-EVOLUTION-UI-SLOT=1:a@b\r\nTEL;TYPE=home:2\r\n"
                                      "NOTE:one\\, two\\nthree\r\nPHOTO;ENCODING=b;TYPE=image/jpeg:AAEC\r\n"
                                      "LOGO;VALUE=uri:http://a/b\r\nNICKNAME:x,y\r\n"),
                                 Form::VCard21);
    CHECK(there.losses.empty());
    CHECK(holds(there.data, "VERSION:2.1"));
    CHECK(holds(there.data, "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J\\;r;;;"));
    CHECK(holds(there.data, "TEL;CELL;PREF:1"));
    CHECK(holds(there.data, "TEL;HOME;VOICE:2"));
    CHECK(holds(there.data, "EMAIL;INTERNET:a@b"));
    CHECK(holds(there.data, "NOTE;ENCODING=QUOTED-PRINTABLE:one, two=0D=0Athree"));
    CHECK(holds(there.data, "PHOTO;TYPE=JPEG;ENCODING=BASE64:\r\n AAEC\r\n"));
    CHECK(holds(there.data, "LOGO;VALUE=URL:http://a/b"));
}

TEST_CASE("a contact is written in the words of vCard 3.0", "[item][conversion]")
{
    const auto there = converted(card("N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=3Br\r\n"
                                      "TEL;CELL;PREF:1\r\nPHOTO;JPEG;BASE64:\r\n AAEC\r\n\r\nGEO:1.5,2.5\r\n",
                                      "2.1"),
                                 Form::VCard30);
    CHECK(there.losses.empty());
    CHECK(holds(there.data, "N:M\xc3\xbcller;J\\;r"));
    CHECK(holds(there.data, "FN:J\\;r M\xc3\xbcller")); // which it must have
    CHECK(holds(there.data, "TEL;TYPE=CELL,PREF:1"));
    CHECK(holds(there.data, "PHOTO;TYPE=JPEG;ENCODING=b:AAEC"));
    CHECK(holds(there.data, "GEO:1.5;2.5"));
}

TEST_CASE("what vCard 4.0 has names for has them in 3.0, and the other way round", "[item][conversion]")
{
    const auto modern =
        card("FN:A B\r\nN;SORT-AS=\"Bee,A\":B;A;;;\r\nBDAY:--0203\r\nANNIVERSARY:20090808\r\nGENDER:M\r\n"
             "TEL;VALUE=uri;TYPE=\"work,voice\";PREF=1:tel:+1-2\r\nADR;LABEL=\"x^ny\";TYPE=home:;;s;c;;;\r\n"
             "GEO:geo:1.5,2.5\r\nPHOTO:data:image/png;base64,AAEC\r\n",
             "4.0");
    const auto old = converted(modern, Form::VCard30);
    CHECK(old.losses.empty());
    CHECK(holds(old.data, "SORT-STRING:Bee\\,A"));
    CHECK(holds(old.data, "BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-03"));
    CHECK(holds(old.data, "X-ANNIVERSARY:20090808"));
    CHECK(holds(old.data, "X-GENDER:M"));
    CHECK(holds(old.data, "TEL;TYPE=WORK,VOICE,PREF:+1-2"));
    CHECK(holds(old.data, "LABEL;TYPE=HOME:x\\ny"));
    CHECK(holds(old.data, "GEO:1.5;2.5"));
    CHECK(holds(old.data, "PHOTO;TYPE=PNG;ENCODING=b:AAEC"));
    const auto back = converted(old.data, Form::VCard40);
    CHECK(back.losses.empty());
    CHECK(item::normal_text(back.data) == item::normal_text(modern));
    CHECK(holds(back.data, "BDAY:--0203"));
    CHECK(holds(back.data, "GENDER:M"));
    CHECK(holds(back.data, "TEL;TYPE=WORK,VOICE;PREF=1:+1-2"));
    CHECK(holds(back.data, "ADR;TYPE=HOME;LABEL=x^ny:;;s;c;;;"));
    CHECK(holds(back.data, "PHOTO:data:image/png;base64,AAEC"));
}

TEST_CASE("an event is in UTC, and keeps its clock where it repeats", "[item][conversion]")
{
    const auto once = converted(event("SUMMARY:a\r\nDTSTART;TZID=Europe/Berlin:20260706T190000\r\nDURATION:PT2H\r\n"),
                                Form::VCalendar10);
    CHECK(once.losses.empty());
    CHECK(holds(once.data, "DTSTART:20260706T170000Z"));
    CHECK(holds(once.data, "DTEND:20260706T190000Z"));
    CHECK(once.data.find("\r\nTZ:") == std::string::npos);

    const auto often = converted(event("SUMMARY:a\r\nDTSTART;TZID=Europe/Berlin:20260106T190000\r\n"
                                       "DTEND;TZID=America/New_York:20260106T150000\r\n"
                                       "RRULE:FREQ=WEEKLY;UNTIL=20260929T170000Z\r\n"
                                       "EXDATE;TZID=Europe/Berlin:20260407T190000\r\nEXDATE:20260707T170000Z\r\n"),
                                 Form::VCalendar10);
    CHECK(often.losses.empty());
    CHECK(holds(often.data, "TZ:+01:00"));
    CHECK(holds(often.data, "DAYLIGHT:TRUE;+02:00;20260329T020000;20261025T030000;;"));
    CHECK(holds(often.data, "DTSTART:20260106T190000"));
    CHECK(holds(often.data, "DTEND:20260106T200000Z"));
    CHECK(holds(often.data, "RRULE:W1 TU 20260929T170000Z"));
    CHECK(holds(often.data, "EXDATE:20260407T190000;20260707T170000Z"));

    const auto back = converted(often.data, Form::ICalendar20);
    CHECK(back.losses.empty());
    CHECK(holds(back.data, "DTSTART;TZID=Europe/Berlin:20260106T190000"));
    CHECK(holds(back.data, "TZID:Europe/Berlin"));
    CHECK(item::check(back.data));
}

TEST_CASE("clocks of the southern half of the Earth, and those that do not change, go with an event",
          "[item][conversion]")
{
    const auto repeated = [](const std::string& zone) {
        return event("SUMMARY:a\r\nDTSTART;TZID=" + zone + ":20260106T190000\r\nDTEND;TZID=" + zone +
                     ":20260106T200000\r\nRRULE:FREQ=WEEKLY;UNTIL=20260929T170000Z\r\n");
    };
    const auto south = converted(repeated("Australia/Sydney"), Form::VCalendar10);
    CHECK(south.losses.empty());
    CHECK(holds(south.data, "TZ:+10:00"));
    CHECK(holds(south.data, "DAYLIGHT:TRUE;+11:00;20251005T020000;20260405T030000;;"));
    CHECK(holds(south.data, "DAYLIGHT:TRUE;+11:00;20261004T020000;20270404T030000;;"));
    CHECK(converted(south.data, Form::ICalendar20).losses.empty());
    const auto constant = converted(repeated("Asia/Kolkata"), Form::VCalendar10);
    CHECK(constant.losses.empty());
    CHECK(holds(constant.data, "TZ:+05:30"));
    CHECK(holds(constant.data, "DAYLIGHT:FALSE"));
    CHECK(converted(constant.data, Form::ICalendar20).losses.empty());
}

TEST_CASE("a whole day is from midnight to midnight, and a date", "[item][conversion]")
{
    const auto old =
        converted(event("SUMMARY:a\r\nDTSTART;VALUE=DATE:20260203\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY="
                        "3;UNTIL=20300203\r\nEXDATE;VALUE=DATE:20280203\r\n"),
                  Form::VCalendar10);
    CHECK(old.losses.empty());
    CHECK(holds(old.data, "DTSTART:20260203T000000"));
    CHECK(holds(old.data, "DTEND:20260204T000000"));
    CHECK(holds(old.data, "RRULE:YM1 2 20300203T000000"));
    CHECK(holds(old.data, "EXDATE:20280203T000000"));
    const auto back = converted(old.data, Form::ICalendar20);
    CHECK(back.losses.empty());
    CHECK(holds(back.data, "DTSTART;VALUE=DATE:20260203"));
    CHECK(holds(back.data, "DTEND;VALUE=DATE:20260204"));
    CHECK(holds(back.data, "RRULE:FREQ=YEARLY;BYMONTH=2;UNTIL=20300203"));
    CHECK(holds(back.data, "EXDATE;VALUE=DATE:20280203"));
}

TEST_CASE("alarms are moments in vCalendar 1.0", "[item][conversion]")
{
    const auto old = converted(
        event("SUMMARY:a\r\nDTSTART;TZID=Europe/Berlin:20260106T190000\r\nDTEND;TZID=Europe/Berlin:20260106T200000\r\n"
              "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:go\r\nTRIGGER:-PT45M\r\nREPEAT:2\r\nDURATION:PT5M\r\nEND:"
              "VALARM\r\nBEGIN:VALARM\r\nACTION:EMAIL\r\nDESCRIPTION:b\r\nTRIGGER:-P1D\r\nEND:VALARM\r\n"),
        Form::VCalendar10);
    CHECK(holds(old.data, "DALARM:20260106T171500Z;PT5M;2;go"));
    REQUIRE(old.losses.size() == 1);
    CHECK(old.losses[0].field == "VALARM");
    CHECK(old.losses[0].value == "EMAIL -86400 DESCRIPTION=b");
    const auto back = converted(old.data, Form::ICalendar20);
    CHECK(back.losses.empty());
    CHECK(holds(back.data, "TRIGGER:-PT2700S"));
    CHECK(holds(back.data, "REPEAT:2"));
}

TEST_CASE("what vCalendar 1.0 has no words for is listed", "[item][conversion]")
{
    const auto rule =
        converted(event("SUMMARY:a\r\nDTSTART:20260130T160000Z\r\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-"
                        "1\r\n"),
                  Form::VCalendar10);
    CHECK(rule.data.find("RRULE") == std::string::npos);
    CHECK(rule.losses[0] == item::Loss{"RRULE", "FREQ=MONTHLY;INTERVAL=1;BYDAY=MO,TU;BYSETPOS=-1"});

    const auto changed = converted(
        calendar("BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:a\r\nDTSTART:20260105T090000Z\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n"
                 "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:b\r\nRECURRENCE-ID:20260106T090000Z\r\nDTSTART:20260106T110000Z\r\n"
                 "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:a\r\nRECURRENCE-ID:20260107T090000Z\r\n"
                 "DTSTART:20260107T090000Z\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\n"),
        Form::VCalendar10);
    CHECK(holds(changed.data, "RRULE:D1 #0"));
    CHECK(holds(changed.data, "EXDATE:20260107T090000Z")); // it does not take place
    CHECK(changed.data.find("SUMMARY:b") == std::string::npos);
    CHECK(std::any_of(changed.losses.begin(), changed.losses.end(), [](const item::Loss& loss) {
        return loss == item::Loss{"20260106T090000Z SUMMARY", "b"};
    }));

    // One that comes without its series is all there is, whatever else stands there.
    const auto alone =
        converted(calendar("BEGIN:X-NOTE\r\nEND:X-NOTE\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:b\r\n"
                           "RECURRENCE-ID:20260106T090000Z\r\nDTSTART:20260106T110000Z\r\nEND:VEVENT\r\n"),
                  Form::VCalendar10);
    CHECK(holds(alone.data, "SUMMARY:b"));
}

TEST_CASE("a day of an event with times stands for the occurrence on it", "[item][conversion]")
{
    const std::string head = "SUMMARY:a\r\nDTSTART;TZID=Europe/Berlin:20260706T190000\r\nRRULE:FREQ=DAILY\r\n";
    const auto day = event(head + "EXDATE;VALUE=DATE:20260708\r\n");
    CHECK(item::normal_text(day) == item::normal_text(event(head + "EXDATE;TZID=Europe/Berlin:20260708T190000\r\n")));
    const auto old = converted(day, Form::VCalendar10);
    CHECK(old.losses.empty());
    CHECK(holds(old.data, "EXDATE:20260708T190000"));
}

TEST_CASE("an iCalendar has what it must, the same each time", "[item][conversion]")
{
    const auto old = event("SUMMARY:a\r\nDTSTART:20260130T160000Z\r\nDCREATED:20260102T030405Z\r\n", "1.0");
    const auto there = converted(old, Form::ICalendar20);
    CHECK(there.data.find("\r\nUID:") != std::string::npos);
    CHECK(holds(there.data, "DTSTAMP:20260102T030405Z"));
    CHECK(there.data.find("\r\nPRODID:") != std::string::npos);
    const auto changed =
        converted(event("SUMMARY:b\r\nDTSTART:20260130T160000Z\r\nUID:x\r\n", "1.0"), Form::ICalendar20);
    CHECK(holds(changed.data, "UID:x"));
}

TEST_CASE("a line that is no property is lost by a name", "[item][conversion]")
{
    const auto losses = converted(card("FN:Ada\r\nN:;Ada;;;\r\nnonsense\r\n"), Form::VCard21).losses;
    CHECK(losses == std::vector<item::Loss>{{"a line that is no property", "nonsense"}});
}

TEST_CASE("octets that quoted-printable hides do not spoil an item", "[item][conversion]")
{
    const auto there =
        converted(card("N:a\r\nNOTE;ENCODING=QUOTED-PRINTABLE:x=01=EF=BF=BEy=00=1F\r\n", "2.1"), Form::VCard30);
    CHECK(there.data.find("\r\nNOTE:x ") != std::string::npos);
    CHECK(item::check(there.data));
    CHECK(there.losses.size() <= 1);
}

TEST_CASE("an item as large as items may be is converted in time", "[item][conversion]")
{
    std::string lines = "N:a\r\nFN:a\r\n";
    for (int i = 0; i < 2400; ++i)
        lines += "TEL;TYPE=work;X-A=b:" + std::to_string(i) + "\r\nADR;TYPE=home:;;a\r\n";
    const auto begin = std::clock();
    for (const auto to : {Form::VCard21, Form::VCard40}) {
        const auto there = convert(card(lines), to);
        REQUIRE(there);
        CHECK(there->losses.empty());
    }
    CHECK(std::clock() - begin < 20 * CLOCKS_PER_SEC); // sanitizers take their time
}

TEST_CASE("what cannot be converted is refused", "[item][conversion]")
{
    CHECK(convert(card("FN:a\r\n"), Form::ICalendar20).error().code == base::Errc::InvalidValue);
    CHECK(convert("no item", Form::VCard21).error().code == base::Errc::InvalidValue);
    const auto note = calendar("BEGIN:VJOURNAL\r\nSUMMARY:a\r\nEND:VJOURNAL\r\n");
    CHECK(convert(note, Form::VCalendar10).error().code == base::Errc::NotSupported);
    CHECK(converted(note, Form::ICalendar20).data == note);
}
