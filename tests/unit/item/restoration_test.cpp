// What a peer has no room for comes back to what it sends.
#include "item/restoration.hpp"

#include "item/item.hpp"

#include <catch2/catch.hpp>

namespace {

std::string card(const std::string& body, const std::string& version = "3.0")
{
    return "BEGIN:VCARD\r\nVERSION:" + version + "\r\n" + body + "END:VCARD\r\n";
}
std::string calendar(const std::string& body)
{
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + body + "END:VCALENDAR\r\n";
}
std::string vevent(const std::string& body, const std::string& uid = "1")
{
    return "BEGIN:VEVENT\r\nUID:" + uid + "\r\n" + body + "END:VEVENT\r\n";
}

} // namespace

TEST_CASE("what a peer drops of a contact is put back, and what it can hold is its word", "[item][restore]")
{
    const auto sent = card("N:a\r\nX-SPOUSE;X-P=1:b\r\nNOTE:n\r\nTEL;TYPE=CELL:1\r\nTEL;TYPE=HOME:2\r\nTITLE:t\r\n");
    CHECK(item::restore(sent, card("N:a\r\nTEL:1\r\nTEL:3\r\n"), {"X-SPOUSE", "NOTE", "TEL;TYPE"}) ==
          card("N:a\r\nTEL;TYPE=CELL:1\r\nTEL:3\r\nX-SPOUSE;X-P=1:b\r\nNOTE:n\r\n"));
    CHECK(item::restore(sent, card("N:a\r\nNOTE:m\r\n"), {"NOTE", "TITLE"}) == card("N:a\r\nNOTE:m\r\nTITLE:t\r\n"));
    CHECK(item::restore(sent, card("n:a\r\n"), {}) == card("n:a\r\n"));
    CHECK(item::restore(sent, card("n:a\r\n"), {"BDAY"}) == card("n:a\r\n"));
    CHECK(item::restore("nonsense", card("n:a\r\n"), {"NOTE"}) == card("n:a\r\n"));
    CHECK(item::restore(sent, "nonsense", {"NOTE"}) == "nonsense");
    // In the words of the other form.
    CHECK(item::restore(sent, card("N:a\r\nTEL:1\r\n", "2.1"), {"X-SPOUSE", "TEL;TYPE"}) ==
          card("N:a\r\nTEL;CELL:1\r\nX-SPOUSE;X-P=1:b\r\n", "2.1"));
    // Another name for it.
    CHECK(item::restore(card("N:a\r\nX-SPOUSE:b\r\n"), card("N:a\r\nX-EVOLUTION-SPOUSE:c\r\n"), {"X-SPOUSE"}) ==
          card("N:a\r\nX-EVOLUTION-SPOUSE:c\r\n"));
}

TEST_CASE("what a peer drops of an event is put back into it, and changed occurrences into its series",
          "[item][restore]")
{
    const std::string when = "DTSTART:20260105T090000Z\r\nRRULE:FREQ=DAILY\r\n";
    const std::string alarm = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n";
    const std::string moved = "RECURRENCE-ID:20260107T090000Z\r\nDTSTART:20260107T120000Z\r\n";
    const auto sent = calendar(vevent(when + "URL:u\r\n" + alarm) + vevent(moved + "URL:v\r\n"));
    CHECK(item::restore(sent, calendar(vevent(when + "SUMMARY:s\r\n", "server") + vevent(moved, "server")),
                        {"VALARM", "URL", "RECURRENCE-ID"}) ==
          calendar(vevent(when + "SUMMARY:s\r\nURL:u\r\n" + alarm, "server") + vevent(moved + "URL:v\r\n", "server")));
    const auto restored =
        item::restore(sent, calendar(vevent(when + "SUMMARY:s\r\n", "server")), {"VALARM", "RECURRENCE-ID"});
    CHECK(restored ==
          calendar(vevent(when + "SUMMARY:s\r\n" + alarm, "server") + vevent(moved + "URL:v\r\n", "server")));
    CHECK(item::check(restored));
    CHECK(item::restore(sent, calendar(vevent(when)), {"LOCATION"}) == calendar(vevent(when)));
    CHECK(item::restore(sent, card("N:a\r\n"), {"VALARM"}) == card("N:a\r\n"));
}

TEST_CASE("what a peer has kept of what it got, and what not", "[item][restore]")
{
    using Names = std::set<std::string>;
    const auto kept = item::find_kept(
        card("N:a\r\nFN:b\r\nNOTE:n\r\nX-SPOUSE:s\r\nTEL:1\r\nTEL:2\r\nTITLE:t\r\nUID:1\r\nREV:2\r\nCLASS:PUBLIC\r\n"),
        card("N:c\r\nNOTE:m\r\nTEL:1\r\nX-EVOLUTION-SPOUSE:z\r\nTITLE:\r\n"));
    CHECK(kept.kept == Names{"NOTE", "TEL", "X-SPOUSE"});
    CHECK(kept.dropped == Names{"TITLE", "UID"});
    const std::string when = "DTSTART:20260105T090000Z\r\nRRULE:FREQ=DAILY\r\nSUMMARY:s\r\n";
    const std::string alarm = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n";
    const std::string moved = "RECURRENCE-ID:20260107T090000Z\r\nDTSTART:20260107T120000Z\r\n";
    const auto of_event = item::find_kept(calendar(vevent(when + "URL:u\r\nLOCATION:l\r\n" + alarm) + vevent(moved)),
                                          calendar(vevent("DTSTART:20260105T090000Z\r\nSUMMARY:s\r\nLOCATION:m\r\n")));
    CHECK(of_event.kept == Names{"LOCATION"});
    CHECK(of_event.dropped == Names{"RECURRENCE-ID", "URL", "VALARM"});
    CHECK(item::find_kept("nonsense", card("N:a\r\n")).dropped.empty());
    // What no item should be without.
    CHECK(item::find_kept(card("N:a;b\r\nFN:b a\r\n"), card("FN:b a\r\n")).dropped == Names{"N"});
    CHECK(item::find_kept(card("N:a;b\r\nFN:b a\r\n"), card("FN:b c\r\n")).dropped.empty());
    const auto bare = calendar("BEGIN:VEVENT\r\n" + when + "END:VEVENT\r\n");
    CHECK(item::find_kept(calendar(vevent(when)), bare).dropped == Names{"UID"});
    CHECK(item::find_kept(calendar(vevent(when)), calendar(vevent(when, "2"))).dropped.empty());
    CHECK(item::restore(calendar(vevent(when)), bare, {"UID"}) ==
          calendar("BEGIN:VEVENT\r\n" + when + "UID:1\r\nEND:VEVENT\r\n"));
    CHECK(item::find_kept(card("NOTE:n\r\n"), calendar(vevent(when))).dropped.empty());
}

TEST_CASE("what a peer cuts because it has no more room stays whole", "[item][restore]")
{
    const auto restored = [](const std::string& sent, const std::string& came, const item::Rooms& rooms) {
        return item::restore(card(sent), card(came), {}, rooms);
    };
    const item::Rooms ten{{"NOTE", {10, 0}}};
    CHECK(restored("NOTE:0123456789abc\r\n", "NOTE:0123456789\r\nTEL:1\r\n", ten) ==
          card("NOTE:0123456789abc\r\nTEL:1\r\n"));
    // In octets without half a character, and in characters.
    CHECK(restored("NOTE:012345678äbc\r\n", "NOTE:012345678\r\n", ten) == card("NOTE:012345678äbc\r\n"));
    CHECK(restored("NOTE:ääääääääääbc\r\n", "NOTE:ääääääääää\r\n", ten) == card("NOTE:ääääääääääbc\r\n"));
    // Shorter than the room: somebody has made it so; and another text is another.
    CHECK(restored("NOTE:0123456789abc\r\n", "NOTE:012345\r\n", ten) == card("NOTE:012345\r\n"));
    CHECK(restored("NOTE:0123456789abc\r\n", "NOTE:X123456789\r\n", ten) == card("NOTE:X123456789\r\n"));
    CHECK(restored("NOTE:0123456789\r\n", "NOTE:012345678\r\n", {{"NOTE", {9, 0}}}) == card("NOTE:0123456789\r\n"));
    // All of it, when it is too large.
    CHECK(restored("N:a\r\nPHOTO;ENCODING=b:AAAAAAAAAAAAAAAAAAAA\r\n", "N:b\r\n", {{"PHOTO", {10, 0}}}) ==
          card("N:b\r\nPHOTO;ENCODING=b:AAAAAAAAAAAAAAAAAAAA\r\n"));
    CHECK(restored("N:a\r\nPHOTO;ENCODING=b:AAAA\r\n", "N:b\r\n", {{"PHOTO", {10, 0}}}) == card("N:b\r\n"));
    // So many values.
    const item::Rooms two{{"TEL", {0, 2}}};
    CHECK(restored("TEL:1\r\nTEL;TYPE=HOME:2\r\nTEL;TYPE=FAX:3\r\n", "TEL:3\r\nTEL:1\r\n", two) ==
          card("TEL:3\r\nTEL:1\r\nTEL;TYPE=HOME:2\r\n"));
    CHECK(restored("TEL:1\r\nTEL:2\r\nTEL:3\r\n", "TEL:3\r\n", two) == card("TEL:3\r\n"));
    CHECK(restored("TEL:1\r\nTEL:2\r\nTEL:3\r\n", "TEL:3\r\nTEL:4\r\n", two) == card("TEL:3\r\nTEL:4\r\n"));
    // A server that cuts its numbers as well.
    CHECK(restored("TEL:123456789\r\nTEL:2\r\n", "TEL:12345678\r\n", {{"TEL", {8, 1}}}) ==
          card("TEL:123456789\r\nTEL:2\r\n"));
}
