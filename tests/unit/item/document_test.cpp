// Items taken apart and put together again.
#include "forgotten_lines.hpp"
#include "item/normal_form.hpp"
#include "item/property.hpp"

#include <catch2/catch.hpp>

#include <ctime>

using item::Form;

namespace {

std::string card(const std::string& body, const std::string& version = "3.0")
{
    return "BEGIN:VCARD\r\nVERSION:" + version + "\r\n" + body + "END:VCARD\r\n";
}
std::string event(const std::string& body, const std::string& version = "2.0")
{
    return "BEGIN:VCALENDAR\r\nVERSION:" + version + "\r\nBEGIN:VEVENT\r\n" + body + "END:VEVENT\r\nEND:VCALENDAR\r\n";
}
item::Document document(const std::string& text)
{
    auto parsed = item::parse(text);
    REQUIRE(parsed);
    return std::move(*parsed);
}
const std::string items[] = {
    card("item1.TEL;TYPE=\"a:b\",CELL:1\r\nitem1.X-ABLabel:boat\r\nN:M\xc3\xbcller;J\\;r;;;\r\nnot a property\r\n"
         "NOTE:" +
         std::string(200, 'x') + "\\n\\, \\; \\\\ end\r\nPHOTO;ENCODING=b;TYPE=JPEG:AAECAw==\r\nX-A:;;b\\;c\r\n"),
    card("N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=3Br\r\nTEL;CELL;PREF:1\r\nLABEL;QUOTED-PRINTABLE:a="
         "0D=0A=\r\n"
         "b=3D\r\nPHOTO;JPEG;BASE64:\r\n AAEC\r\n\r\nNOTE:a\\, back\\\\slash; C:\\dir\r\n",
         "2.1"),
    card("FN:a\r\nADR;LABEL=\"x^ny ^^ ^'z^'\":;;s;c;;;\r\nKIND:individual\r\nMEMBER:urn:uuid:1\r\n", "4.0"),
    event("DTSTART:20260105T090000\r\nRRULE:D1 "
          "#5\r\nCATEGORIES:a;b\\,c\r\nDESCRIPTION;ENCODING=QUOTED-PRINTABLE:a=0D=0Ab\r\n"
          "DALARM:20260105T084500Z;;;a\r\n",
          "1.0"),
    event("UID:1\r\nDTSTART;TZID=Europe/"
          "Berlin:20260105T090000\r\nBEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nX-A:1\r\n"
          "ATTENDEE;CN=\"a, b\":mailto:a@example.org\r\n"),
};

} // namespace

TEST_CASE("an item that was not changed is written octet by octet as it was", "[item][document]")
{
    for (const auto& text : items)
        CHECK(item::write(document(text)) == text);
}

TEST_CASE("an item that is written anew says the same", "[item][document]")
{
    for (const auto& text : items) {
        auto first = document(text);
        forget_lines(first.root);
        std::erase_if(first.root.properties, [](const item::Property& one) { return one.name.empty(); });
        const auto written = item::write(first);
        CAPTURE(text, written);
        auto second = document(written);
        auto changed = document(text);
        std::erase_if(changed.root.properties, [](const item::Property& one) { return one.name.empty(); });
        CHECK(item::normal_form(second).text() == item::normal_form(changed).text());
        forget_lines(second.root);
        CHECK(item::write(second) == written); // and from there on stays as it is
        std::size_t longest = 0;
        for (std::size_t begin = 0; begin < written.size();) {
            const auto end = written.find("\r\n", begin);
            longest = std::max(longest, end - begin);
            begin = end + 2;
        }
        CHECK(longest <= (item::is_old(first.form) ? 100u : 75u));
    }
}

TEST_CASE("values are read as they are meant", "[item][document]")
{
    const auto old = document(items[1]);
    CHECK(old.form == Form::VCard21);
    CHECK(old.root.find("N")->parts(';') == std::vector<std::string>{"M\xc3\xbcller", "J;r"});
    CHECK(old.root.find("TEL")->types() == std::vector<std::string>{"CELL", "PREF"});
    CHECK(old.root.find("LABEL")->text() == "a\nb=");
    CHECK(old.root.find("PHOTO")->value == std::string("\0\1\2", 3));
    CHECK(old.root.find("NOTE")->text() == "a, back\\slash; C:\\dir");
    const auto four = document(items[2]);
    CHECK(four.root.find("ADR")->parameter("LABEL") == "x\ny ^ \"z\"");
    const auto calendar = document(items[4]);
    REQUIRE(calendar.root.components.size() == 1);
    CHECK(calendar.root.components[0].components[0].find("TRIGGER")->value == "-PT5M");
    CHECK(calendar.root.components[0].find("ATTENDEE")->parameter("CN") == "a, b");
}

TEST_CASE("what would cost more than its size is not read", "[item][document][robust]")
{
    const auto many = [](std::size_t count, const std::string& piece) {
        std::string text;
        text.reserve(count * piece.size());
        for (std::size_t i = 0; i < count; ++i)
            text += piece;
        return text;
    };
    const auto refused = [](const std::string& text) {
        const auto parsed = item::parse(text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().code == base::Errc::InvalidValue);
        CHECK(item::normal_text(text).empty());
    };
    refused(std::string(std::size_t{100} << 20, 'x'));
    refused(card("NOTE:" + std::string(std::size_t{100} << 20, 'x') + "\r\n"));
    refused(card(many(item::max_lines + 1, "\r\n")));
    refused(card(many(item::max_properties + 1, "A:1\r\n")));
    refused(card("A" + many(item::max_parameter_values + 1, ";b") + ":1\r\n"));
    refused(card(many(200, "A" + many(100, ";b") + ":1\r\n")));
    refused(card(many(item::max_depth, "BEGIN:A\r\n") + many(item::max_depth, "END:A\r\n")));
    refused(card("BEGIN:" + std::string(1'000'000, 'A') + "\r\n"));
    refused("BEGIN:VCARD\r\nVERSION:3.0\r\nN:no end\r\n");

    // Within the limits, made to repeat something long or to be looked at again and again.
    const std::string large(1'000'000, 'x');
    const std::string texts[] = {
        card("N:" + large + "\r\n" + many(9'000, "FN:a\r\n")),
        card("a.X-ABLABEL:" + large + "\r\n" + many(9'000, "a.TEL:1\r\n")),
        card("N:" + many(4'000'000, ";") + "\r\n"),
        card("CATEGORIES:" + many(2'000'000, "a,") + "\r\n"),
        event("SUMMARY:" + large + "\r\n" + many(9'000, "DESCRIPTION:a\r\n")),
        event("DTSTART;TZID=" + large + ":20260105T090000\r\n" + many(9'000, "RRULE:FREQ=DAILY\r\n")),
        event("EXDATE;TZID=" + large + ":" + many(180'000, "20260105T090000,") + "\r\n"),
        event(many(9'000, "EXDATE;TZID=a/b/c/d/e/f/g/h:20260105T090000\r\n")),
        event("DURATION:P" + many(300'000, "999999999W") + "\r\n"),
        event("RRULE:FREQ=DAILY;BYDAY=" + many(1'000'000, "MO,") + "\r\n"),
        event(many(9'000, "DALARM:" + many(20, ";") + "\r\n")),
    };
    for (const auto& text : texts) {
        CAPTURE(text.substr(0, 60), text.size());
        const auto begin = std::clock();
        CHECK(item::normal_text(text).size() < 20'000'000);
        // Of CPU, sanitizers included; with the square of the size it would be minutes.
        CHECK((std::clock() - begin) / CLOCKS_PER_SEC < 20);
    }
}

TEST_CASE("names of time zones reach no other file", "[item][document]")
{
    for (const auto* name :
         {"zone.tab", "tzdata.zi", "Europe", "../../../etc/passwd", "/etc/passwd", "", "..", "posix"}) {
        CAPTURE(name);
        const auto one = event("DTSTART;TZID=" + std::string(name) + ":20260105T090000\r\nSUMMARY:a\r\n");
        CHECK(item::normal_text(one).find("20260105T090000Z") == std::string::npos);
    }
}
