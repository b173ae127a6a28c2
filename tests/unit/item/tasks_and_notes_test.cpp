// What tasks and notes have that contacts and events do not.
#include "item/audience.hpp"
#include "item/merge.hpp"
#include "item/normal_form.hpp"
#include "item/property.hpp"
#include "item/restoration.hpp"
#include "item/similarity.hpp"

#include <catch2/catch.hpp>

using item::Form;
using item::Kind;
using item::Likeness;
using item::normal_text;

namespace {

std::string calendar(const std::string& body, const std::string& version = "2.0")
{
    return "BEGIN:VCALENDAR\r\nVERSION:" + version + "\r\n" + body + "END:VCALENDAR\r\n";
}
std::string task(const std::string& body, const std::string& version = "2.0")
{
    return calendar("BEGIN:VTODO\r\n" + body + "END:VTODO\r\n", version);
}
std::string note(const std::string& body)
{
    return calendar("BEGIN:VJOURNAL\r\n" + body + "END:VJOURNAL\r\n");
}
std::string refusal(std::string_view data, Kind wanted)
{
    const auto checked = item::check(std::string(data), wanted);
    return checked ? "" : checked.error().message;
}
item::Merge merged(const std::string& base, const std::string& ours, const std::string& theirs)
{
    INFO(base << ours << theirs);
    auto merge = item::merge(base, ours, theirs);
    REQUIRE(merge);
    // Who is who makes no difference.
    const auto other = item::merge(base, theirs, ours);
    REQUIRE(other);
    CHECK(other->conflicts.empty() == merge->conflicts.empty());
    if (merge->conflicts.empty())
        CHECK(normal_text(other->text) == normal_text(merge->text));
    return *merge;
}
item::Similarity compared(const std::string& one, const std::string& other)
{
    return item::Sketch(*item::parse(one)).compare(item::Sketch(*item::parse(other)));
}
std::vector<std::string> lost(const item::Conversion& conversion)
{
    std::vector<std::string> fields;
    for (const auto& loss : conversion.losses)
        fields.push_back(loss.field);
    return fields;
}

const std::string long_note = "Milk\r\n\r\nand bread; \\n, \"x\" = 1\r\n\ttwo\r\n";

} // namespace

TEST_CASE("an item of another kind is refused, with what it is", "[item][check][kinds]")
{
    const std::string card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:a\r\nEND:VCARD\r\n";
    const auto event = calendar("BEGIN:VEVENT\r\nEND:VEVENT\r\n");
    CHECK(refusal(task(""), Kind::Event) == "line 3: a VTODO is no event");
    CHECK(refusal(event, Kind::Task) == "line 3: a VEVENT is no task");
    CHECK(refusal(note(""), Kind::Task) == "line 3: a VJOURNAL is no task");
    CHECK(refusal(task(""), Kind::Note) == "line 3: a VTODO is no note");
    CHECK(refusal(task(""), Kind::Contact) == "this is a task, not a contact");
    CHECK(refusal(event, Kind::Contact) == "this is an event, not a contact");
    CHECK(refusal(card, Kind::Note) == "this is a contact, not a note");
    CHECK(refusal(card, Kind::Event) == "this is a contact, not an event");
    CHECK(refusal("Milk", Kind::Task) == "line 1: neither BEGIN:VCARD nor BEGIN:VCALENDAR: Milk");
    CHECK(refusal(calendar("BEGIN:VTODO\r\nUID:1\r\nEND:VTODO\r\nBEGIN:VTODO\r\nUID:2\r\nEND:VTODO\r\n"), Kind::Task) ==
          "line 6: a second task, of another UID");
    CHECK(refusal(calendar("BEGIN:VTODO\r\nEND:VTODO\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\n"), Kind::Task) ==
          "line 5: a VEVENT is no task");
    CHECK(refusal(task("BEGIN:VALARM\r\nEND:VALARM\r\n"), Kind::Task).empty());
}

TEST_CASE("any text that is not blank and begins no object is a note in plain text", "[item][check][kinds]")
{
    CHECK(item::check("\xef\xbb\xbf Milk\n\nb\rc", Kind::Note)->data == " Milk\r\n\r\nb\r\nc\r\n");
    CHECK(item::check("\xef\xbb\xbf\xef\xbb\xbfMilk\n", Kind::Note)->data == "Milk\r\n");
    CHECK(item::check("Begin: the end", Kind::Note)->form == Form::PlainText);
    CHECK(refusal("", Kind::Note) == "there is no item");
    CHECK(refusal(" \r\n\t\r\n", Kind::Note) == "there is no item");
    CHECK(refusal("BEGIN:VCARD\nMilk\n", Kind::Note) == "the item has no end: its last END is missing");
    CHECK(refusal("a\nb\x02", Kind::Note) == "line 2: the octet 0x02 is not UTF-8 text or is a control character");
    CHECK(refusal(std::string(1'000'001, '\n') + "x", Kind::Note) == "the item has more than 1000000 lines");
    CHECK(refusal("x" + std::string(item::max_bytes, '\n'), Kind::Note) == "the item is larger than 64 MiB");
}

TEST_CASE("tasks and notes have a summary of one line", "[item][summary][kinds]")
{
    CHECK(item::summary(task("SUMMARY:Call Bob\r\nDTSTART:20260101\r\nDUE:20260105T090000Z\r\n")) ==
          "Call Bob, due 2026-01-05 09:00 UTC");
    CHECK(item::summary(task("SUMMARY:Call Bob\r\n")) == "Call Bob");
    CHECK(item::summary(note("DTSTART:20260101\r\nSUMMARY:Milk\r\nDESCRIPTION:x\r\n")) == "Milk");
    CHECK(item::summary(note("DESCRIPTION:Milk\\nand bread\r\n")) == "Milk and bread");
    CHECK(item::summary("\r\n  Milk\tx\r\nand bread\r\n") == "Milk x");
}

TEST_CASE("a note in plain text has a summary and the rest, and is written as it was", "[item][kinds]")
{
    for (const std::string& text : {std::string("Milk\r\n"), std::string("Milk\r\n\r\n"), std::string("\r\nMilk\r\n"),
                                    std::string(" a \r\n b \r\n\r\n"), long_note}) {
        CAPTURE(text);
        const auto document = item::parse(text);
        REQUIRE(document);
        CHECK(kind(*document) == Kind::Note);
        CHECK(item::write(*document) == text);
    }
    CHECK(item::normal_form(*item::parse(long_note)).lines ==
          std::vector<item::NormalForm::Line>{{"VJOURNAL/DESCRIPTION", "and bread; \\n, \"x\" = 1\n two"},
                                              {"VJOURNAL/SUMMARY", "Milk"}});
}

TEST_CASE("a note means the same wherever its words are", "[item][normal][kinds]")
{
    const auto plain = normal_text("Milk\r\nand bread\r\n");
    CHECK(normal_text(note("SUMMARY:Milk\r\nDESCRIPTION:and bread\r\n")) == plain);
    CHECK(normal_text(note("SUMMARY:Milk\r\nDESCRIPTION:Milk\\nand bread\r\n")) == plain);
    CHECK(normal_text(note("DESCRIPTION:Milk\\nand bread\r\n")) == plain);
    CHECK(normal_text("Milk\nand bread") == plain);
    CHECK(normal_text("Milk\r\nMilk\r\nand bread\r\n") != plain);
    CHECK(normal_text(note("SUMMARY:Milk\r\nDESCRIPTION:Milkman\r\n")) == normal_text("Milk\r\nMilkman\r\n"));
    CHECK(normal_text(note("SUMMARY:Milk\r\nDESCRIPTION:and bread\r\nCATEGORIES:a\r\n")) != plain);
}

TEST_CASE("a note goes into plain text with its words alone, and back with all that it says there",
          "[item][conversion][kinds]")
{
    const auto there = item::convert(
        note("UID:1\r\nDTSTART:20260105\r\nSUMMARY:Milk\r\nDESCRIPTION:Milk\\nand \\, bread\r\nCATEGORIES:a\r\n"),
        Form::PlainText);
    REQUIRE(there);
    CHECK(there->data == "Milk\r\nand , bread\r\n");
    CHECK(lost(*there) == std::vector<std::string>{"CATEGORIES", "DTSTART"});

    const auto journal = item::convert(long_note, Form::ICalendar20);
    REQUIRE(journal);
    CHECK(journal->losses.empty());
    CHECK(item::check(journal->data, Kind::Note));
    CHECK(item::convert(long_note, Form::ICalendar20)->data == journal->data);
    CHECK(item::convert(journal->data, Form::PlainText)->data == long_note);
    CHECK(item::convert(note("DESCRIPTION:Milk\\nx\r\n"), Form::PlainText)->data == "Milk\r\nx\r\n");

    // Two notes of one title are two things.
    const auto other = item::convert("Milk\r\nno bread\r\n", Form::ICalendar20);
    CHECK(item::parse(other->data)->root.components.front().find("UID")->value !=
          item::parse(journal->data)->root.components.front().find("UID")->value);

    CHECK(item::convert(note("SUMMARY:BEGIN:VCARD\r\n"), Form::PlainText).error().code == base::Errc::NotSupported);
    CHECK_FALSE(item::convert(note("CATEGORIES:a\r\n"), Form::PlainText));
    CHECK(item::convert("Milk", Form::VCalendar10).error().code == base::Errc::NotSupported);
    CHECK(item::convert(task("SUMMARY:a\r\n"), Form::PlainText).error().code == base::Errc::NotSupported);
}

TEST_CASE("a note goes where it is understood", "[item][audience][kinds]")
{
    CHECK(forms_for(Form::PlainText, Kind::Note, {}) == std::vector{Form::PlainText, Form::ICalendar20});
    CHECK(forms_for(Form::ICalendar20, Kind::Note, {}) == std::vector{Form::ICalendar20, Form::PlainText});
    CHECK(forms_for(Form::ICalendar20, Kind::Note, {{Form::PlainText}}) == std::vector{Form::PlainText});
    CHECK(forms_for(Form::ICalendar20, Kind::Task, {{Form::PlainText, Form::VCalendar10}}) ==
          std::vector{Form::VCalendar10});
    CHECK(item::render(note("SUMMARY:Milk\r\n"), {{Form::PlainText}}).data == "Milk\r\n");
    CHECK(item::render("Milk\r\n", {{Form::ICalendar20}}).form == Form::ICalendar20);
    CHECK(item::render("Milk\r\n", {{Form::ICalendar20}}).failure.empty());
    const auto wordless = note("CLASS:PRIVATE\r\n");
    CHECK(item::render(wordless, {{Form::PlainText}}).data == wordless);
    CHECK(item::render(wordless, {{Form::PlainText}}).failure ==
          "in plain text the note would be nothing, or another thing");
    CHECK(item::render(wordless, {{Form::PlainText, Form::ICalendar20}}).failure.empty());
    CHECK(item::render(wordless, {}).failure.empty());
}

TEST_CASE("what a server knows of a note as plain text is merged into the note", "[item][merge][kinds]")
{
    const auto ours = note("UID:1\r\nSUMMARY:Milk\r\nDESCRIPTION:and bread\r\nCATEGORIES:a\r\n");
    const auto told = item::convert(ours, Form::PlainText)->data;
    const auto merge = merged(told, ours, "Milk\r\nand butter\r\n");
    CHECK(merge.conflicts.empty());
    CHECK(merge.text == note("UID:1\r\nSUMMARY:Milk\r\nDESCRIPTION:and butter\r\nCATEGORIES:a\r\n"));
    CHECK(merged("Milk\r\nx\r\n", "Milk!\r\nx\r\n", "Milk\r\ny\r\n").text == "Milk!\r\ny\r\n");
    CHECK(merged("Milk\r\nx\r\n", "Milk\r\nz\r\n", "Milk\r\ny\r\n").conflicts.size() == 1);
    // What plain text has no words for is not dropped.
    const auto more = merged("Milk\r\n", "Milk!\r\n", note("SUMMARY:Milk\r\nCATEGORIES:a\r\n"));
    CHECK(more.conflicts.empty());
    CHECK(normal_text(more.text) == normal_text(note("SUMMARY:Milk!\r\nCATEGORIES:a\r\n")));
    CHECK(merged("Milk\r\n", "Milk!\r\n", note("SUMMARY:Milk\r\n")).text == "Milk!\r\n");
}

TEST_CASE("how far a task is is one field, whichever property says it", "[item][merge][kinds]")
{
    const std::string open = "UID:1\r\nSUMMARY:a\r\nSTATUS:NEEDS-ACTION\r\n";
    const std::string done = "STATUS:COMPLETED\r\nCOMPLETED:20260105T090000Z\r\nPERCENT-COMPLETE:100\r\n";
    const auto merge = merged(task(open), task("UID:1\r\nSUMMARY:b\r\nSTATUS:NEEDS-ACTION\r\n"),
                              task("UID:1\r\nSUMMARY:a\r\n" + done));
    CHECK(merge.conflicts.empty());
    CHECK(normal_text(merge.text) == normal_text(task("SUMMARY:b\r\nSTATUS:COMPLETED\r\n")));
    for (const auto* line : {"STATUS:COMPLETED\r\n", "COMPLETED:20260105T090000Z\r\n", "PERCENT-COMPLETE:100\r\n"})
        CHECK(merge.text.find(line) != std::string::npos);
    // It is taken up again.
    const auto again = merged(task("UID:1\r\nSUMMARY:a\r\n" + done), task("UID:1\r\nSUMMARY:b\r\n" + done), task(open));
    CHECK(again.conflicts.empty());
    CHECK(again.text.find("COMPLETED") == std::string::npos);
    CHECK(again.text.find("SUMMARY:b\r\n") != std::string::npos);
    // Both have gone on with it.
    CHECK(merged(task(open), task("SUMMARY:a\r\nPERCENT-COMPLETE:20\r\n"), task("SUMMARY:a\r\nPERCENT-COMPLETE:30\r\n"))
              .conflicts.size() == 1);
}

TEST_CASE("tasks of both forms are merged, with what they are due", "[item][merge][kinds]")
{
    const std::string base = "UID:1\r\nSUMMARY:a\r\nDUE:20260105T090000Z\r\n";
    const auto merge = merged(task(base), task("UID:1\r\nSUMMARY:b\r\nDUE:20260105T090000Z\r\n"),
                              task("UID:1\r\nSUMMARY:a\r\nDUE:20260106T090000Z\r\nSTATUS:COMPLETED\r\n"
                                   "COMPLETED:20260106T080000Z\r\n",
                                   "1.0"));
    CHECK(merge.conflicts.empty());
    CHECK(merge.text.find("DUE:20260106T090000Z\r\n") != std::string::npos);
    CHECK(merge.text.find("COMPLETED:20260106T080000Z\r\n") != std::string::npos);
    CHECK(merge.text.find("DTEND") == std::string::npos);
    CHECK(merge.text.find("SUMMARY:b\r\n") != std::string::npos);
    const auto gone = merged(task(base), task("UID:1\r\nSUMMARY:b\r\nDUE:20260105T090000Z\r\n"),
                             task("UID:1\r\nSUMMARY:a\r\n", "1.0"));
    CHECK(gone.conflicts.empty());
    CHECK(gone.text.find("DUE") == std::string::npos);
}

TEST_CASE("items of two kinds are not merged, restored or taken for one", "[item][kinds]")
{
    const auto one = task("UID:a0123456789abcdef\r\nSUMMARY:a\r\nDTSTART:20260101T090000Z\r\n");
    auto other = one;
    for (auto at = other.find("VTODO"); at != std::string::npos; at = other.find("VTODO"))
        other.replace(at, 5, "VEVENT");
    CHECK(item::merge(std::nullopt, one, other).error().message == "task and event are two things");
    CHECK(item::restore(one, other, {"X-A"}) == other);
    CHECK(compared(one, other).likeness == Likeness::Different);
}

TEST_CASE("tasks are nearly the same when they are due at one time, and notes by their UID", "[item][similar][kinds]")
{
    const std::string base = "SUMMARY:Call Bob\r\nDUE:20260105T090000Z\r\n";
    CHECK(compared(task(base), task(base + "STATUS:COMPLETED\r\n")).likeness == Likeness::Similar);
    CHECK(compared(task(base), task("SUMMARY:Call Bob\r\nDUE:20260106T090000Z\r\n")).likeness == Likeness::Different);
    CHECK(compared(task(base), task(base + "DTSTART:20260104T090000Z\r\n")).likeness == Likeness::Different);
    CHECK(compared(task("SUMMARY:Call Bob\r\n"), task("SUMMARY:Call Bob\r\nPRIORITY:1\r\n")).likeness ==
          Likeness::Different);
    const std::string uid = "UID:a0123456789abcdef\r\n";
    CHECK(compared(task(uid + "SUMMARY:Call Bob\r\n"), task(uid + "SUMMARY:Call Bob\r\nPRIORITY:1\r\n")).likeness ==
          Likeness::Similar);
    CHECK(compared(note(uid + "SUMMARY:Milk\r\n"), note(uid + "SUMMARY:Milk\r\nCATEGORIES:a\r\n")).likeness ==
          Likeness::Similar);
    CHECK(compared("Milk\r\nx\r\n", "Milk\r\ny\r\n").likeness == Likeness::Different);
    CHECK(compared("Milk\r\nx\r\n", note(uid + "SUMMARY:Milk\r\nDESCRIPTION:x\r\n")).likeness == Likeness::Same);
}

TEST_CASE("what a server has no room for is put back into a task", "[item][restoration][kinds]")
{
    CHECK(item::restore(task("UID:1\r\nSUMMARY:a\r\nX-A:1\r\n"), task("UID:1\r\nSUMMARY:b\r\n"), {"X-A"}) ==
          task("UID:1\r\nSUMMARY:b\r\nX-A:1\r\n"));
}
