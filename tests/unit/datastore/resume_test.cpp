// A sync that broke off and goes on in another session: what is sent, what is taken, what is remembered.
#include "session_fixture.hpp"

#include <catch2/catch.hpp>

using session::SyncType;
using syncml::StatusCode;
using Sent = std::vector<std::string>;

namespace {

struct Broken : SessionFixture {
    std::optional<storage::SyncState::OpenSync> open_sync() const { return state->open_sync("CONTACT"); }

    /// Sends everything in pages of one item and confirms `luids`; then the worker dies.
    void break_off(SyncType type, const std::vector<std::string>& luids)
    {
        begin(type);
        for (const auto& change : read(1))
            store->note_sent({change.substr(change.find(' ') + 1)});
        for (const auto& luid : luids)
            confirm({luid}, StatusCode::ItemAdded);
        kill();
    }
};

} // namespace

TEST_CASE_METHOD(Broken, "a slow sync that goes on sends what the server has not confirmed", "[resume]")
{
    const auto type = GENERATE(SyncType::Slow, SyncType::RefreshFromClient);
    for (const auto* name : {"one", "two", "three", "four"})
        items->add(contact, card(name));
    break_off(type, {"1", "2"});
    CHECK(resume(type) == 2);
    CHECK(read() == Sent{"Add 3", "Add 4"});
    store->note_sent({"3", "4"});
    confirm({"3", "4"});
    commit();
    CHECK_FALSE(open_sync());
    CHECK(sync().empty());
}

namespace {

/// The card as a server writes it anew from fields of its own.
std::string rewritten(const std::string& name)
{
    return "BEGIN:VCARD\r\nPRODID:-//x//y\r\nVERSION:3.0\r\nFN:" + name + "\r\nREV:20260101T000000Z\r\nN:" + name +
           "\r\nPHOTO:\r\nEND:VCARD\r\n";
}

} // namespace

TEST_CASE_METHOD(Broken, "what a server forgot that it has of ours and adds is the item that it was", "[resume][match]")
{
    for (const auto* name : {"one", "two", "three"})
        items->add(contact, card(name));
    break_off(SyncType::TwoWay, {"1", "2"});
    items->replace(contact, "2", card("zwei"));
    items->add(contact, card("four"));
    begin();
    read();
    CHECK(add("g1", rewritten("one")) == session::Outcome{StatusCode::Ok, "1"});
    CHECK(add("g2", rewritten("two")) == session::Outcome{StatusCode::ItemAdded, "5"});  // it was edited since
    CHECK(add("g4", rewritten("four")) == session::Outcome{StatusCode::ItemAdded, "6"}); // the server had none of it
    CHECK(names() == std::vector<std::string>{"one", "zwei", "three", "four", "two", "four"});
    CHECK(items->find(contact, "1")->data == card("one")); // every octet of ours stays
}

TEST_CASE_METHOD(Broken, "of two that a server has made of one item the first is deleted there", "[resume][match]")
{
    items->add(contact, card("one"));
    items->add(contact, card("one")); // a twin, of which the server makes no second one
    break_off(SyncType::TwoWay, {"2"});
    begin();
    CHECK(read() == Sent{"Update 1"});
    store->note_sent({"1"});
    confirm({"1"}, StatusCode::ItemAdded); // though it may hold it
    CHECK(add("g1", rewritten("one")) == session::Outcome{StatusCode::ItemAdded, "3"});
    CHECK(add("g2", rewritten("one")) == session::Outcome{StatusCode::Ok, "2"});
    CHECK(add("g3", rewritten("one")) == session::Outcome{StatusCode::ItemAdded, "4"}); // more than it can have of ours
    CHECK(names() == std::vector<std::string>{"one", "one", "one"});
    commit();
    CHECK(sync() == Sent{"Delete 3"});
    CHECK(sync().empty());
}

TEST_CASE_METHOD(Broken, "what a server that knows our items adds is another", "[resume][match]")
{
    items->add(contact, card("one"));
    sync();
    begin();
    CHECK(add("g1", rewritten("one")) == session::Outcome{StatusCode::ItemAdded, "2"});
}

TEST_CASE_METHOD(Broken, "it may break off again", "[resume]")
{
    for (const auto* name : {"one", "two", "three"})
        items->add(contact, card(name));
    break_off(SyncType::Slow, {"1"});
    CHECK(resume(SyncType::Slow) == 2);
    read();
    confirm({"2"});
    kill();
    CHECK(resume(SyncType::Slow) == 1);
    CHECK(read() == Sent{"Add 3"});
}

TEST_CASE_METHOD(Broken, "an item without its last word is sent again, with all that follow it", "[resume]")
{
    for (const auto* name : {"one", "two", "three"})
        items->add(contact, card(name));
    break_off(SyncType::Slow, {"1", "3"}); // the server told to retry the second one later
    CHECK(resume(SyncType::Slow) == 2);
    CHECK(read() == Sent{"Add 2", "Add 3"});
}

TEST_CASE_METHOD(Broken, "what changes after a slow sync began belongs to the session after it", "[resume]")
{
    for (const auto* name : {"one", "two", "three"})
        items->add(contact, card(name));
    break_off(SyncType::Slow, {"1", "2"});
    items->replace(contact, "1", card("uno"));
    items->remove(contact, "2");
    items->add(contact, card("four"));
    CHECK(resume(SyncType::Slow) == 1);
    CHECK(read() == Sent{"Add 3"});
    store->note_sent({"3"});
    confirm({"3"});
    commit();
    CHECK(sync() == Sent{"Update 1", "Delete 2", "Add 4"});
}

TEST_CASE_METHOD(Broken, "an edit after a slow sync began is not overwritten when it goes on", "[resume]")
{
    items->add(contact, card("one"));
    break_off(SyncType::Slow, {"1"});
    items->replace(contact, "1", card("mine"));
    resume(SyncType::Slow);
    read();
    CHECK(replace("1", card("theirs")).status == StatusCode::Ok);
    commit();
    CHECK(names() == Sent{"mine"});
    CHECK(sync() == Sent{"Update 1"});
}

TEST_CASE_METHOD(Broken, "twins of the server stay two when a slow sync goes on", "[resume]")
{
    items->add(contact, card("Ada"));
    begin(SyncType::Slow);
    read();
    store->note_sent({"1"});
    confirm({"1"}); // 200: matched with an Ada of the server
    CHECK(add("g-2", card("Ada")) == session::Outcome{StatusCode::ItemAdded, "2"});
    store->note_mapped({{"g-2", "2"}});
    kill();
    resume(SyncType::Slow);
    read();
    CHECK(add("g-3", card("Ada")) == session::Outcome{StatusCode::ItemAdded, "3"});
    CHECK(add("g-3", card("Ada")) == session::Outcome{StatusCode::Ok, "3"});
    commit();
    CHECK(names() == Sent{"Ada", "Ada", "Ada"});
}

TEST_CASE_METHOD(Broken, "an Add that comes again when the sync goes on finds its item", "[resume]")
{
    begin(SyncType::Slow);
    read();
    CHECK(add("g-1", card("Ada")).luid == "1");
    kill();
    resume(SyncType::Slow);
    CHECK(add("g-1", card("Ada")) == session::Outcome{StatusCode::Ok, "1"});
    commit();
    CHECK(names() == Sent{"Ada"});
}

TEST_CASE_METHOD(Broken, "a two-way sync goes on with what is open and what is new", "[resume]")
{
    items->add(contact, card("one"));
    sync(SyncType::Slow);
    items->add(contact, card("two"));
    items->add(contact, card("three"));
    break_off(SyncType::TwoWay, {"2"});
    items->add(contact, card("four"));
    CHECK(resume() == 2);
    CHECK(read() == Sent{"Update 3", "Add 4"}); // the server may have the third one
}

// ---- what is remembered ---------------------------------------------------------------

TEST_CASE_METHOD(Broken, "a sync is remembered from its first item on", "[resume]")
{
    items->add(contact, card("one"));
    begin(SyncType::Slow);
    read();
    CHECK_FALSE(open_sync());
    store->note_sent({"1"});
    CHECK(open_sync() == storage::SyncState::OpenSync{"SLOW", 2, "", 0});
    confirm({"1"});
    CHECK(open_sync() == storage::SyncState::OpenSync{"SLOW", 2, "1", 0});
    commit();
    CHECK_FALSE(open_sync());
    begin(SyncType::OneWayFromServer);
    CHECK_FALSE(open_sync());
    add("g-1", card("two"));
    CHECK(open_sync()->type == "ONE_WAY_FROM_SERVER");
}

TEST_CASE_METHOD(Broken, "a sync that must not be gone on with is not remembered", "[resume]")
{
    items->add(contact, card("one"));
    state->bind_to("server");
    state->anchors("CONTACT", "card");
    datastore::Embedded::Setup setup{"p", "CONTACT", contact, "card", 0};
    setup.can_go_on = false;
    store = std::make_unique<datastore::Embedded>(*items, *state, setup);
    store->prepare(SyncType::TwoWay, false);
    CHECK(read() == Sent{"Add 1"});
    store->note_sent({"1"});
    confirm({"1"}, StatusCode::ItemAdded);
    add("g-1", card("two"));
    CHECK_FALSE(open_sync());
    kill();
    begin();
    CHECK(read().empty()); // what was confirmed is not sent again all the same
}

TEST_CASE_METHOD(Broken, "a sync that begins forgets one that broke off", "[resume]")
{
    items->add(contact, card("one"));
    break_off(SyncType::TwoWay, {});
    CHECK(open_sync());
    begin(SyncType::OneWayFromServer);
    CHECK_FALSE(open_sync());
}

TEST_CASE_METHOD(Broken, "a refresh from the server is begun anew: what it staged is gone", "[resume]")
{
    begin(SyncType::RefreshFromServer);
    add("g-1", card("one"));
    CHECK_FALSE(open_sync());
}

TEST_CASE_METHOD(Broken, "progress clears the count of vain attempts", "[resume]")
{
    items->add(contact, card("one"));
    items->add(contact, card("two"));
    break_off(SyncType::Slow, {"1"});
    auto open = *open_sync();
    open.resumed = 4;
    state->set_open_sync("CONTACT", open);
    resume(SyncType::Slow);
    read();
    store->note_sent({"2"});
    CHECK(open_sync()->resumed == 4);
    confirm({"2"});
    CHECK(open_sync()->resumed == 0);
}

TEST_CASE_METHOD(Broken, "what the server has of an item comes with it, unless that has changed", "[resume]")
{
    items->add(contact, card("one"));
    items->add(contact, card("two"));
    begin(SyncType::Slow);
    read(1);
    store->note_sent({"1"});
    confirm({"1"}, StatusCode::ItemAdded);
    store->note_sent({"2"});
    store->note_part_sent("2", {syncml::ItemVerb::Replace, "", 33});
    kill();
    const bool changed = GENERATE(false, true);
    if (changed)
        items->replace(contact, "2", card("other"));
    resume(SyncType::Slow);
    const auto page = store->read(1000);
    for (const auto& change : page.changes)
        CHECK(change.part ==
              (changed ? std::nullopt : std::optional(session::PartSent{syncml::ItemVerb::Replace, "", 33})));
    CHECK(page.changes.size() == 1);
}

TEST_CASE_METHOD(Broken, "chunks of one item are kept, until the sync is over or another one begins", "[resume]")
{
    const session::PartReceived part{syncml::ItemVerb::Add, "", "g1", "text/vcard", "", 99, {"BEGIN:"}};
    auto second = part;
    second.chunks = {"VCARD"};
    begin();
    store->keep_chunk(part, true);
    store->keep_chunk(second, false);
    CHECK(open_sync());
    kill();
    const auto kept = state->part_received("CONTACT").value();
    CHECK(kept.chunks == std::vector<std::string>{"BEGIN:", "VCARD"});
    CHECK((kept.source == "g1" && kept.size == 99));
    resume();
    SECTION("it begins again")
    {
        store->keep_chunk(part, true);
        CHECK(state->part_received("CONTACT")->chunks.size() == 1);
    }
    SECTION("it is whole")
    {
        store->drop_part();
        CHECK_FALSE(state->part_received("CONTACT"));
    }
    SECTION("another service has one")
    {
        state->keep_part_received("EVENT", {0, "", "e1", "", "", 10, {"x"}});
        CHECK(state->part_received("CONTACT")->chunks.size() == 2);
        CHECK(state->part_received("EVENT")->chunks.size() == 1);
    }
    SECTION("the sync ends")
    {
        store->note_part_sent("1", {});
        commit();
        CHECK_FALSE(state->part_received("CONTACT"));
        CHECK_FALSE(state->part_sent("CONTACT"));
    }
    SECTION("another one begins")
    {
        begin();
        CHECK_FALSE(state->part_received("CONTACT"));
    }
    SECTION("of a refresh nothing is kept")
    {
        begin(SyncType::RefreshFromServer);
        store->keep_chunk(part, true);
        CHECK_FALSE(state->part_received("CONTACT"));
    }
}
