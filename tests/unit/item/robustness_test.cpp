// Any octets in: an outcome, no crash. The sanitizers watch; work that grows with the square of the input would
// run into the test's time limit.
#include "item/merge.hpp"
#include "item/normal_form.hpp"
#include "item/property.hpp"
#include "item/restoration.hpp"
#include "item/splitter.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace {

/// Runs everything over the text; returns how many items it held.
std::size_t run(std::string_view text, std::size_t piece)
{
    std::size_t items = 0;
    bool stable = true;
    for (const auto kind : {item::Kind::Contact, item::Kind::Event, item::Kind::Task, item::Kind::Note}) {
        item::Splitter splitter(kind, [&](item::Item one) -> base::Result<void> {
            ++items;
            // What the splitter lets through is good for the store, and stays as it is there.
            const auto checked = item::check(one.data, kind);
            stable = stable && checked && checked->data == one.data && checked->form == one.form;
            return {};
        });
        base::Result<void> result;
        for (std::size_t at = 0; at < text.size() && result; at += piece)
            result = splitter.feed(text.substr(at, piece));
        if (result)
            (void)splitter.finish();
    }
    if (const auto checked = item::check(std::string(text))) {
        stable = stable && item::check(checked->data)->data == checked->data;
        if (const auto document = item::parse(checked->data))
            stable = stable && item::write(*document) == checked->data;
    }
    (void)item::normal_text(text);
    (void)item::find_form(text);
    (void)item::summary(text);
    REQUIRE(stable);
    return items;
}

const std::string cards =
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;ENCODING=QUOTED-PRINTABLE:M=C3=BC=\r\nller;J\r\nPHOTO;BASE64:\r\n "
    "AAAA\r\n\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\nVERSION:3.0\nitem1.FN;X=\"a:b\":\xc3\xa4\\,\\n\n fold\nEND:VCARD\n";
const std::string calendar =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:z\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:1\r\n"
    "DTSTART;TZID=z:20260101T000000\r\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT\r\nBEGIN:VTODO\r\nEND:VTODO\r\nEND:"
    "VCALENDAR\r\n";

} // namespace

TEST_CASE("damaged text is survived", "[item][robust]")
{
    REQUIRE(run(cards, 10) == 2);
    REQUIRE(run(calendar, 10) == 2);
    REQUIRE(run("a note\n", 10) == 1);
    std::mt19937 random(20260105); // the same damage each time
    const std::string_view bits[] = {"BEGIN:",
                                     "END:VEVENT\n",
                                     "\r",
                                     "\n",
                                     ":",
                                     ";",
                                     "\"",
                                     "=",
                                     "=\n",
                                     " ",
                                     "\0",
                                     "\xff",
                                     "\xc3",
                                     "VERSION:",
                                     "TZID=",
                                     "\r\r\n",
                                     "\\",
                                     "UID:1\n",
                                     "BEGIN:VEVENT\n",
                                     "\xef\xbb\xbf"};
    for (int round = 0; round < 4'000; ++round) {
        std::string text = round % 4 == 0 ? cards : round % 4 == 1 ? "a note\n" + calendar : calendar;
        for (auto edits = random() % 6 + 1; edits > 0; --edits) {
            const auto at = random() % text.size();
            switch (random() % 4) {
            case 0: text.erase(at, random() % 20); break;
            case 1: text.insert(at, bits[random() % std::size(bits)]); break;
            case 2: text[at] = static_cast<char>(random()); break;
            default: text.insert(at, text.substr(random() % text.size(), random() % 60)); break;
            }
            if (text.empty())
                text = "x";
        }
        run(text, random() % 40 + 1);
    }
}

TEST_CASE("large and unfriendly text costs no more than its size", "[item][robust]")
{
    constexpr std::size_t size = 1 << 20;
    const auto repeated = [](std::string start, std::string_view piece) {
        while (start.size() < size)
            start += piece;
        return start;
    };
    const std::string card = "BEGIN:VCARD\nVERSION:3.0\n";
    run(repeated("", "\r"), 4096);
    run(repeated("", "\n"), 4096);
    run(repeated("", "BEGIN:VCARD\n"), 4096);
    run(repeated(card, "\""), 4096);
    run(repeated(card, ";"), 4096);
    run(repeated(card + "X;A=", "\";"), 4096);
    run(repeated(card + "X:", "\n y"), 4096);
    run(repeated(card + "X:", "\n ="), 4096);
    run(repeated(card, "=\n"), 4096);
    run(repeated(card + "X;QUOTED-PRINTABLE:", "=\n"), 4096);
    run(repeated(repeated(card + "X;QUOTED-PRINTABLE;", ";a").substr(0, size / 2) + ":=\n", "=\n"), 4096);
    run(repeated(repeated(card + " ", " ").substr(0, size / 2) + "X;QUOTED-PRINTABLE:=\n", "=\n"), 4096);
    run(repeated(card + "FN;QUOTED-PRINTABLE:", "="), 4096);
    run(repeated(card + "FN:", "\\"), 4096);
    const std::string head = "BEGIN:VCALENDAR\nVERSION:2.0\n";
    const std::string end = "END:VCALENDAR\n";
    CHECK(run(repeated(head, "BEGIN:VEVENT\nEND:VEVENT\n") + end, 4096) == 43'690);
    // One item, of more properties than one may have.
    CHECK(run(repeated(head, "BEGIN:VEVENT\nUID:1\nEND:VEVENT\n") + end, 4096) == 0);
    std::string zones = head;
    for (int i = 0; i < 20'000; ++i)
        zones += "BEGIN:VTIMEZONE\nTZID:" + std::to_string(i) +
                 "\nEND:VTIMEZONE\nBEGIN:VEVENT\nDTSTART;TZID=" + std::to_string(i) + ":1\nEND:VEVENT\n";
    CHECK(run(zones + end, 4096) == 20'000);
}

TEST_CASE("items of very many properties are merged in time", "[item][robust][merge]")
{
    const auto card = [](const std::string& line, int from) {
        std::string text = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:a\r\n";
        for (int i = from; i < from + 9'000; ++i) {
            auto one = line;
            for (auto at = one.find('#'); at != std::string::npos; at = one.find('#'))
                one.replace(at, 1, std::to_string(i));
            text += one + "\r\n";
        }
        return text + "END:VCARD\r\n";
    };
    for (const auto* line : {"TEL:#", "TEL;TYPE=T#:1", "CATEGORIES:a#", "CATEGORIES;X=#:a", "item#.TEL:#", "X-#:#",
                             "NICKNAME:a#,b#", "item1.X-ABLabel:#"}) {
        CAPTURE(line);
        const auto ours = card(line, 0);
        const auto theirs = card(line, 4'500);
        CHECK(item::merge(card(line, 1), ours, theirs));
    }
}

TEST_CASE("what two items have very many of in common, or not, is brought together in time", "[item][robust][merge]")
{
    const auto many = [](int count, const std::string& piece) {
        std::string text;
        for (int i = 0; i < count; ++i) {
            auto one = piece;
            for (auto at = one.find('#'); at != std::string::npos; at = one.find('#'))
                one.replace(at, 1, std::to_string(i));
            text += one;
        }
        return text;
    };
    const auto card = [](const std::string& lines) {
        return "BEGIN:VCARD\r\nVERSION:3.0\r\nN:a\r\n" + lines + "END:VCARD\r\n";
    };
    const auto calendar = [](const std::string& lines) {
        return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + lines + "END:VCALENDAR\r\n";
    };
    // Groups of one name: theirs are called otherwise.
    const auto groups = item::merge(std::nullopt, card(many(3'000, "item#.TEL:1#\r\n")),
                                    card(many(3'000, "item#.EMAIL:#@example.org\r\n")));
    REQUIRE(groups);
    CHECK(groups->text.find("item5999.EMAIL:") != std::string::npos);
    // Entries that nothing tells apart.
    const auto bare = many(4'000, "BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n");
    CHECK(item::merge(std::nullopt, calendar(bare),
                      calendar(bare + "BEGIN:VEVENT\r\nUID:1\r\nLOCATION:x\r\nEND:VEVENT\r\n")));
    // Parts of which none has come.
    const auto alarms = card(many(30'000, "BEGIN:X\r\nEND:X\r\n"));
    const auto others = card(many(30'000, "BEGIN:Y\r\nEND:Y\r\n"));
    CHECK(item::restore(alarms, others, {"X"}).size() > alarms.size());
}
