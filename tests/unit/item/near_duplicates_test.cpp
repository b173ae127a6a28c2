// An address book against one in which each contact was rewritten, some of them with one thing changed.
#include "near_duplicates.hpp"

#include "item/item.hpp"
#include "item/normal_form.hpp"

#include <catch2/catch.hpp>

TEST_CASE("every contact is known again in other words, and none that differs is taken for it",
          "[item][normal][property]")
{
    const auto corpus = near_duplicates::Author(20261129).make(2'000);
    std::size_t same = 0, different = 0;
    for (const auto& theirs : corpus.theirs) {
        const auto& ours = corpus.ours[theirs.ours];
        REQUIRE(item::check(ours));
        REQUIRE(item::check(theirs.text));
        const bool are_same = item::normal_text(ours) == item::normal_text(theirs.text);
        const bool should = theirs.truth == near_duplicates::Truth::Same;
        ++(are_same ? same : different);
        if (are_same != should) {
            CAPTURE(ours, theirs.text, item::normal_text(ours), item::normal_text(theirs.text));
            CHECK(are_same == should);
        }
    }
    CHECK(same > 900);
    CHECK(different > 900);
}
