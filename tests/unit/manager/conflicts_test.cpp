// Conflicts that a session found, resolved by hand.

#include "fixture.hpp"

#include "storage/reviews.hpp"

#include <catch2/catch.hpp>

#include <string>

using storage::ItemConflict;
using storage::ItemKind;
using Way = ItemConflict::Way;

namespace {

constexpr auto contact = ItemKind::Contact;

/// A card of Ada's, changed on both sides by a session that is held, so that nothing of the merge is done.
struct HeldConflict : Fixture {
    explicit HeldConflict(Way way, const std::string& ours = "ours: note, number") : id(add(profile()))
    {
        auto& store = items();
        luid = store.add(contact, ours);
        ItemConflict conflict;
        conflict.profile = id;
        conflict.luid = luid;
        conflict.way = way;
        conflict.theirs = "theirs: note, mail";
        conflict.with_ours = "ours: note, number, mail";
        conflict.with_theirs = "theirs: note, number, mail";
        if (way == Way::Both)
            conflict.copy = store.add_beside(contact, conflict.theirs);
        storage::Reviews reviews(store);
        const auto& merged = way == Way::Theirs ? conflict.with_theirs : conflict.with_ours;
        reviews.plan_merge(contact, id, luid, conflict.theirs, merged);
        reviews.hold(contact, id, {.incoming = true});
        store.note_conflict(conflict);
        number = manager->conflicts(anna, id, 0).value().at(0).number;
    }
    storage::ItemStore& items() { return *manager->items(anna.uid).value(); }
    Words content()
    {
        Words content;
        for (const auto& item : items().page(contact, items().revision(), {}, 1 << 20))
            content.push_back(item.data);
        return content;
    }

    std::string id;
    std::string luid;
    std::uint64_t number = 0;
};

} // namespace

TEST_CASE("a conflict that is resolved while its session waits is what was chosen, and nothing beside it",
          "[manager][conflicts]")
{
    const auto found = GENERATE(Way::Ours, Way::Theirs, Way::Both);
    const auto wanted = GENERATE(Way::Ours, Way::Theirs);
    const bool released = GENERATE(true, false);
    CAPTURE(static_cast<int>(found), static_cast<int>(wanted), released);
    HeldConflict held(found);
    const auto resolved = held.manager->resolve_conflict(anna, held.id, held.number, wanted);
    INFO((resolved ? "" : resolved.error().message));
    REQUIRE(resolved);
    const auto reviewed = released ? held.manager->release(anna, held.id) : held.manager->reject(anna, held.id);
    REQUIRE(reviewed);
    CHECK(held.content() == Words{wanted == Way::Ours ? "ours: note, number, mail" : "theirs: note, number, mail"});
    const auto changes = held.items().changes(contact, held.id, 0, held.items().revision(), 0, 1 << 20);
    REQUIRE_FALSE(changes.empty()); // the server hears of it
    CHECK(changes.front().luid == held.luid);
}

TEST_CASE("a conflict that is resolved for what is here stays so when its session is released", "[manager][conflicts]")
{
    HeldConflict held(Way::Theirs, "ours: note, number, mail"); // the server has said nothing else that is new
    REQUIRE(held.manager->resolve_conflict(anna, held.id, held.number, Way::Ours));
    REQUIRE(held.manager->release(anna, held.id));
    CHECK(held.content() == Words{"ours: note, number, mail"});
}

TEST_CASE("an item that was edited while its session waits keeps the edit, whatever becomes of the conflict",
          "[manager][conflicts]")
{
    const auto found = GENERATE(Way::Ours, Way::Both);
    const bool resolved = GENERATE(true, false);
    CAPTURE(static_cast<int>(found), resolved);
    HeldConflict held(found);
    held.items().replace(contact, held.luid, "edited");
    CHECK_FALSE(held.manager->resolve_conflict(anna, held.id, held.number, Way::Theirs));
    if (resolved)
        REQUIRE(held.manager->resolve_conflict(anna, held.id, held.number, Way::Ours));
    REQUIRE(held.manager->release(anna, held.id));
    // The server's version is there once: nobody has taken over what was new in it, unless somebody has dropped it.
    if (found == Way::Both && resolved)
        CHECK(held.content() == Words{"edited"});
    else
        CHECK(held.content() == Words{"edited", "theirs: note, mail"});
}
