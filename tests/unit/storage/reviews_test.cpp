// Plans of changes, and what is held.
#include "storage/reviews.hpp"

#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

using namespace storage;
using PeerWrite = ItemStore::PeerWrite;

namespace {

struct Fixture {
    TemporaryDirectory directory;
    std::unique_ptr<ItemStore> items = ItemStore::open(directory / "items.db").value();
    Reviews reviews{*items};
    static constexpr auto contact = ItemKind::Contact;
    static constexpr auto event = ItemKind::Event;
};

} // namespace

TEST_CASE_METHOD(Fixture, "a plan tells what is to become of what, page by page", "[reviews]")
{
    for (const auto* data : {"one", "two", "three"})
        items->add(contact, data);
    const auto upto = items->revision();
    CHECK(reviews.plan_replacement(contact, "p", "1", "uno", upto) == PeerWrite::Done);
    CHECK(reviews.plan_removal(contact, "p", "3", upto) == PeerWrite::Done);
    CHECK(reviews.plan_removal(contact, "p", "4", upto) == PeerWrite::Missing);
    CHECK(items->revision() == upto);
    CHECK(reviews.planned(contact, "p", "", 1) == std::vector<PlannedChange>{{"1", "one", "uno", "1"}});
    CHECK(reviews.planned(contact, "p", "1", 9) == std::vector<PlannedChange>{{"3", "three", std::nullopt, "3"}});
    CHECK(reviews.count_planned(contact, "p") == LossCounts{1, 1});
    CHECK(reviews.count_planned(event, "p") == LossCounts{});
    CHECK(reviews.count_planned(contact, "q") == LossCounts{});
}

TEST_CASE_METHOD(Fixture, "what others have written since is not planned over", "[reviews]")
{
    items->add(contact, "one");
    const auto upto = items->revision();
    items->replace(contact, "1", "edited");
    CHECK(reviews.plan_replacement(contact, "p", "1", "uno", upto) == PeerWrite::EditedMeanwhile);
    CHECK(reviews.plan_removal(contact, "p", "1", upto) == PeerWrite::EditedMeanwhile);
    CHECK(reviews.count_planned(contact, "p") == LossCounts{});
}

TEST_CASE_METHOD(Fixture, "a plan that is carried out is the profile's own change", "[reviews]")
{
    items->add(contact, "one");
    items->add(contact, "two");
    const auto upto = items->revision();
    reviews.plan_replacement(contact, "p", "1", "uno", upto);
    reviews.plan_removal(contact, "p", "2", upto);
    reviews.carry_out(contact, "p");
    CHECK(items->find(contact, "1")->data == "uno");
    CHECK(items->count(contact) == 1);
    CHECK(items->count_changes(contact, "p", upto, items->revision()) == 0);
    CHECK(items->count_changes(contact, "q", upto, items->revision()) == 2);
    const auto revision = items->revision();
    reviews.carry_out(contact, "p");
    CHECK(items->revision() == revision);
}

TEST_CASE_METHOD(Fixture, "a plan that is dropped makes its items changes to be sent", "[reviews]")
{
    items->add_from_peer(contact, "p", "g1", "one", ItemStore::Placing::Insert);
    items->add_from_peer(contact, "p", "g2", "two", ItemStore::Placing::Insert);
    const auto upto = items->revision();
    reviews.plan_replacement(contact, "p", "1", "uno", upto);
    reviews.plan_removal(contact, "p", "2", upto);
    reviews.drop(contact, "p");
    using Kind = ItemChange::Kind;
    CHECK(items->changes(contact, "p", upto, items->revision(), 0, 100) ==
          std::vector<ItemChange>{{Kind::Update, "1", upto + 1, "one"}, {Kind::Update, "2", upto + 2, "two"}});
    CHECK(reviews.count_planned(contact, "p") == LossCounts{});
}

TEST_CASE_METHOD(Fixture, "what the peer writes itself after its plan stands", "[reviews]")
{
    items->add_from_peer(contact, "p", "g1", "one", ItemStore::Placing::Insert);
    reviews.plan_replacement(contact, "p", "1", "uno", items->revision());
    items->add_from_peer(contact, "p", "g1", "eins", ItemStore::Placing::Insert);
    reviews.carry_out(contact, "p");
    CHECK(items->find(contact, "1")->data == "eins");
    CHECK(items->count(contact) == 1);
}

TEST_CASE_METHOD(Fixture, "a merge that is planned is written as one that is not", "[reviews]")
{
    items->add_from_peer(contact, "p", "g1", "one", ItemStore::Placing::Insert);
    const auto mark = items->revision();
    items->attach_peer(contact, "p", "card");
    items->note_look(contact, "p", mark);
    items->replace(contact, "1", "ours");
    const auto edited = items->revision();
    REQUIRE(reviews.plan_merge(contact, "p", "1", "earlier", "made of that"));
    REQUIRE(reviews.plan_merge(contact, "p", "1", "theirs", "both"));
    CHECK_FALSE(reviews.plan_merge(contact, "p", "2", "theirs", "both"));
    CHECK(items->revision() == edited);
    CHECK(reviews.planned(contact, "p", "", 9) == std::vector<PlannedChange>{{"1", "ours", "both", "1"}});
    CHECK(reviews.count_planned(contact, "p") == LossCounts{1, 0});
    SECTION("carried out, it goes to the peer, and the next merge begins with what the peer has")
    {
        reviews.carry_out(contact, "p");
        CHECK(items->find(contact, "1")->data == "both");
        CHECK(items->count_changes(contact, "p", edited, items->revision()) == 1);
        CHECK(items->find_base(contact, "p", "1", mark) == "theirs");
    }
    SECTION("dropped, what was written here goes to the peer")
    {
        reviews.drop(contact, "p");
        CHECK(items->find(contact, "1")->data == "ours");
        CHECK(items->count_changes(contact, "p", edited, items->revision()) == 1);
    }
    SECTION("edited once more, the edit stays, and the peer's version is an item of its own")
    {
        items->replace(contact, "1", "ours again");
        reviews.carry_out(contact, "p");
        CHECK(items->find(contact, "1")->data == "ours again");
        CHECK(items->find(contact, "2")->data == "theirs");
    }
    SECTION("when the peer's version is a part of ours, nothing is to be looked at")
    {
        REQUIRE(reviews.plan_merge(contact, "p", "1", "theirs", "ours"));
        CHECK(reviews.count_planned(contact, "p") == LossCounts{});
        CHECK(items->find(contact, "1")->data == "ours");
        CHECK(items->find_base(contact, "p", "1", mark) == "theirs");
    }
}

TEST_CASE_METHOD(Fixture, "what is held is held per profile and kind, until it is settled", "[reviews]")
{
    CHECK_FALSE(reviews.held(contact, "p").any());
    reviews.hold(contact, "p", {.outgoing = true});
    reviews.hold(contact, "p", {.slow = true});
    CHECK(reviews.held(contact, "p") == Held{false, true, true});
    CHECK_FALSE(reviews.held(event, "p").any());
    CHECK_FALSE(reviews.held(contact, "q").any());
    reviews.settle(contact, "p"); // not while it is held
    CHECK(reviews.held(contact, "p").any());
    items->add(contact, "one");
    reviews.release(contact, "p");
    CHECK_FALSE(reviews.held(contact, "p").any());
    CHECK(reviews.agreed_to(contact, "p") == items->revision());
    CHECK(reviews.is_slow_agreed(contact, "p"));
    reviews.settle(contact, "p");
    CHECK(reviews.agreed_to(contact, "p") == 0);
    CHECK_FALSE(reviews.is_slow_agreed(contact, "p"));
}

TEST_CASE_METHOD(Fixture, "nothing is left of a profile that is no more", "[reviews]")
{
    items->add(contact, "one");
    reviews.plan_removal(contact, "p", "1", items->revision());
    reviews.hold(contact, "p", {.incoming = true});
    items->forget_profile("p");
    CHECK(reviews.count_planned(contact, "p") == LossCounts{});
    CHECK_FALSE(reviews.held(contact, "p").any());
}

TEST_CASE_METHOD(Fixture, "losses are the changes that add nothing", "[reviews]")
{
    for (const auto* data : {"one", "two", "three"})
        items->add(contact, data);
    const auto mark = items->revision();
    items->replace(contact, "1", "uno");
    items->remove(contact, "2");
    items->add(contact, "four");
    items->remove(contact, items->add(contact, "came and went"));
    CHECK(reviews.count_losses(contact, "p", mark, items->revision()) == LossCounts{1, 1});
    CHECK(reviews.count_losses(contact, "p", items->revision(), items->revision()) == LossCounts{});
}
