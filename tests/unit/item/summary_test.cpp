#include "item/item.hpp"
#include "item/text.hpp"

#include <catch2/catch.hpp>

using item::summary;

namespace {

std::string card(const std::string& body)
{
    return "BEGIN:VCARD\r\nVERSION:2.1\r\n" + body + "END:VCARD\r\n";
}
std::string event(const std::string& body)
{
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n" + body + "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

} // namespace

TEST_CASE("a contact is its FN, or what N says", "[item][summary]")
{
    CHECK(summary(card("N:Müller;Jörg\r\nFN:Dr. Jörg Müller\r\n")) == "Dr. Jörg Müller");
    CHECK(summary(card("N:Müller;Jörg;;Dr.\r\n")) == "Jörg Müller");
    CHECK(summary(card("N:Müller\r\n")) == "Müller");
    CHECK(summary(card("N:;Cher\r\n")) == "Cher");
    CHECK(summary(card("TEL:1\r\n")).empty());
    CHECK(summary(card("FN:A\\, B\\; C\\nD\\\\E\r\n")) == "A, B; C D\\E");
    CHECK(summary(card("FN:fol\r\n ded\r\n")) == "folded");
    CHECK(summary(card("N:a\\;b;c\r\n")) == "c a;b");
}

TEST_CASE("quoted-printable and Latin-1 are made readable", "[item][summary]")
{
    CHECK(summary(card("N;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:M=C3=BCller=3B;J=\r\n=C3=B6rg=\r\n\r\n")) ==
          "Jörg Müller;");
    CHECK(summary(card("FN;QUOTED-PRINTABLE:J=F6rg =4g=\r\n")) == "Jörg =4g=");
    CHECK(summary(card("FN:J\xf6rg\r\n")) == "Jörg");
}

TEST_CASE("an event is its summary and beginning, the series before its changed occurrence", "[item][summary]")
{
    CHECK(summary(event("SUMMARY:Team\\, weekly\r\nDTSTART;TZID=Europe/Berlin:20260105T093000\r\n")) ==
          "Team, weekly, 2026-01-05 09:30");
    CHECK(summary(event("DTSTART:20260105T093000Z\r\n")) == "2026-01-05 09:30 UTC");
    CHECK(summary(event("SUMMARY:Day\r\nDTSTART;VALUE=DATE:20260105\r\n")) == "Day, 2026-01-05");
    CHECK(summary(event("SUMMARY:Day\r\nDTSTART:soon\r\n")) == "Day, soon");
    CHECK(summary(event("BEGIN:VALARM\r\nSUMMARY:alarm\r\nEND:VALARM\r\nSUMMARY:real\r\n")) == "real");
    CHECK(summary(event("RECURRENCE-ID:1\r\nSUMMARY:moved\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:series\r\n")) ==
          "series");
    CHECK(summary(event("RECURRENCE-ID:1\r\nSUMMARY:moved\r\n")) == "moved");
}

TEST_CASE("a summary is one short line of clean text, whatever the data", "[item][summary]")
{
    CHECK(summary("").empty());
    CHECK(summary("END:X\nSUMMARY:no\n") == "END:X"); // a note
    CHECK(summary(card("FN:a\x01\x7f\t b\r\n")) == "a b");
    CHECK(summary(card("FN:a\xc2\x9b"
                       "2Jb\r\n")) == "a 2Jb"); // CSI, which terminals obey
    CHECK(summary("\xc2\x97").empty());
    const auto shortened = summary(card("FN:" + std::string(199, 'x') + "äöü\r\n"));
    CHECK(shortened == std::string(199, 'x') + "…");
    std::string octets;
    for (int i = 0; i < 256; ++i)
        octets += static_cast<char>(i);
    const auto any = summary(card("FN:" + octets + "\r\n"));
    CHECK_FALSE(item::find_forbidden(any));
    CHECK(any.find_first_of("\r\n\t") == std::string::npos);
}
