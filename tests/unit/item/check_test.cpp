#include "item/item.hpp"

#include <catch2/catch.hpp>

using base::Errc;
using item::Form;

namespace {

std::string card(const std::string& body, const std::string& version = "3.0")
{
    return "BEGIN:VCARD\r\nVERSION:" + version + "\r\n" + body + "END:VCARD\r\n";
}
std::string calendar(const std::string& body, const std::string& version = "2.0")
{
    return "BEGIN:VCALENDAR\r\nVERSION:" + version + "\r\n" + body + "END:VCALENDAR\r\n";
}
std::string event(const std::string& body)
{
    return "BEGIN:VEVENT\r\n" + body + "END:VEVENT\r\n";
}
base::Error error_of(std::string_view data)
{
    const bool is_card = data.find("VCARD") != std::string_view::npos;
    const auto checked = item::check(std::string(data), is_card ? item::Kind::Contact : item::Kind::Event);
    REQUIRE_FALSE(checked);
    return checked.error();
}

} // namespace

TEST_CASE("an item that is handed over with room for its line ends is not copied", "[item][check]")
{
    auto data = "\n\n" + card("FN:a\nNOTE:" + std::string(1 << 20, 'x') + "\n") + "\n \n";
    data.reserve(data.size() + 10);
    const auto* place = data.data();
    const auto checked = item::check(std::move(data));
    REQUIRE(checked);
    CHECK(checked->data.data() == place);
    CHECK(checked->data == card("FN:a\r\nNOTE:" + std::string(1 << 20, 'x') + "\r\n"));
}

TEST_CASE("each form is recognized and has its media type", "[item][check]")
{
    const std::tuple<std::string, Form, std::string_view, item::Kind> cases[] = {
        {card("N:a;b\r\n", "2.1"), Form::VCard21, "text/x-vcard", item::Kind::Contact},
        {card("FN:a\r\n"), Form::VCard30, "text/vcard", item::Kind::Contact},
        {calendar(event("SUMMARY:a\r\n"), "1.0"), Form::VCalendar10, "text/x-vcalendar", item::Kind::Event},
        {calendar(event("SUMMARY:a\r\n")), Form::ICalendar20, "text/calendar", item::Kind::Event},
        {calendar("BEGIN:VTODO\r\nEND:VTODO\r\n"), Form::ICalendar20, "text/calendar", item::Kind::Task},
        {calendar("BEGIN:VTODO\r\nEND:VTODO\r\n", "1.0"), Form::VCalendar10, "text/x-vcalendar", item::Kind::Task},
        {calendar("BEGIN:VJOURNAL\r\nEND:VJOURNAL\r\n"), Form::ICalendar20, "text/calendar", item::Kind::Note},
        {"Milk\r\nand bread\r\n", Form::PlainText, "text/plain", item::Kind::Note},
    };
    for (const auto& [data, form, type, kind] : cases) {
        CAPTURE(data);
        CHECK(item::find_form(data) == form);
        const auto checked = item::check(data);
        REQUIRE(checked);
        CHECK(checked->form == form);
        CHECK(checked->data == data);
        CHECK(item::media_type(form) == type);
        CHECK(item::find_kind(data) == kind);
        CHECK(item::holds(form, kind));
    }
}

TEST_CASE("names are read in any case, folded, and with parameters", "[item][check]")
{
    const std::string odd = "begin;X=1:vCard \r\nver\r\n sion:3.0\r\nFN:a\r\nEND : VCARD\r\n";
    const auto checked = item::check(odd);
    REQUIRE(checked);
    CHECK(checked->data == odd);
    CHECK(item::find_form(odd) == Form::VCard30);
}

TEST_CASE("only line ends and what stands around the item change, and only once", "[item][check]")
{
    const std::string given =
        "\xef\xbb\xbf\n \r\nBEGIN:VCARD\nVERSION:2.1\rN:a  \r\r\nPHOTO;BASE64:\n AAAA\n BBBB\n\nTEL:1\n"
        "NOTE;QUOTED-PRINTABLE:x=\nEND=0A=\ny\nEND:VCARD\n\n  \n";
    const std::string kept = "BEGIN:VCARD\r\nVERSION:2.1\r\nN:a  \r\nPHOTO;BASE64:\r\n AAAA\r\n BBBB\r\n\r\nTEL:1\r\n"
                             "NOTE;QUOTED-PRINTABLE:x=\r\nEND=0A=\r\ny\r\nEND:VCARD\r\n";
    const auto checked = item::check(given);
    REQUIRE(checked);
    CHECK(checked->data == kept);
    CHECK(item::check(kept)->data == kept);
}

TEST_CASE("a vCard of each version is an item", "[item][check]")
{
    for (const auto* version : {"2.1", "3.0", "4.0"}) {
        const auto data = card("FN:a\r\n", version);
        REQUIRE(item::check(data));
        CHECK(item::check(data)->data == data);
        CHECK(item::check(data)->form == item::find_form(data));
    }
}

TEST_CASE("what is not exactly one whole item is refused, with the line", "[item][check]")
{
    const std::pair<std::string, std::string> cases[] = {
        {"", "there is no item"},
        {"\r\n \n", "there is no item"},
        {"hello", "line 1: neither BEGIN:VCARD nor BEGIN:VCALENDAR: hello"},
        {"BEGIN:VTODO\n", "line 1: neither BEGIN:VCARD nor BEGIN:VCALENDAR but BEGIN:VTODO"},
        {"END:VCARD\n", "line 1: neither BEGIN:VCARD nor BEGIN:VCALENDAR: END:VCARD"},
        {"BEGIN:VCARD\nVERSION:3.0\nFN:a\n", "the item has no end: its last END is missing"},
        {"BEGIN:VCARD\nFN:a\nEND:VCARD\n", "line 3: VCARD without VERSION"},
        {"BEGIN:VCARD\nVERSION:5.0\nEND:VCARD\n", "line 2: VCARD of unknown version 5.0"},
        {calendar(event("")) + "x", "line 6: text after the end of the item: x"},
        {card("") + card(""), "line 4: text after the end of the item: BEGIN:VCARD"},
        {card("END:VCALENDAR\r\n"), "line 3: END:VCALENDAR where END:VCARD is due"},
        {calendar("BEGIN:VEVENT\r\n"), "line 4: END:VCALENDAR where END:VEVENT is due"},
        {card("END:V\tCARD\xC2\x9B\r\n"), "line 3: END:V CARD  where END:VCARD is due"},
        {calendar(""), "the calendar holds no event"},
        {calendar("BEGIN:VTIMEZONE\r\nTZID:x\r\nEND:VTIMEZONE\r\n"), "the calendar holds no event"},
        {calendar("BEGIN:VTODO\r\nUID:1\r\nEND:VTODO\r\n"), "line 3: a VTODO is no event"},
        {calendar(event("UID:1\r\n") + event("UID:2\r\n")), "line 6: a second event, of another UID"},
        {calendar(event("") + event("")), "line 5: a second event, of another UID"},
    };
    for (const auto& [data, message] : cases) {
        CAPTURE(data);
        const auto error = error_of(data);
        CHECK(error.code == Errc::InvalidValue);
        CHECK(error.message == message);
    }
}

TEST_CASE("the events of one UID are one item, with anything they nest", "[item][check]")
{
    CHECK(item::check(calendar("BEGIN:VTIMEZONE\r\nTZID:x\r\nEND:VTIMEZONE\r\n" + event("UID:1\r\nRRULE:x\r\n") +
                               event("UID:1\r\nRECURRENCE-ID:x\r\nBEGIN:VALARM\r\nUID:2\r\nEND:VALARM\r\n"))));
    CHECK(item::check(card("AGENT:\r\nBEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD\r\nFN:a\r\n")));
}

TEST_CASE("text that XML cannot carry is refused, with the line of the octet", "[item][check]")
{
    const std::pair<std::string, std::string> cases[] = {
        {std::string("\0", 1), "0x00"},
        {"\x01", "0x01"},
        {"\x0b", "0x0b"},
        {"\x1f", "0x1f"},
        {"\xff", "0xff"},
        {"\xe4", "0xe4"},
        {"\x80", "0x80"},
        {"\xc0\x80", "0xc0"},
        {"\xe0\x80\x80", "0xe0"},
        {"\xed\xa0\x80", "0xed"},
        {"\xef\xbf\xbe", "0xef"},
        {"\xef\xbf\xbf", "0xef"},
        {"\xf4\x90\x80\x80", "0xf4"},
        {"\xf0\x80\x80\x80", "0xf0"},
        {"\xf8\x88\x80\x80\x80", "0xf8"},
        {"\xe2\x82", "0xe2"},
    };
    for (const auto& [octets, name] : cases) {
        CAPTURE(name);
        const auto error = error_of(card("FN:a\r\n b" + octets + "\r\n"));
        CHECK(error.code == Errc::InvalidValue);
        CHECK(error.message == "line 4: the octet " + name + " is not UTF-8 text or is a control character");
    }
    CHECK(item::check(card("FN:\tä\xf0\x9f\x98\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbd\x7f\r\n")));
}

TEST_CASE("an item may have what its limit says, and not an octet more", "[item][check]")
{
    const auto frame = card("NOTE:\r\n").size();
    for (const auto& [most, words] : {std::pair{item::max_bytes, "64 MiB"},
                                      {std::size_t{4} << 20, "4 MiB"},
                                      {std::size_t{4} << 10, "4 KiB"},
                                      {std::size_t{4999}, "4999 octets"}}) {
        CAPTURE(most);
        const auto largest = card("NOTE:" + std::string(most - frame, 'x') + "\r\n");
        REQUIRE(largest.size() == most);
        CHECK(item::check(largest, most));
        const auto larger = item::check(card("NOTE:" + std::string(most - frame + 1, 'x') + "\r\n"), most);
        REQUIRE_FALSE(larger);
        CHECK(larger.error().message == std::string("the item is larger than ") + words);
    }
    // As given it fits, as stored it would not.
    std::string short_lines = "BEGIN:VCARD\nVERSION:3.0\n";
    while (short_lines.size() < 9900)
        short_lines += "X:1\n";
    CHECK(item::check(short_lines + "END:VCARD\n", 10'000).error().code == Errc::InvalidValue);
}
