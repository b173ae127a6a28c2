// Which items may be the same thing though not all of what they say agrees.
#include "item/similarity.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace {

using item::Likeness;
using item::Sketch;

std::string card(const std::string& body)
{
    return "BEGIN:VCARD\r\nVERSION:3.0\r\n" + body + "END:VCARD\r\n";
}
std::string event(const std::string& body)
{
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n" + body + "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

Sketch sketch(const std::string& text)
{
    return Sketch(item::parse(text).value());
}

bool share_key(const Sketch& one, const Sketch& other)
{
    return std::any_of(one.keys().begin(), one.keys().end(), [&](const std::string& key) {
        return std::find(other.keys().begin(), other.keys().end(), key) != other.keys().end();
    });
}

item::Similarity compare(const std::string& one, const std::string& other)
{
    const auto a = sketch(one), b = sketch(other);
    const auto similarity = a.compare(b);
    const auto reverse = b.compare(a);
    CHECK(similarity.score == Approx(reverse.score));
    CHECK(similarity.likeness == reverse.likeness);
    CHECK(similarity.score >= 0);
    CHECK(similarity.score <= 1);
    if (similarity.likeness != Likeness::Different) {
        CHECK(share_key(a, b));
        CHECK_FALSE(similarity.reasons.empty());
    }
    return similarity;
}

} // namespace

TEST_CASE("contacts are similar when something that few share says so, and nothing contradicts", "[item][similarity]")
{
    const std::string ann = "N:Smith;Ann;;;\r\n";
    const std::string uid = "UID:3f9c1c1e-8a54-4e0f\r\n";
    const std::pair<std::string, std::string> similar[] = {
        {ann + "TEL:+49 30 1234567\r\n", ann + "TEL:030 1234567\r\nTEL:0151 7654321\r\nNOTE:n\r\n"},
        {ann + "EMAIL:a@example.org\r\nTEL:1111111\r\n", ann + "EMAIL:A@EXAMPLE.ORG\r\nTEL:2222222\r\n"},
        {ann + "EMAIL:a@example.org\r\nTEL;TYPE=CELL:1111111\r\n",
         ann + "EMAIL:b@example.org\r\nTEL;TYPE=CELL:1111111\r\n"},
        {ann + "EMAIL:a@example.org\r\n" + uid, "N:Jones;Ann;;;\r\nEMAIL:a@example.org\r\n" + uid}, // has married
        {"FN:Ann Smith\r\nEMAIL:a@example.org\r\n", ann + "EMAIL:a@example.org\r\nTITLE:t\r\n"},
        {"FN:Dr. Ann M. Smith\r\nEMAIL:a@example.org\r\n", "N:Smith;Ann;M.;Dr.;\r\nEMAIL:a@example.org\r\nTITLE:t\r\n"},
        {"N:Ann;Smith;;;\r\nEMAIL:a@example.org\r\n", ann + "EMAIL:a@example.org\r\nTITLE:t\r\n"},
        {"N:M\xc3\x9cLLER;Ann;;;\r\nTEL:1111111\r\n", "N:M\xc3\xbcller;Ann;;;\r\nTEL:1111111\r\nTITLE:t\r\n"},
        {ann + "BDAY:1970-01-31\r\nNOTE:n\r\n", ann + "BDAY:19700131\r\nTEL:1111111\r\n"},
        {ann + "TEL:1111111\r\nTITLE:t\r\n", ann + "TITLE:t\r\n"}, // nothing is lost
        {"N:Smith;Ann;Mary;;\r\nEMAIL:a@example.org\r\n", ann + "EMAIL:a@example.org\r\nTITLE:t\r\n"},
    };
    for (const auto& [one, other] : similar) {
        CAPTURE(one, other);
        CHECK(compare(card(one), card(other)).likeness == Likeness::Similar);
    }
    CHECK(compare(card(ann + "NOTE:n\r\n"), card("N:Smith;Ann\r\nNOTE:n\r\n")).likeness == Likeness::Same);
    CHECK(compare(card(ann), event("SUMMARY:Ann Smith\r\n")).score == 0);
    using Reasons = std::vector<std::string>;
    CHECK(compare(card(ann + "TEL:1111111\r\nX-A:1\r\n"), card(ann + "TEL:1111111\r\nTITLE:t\r\n")).reasons ==
          Reasons{"same name", "same TEL"});
    // The more agrees the better.
    const auto little = compare(card(ann + "TEL:1111111\r\nX-A:1\r\n"), card(ann + "TEL:1111111\r\nTITLE:t\r\n")).score;
    const auto much = compare(card(ann + "TEL:1111111\r\nEMAIL:a@example.org\r\nX-A:1\r\n"),
                              card(ann + "TEL:1111111\r\nEMAIL:a@example.org\r\nTITLE:t\r\n"))
                          .score;
    CHECK(little < much);
    CHECK(much < 1);
}

TEST_CASE("two people are never similar", "[item][similarity]")
{
    const std::string ann = "N:Smith;Ann;;;\r\n";
    const std::string at_work = "TEL;TYPE=WORK:+49 30 1234567\r\nORG:Acme\r\n";
    const std::pair<std::string, std::string> different[] = {
        {ann + "TEL:1111111\r\n", ann + "TEL:2222222\r\n"}, // two of that name
        {ann + at_work, "N:Smith;Bob;;;\r\n" + at_work},    // a family, or its firm
        {ann + at_work + "EMAIL:ann@example.org\r\n", ann + at_work + "EMAIL:a.smith@example.org\r\n"},
        {ann + "EMAIL:office@example.org\r\nTEL:1111111\r\n", ann + "EMAIL:office@example.org\r\nTEL:2222222\r\n"},
        {ann + "EMAIL:office@example.org\r\nTEL:1111111\r\n", "N:Jones;Bob;;;\r\nEMAIL:office@example.org\r\n"},
        {ann + "TEL:1111111\r\n", "N:Jones;Ann;;;\r\nTEL:1111111\r\n"},
        {ann, "N:Jones;Bob;;;\r\n"},
        {ann, ann + "TEL:1111111\r\n"},
        {ann + at_work + "NOTE:n\r\n", ann + at_work + "BDAY:19700131\r\n"},
        {"TEL:1111111\r\n", "TEL:1111111\r\nNOTE:n\r\n"}, // whose?
        {"N:Smith;John;;;Sr.\r\nTEL:1111111\r\n", "N:Smith;John;;;Jr.\r\nTEL:1111111\r\n"},
        {"N:Smith;John;;;\r\nTEL:1111111\r\nNOTE:n\r\n", "N:Smith;John;;;Jr.\r\nTEL:1111111\r\n"},
        {"FN:John Smith\r\nTEL:1111111\r\nNOTE:n\r\n", "N:Smith;John;;;Jr.\r\nTEL:1111111\r\n"},
        {"N:Smith;Anna;;;\r\nTEL:1111111\r\nNOTE:n\r\n", "N:Smith;Anna;Maria;;\r\nTEL:1111111\r\n"},
        {"N:Smith;Anna;Ruth;;\r\nEMAIL:a@example.org\r\n", "N:Smith;Anna;Maria;;\r\nEMAIL:a@example.org\r\n"},
        {ann + "TEL:1111111\r\nTEL;TYPE=CELL:3333333\r\n", ann + "TEL:1111111\r\nTEL;TYPE=CELL:4444444\r\n"},
        {ann + "TEL:1111111\r\nBDAY:19700131\r\n", ann + "TEL:1111111\r\nBDAY:20010131\r\n"},
        {ann + "NOTE:n\r\n", ann + "NOTE:m\r\n"},                             // a name is not enough
        {ann + "TEL:12345\r\nNOTE:n\r\n", ann + "TEL:12345\r\nTITLE:t\r\n"},  // nor a short number
        {ann + "TEL:030 1234567\r\nNOTE:n\r\n", ann + "TEL:040 1234567\r\n"}, // another town
        {"N:;Ann;;;\r\n", "N:;Ann;;;\r\nTEL:1111111\r\n"},
        {ann + "UID:1\r\nNOTE:n\r\n", ann + "UID:1\r\nNOTE:m\r\n"}, // many count from one
        {ann + "TEL:1111111\r\nUID:urn:uuid:3f9c1c1e8a54\r\n",
         "N:Smith;Bob;;;\r\nTEL:1111111\r\nUID:urn:uuid:3f9c1c1e8a54\r\n"},
    };
    for (const auto& [one, other] : different) {
        CAPTURE(one, other);
        const auto similarity = compare(card(one), card(other));
        CAPTURE(similarity.reasons);
        CHECK(similarity.likeness == Likeness::Different);
    }
}

TEST_CASE("events are similar by their UID, or by when they are and what", "[item][similarity]")
{
    const std::string at_nine = "DTSTART:20260105T090000Z\r\nDTEND:20260105T100000Z\r\nSUMMARY:tea with Ann\r\n";
    const std::string at_ten = "DTSTART:20260105T100000Z\r\nDTEND:20260105T110000Z\r\nSUMMARY:tea with Ann\r\n";
    const std::string uid = "UID:3f9c1c1e-8a54-4e0f\r\n", other_uid = "UID:b0c1c1e3-8a54-4e0f\r\n";
    const std::pair<std::string, std::string> similar[] = {
        {at_nine, at_nine + "LOCATION:here\r\n"},
        {uid + at_nine, other_uid + at_nine + "LOCATION:here\r\n"}, // servers give their own
        {uid + at_nine, uid + at_ten + "LOCATION:here\r\n"},        // moved
        {uid + at_nine, uid + "DTSTART:20260105T090000Z\r\nDTEND:20260105T100000Z\r\nSUMMARY:coffee\r\n"},
        {at_nine, "DTSTART;TZID=Europe/Berlin:20260105T100000\r\nDURATION:PT1H\r\nSUMMARY:Tea with Ann\r\n"},
    };
    for (const auto& [one, other] : similar) {
        CAPTURE(one, other);
        CHECK(compare(event(one), event(other)).likeness == Likeness::Similar);
    }
    const std::string alone = "RECURRENCE-ID:20260106T090000Z\r\nDTSTART:20260106T110000Z\r\nSUMMARY:tea with Ann\r\n";
    const std::pair<std::string, std::string> different[] = {
        {uid + at_nine, other_uid + at_ten},
        {"UID:1\r\n" + at_nine, "UID:1\r\n" + at_ten}, // many count from one
        {at_nine, "DTSTART:20260105T090000Z\r\nSUMMARY:coffee\r\n"},
        {at_nine, "DTSTART:20260105T090000Z\r\nDTEND:20260105T120000Z\r\nSUMMARY:tea with Ann\r\n"},
        {at_nine + "RRULE:FREQ=DAILY\r\n", at_nine},
        {at_nine + "LOCATION:here\r\n", at_nine + "LOCATION:there\r\n"}, // two meetings
        {at_nine + "ATTENDEE:mailto:a@example.org\r\n", at_nine + "ATTENDEE:mailto:b@example.org\r\n"},
        {uid + at_nine + "RRULE:FREQ=DAILY\r\n", uid + alone}, // not its series
        {"SUMMARY:tea\r\n", "SUMMARY:tea\r\nLOCATION:here\r\n"},
    };
    for (const auto& [one, other] : different) {
        CAPTURE(one, other);
        CHECK(compare(event(one), event(other)).likeness == Likeness::Different);
    }
}
