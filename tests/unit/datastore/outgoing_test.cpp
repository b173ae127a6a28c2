// Which local changes a session sends, also after sessions that broke.
#include "session_fixture.hpp"

#include <catch2/catch.hpp>

using session::ChangeKind;
using session::SyncType;
using syncml::StatusCode;
using Sent = std::vector<std::string>;

TEST_CASE_METHOD(SessionFixture, "the first session sends everything, the next nothing", "[out]")
{
    items->add(contact, card("one"));
    items->add(contact, card("two"));
    items->add(storage::ItemKind::Event, "BEGIN:VCALENDAR");
    CHECK(begin(SyncType::Slow) == 2);
    CHECK(read() == Sent{"Add 1", "Add 2"});
    store->note_sent({"1", "2"});
    confirm({"1", "2"});
    CHECK(commit() == 0);
    CHECK(begin() == 0);
    CHECK(read().empty());
    commit();
}

TEST_CASE_METHOD(SessionFixture, "a change carries the item as it is stored and its media type", "[out]")
{
    items->add(contact, "BEGIN:VCARD\r\nVERSION:2.1\r\nN:a\r\nEND:VCARD\r\n");
    items->add(contact, card("b"));
    begin(SyncType::Slow);
    const auto page = store->read(1 << 20);
    CHECK(page.end);
    CHECK(page.changes == std::vector<session::Change>{{ChangeKind::Add, "1", "text/x-vcard", "",
                                                        "BEGIN:VCARD\r\nVERSION:2.1\r\nN:a\r\nEND:VCARD\r\n"},
                                                       {ChangeKind::Add, "2", "text/vcard", "", card("b")}});
}

TEST_CASE_METHOD(SessionFixture, "added, updated and deleted items are sent once each", "[out]")
{
    for (const auto* name : {"one", "two", "three"})
        items->add(contact, card(name));
    sync(SyncType::Slow);
    items->replace(contact, "1", card("uno"));
    items->replace(contact, "1", card("eins"));
    items->remove(contact, "2");
    items->add(contact, card("four"));
    items->replace(contact, "4", card("quattro"));
    items->add(contact, card("five"));
    items->remove(contact, "5");
    CHECK(begin() == 3);
    const auto page = store->read(1 << 20);
    CHECK(page.end);
    CHECK(page.changes == std::vector<session::Change>{{ChangeKind::Update, "1", "text/vcard", "", card("eins")},
                                                       {ChangeKind::Delete, "2", "", "", ""},
                                                       {ChangeKind::Add, "4", "text/vcard", "", card("quattro")}});
    store->note_sent({"1", "2", "4"});
    confirm({"1", "2", "4"});
    commit();
    CHECK(sync().empty());
}

TEST_CASE_METHOD(SessionFixture, "pages have at least one item, and the last one says so", "[out]")
{
    for (int i = 0; i < 5; ++i)
        items->add(contact, card("item"));
    for (const auto type :
         {SyncType::Slow, SyncType::RefreshFromClient, SyncType::TwoWay, SyncType::OneWayFromClient}) {
        CAPTURE(type);
        begin(type);
        for (int i = 1; i <= 5; ++i) {
            const auto page = store->read(1);
            REQUIRE(page.changes.size() == 1);
            CHECK(page.changes[0].luid == std::to_string(i));
            CHECK(page.end == (i == 5));
        }
        CHECK(store->read(1).end);
        begin(type);
        CHECK(store->read(2 * card("item").size()).changes.size() == 2);
        CHECK(store->read(1 << 20).changes.size() == 3);
    }
}

TEST_CASE_METHOD(SessionFixture, "a session that only receives sends nothing, and settles nothing it did not send",
                 "[out]")
{
    items->add(contact, card("one"));
    sync(SyncType::Slow);
    items->add(contact, card("two"));
    CHECK(begin(SyncType::OneWayFromServer) == 0);
    CHECK(read().empty());
    commit();
    CHECK(begin(SyncType::OneWayFromServer) == 0);
    add("g", card("three"));
    commit();
    CHECK(sync() == Sent{"Add 2"});
}

TEST_CASE_METHOD(SessionFixture, "one-way from the client settles what it sent", "[out]")
{
    sync(SyncType::Slow);
    items->add(contact, card("one"));
    CHECK(sync(SyncType::OneWayFromClient) == Sent{"Add 1"});
    CHECK(sync().empty());
}

TEST_CASE_METHOD(SessionFixture, "changes made since prepare wait for the next session", "[out]")
{
    sync(SyncType::Slow);
    items->add(contact, card("one"));
    items->add(contact, card("two"));
    begin();
    items->add(contact, card("late"));
    items->replace(contact, "1", card("uno"));
    CHECK(read() == Sent{"Add 2"});
    store->note_sent({"2"});
    confirm({"2"});
    commit();
    CHECK(sync() == Sent{"Add 3", "Add 1"});
    CHECK(sync().empty());
}

TEST_CASE_METHOD(SessionFixture, "an item edited or deleted after it was sent is neither doubled nor forgotten",
                 "[out]")
{
    sync(SyncType::Slow);
    for (const auto* name : {"one", "two", "three"})
        items->add(contact, card(name));
    begin();
    CHECK(read() == Sent{"Add 1", "Add 2", "Add 3"});
    store->note_sent({"1", "2", "3"});
    items->replace(contact, "1", card("uno"));
    items->remove(contact, "2");
    confirm({"1", "2", "3"});
    commit();
    CHECK(sync() == Sent{"Delete 2", "Update 1"});
    CHECK(sync().empty());
    CHECK(state->sent_items("CONTACT").empty());
}

TEST_CASE_METHOD(SessionFixture, "a slow sync sends what was there at prepare, not what the server just added", "[out]")
{
    items->add(contact, card("one"));
    items->add(contact, card("two"));
    begin(SyncType::Slow);
    add("g1", card("from server"));
    items->replace(contact, "1", card("uno"));
    items->add(contact, card("late"));
    CHECK(read() == Sent{"Add 1", "Add 2"});
    store->note_sent({"1", "2"});
    confirm({"1", "2"});
    commit();
    CHECK(sync() == Sent{"Update 1", "Add 4"});
    CHECK(sync().empty());
}

TEST_CASE_METHOD(SessionFixture, "what the server did is not sent back to it, but to another profile's server", "[out]")
{
    items->add(contact, card("one"));
    items->add(contact, card("two"));
    sync(SyncType::Slow);
    begin();
    read();
    add("g", card("three"));
    replace("1", card("uno"));
    remove("2");
    commit();
    CHECK(sync().empty());
    // Another profile, with a state of its own.
    storage::SyncState::open(directory / "other.db").value().swap(state);
    CHECK(sync(SyncType::Slow, "q") == Sent{"Add 1", "Add 3"});
    items->replace(contact, "3", card("tre"));
    CHECK(sync(SyncType::TwoWay, "q") == Sent{"Update 3"});
}

// ---- for the history -----------------------------------------------------------------

namespace {

struct History : SessionFixture {
    using Kind = storage::Delivery::Kind;
    using Answer = storage::Delivery::Answer;
    using Told = std::vector<std::tuple<std::string, Kind, Answer, int>>;

    void begin_session(std::uint64_t number)
    {
        storage::SessionRecord record;
        record.session = number;
        state->begin_session(record);
    }
    Told told(std::uint64_t number)
    {
        Told told;
        for (const auto& one : state->deliveries(number, {}, 100)) {
            CHECK(one.service == "CONTACT");
            told.emplace_back(one.luid, one.kind, one.answer, one.code);
        }
        return told;
    }
};

} // namespace

TEST_CASE_METHOD(History, "what is sent is noted before the answer, and the answer when it comes", "[out][sent]")
{
    using session::Verdict;
    for (const auto* name : {"changed", "deleted", "kept"})
        items->add(contact, card(name));
    sync(SyncType::Slow);
    items->replace(contact, "1", card("anders"));
    items->remove(contact, "2");
    for (const auto* name : {"new", "refused", "off", "no answer", "not sent"})
        items->add(contact, card(name));
    begin_session(7);
    begin();
    read();
    store->note_sent({"1", "2", "4", "5", "6", "7"});
    CHECK(told(7) == Told{{"1", Kind::Updated, Answer::None, 0},
                          {"2", Kind::Deleted, Answer::None, 0},
                          {"4", Kind::Added, Answer::None, 0},
                          {"5", Kind::Added, Answer::None, 0},
                          {"6", Kind::Added, Answer::None, 0},
                          {"7", Kind::Added, Answer::None, 0}});
    confirm({"1"}, StatusCode::ConflictResolvedServerWins);
    confirm({"2"}, StatusCode::ItemNotDeleted);
    confirm({"4"}, StatusCode::ItemAdded);
    confirm({"5"}, StatusCode::Forbidden, Verdict::Refused);
    confirm({"6"}, StatusCode::CommandFailed, Verdict::PutOff);
    const Told all{{"1", Kind::Updated, Answer::ServerWins, 419}, {"2", Kind::Deleted, Answer::Taken, 211},
                   {"4", Kind::Added, Answer::Taken, 201},        {"5", Kind::Added, Answer::Refused, 403},
                   {"6", Kind::Added, Answer::PutOff, 500},       {"7", Kind::Added, Answer::None, 0}};
    CHECK(told(7) == all);
    kill();
    CHECK(told(7) == all);
    // What was put off goes again, as does what got no answer.
    begin_session(8);
    begin();
    CHECK(read() == Sent{"Update 6", "Update 7", "Add 8"});
    store->note_sent({"6", "7", "8"});
    confirm({"6", "7", "8"}, StatusCode::ConflictResolvedWithMerge);
    CHECK(told(8) == Told{{"6", Kind::Updated, Answer::Merged, 207},
                          {"7", Kind::Updated, Answer::Merged, 207},
                          {"8", Kind::Added, Answer::Merged, 207}});
    CHECK(told(7) == all);
}

TEST_CASE_METHOD(History, "a slow sync compares, and a session without changes notes nothing", "[out][sent]")
{
    items->add(contact, card("one"));
    items->add(contact, card("two"));
    begin_session(1);
    begin(SyncType::Slow);
    read();
    store->note_sent({"1", "2"});
    CHECK(told(1) == Told{{"1", Kind::Compared, Answer::None, 0}, {"2", Kind::Compared, Answer::None, 0}});
    confirm({"1"}, StatusCode::Ok);
    confirm({"2"}, StatusCode::ItemAdded);
    CHECK(told(1) == Told{{"1", Kind::Compared, Answer::Taken, 200}, {"2", Kind::Compared, Answer::Taken, 201}});
    commit();
    begin_session(2);
    begin();
    CHECK(read().empty());
    commit();
    CHECK(told(2).empty());
}

TEST_CASE_METHOD(History, "a sync that goes on names what is left of a large item", "[out][sent]")
{
    sync(SyncType::Slow);
    items->add(contact, card("large"));
    begin_session(1);
    begin();
    read();
    store->note_sent({"1"});
    store->note_part_sent("1", {syncml::ItemVerb::Add, "", 10});
    CHECK(told(1) == Told{{"1", Kind::Added, Answer::None, 0}});
    kill();
    begin_session(2);
    resume();
    read();
    store->note_part_sent("1", {syncml::ItemVerb::Add, "", 20});
    CHECK(told(2) == Told{{"1", Kind::Updated, Answer::None, 0}});
    confirm({"1"}, StatusCode::ItemAdded);
    CHECK(told(2) == Told{{"1", Kind::Updated, Answer::Taken, 201}});
}

// ---- broken sessions -----------------------------------------------------------------

TEST_CASE_METHOD(SessionFixture, "after a broken session confirmed items stay home and doubtful ones go as Replace",
                 "[out][broken]")
{
    items->add(contact, card("settled"));
    sync(SyncType::Slow);
    items->add(contact, card("confirmed"));
    items->add(contact, card("doubtful"));
    items->add(contact, card("not sent"));
    items->replace(contact, "1", card("changed"));
    begin();
    CHECK(read() == Sent{"Add 2", "Add 3", "Add 4", "Update 1"});
    store->note_sent({"2", "3", "1"});
    confirm({"2", "1"});
    const bool killed = GENERATE(true, false);
    if (killed)
        kill();
    else
        store->abandon();
    CHECK(begin() == 2);
    CHECK(read() == Sent{"Update 3", "Add 4"});
    store->note_sent({"3", "4"});
    confirm({"3", "4"});
    commit();
    CHECK(sync().empty());
}

TEST_CASE_METHOD(SessionFixture, "confirmed, then edited: the edit is sent, as Replace", "[out][broken]")
{
    sync(SyncType::Slow);
    items->add(contact, card("one"));
    begin();
    read();
    store->note_sent({"1"});
    confirm({"1"});
    kill();
    items->replace(contact, "1", card("uno"));
    CHECK(sync() == Sent{"Update 1"});
    CHECK(sync().empty());
}

TEST_CASE_METHOD(SessionFixture, "sent, then deleted: the Delete is sent although the item was created since the mark",
                 "[out][broken]")
{
    sync(SyncType::Slow);
    items->add(contact, card("doubtful"));
    items->add(contact, card("confirmed"));
    items->add(contact, card("never sent"));
    begin();
    read();
    store->note_sent({"1", "2"});
    confirm({"2"});
    kill();
    for (const auto* luid : {"1", "2", "3"})
        items->remove(contact, luid);
    CHECK(begin() == 2);
    auto sent = read();
    std::sort(sent.begin(), sent.end());
    CHECK(sent == Sent{"Delete 1", "Delete 2"});
    // The Delete of one is confirmed, that of the other gets no answer before the session breaks again.
    store->note_sent({"1", "2"});
    confirm({"2"});
    kill();
    CHECK(begin() == 1);
    CHECK(read() == Sent{"Delete 1"});
    store->note_sent({"1"});
    confirm({"1"});
    commit();
    CHECK(sync().empty());
}

TEST_CASE_METHOD(SessionFixture, "what got no settling answer in a good session goes out again", "[out]")
{
    items->add(contact, card("kept"));
    const auto first = GENERATE(SyncType::Slow, SyncType::TwoWay);
    if (first == SyncType::TwoWay)
        sync(SyncType::Slow);
    items->add(contact, card("put off"));
    items->add(contact, card("not even sent"));
    items->add(contact, card("fine"));
    begin(first);
    read();
    store->note_sent({"1", "2", "4"});
    confirm({"1", "4"});
    commit();
    kill();
    CHECK(begin() == 2);
    auto sent = read();
    std::sort(sent.begin(), sent.end());
    CHECK(sent == (first == SyncType::TwoWay ? Sent{"Add 3", "Update 2"} : Sent{"Update 2", "Update 3"}));
    store->note_sent({"2", "3"});
    confirm({"2"});
    commit();
    // Put off once more, and meanwhile deleted.
    items->remove(contact, "3");
    CHECK(sync() == Sent{"Delete 3"});
    CHECK(sync().empty());
    CHECK(state->sent_items("CONTACT").empty());
}

TEST_CASE_METHOD(SessionFixture, "what was put off is not overwritten or deleted by the server, but sent again",
                 "[out]")
{
    items->add(contact, card("one"));
    items->add(contact, card("two"));
    sync(SyncType::Slow);
    items->replace(contact, "1", card("mine"));
    items->replace(contact, "2", card("mine, too"));
    begin();
    read();
    store->note_sent({"1", "2"});
    CHECK(replace("1", card("theirs")).status == syncml::StatusCode::Ok);
    CHECK(remove("2").status == syncml::StatusCode::Ok);
    commit();
    CHECK(names() == std::vector<std::string>{"mine", "mine, too"});
    auto again = sync();
    std::sort(again.begin(), again.end());
    CHECK(again == Sent{"Add 2", "Update 1"});
    CHECK(sync().empty());
    CHECK(state->sent_items("CONTACT").empty());
}

TEST_CASE_METHOD(SessionFixture, "what the server has answered it may replace in the same session", "[out]")
{
    items->add(contact, card("one"));
    sync(SyncType::Slow);
    items->replace(contact, "1", card("mine"));
    begin();
    read();
    store->note_sent({"1"});
    confirm({"1"});
    CHECK(replace("1", card("theirs")).status == syncml::StatusCode::Ok);
    commit();
    CHECK(names() == std::vector<std::string>{"theirs"});
    CHECK(sync().empty());
}

TEST_CASE_METHOD(SessionFixture, "a slow sync writes no notes that nobody would read", "[out]")
{
    items->add(contact, card("one"));
    begin(SyncType::Slow);
    read();
    store->note_sent({"1"});
    confirm({"1"});
    CHECK(state->sent_items("CONTACT").empty());
    kill();
    CHECK(begin(SyncType::Slow) == 1);
    CHECK(read() == Sent{"Add 1"});
}

TEST_CASE_METHOD(SessionFixture, "a one-way session in between does not forget what was confirmed", "[out][broken]")
{
    sync(SyncType::Slow);
    items->add(contact, card("confirmed"));
    begin();
    read();
    store->note_sent({"1"});
    confirm({"1"});
    kill();
    sync(SyncType::OneWayFromServer);
    CHECK(sync().empty());
}

TEST_CASE_METHOD(SessionFixture, "the items of a server that became another are sent to it as new", "[out]")
{
    items->add(contact, card("one"));
    sync(SyncType::Slow);
    state->bind_to("elsewhere");
    CHECK(state->anchors("CONTACT", "card").mark == 0);
}
