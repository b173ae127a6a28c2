// What every store owes a session, whoever keeps its items: the changes of its users exactly, none of its own, nothing
// of theirs overwritten.
#include "store_contract.hpp"

#include <catch2/catch.hpp>

using session::IncomingKind;
using Texts = std::vector<std::string>;

TEST_CASE("every store: what its users add, change and delete is sent once and exactly", "[contract]")
{
    const auto keeper = any_keeper();
    const auto ann = keeper->add(keeper->text("Ann"));
    const auto bea = keeper->add(keeper->text("Bea"));
    CHECK(keeper->sync() == Texts{"Add Ann", "Add Bea"});
    CHECK(keeper->announced == 2);
    CHECK(keeper->sync().empty());

    keeper->edit(ann, keeper->text("Anna"));
    keeper->remove(bea);
    keeper->add(keeper->text("Cid"));
    CHECK(keeper->sync() == Texts{"Add Cid", "Delete", "Update Anna"});
    CHECK(keeper->announced == 3);
    CHECK(keeper->names_at_peer() == keeper->names());
}

TEST_CASE("every store: a session without changes writes nothing", "[contract]")
{
    const auto keeper = any_keeper();
    keeper->add(keeper->text("Ann"));
    keeper->sync();
    const auto revision = keeper->items_db->revision();
    CHECK(keeper->sync().empty());
    CHECK(keeper->sync().empty());
    CHECK(keeper->items_db->revision() == revision);
}

TEST_CASE("every store: data that is written again as it is, or comes and goes between two sessions, is no change",
          "[contract]")
{
    const auto keeper = any_keeper();
    const auto ann = keeper->add(keeper->text("Ann"));
    keeper->sync();
    keeper->edit(ann, keeper->text("Ann"));
    const auto bea = keeper->add(keeper->text("Bea"));
    keeper->remove(bea);
    CHECK(keeper->sync().empty());
}

TEST_CASE("every store: an item that is deleted and made again is there once", "[contract]")
{
    const auto keeper = any_keeper();
    const auto ann = keeper->add(keeper->text("Ann"));
    keeper->sync();
    keeper->remove(ann);
    SECTION("with a session in between")
    {
        CHECK(keeper->sync() == Texts{"Delete"});
        keeper->edit(ann, keeper->text("Ann")); // the id is an old one where ids can be
        if (keeper->items().empty())
            keeper->add(keeper->text("Ann"));
        CHECK(keeper->sync() == Texts{"Add Ann"});
    }
    SECTION("without")
    {
        keeper->edit(ann, keeper->text("Anna"));
        if (keeper->items().empty())
            keeper->add(keeper->text("Anna"));
        keeper->sync();
    }
    CHECK(keeper->names_at_peer() == keeper->names());
    CHECK(keeper->names().size() == 1);
}

TEST_CASE("every store: what a session has written is there, and is no change of its users", "[contract]")
{
    const auto keeper = any_keeper();
    keeper->add(keeper->text("Ann"));
    keeper->add(keeper->text("Bea"));
    keeper->sync();
    keeper->begin();
    keeper->send();
    keeper->take(IncomingKind::Add, {}, keeper->text("Cid"));
    keeper->take(IncomingKind::Replace, keeper->luid_of("Ann"), keeper->text("Anna"));
    keeper->take(IncomingKind::Delete, keeper->luid_of("Bea"), {});
    keeper->end();
    CHECK(keeper->names() == Texts{"Anna", "Cid"});
    CHECK(keeper->sync().empty());
    CHECK(keeper->sync().empty());

    for (const auto& [handle, data] : keeper->items())
        if (keeper->name_in(data) == "Cid")
            keeper->edit(handle, keeper->text("Cyd"));
    CHECK(keeper->sync() == Texts{"Update Cyd"});
    CHECK(keeper->names_at_peer() == keeper->names());
}

TEST_CASE("every store: what its users do while a session runs belongs to the next one", "[contract]")
{
    const auto keeper = any_keeper();
    const auto ann = keeper->add(keeper->text("Ann"));
    const auto bea = keeper->add(keeper->text("Bea"));
    const auto cid = keeper->add(keeper->text("Cid"));
    keeper->sync();
    keeper->begin();
    keeper->send();
    keeper->edit(ann, keeper->text("Ann", "edited here"));
    keeper->edit(bea, keeper->text("Bea", "edited here"));
    keeper->remove(cid);
    keeper->add(keeper->text("Dan"));
    keeper->take(IncomingKind::Replace, keeper->luid_of("Bea"), keeper->text("Beate"));
    keeper->end();
    CHECK(keeper->names().size() == 3);
    // What was edited on both sides is merged, and so is changed for the peer once more.
    CHECK(keeper->sync() == Texts{"Add Dan", "Delete", "Update Ann", "Update Beate"});
    CHECK(keeper->names_at_peer() == keeper->names());
    for (const auto& [handle, data] : keeper->items()) {
        CAPTURE(data);
        if (keeper->name_in(data) == "Beate")
            CHECK(keeper->note_in(data) == "edited here");
    }
    CHECK(keeper->sync().empty());
}

TEST_CASE("every store: what a user deletes while the peer changes it stays with the change", "[contract]")
{
    const auto keeper = any_keeper();
    const auto ann = keeper->add(keeper->text("Ann"));
    keeper->sync();
    keeper->begin();
    keeper->send();
    keeper->remove(ann);
    keeper->take(IncomingKind::Replace, keeper->peer.begin()->first, keeper->text("Anna"));
    keeper->end();
    CHECK(keeper->names() == Texts{"Anna"});
    keeper->sync();
    CHECK(keeper->names_at_peer() == Texts{"Anna"});
    CHECK(keeper->names() == Texts{"Anna"});
}

TEST_CASE("every store: what a user edits while the peer deletes it stays, and goes there again", "[contract]")
{
    const auto keeper = any_keeper();
    const auto ann = keeper->add(keeper->text("Ann"));
    keeper->sync();
    keeper->begin();
    keeper->send();
    keeper->edit(ann, keeper->text("Anna"));
    keeper->take(IncomingKind::Delete, keeper->peer.begin()->first, {});
    keeper->end();
    CHECK(keeper->sync() == Texts{"Add Anna"});
    CHECK(keeper->names() == Texts{"Anna"});
    CHECK(keeper->names_at_peer() == Texts{"Anna"});
}

TEST_CASE("every store: over many rounds each change is sent once, and both sides hold the same", "[contract]")
{
    const auto keeper = any_keeper();
    const auto edited = keeper->add(keeper->text("Edited0"));
    keeper->add(keeper->text("Theirs0"));
    auto here = keeper->add(keeper->text("Here0"));
    const auto there = [](int round) { return "There" + std::to_string(round); };
    keeper->sync();
    for (int round = 1; round <= 8; ++round) {
        CAPTURE(round);
        const auto number = std::to_string(round);
        keeper->edit(edited, keeper->text("Edited" + number));
        keeper->remove(here);
        here = keeper->add(keeper->text("Here" + number));
        keeper->begin();
        CHECK(keeper->send() == Texts{"Add Here" + number, "Delete", "Update Edited" + number});
        keeper->take(IncomingKind::Replace, keeper->luid_of("Theirs" + std::to_string(round - 1)),
                     keeper->text("Theirs" + number));
        keeper->take(IncomingKind::Add, {}, keeper->text(there(round)));
        if (round > 1)
            keeper->take(IncomingKind::Delete, keeper->luid_of(there(round - 1)), {});
        keeper->end();
        CHECK(keeper->names() == Texts{"Edited" + number, "Here" + number, "Theirs" + number, there(round)});
        CHECK(keeper->names_at_peer() == keeper->names());
    }
    CHECK(keeper->sync().empty());
}

TEST_CASE("every store: a session that is killed loses and doubles nothing", "[contract]")
{
    const auto keeper = any_keeper();
    keeper->add(keeper->text("Ann"));
    keeper->sync();
    keeper->begin();
    keeper->send();
    keeper->take(IncomingKind::Add, {}, keeper->text("Bea"));
    keeper->take(IncomingKind::Replace, keeper->luid_of("Ann"), keeper->text("Anna"));
    keeper->kill();
    CHECK(keeper->sync().empty());
    CHECK(keeper->names() == Texts{"Anna", "Bea"});
    CHECK(keeper->names_at_peer() == keeper->names());
}

TEST_CASE("every store: all items are sent in a slow sync, and found again in the server's", "[contract]")
{
    const auto keeper = any_keeper();
    keeper->add(keeper->text("Ann"));
    keeper->add(keeper->text("Bea"));
    keeper->sync();
    keeper->begin(session::SyncType::Slow);
    CHECK(keeper->send() == Texts{"Add Ann", "Add Bea"});
    keeper->end();
    keeper->begin(session::SyncType::Slow);
    keeper->take(IncomingKind::Add, {}, keeper->text("Ann"));
    keeper->take(IncomingKind::Add, {}, keeper->text("Bea"));
    keeper->end();
    CHECK(keeper->names() == Texts{"Ann", "Bea"});
}
