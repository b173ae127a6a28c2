// What holds for every merge, over many contacts and events that both sides have changed.
#include "authored_events.hpp"
#include "near_duplicates.hpp"

#include "item/fields.hpp"
#include "item/item.hpp"
#include "item/merge.hpp"
#include "item/normal_form.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

namespace {

using item::NormalForm;

NormalForm normal(const std::string& text)
{
    return item::normal_form(item::parse(text).value());
}

bool says(const NormalForm& form, const NormalForm::Line& line)
{
    return std::binary_search(form.lines.begin(), form.lines.end(), line);
}

/// A number with fewer types than one that is there.
bool says_more(const NormalForm& form, const NormalForm::Line& line)
{
    const auto bare = line.value.substr(0, line.value.find('\x1f'));
    return std::any_of(form.lines.begin(), form.lines.end(), [&](const NormalForm::Line& other) {
        return other.name == line.name && other.value.substr(0, other.value.find('\x1f')) == bare;
    });
}

std::string field_of(const NormalForm::Line& line)
{
    return line.name.substr(line.name.rfind('/') + 1); // npos + 1: all of it
}

bool is_many(const NormalForm& form, const NormalForm::Line& line)
{
    const auto field = field_of(line);
    return !item::is_single(form.kind, field) && field != "DTEND" && field != "RRULE" && field != "ZONE" &&
           field != "DURATION" && field != "DUE" && field != "ATTENDEE";
}

/// As CHECK, which takes its time with thousands of lines.
void expect(bool holds, const char* what, const NormalForm::Line& line)
{
    if (!holds)
        FAIL_CHECK(what << ": " << line.name << ' ' << line.value);
}

struct Tally {
    int merged = 0, conflicts = 0, not_understood = 0;
};

void check_laws(const std::string* base, const std::string& ours, const std::string& theirs, Tally& tally)
{
    const auto old = base == nullptr ? std::nullopt : std::optional<std::string_view>(*base);
    CAPTURE(base == nullptr ? std::string("none") : *base, ours, theirs);
    REQUIRE(item::check(ours));
    REQUIRE(item::check(theirs));
    const auto one = item::merge(old, ours, theirs);
    const auto other = item::merge(old, theirs, ours);
    REQUIRE(one);
    REQUIRE(other);
    CAPTURE(one->text, other->text);
    const auto checked = item::check(one->text);
    REQUIRE(checked);
    CHECK(checked->data == one->text);
    CHECK(item::find_kind(checked->data) == item::find_kind(ours));
    CHECK(one->conflicts.size() == other->conflicts.size());
    ++tally.merged;
    if (!one->conflicts.empty()) {
        ++tally.conflicts;
        CAPTURE(one->conflicts.front().field, one->conflicts.front().ours, one->conflicts.front().theirs);
        if (one->conflicts.front().field.empty()) {
            ++tally.not_understood;
            FAIL_CHECK("the items are a conflict as a whole");
        }
        // The other's way in each conflict is the other order's.
        CHECK(item::normal_text(item::merge(old, ours, theirs, item::Side::Theirs)->text) ==
              item::normal_text(other->text));
        return;
    }
    CHECK(item::normal_text(one->text) == item::normal_text(other->text));
    const auto result = normal(one->text);
    const auto before = base == nullptr ? NormalForm() : normal(*base);
    for (const auto* side : {&ours, &theirs}) {
        const auto said = normal(*side);
        for (const auto& line : said.lines) {
            if (says(before, line) || !is_many(said, line))
                continue;
            expect(says(result, line) || says_more(result, line), "lost", line);
        }
    }
    // What both have is there, and what both have deleted is not.
    const auto a = normal(ours), b = normal(theirs);
    for (const auto& line : a.lines) {
        expect(!says(b, line) || says(result, line), "lost, though both have it", line);
    }
    for (const auto& line : before.lines) {
        const bool is_gone = !says(a, line) && !says(b, line) && is_many(before, line);
        expect(!is_gone || !says(result, line), "there, though both have deleted it", line);
    }
    // Merged again, it is what it is.
    const auto again = item::merge(old, one->text, theirs);
    REQUIRE(again);
    CAPTURE(again->text);
    if (again->conflicts.empty() && base == nullptr)
        CHECK(item::normal_text(again->text) == item::normal_text(one->text));
}

void check_identities(const std::string& base, const std::string& side, const std::string& rewritten)
{
    CAPTURE(base, side, rewritten);
    const auto meaning = item::normal_text(side);
    for (const auto& merged : {item::merge(base, side, side), item::merge(base, side, rewritten),
                               item::merge(base, base, side), item::merge(base, side, base),
                               item::merge(std::nullopt, side, side), item::merge(std::nullopt, side, rewritten)}) {
        REQUIRE(merged);
        CHECK(item::normal_text(merged->text) == meaning);
        CHECK(merged->conflicts.empty());
    }
    CHECK(item::merge(base, side, side)->text == side);
    CHECK(item::merge(base, side, base)->text == side);
}

/// One to three things about a contact.
near_duplicates::Contact change(near_duplicates::Contact contact, std::mt19937& random)
{
    const auto add = [&](const char* name, std::vector<std::string> types, std::vector<std::string> parts) {
        contact.push_back({name, std::move(types), std::move(parts)});
    };
    for (auto count = 1 + random() % 3; count > 0; --count) {
        const auto digit = std::to_string(random() % 4);
        switch (random() % 10) {
        case 0: add("TEL", {"HOME"}, {"+49 30 " + digit}); break;
        case 1: add("EMAIL", {}, {"new" + digit + "@example.org"}); break;
        case 2: {
            contact[0].parts[1] += digit;
            contact[1].parts[0] = contact[0].parts[1] + ' ' + contact[0].parts[0];
            break;
        }
        case 3: contact[1].parts[0] = "The one and only " + digit; break;
        case 4:
            if (contact.size() > 3)
                contact.erase(contact.begin() + 2 + static_cast<std::ptrdiff_t>(random() % (contact.size() - 2)));
            break;
        case 5: {
            auto& line = contact[2 + random() % (contact.size() - 2)];
            line.parts.back() += digit;
            break;
        }
        case 6: add("CATEGORIES", {}, {"group" + digit}); break;
        case 7: add("X-THING", {}, {"thing " + digit}); break;
        case 8: add("BDAY", {}, {"1970-03-0" + std::to_string(1 + random() % 3)}); break;
        default: {
            auto& line = contact[2 + random() % (contact.size() - 2)];
            if (line.name == "TEL" || line.name == "EMAIL" || line.name == "ADR")
                line.types = {random() % 2 == 0 ? "HOME" : "WORK"};
            break;
        }
        }
    }
    return contact;
}

} // namespace

TEST_CASE("contacts that both sides have changed are merged by the laws", "[item][merge][property]")
{
    near_duplicates::Author author(1729);
    std::mt19937 random(1729);
    Tally tally;
    for (std::size_t round = 0; round < 5'000; ++round) {
        const auto contact = author.make_contact(round);
        const auto write = [&](const near_duplicates::Contact& one) {
            return random() % 2 == 0 ? author.modern(one) : author.old(one);
        };
        const auto base = write(contact);
        const auto mine = change(contact, random);
        const auto ours = write(mine);
        const auto theirs = author.rewrite(change(contact, random));
        check_laws(&base, ours, theirs, tally);
        if (round % 4 == 0) {
            check_laws(nullptr, ours, theirs, tally);
            check_identities(base, ours, author.rewrite(mine));
        }
    }
    CAPTURE(tally.conflicts);
    CHECK(tally.not_understood == 0);
    CHECK(tally.conflicts < tally.merged / 4);
}

TEST_CASE("events that both sides have changed are merged by the laws", "[item][merge][property]")
{
    authored::Author author(1729);
    Tally tally;
    for (std::size_t round = 0; round < 5'000; ++round) {
        const auto event = author.make();
        const auto base = author.modern(event);
        const auto mine = author.change(event);
        const auto ours = author.modern(mine);
        const auto theirs = author.rewritten(author.change(event));
        check_laws(&base, ours, theirs, tally);
        if (round % 4 == 0) {
            check_laws(nullptr, ours, theirs, tally);
            check_identities(base, ours, author.rewritten(mine));
        }
    }
    CAPTURE(tally.conflicts, tally.merged);
    CHECK(tally.not_understood == 0);
    CHECK(tally.conflicts < tally.merged / 2);
}

TEST_CASE("an event of vCalendar 1.0 is merged with one of iCalendar by the laws", "[item][merge][property]")
{
    authored::Author author(1729);
    Tally tally;
    for (std::size_t round = 0; round < 1'000; ++round) {
        auto event = author.make();
        event.event.when.in_berlin = false; // without zones, and without what it has no words for
        event.occurrences.clear();
        event.event.alarms.clear();
        const auto change = [&] {
            auto changed = author.change(event);
            changed.occurrences.clear();
            changed.event.alarms.clear();
            return changed;
        };
        const auto base = author.modern(event);
        const auto ours = author.modern(change());
        const auto theirs = author.old(change());
        check_laws(&base, ours, theirs, tally);
    }
    CAPTURE(tally.conflicts, tally.merged);
    CHECK(tally.not_understood == 0);
    CHECK(tally.conflicts < tally.merged / 2);
}
