// Which items may be the same thing though not all of what they say agrees.
#include "near_duplicates.hpp"

#include "item/similarity.hpp"

#include <catch2/catch.hpp>

#include <map>

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

TEST_CASE("contacts are similar when nothing that tells people apart contradicts", "[item][similarity]")
{
    const std::string ann = "N:Smith;Ann;;;\r\n";
    const std::pair<std::string, std::string> similar[] = {
        {ann + "TEL:+49 30 1234567\r\n", ann + "TEL:030 1234567\r\nTEL:0151 7654321\r\nNOTE:n\r\n"},
        {ann + "TEL:+49 30 1234567\r\n", ann + "NOTE:n\r\n"},
        {ann + "EMAIL:a@example.org\r\nTEL:111111\r\n", ann + "EMAIL:A@EXAMPLE.ORG\r\nTEL:222222\r\n"},
        {ann + "EMAIL:a@example.org\r\nTEL:111111\r\nUID:1\r\n", "N:Smythe;Ann;;;\r\nEMAIL:a@example.org\r\nUID:1\r\n"},
        {"FN:Ann Smith\r\nEMAIL:a@example.org\r\n", ann + "EMAIL:a@example.org\r\nTITLE:t\r\n"},
        {"N:Ann;Smith;;;\r\nEMAIL:a@example.org\r\n", ann + "EMAIL:a@example.org\r\nTITLE:t\r\n"},
        {ann + "NOTE:n\r\n", ann + "NOTE:m\r\n"},
    };
    for (const auto& [one, other] : similar) {
        CAPTURE(one, other);
        CHECK(compare(card(one), card(other)).likeness == Likeness::Similar);
    }
    const std::pair<std::string, std::string> different[] = {
        {ann + "TEL:1111111\r\n", ann + "TEL:2222222\r\n"},             // two of that name
        {ann + "TEL:1111111\r\n", "N:Smith;Bob;;;\r\nTEL:1111111\r\n"}, // a family
        {ann + "EMAIL:office@example.org\r\nTEL:1111111\r\n", "N:Jones;Bob;;;\r\nEMAIL:office@example.org\r\n"},
        {ann, "N:Jones;Bob;;;\r\n"},
        {"TEL:1111111\r\n", "TEL:2222222\r\n"},
        {ann + "TEL:1\r\n", "N:Jones;Ann;;;\r\nTEL:1\r\n"},
    };
    for (const auto& [one, other] : different) {
        CAPTURE(one, other);
        CHECK(compare(card(one), card(other)).likeness == Likeness::Different);
    }
    CHECK(compare(card(ann + "NOTE:n\r\n"), card("N:Smith;Ann\r\nNOTE:n\r\n")).likeness == Likeness::Same);
    CHECK(compare(card(ann), event("SUMMARY:Ann Smith\r\n")).score == 0);
    using Reasons = std::vector<std::string>;
    CHECK(compare(card(ann + "TEL:1111111\r\n"), card(ann + "TEL:1111111\r\nTITLE:t\r\n")).reasons ==
          Reasons{"same name", "same TEL"});
}

TEST_CASE("events are similar by their UID, or by when they are and what", "[item][similarity]")
{
    const std::string at_nine = "DTSTART:20260105T090000Z\r\nDTEND:20260105T100000Z\r\nSUMMARY:tea with Ann\r\n";
    const std::string at_ten = "DTSTART:20260105T100000Z\r\nDTEND:20260105T110000Z\r\nSUMMARY:tea with Ann\r\n";
    CHECK(compare(event(at_nine), event(at_nine + "LOCATION:here\r\n")).likeness == Likeness::Similar);
    CHECK(compare(event("UID:1\r\n" + at_nine), event("UID:1\r\n" + at_ten + "LOCATION:here\r\n")).likeness ==
          Likeness::Similar);
    CHECK(compare(event("UID:1\r\n" + at_nine), event("UID:2\r\n" + at_ten)).likeness == Likeness::Different);
    CHECK(compare(event(at_nine), event("DTSTART:20260105T090000Z\r\nSUMMARY:coffee\r\n")).likeness ==
          Likeness::Different);
    CHECK(compare(event(at_nine + "RRULE:FREQ=DAILY\r\n"), event(at_nine)).likeness == Likeness::Different);
    // A changed occurrence that stands alone is not its series.
    CHECK(compare(
              event("UID:1\r\n" + at_nine + "RRULE:FREQ=DAILY\r\n"),
              event("UID:1\r\nRECURRENCE-ID:20260106T090000Z\r\nDTSTART:20260106T110000Z\r\nSUMMARY:tea with Ann\r\n"))
              .likeness == Likeness::Different);
}

TEST_CASE("of two address books what is the same is found by its keys, and few others are looked at",
          "[item][similarity][property]")
{
    const auto corpus = near_duplicates::Author(20261129).make(2'000);
    std::vector<Sketch> ours;
    std::multimap<std::string, std::size_t> index;
    for (std::size_t i = 0; i < corpus.ours.size(); ++i) {
        ours.push_back(sketch(corpus.ours[i]));
        for (const auto& key : ours.back().keys())
            index.emplace(key, i);
    }
    std::size_t found = 0, near = 0, nearly = 0, wrong = 0;
    for (const auto& theirs : corpus.theirs) {
        const auto other = sketch(theirs.text);
        const auto likeness = other.compare(ours[theirs.ours]).likeness;
        if (theirs.truth == near_duplicates::Truth::Same) {
            CHECK(likeness == Likeness::Same);
            found += share_key(other, ours[theirs.ours]);
        } else if (theirs.truth == near_duplicates::Truth::NearDuplicate) {
            ++near;
            nearly += likeness == Likeness::Similar;
        } else {
            wrong += likeness != Likeness::Different;
        }
    }
    CHECK(found > 900);
    CHECK(nearly > near * 3 / 4);
    CHECK(wrong == 0);
}
