#include "item/splitter.hpp"

#include <catch2/catch.hpp>

#include <vector>

using item::Form;
using item::Item;
using item::Kind;

namespace {

struct Outcome {
    std::vector<std::string> items;
    std::size_t skipped = 0;
    std::string error;
};

Kind kind_of(std::string_view text)
{
    return text.find("BEGIN:VCARD") == std::string_view::npos ? Kind::Event : Kind::Contact;
}

Outcome split(Kind kind, std::string_view text, std::size_t piece = 4096)
{
    Outcome outcome;
    const auto take = [&](Item one) -> base::Result<void> {
        outcome.items.push_back(std::move(one.data));
        return {};
    };
    item::Splitter splitter(kind, take, std::size_t{4} << 20);
    base::Result<void> result;
    for (std::size_t at = 0; at < text.size() && result; at += piece)
        result = splitter.feed(text.substr(at, piece));
    if (result)
        result = splitter.finish();
    if (!result)
        outcome.error = result.error().message;
    outcome.skipped = splitter.skipped();
    return outcome;
}

Outcome split(std::string_view text, std::size_t piece = 4096)
{
    return split(kind_of(text), text, piece);
}

const std::string berlin = "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nEND:VTIMEZONE\r\n";
const std::string tokyo = "BEGIN:VTIMEZONE\r\nTZID:Asia/Tokyo\r\nEND:VTIMEZONE\r\n";
const std::string head = "BEGIN:VCALENDAR\r\n";
const std::string tail = "END:VCALENDAR\r\n";
const std::string properties = "VERSION:2.0\r\nPRODID:-//x//y//EN\r\n";

std::string event(const std::string& body)
{
    return "BEGIN:VEVENT\r\n" + body + "END:VEVENT\r\n";
}

} // namespace

TEST_CASE("vCards come out one by one, as check would leave them, however the stream is cut", "[item][split]")
{
    const std::string one = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ä\r\nEND:VCARD\r\n";
    const std::string two = "BEGIN:VCARD\r\nVERSION:2.1\r\nN:b\r\nAGENT:\r\nBEGIN:VCARD\r\nEND:VCARD\r\nEND:VCARD\r\n";
    std::string stream = "\n" + one + "\r\n\n" + two + one;
    stream.erase(std::remove(stream.begin(), stream.end(), '\r'), stream.end());
    for (const std::size_t piece : {1u, 2u, 3u, 7u, 4096u}) {
        CAPTURE(piece);
        const auto outcome = split(stream, piece);
        CHECK(outcome.error.empty());
        CHECK(outcome.items == std::vector<std::string>{one, two, one});
    }
}

TEST_CASE("an item is out as soon as its last line is complete", "[item][split]")
{
    int items = 0;
    item::Splitter splitter(Kind::Contact, [&](Item) -> base::Result<void> {
        ++items;
        return {};
    });
    REQUIRE(splitter.feed("BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\nBEGIN:VCARD\n"));
    CHECK(items == 1);
    REQUIRE(splitter.feed("VERSION:3.0\nEND:VCARD"));
    CHECK(items == 1);
    REQUIRE(splitter.finish());
    CHECK(items == 2);
}

TEST_CASE("events of one UID are one item with the zones they refer to", "[item][split]")
{
    const auto master = event("UID:a\r\nDTSTART;TZID=Europe/Berlin:1\r\n");
    const auto changed = event("UID:a\r\nRECURRENCE-ID;TZID=\"Europe/Berlin\":1\r\nDTSTART:2\r\n");
    const auto other =
        event("UID:b\r\nDTSTART:1\r\nBEGIN:VALARM\r\nTRIGGER;TZI\r\n D=Asia/Tokyo:2\r\nUID:a\r\nEND:VALARM\r\n");
    const auto utc = event("DTSTART:3Z\r\n");
    const auto unknown = event("UID:c\r\nDTSTART;TZID=Mars/Olympus:1\r\n");
    const auto outcome =
        split(head + properties + changed + berlin + other + utc + master + utc + unknown + tokyo + berlin + tail);
    CHECK(outcome.error.empty());
    CHECK(outcome.skipped == 0);
    CHECK(outcome.items == std::vector<std::string>{
                               head + properties + changed + berlin + master + tail,
                               head + properties + other + tokyo + tail,
                               head + properties + utc + tail,
                               head + properties + utc + tail,
                               head + properties + unknown + tail,
                           });
}

TEST_CASE("a calendar that is one item comes out as it went in", "[item][split]")
{
    const auto whole = head + properties + berlin + event("UID:a\r\nDTSTART;TZID=Europe/Berlin:1\r\n") +
                       event("UID:a\r\nRECURRENCE-ID:1\r\n") + tail;
    CHECK(split(whole).items == std::vector<std::string>{whole});
    CHECK(item::check(whole)->data == whole);
}

TEST_CASE("what is not of the kind is skipped and counted", "[item][split]")
{
    const std::string task = "BEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\n";
    const std::string note = "BEGIN:VJOURNAL\r\nEND:VJOURNAL\r\n";
    const auto all =
        head + properties + task + event("UID:a\r\n") + note + "BEGIN:VFREEBUSY\r\nEND:VFREEBUSY\r\n" + tail;
    for (const auto& [kind, entry] :
         {std::pair(Kind::Event, event("UID:a\r\n")), std::pair(Kind::Task, task), std::pair(Kind::Note, note)}) {
        const auto outcome = split(kind, all);
        CHECK(outcome.error.empty());
        CHECK(outcome.skipped == 3);
        CHECK(outcome.items == std::vector<std::string>{head + properties + entry + tail});
    }
    CHECK(split(head + properties + "BEGIN:VTODO\r\nEND:VTODO\r\n" + tail).items.empty());
}

TEST_CASE("what cannot hold the kind is an error", "[item][split]")
{
    const std::string card = "BEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD\r\n";
    const auto task = head + properties + "BEGIN:VTODO\r\nEND:VTODO\r\n" + tail;
    CHECK(split(Kind::Event, card).error == "item 1: this is a contact, not an event");
    CHECK(split(Kind::Contact, card + task).error == "item 2: this is a task, not a contact");
    CHECK(split(Kind::Contact, head + properties + event("") + tail).error ==
          "item 1: this is an event, not a contact");
    CHECK(split(Kind::Note, task + "words").error == "line 7: neither BEGIN:VCARD nor BEGIN:VCALENDAR: words");
}

TEST_CASE("a stream of plain text is one note, as check would leave it", "[item][split]")
{
    const std::string text = "\xef\xbb\xbf\n Milk\n\n  and bread\nBEGIN:VCARD";
    for (const std::size_t piece : {1u, 2u, 7u, 4096u}) {
        const auto outcome = split(Kind::Note, text, piece);
        CHECK(outcome.error.empty());
        CHECK(outcome.items == std::vector<std::string>{"\r\n Milk\r\n\r\n  and bread\r\nBEGIN:VCARD\r\n"});
        CHECK(outcome.items.front() == item::check(text, Kind::Note)->data);
    }
    CHECK(split(Kind::Note, " \n\n").items.empty());
    CHECK(split(Kind::Note, "a\n\x01\n").error ==
          "item 1, line 2: the octet 0x01 is not UTF-8 text or is a control character");
    CHECK(split(Kind::Note, std::string(5u << 20, 'x')).error.find("MiB") != std::string::npos);
    CHECK(split(Kind::Task, "words").error == "line 1: neither BEGIN:VCARD nor BEGIN:VCALENDAR: words");
}

TEST_CASE("several calendars may follow one another, of either version", "[item][split]")
{
    const std::string old =
        "BEGIN:VCALENDAR\r\nVERSION:1.0\r\nTZ:+01\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    const auto fresh = head + properties + event("UID:a\r\n") + tail;
    CHECK(split(fresh + old + fresh).items == std::vector<std::string>{fresh, old, fresh});
}

TEST_CASE("an error names the item and the line", "[item][split]")
{
    const std::string card = "BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n";
    const std::pair<std::string, std::string> cases[] = {
        {card + card + "BEGIN:VCARD\nVERSION:3.0\nFN:\x01\n",
         "item 3, line 9: the octet 0x01 is not UTF-8 text or is a control character"},
        {card + "BEGIN:VCARD\nVERSION:5.0\n", "item 2, line 5: VCARD of unknown version 5.0"},
        {card + "junk\n", "line 4: neither BEGIN:VCARD nor BEGIN:VCALENDAR: junk"},
        {card + "BEGIN:VCARD\nVERSION:3.0\n\n", "item 2, line 6: the stream ends before the item does"},
        {"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nEND:VEVENT\nBEGIN:VEVENT\nEND:VTODO\n",
         "item 2, line 6: END:VTODO where END:VEVENT is due"},
        {"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VTODO\nEND:VEVENT\n", "line 4: END:VEVENT where END:VTODO is due"},
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n", "line 4: VCALENDAR without VERSION"},
    };
    for (const auto& [stream, message] : cases) {
        CAPTURE(stream);
        CHECK(split(stream).error == message);
        CHECK(split(stream, 1).error == message);
    }
}

TEST_CASE("the sink's error ends the splitting and comes back as it is", "[item][split]")
{
    int taken = 0;
    item::Splitter splitter(Kind::Contact, [&](Item) -> base::Result<void> {
        ++taken;
        return base::fail(base::Errc::Storage, "disk full");
    });
    const std::string card = "BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n";
    const auto result = splitter.feed(card + card);
    REQUIRE_FALSE(result);
    CHECK(result.error() == base::Error{base::Errc::Storage, "disk full"});
    CHECK(taken == 1);
}

TEST_CASE("an event that is too large with its zone is refused, a card while it is read", "[item][split]")
{
    const auto zone = "BEGIN:VTIMEZONE\r\nTZID:z\r\nX:" + std::string(3 << 20, 'x') + "\r\nEND:VTIMEZONE\r\n";
    CHECK(split(head + properties + zone + event("UID:small\r\n") +
                event("DTSTART;TZID=z:1\r\nX:" + std::string(2 << 20, 'y') + "\r\n") + tail)
              .error == "item 2, line 11: with its time zones the event is too large");
    std::string card = "BEGIN:VCARD\nVERSION:3.0\n";
    while (card.size() < (4u << 20))
        card += "X:" + std::string(1000, 'x') + "\n";
    CHECK(split(card).error.find("the item is larger than 4 MiB") != std::string::npos);
}

TEST_CASE("a small file cannot be made to grow without end", "[item][split]")
{
    std::string stream =
        head + properties + "BEGIN:VTIMEZONE\r\nTZID:z\r\nX:" + std::string(1 << 20, 'x') + "\r\nEND:VTIMEZONE\r\n";
    for (int i = 0; i < 1000; ++i)
        stream += event("DTSTART;TZID=z:1\r\n");
    const auto outcome = split(stream + tail);
    CHECK(outcome.error.find("with its time zones the event is too large") != std::string::npos);
    CHECK(outcome.items.size() < 260);
}
