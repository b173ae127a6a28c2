// What becomes of a server's commands.
#include "session_fixture.hpp"

#include <catch2/catch.hpp>

using session::Outcome;
using session::SyncType;
using syncml::StatusCode;
using Names = std::vector<std::string>;
using Sent = std::vector<std::string>;

TEST_CASE_METHOD(SessionFixture, "add, replace and delete are carried out", "[in]")
{
    begin();
    CHECK(add("g1", card("one")) == Outcome{StatusCode::ItemAdded, "1"});
    CHECK(add("g2", card("two")) == Outcome{StatusCode::ItemAdded, "2"});
    CHECK(replace("1", card("uno")) == Outcome{StatusCode::Ok, ""});
    CHECK(remove("2") == Outcome{StatusCode::Ok, ""});
    commit();
    CHECK(names() == Names{"uno"});
    CHECK(sync().empty());
}

TEST_CASE_METHOD(SessionFixture, "a batch is one transaction", "[in]")
{
    begin();
    const auto outcomes = store->apply(
        {
            {session::IncomingKind::Add, "", "g1", "text/vcard", card("one"), false},
            {session::IncomingKind::Add, "", "g2", "text/vcard", "rubbish", false},
            {session::IncomingKind::Replace, "9", "", "text/vcard", card("nine"), false},
            {session::IncomingKind::Delete, "9", "", "", "", false},
            {session::IncomingKind::Add, "", "g3", "text/vcard", card("three"), false},
        },
        0);
    CHECK(outcomes == std::vector<Outcome>{{StatusCode::ItemAdded, "1"},
                                           {StatusCode::UnsupportedMediaType, ""},
                                           {StatusCode::NotFound, ""},
                                           {StatusCode::ItemNotDeleted, ""},
                                           {StatusCode::ItemAdded, "2"}});
    CHECK(names() == Names{"one", "three"});
}

TEST_CASE_METHOD(SessionFixture, "an item is stored with CRLF line ends", "[in]")
{
    begin();
    add("g1", "BEGIN:VCARD\nVERSION:3.0\nFN:one\nEND:VCARD\n");
    CHECK(items->find(contact, "1")->data == "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:one\r\nEND:VCARD\r\n");
}

TEST_CASE_METHOD(SessionFixture, "what is no item of the service is refused", "[in]")
{
    begin();
    const std::string event = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    CHECK(add("g1", event).status == StatusCode::UnsupportedMediaType);
    CHECK(add("g2", "").status == StatusCode::UnsupportedMediaType);
    CHECK(add("g3", "BEGIN:VCARD\r\nVERSION:5.0\r\nEND:VCARD\r\n").status == StatusCode::UnsupportedMediaType);
    CHECK(add("g4", card("\xff")).status == StatusCode::UnsupportedMediaType);
    CHECK(add("", card("no id")).status == StatusCode::IncompleteCommand);
    CHECK(names().empty());
}

TEST_CASE_METHOD(SessionFixture, "what is larger than an item may be is refused", "[in]")
{
    most = 10'000;
    begin();
    const auto of_size = [](std::size_t size) {
        const std::string head = "BEGIN:VCARD\r\nVERSION:3.0\r\nNOTE:", tail = "\r\nEND:VCARD\r\n";
        return head + std::string(size - head.size() - tail.size(), 'x') + tail;
    };
    CHECK(add("g1", of_size(most)).status == StatusCode::ItemAdded);
    CHECK(add("g2", of_size(most + 1)).status == StatusCode::RequestEntityTooLarge);
    // With the line ends that it would have here.
    auto text = of_size(most + 1);
    text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
    REQUIRE(text.size() < most);
    CHECK(add("g3", text).status == StatusCode::RequestEntityTooLarge);
    CHECK(items->count(contact) == 1);
}

TEST_CASE_METHOD(SessionFixture, "the same Add again, also after a crash, finds the item it made", "[in][broken]")
{
    begin();
    add("g1", card("one"));
    CHECK(add("g1", card("one")) == Outcome{StatusCode::Ok, "1"});
    kill();
    begin();
    CHECK(add("g1", card("uno")) == Outcome{StatusCode::Ok, "1"});
    CHECK(names() == Names{"uno"});
    commit();
    CHECK(sync().empty());
}

TEST_CASE_METHOD(SessionFixture, "an Add of what was mapped in an earlier session is a change of that item", "[in]")
{
    sync(SyncType::Slow);
    begin();
    CHECK(add("g1", card("one")) == Outcome{StatusCode::ItemAdded, "1"});
    store->note_mapped({{"g1", "1"}});
    commit();
    const auto maps = [&] { return items->unmapped(contact, "p", state->identity() + " card").size(); };
    CHECK(maps() == 0);

    const auto with = [](const std::string& more) {
        return "BEGIN:VCARD\r\nVERSION:3.0\r\nN:one;;;;\r\nFN:one\r\n" + more + "END:VCARD\r\n";
    };
    begin();
    CHECK(add("g1", with("TITLE:t\r\n")) == Outcome{StatusCode::Ok, "1"});
    CHECK(maps() == 1); // it has lost that
    store->note_mapped({{"g1", "1"}});
    commit();
    CHECK(items->find(contact, "1")->data == with("TITLE:t\r\n"));
    CHECK(items->count(contact) == 1);
    CHECK(sync().empty());
    SECTION("what was edited here meanwhile is merged with it")
    {
        items->replace(contact, "1", with("TITLE:t\r\nTEL:1\r\n"));
        begin(SyncType::OneWayFromServer);
        CHECK(add("g1", with("TITLE:t\r\nNOTE:n\r\n")) == Outcome{StatusCode::Ok, "1"});
        commit();
        const auto data = items->find(contact, "1")->data;
        CHECK(data.find("TEL:1") != data.npos);
        CHECK(data.find("NOTE:n") != data.npos);
        CHECK(items->count(contact) == 1);
    }
    SECTION("what was deleted is another item")
    {
        begin();
        CHECK(remove("1").status == StatusCode::Ok);
        CHECK(add("g1", card("one")) == Outcome{StatusCode::ItemAdded, "2"});
        commit();
        CHECK(names() == Names{"one"});
    }
}

TEST_CASE_METHOD(SessionFixture, "an Add that comes again does not undo what the user did meanwhile", "[in][broken]")
{
    sync(SyncType::Slow);
    begin();
    add("g1", card("one"));
    add("g2", card("two"));
    kill();
    items->replace(contact, "1", card("edited"));
    items->remove(contact, "2");
    begin();
    CHECK(read() == Sent{"Update 1", "Delete 2"});
    store->note_sent({"1", "2"});
    confirm({"1", "2"});
    // The server did not know those LUIDs: it adds what it thinks is missing here.
    CHECK(add("g1", card("one")) == Outcome{StatusCode::Ok, "1"});
    CHECK(add("g2", card("two")) == Outcome{StatusCode::Ok, "2"});
    CHECK(names() == Names{"edited"});
    commit();
    // Now it does, and learns of the edit and the deletion.
    CHECK(sync() == Sent{"Update 1", "Delete 2"});
    CHECK(sync().empty());
}

TEST_CASE_METHOD(SessionFixture, "once the server knows the LUID its id may come back for another item", "[in]")
{
    begin();
    add("g1", card("one"));
    store->note_mapped({{"g1", "1"}});
    commit();
    begin();
    CHECK(add("g1", card("another")) == Outcome{StatusCode::ItemAdded, "2"});
    CHECK(names() == Names{"one", "another"});
}

TEST_CASE_METHOD(SessionFixture, "as long as its map is pending the id stays the same item", "[in]")
{
    begin();
    add("g1", card("one"));
    add("g2", card("two"));
    store->note_mapped({{"g2", "2"}});
    commit();
    kill();
    begin();
    CHECK(store->pending_maps() == std::vector<syncml::MapItem>{{"g1", "1"}});
    CHECK(add("g1", card("uno")) == Outcome{StatusCode::Ok, "1"});
    CHECK(add("g2", card("new")) == Outcome{StatusCode::ItemAdded, "3"});
    CHECK(names() == Names{"uno", "two", "new"});
}

TEST_CASE_METHOD(SessionFixture, "what the server deletes frees its id at once", "[in]")
{
    begin();
    add("g1", card("one"));
    CHECK(remove("1").status == StatusCode::Ok);
    CHECK(add("g1", card("another")) == Outcome{StatusCode::ItemAdded, "2"});
}

TEST_CASE_METHOD(SessionFixture, "the ids of another database, or of another server, mean nothing", "[in]")
{
    begin();
    add("g1", card("one"));
    kill();
    begin(SyncType::TwoWay, "p", "other");
    CHECK(add("g1", card("theirs")) == Outcome{StatusCode::ItemAdded, "2"});
    kill();
    state->bind_to("elsewhere");
    begin(SyncType::TwoWay, "p", "other");
    CHECK(names() == Names{"one", "theirs"});
}

TEST_CASE_METHOD(SessionFixture,
                 "an item's map is there with the item, whatever is killed, and before anything is sent",
                 "[in][broken]")
{
    sync(SyncType::Slow);
    begin();
    add("g1", card("one"));
    add("g2", card("two"));
    kill();
    items->replace(contact, "1", card("edited"));
    items->remove(contact, "2");
    // The server will know what the Update and the Delete are about.
    CHECK(datastore::Embedded(*items, *state, {"p", "CONTACT", contact, "card", 1}).pending_maps() ==
          std::vector<syncml::MapItem>{{"g1", "1"}, {"g2", "2"}});
    CHECK(datastore::Embedded(*items, *state, {"p", "CONTACT", contact, "other", 1}).pending_maps().empty());
    CHECK(datastore::Embedded(*items, *state, {"q", "CONTACT", contact, "card", 1}).pending_maps().empty());
    CHECK(begin() == 2);
    store->note_mapped({{"g1", "1"}, {"g2", "2"}});
    CHECK(read() == Sent{"Update 1", "Delete 2"});
}

TEST_CASE_METHOD(SessionFixture, "the same id of another profile is another item", "[in]")
{
    begin();
    add("g1", card("one"));
    begin(SyncType::TwoWay, "q");
    CHECK(add("g1", card("other")) == Outcome{StatusCode::ItemAdded, "2"});
}

TEST_CASE_METHOD(SessionFixture, "an item edited since prepare is not overwritten", "[in][conflict]")
{
    for (const auto* name : {"one", "two", "three", "four"})
        items->add(contact, card(name));
    sync(SyncType::Slow);
    items->replace(contact, "4", card("sent"));
    begin();
    read();
    items->replace(contact, "1", card("mine"));
    items->replace(contact, "2", card("mine"));
    items->remove(contact, "3");
    CHECK(replace("1", card("theirs")).status == StatusCode::Ok);
    CHECK(remove("2").status == StatusCode::Ok);
    CHECK(replace("3", card("theirs"), "g3").status == StatusCode::Ok); // was deleted here: a change survives
    store->note_sent({"4"});
    confirm({"4"});
    CHECK(replace("4", card("resolved")).status == StatusCode::Ok);
    commit();
    CHECK(names() == Names{"mine", "mine", "theirs", "resolved"});
    CHECK(sync() == Sent{"Add 2", "Update 1"});
    CHECK(sync().empty());
}

TEST_CASE_METHOD(SessionFixture, "a session that does not send does not overwrite what is still to be sent",
                 "[in][conflict]")
{
    items->add(contact, card("one"));
    items->add(contact, card("two"));
    sync(SyncType::Slow);
    items->replace(contact, "1", card("mine"));
    begin(SyncType::OneWayFromServer);
    CHECK(replace("1", card("theirs")).status == StatusCode::Ok);
    CHECK(replace("2", card("due")).status == StatusCode::Ok);
    commit();
    CHECK(names() == Names{"mine", "due"});
    CHECK(sync() == Sent{"Update 1"});
}

TEST_CASE_METHOD(SessionFixture, "what the server has confirmed is not still to be sent, though the session broke",
                 "[in][conflict]")
{
    items->add(contact, card("one"));
    sync(SyncType::Slow);
    items->replace(contact, "1", card("mine"));
    begin();
    read();
    store->note_sent({"1"});
    confirm({"1"});
    kill();
    begin(SyncType::OneWayFromServer);
    CHECK(replace("1", card("theirs")).status == StatusCode::Ok);
    items->replace(contact, "1", card("edited meanwhile"));
    CHECK(remove("1").status == StatusCode::Ok);
    CHECK(names() == Names{"edited meanwhile"});
}

TEST_CASE_METHOD(SessionFixture, "deleting what is gone already is said, not failed", "[in]")
{
    items->add(contact, card("one"));
    sync(SyncType::Slow);
    items->remove(contact, "1");
    begin();
    read();
    confirm({"1"});
    CHECK(remove("1").status == StatusCode::ItemNotDeleted);
    CHECK(remove("77").status == StatusCode::ItemNotDeleted);
    CHECK(remove("", "g").status == StatusCode::ItemNotDeleted);
}

TEST_CASE_METHOD(SessionFixture, "a Replace of what is not here is added when the server gives its id, else not found",
                 "[in]")
{
    items->add(contact, card("one"));
    sync(SyncType::Slow);
    items->remove(contact, "1");
    begin();
    read();
    confirm({"1"});
    CHECK(replace("1", card("x")) == Outcome{StatusCode::NotFound, ""});
    CHECK(replace("77", card("x")) == Outcome{StatusCode::NotFound, ""});
    CHECK(replace("1", card("changed there"), "g1") == Outcome{StatusCode::ItemAdded, "2"});
    CHECK(replace("", card("added"), "g2") == Outcome{StatusCode::ItemAdded, "3"});
    CHECK(names() == Names{"changed there", "added"});
}

TEST_CASE_METHOD(SessionFixture, "a server may name an item by its own id, or with a path", "[in]")
{
    begin();
    add("g1", card("one"));
    add("g2", card("two"));
    CHECK(replace("./1", card("uno")).status == StatusCode::Ok);
    CHECK(replace("contacts/1", card("eins")).status == StatusCode::Ok);
    CHECK(replace("", card("zwei"), "g2") == Outcome{StatusCode::Ok, "2"});
    CHECK(names() == Names{"eins", "zwei"});
    CHECK(remove("", "g2").status == StatusCode::Ok);
    CHECK(names() == Names{"eins"});
}

TEST_CASE_METHOD(SessionFixture, "a failure in the middle of a batch takes all of it back", "[in]")
{
    begin();
    items->in_transaction([&] {
        // The same connection: what apply does is part of this transaction, which fails at its end.
        add("g1", card("one"));
    });
    CHECK_THROWS(items->in_transaction([&] {
        add("g2", card("two"));
        throw std::runtime_error("disk full");
    }));
    CHECK(names() == Names{"one"});
    CHECK(add("g2", card("two")) == Outcome{StatusCode::ItemAdded, "2"});
}

// ---- slow sync -----------------------------------------------------------------------

TEST_CASE_METHOD(SessionFixture, "in a slow sync an Add equal to an item we hold is that item", "[in][slow]")
{
    items->add(contact, card("one"));
    items->add(contact, card("two"));
    begin(SyncType::Slow);
    read();
    CHECK(add("g1", card("one")) == Outcome{StatusCode::Ok, "1"});
    CHECK(add("g2", "BEGIN:VCARD\nVERSION:3.0\nN:two;;;;\nFN:two\nEND:VCARD\n") == Outcome{StatusCode::Ok, "2"});
    CHECK(add("g3", card("three")) == Outcome{StatusCode::ItemAdded, "3"});
    CHECK(items->revision() == 4); // nothing was written for the equal ones
    commit();
    CHECK(names() == Names{"one", "two", "three"});
}

TEST_CASE_METHOD(SessionFixture, "in a slow sync an Add that says the same in other words is that item", "[in][slow]")
{
    const auto ours = "BEGIN:VCARD\r\nVERSION:2.1\r\nN:one\r\nTEL;CELL:+49 1\r\nX-OURS:kept\r\nEND:VCARD\r\n";
    items->add(contact, ours);
    items->add(contact, "not readable");
    begin(SyncType::Slow);
    read();
    const auto theirs = [](const std::string& more) {
        return "BEGIN:VCARD\r\nVERSION:3.0\r\nTEL;TYPE=cell:+491\r\nN:one;;;;\r\nFN:one\r\n" + more + "END:VCARD\r\n";
    };
    CHECK(add("g1", theirs("X-OURS:kept\r\nNOTE:theirs\r\n")) == Outcome{StatusCode::ItemAdded, "3"});
    CHECK(add("g2", theirs("")) == Outcome{StatusCode::ItemAdded, "4"}); // ours says more
    CHECK(add("g3", theirs("X-OURS:kept\r\n")) == Outcome{StatusCode::Ok, "1"});
    CHECK(add("g4", theirs("X-OURS:kept\r\n")) == Outcome{StatusCode::ItemAdded, "5"}); // each once
    CHECK(items->find(contact, "1")->data == ours);
}

TEST_CASE_METHOD(SessionFixture, "two equal items of the server are two items here", "[in][slow]")
{
    items->add(contact, card("twin"));
    items->add(contact, card("twin"));
    begin(SyncType::Slow);
    read();
    CHECK(add("g1", card("twin")) == Outcome{StatusCode::Ok, "1"});
    CHECK(add("g2", card("twin")) == Outcome{StatusCode::Ok, "2"});
    CHECK(add("g3", card("twin")) == Outcome{StatusCode::ItemAdded, "3"});
    // After a crash, all over again: three are found, whatever the order.
    kill();
    begin(SyncType::Slow);
    read();
    CHECK(add("g3", card("twin")) == Outcome{StatusCode::Ok, "1"});
    store->note_mapped({{"g3", "1"}}); // known early, and still taken
    CHECK(add("g2", card("twin")) == Outcome{StatusCode::Ok, "2"});
    CHECK(add("g1", card("twin")) == Outcome{StatusCode::Ok, "3"});
    CHECK(add("g4", card("twin")) == Outcome{StatusCode::ItemAdded, "4"});
}

TEST_CASE_METHOD(SessionFixture, "an item that the server has matched is not taken for another of its own",
                 "[in][slow]")
{
    items->add(contact, card("one"));
    items->add(contact, card("two"));
    begin(SyncType::Slow);
    CHECK(read() == Sent{"Add 1", "Add 2"});
    confirm({"1"}, StatusCode::Ok);
    confirm({"2"}, StatusCode::ItemAdded); // though it holds an equal one, as the next shows
    CHECK(add("g1", card("one")) == Outcome{StatusCode::ItemAdded, "3"});
    CHECK(add("g2", card("two")) == Outcome{StatusCode::ItemAdded, "4"}); // which is surplus
    commit();
    CHECK(names() == Names{"one", "two", "one"});
    // The Delete first: a server that has made one item of both has it again.
    begin();
    CHECK(read() == Sent{"Delete 4", "Update 2"});
}

TEST_CASE_METHOD(SessionFixture, "a slow sync forgets ids: the server may have given one to another item", "[in][slow]")
{
    begin();
    add("g1", card("one"));
    kill();
    begin(SyncType::Slow);
    CHECK(read() == Sent{"Add 1"});
    CHECK(add("g1", card("another")) == Outcome{StatusCode::ItemAdded, "2"});
    CHECK(names() == Names{"one", "another"});
}

TEST_CASE_METHOD(SessionFixture, "outside of a slow sync equal items stay two", "[in]")
{
    items->add(contact, card("one"));
    sync(SyncType::Slow);
    begin();
    CHECK(add("g1", card("one")) == Outcome{StatusCode::ItemAdded, "2"});
}

// ---- refresh from the server -----------------------------------------------------------

TEST_CASE_METHOD(SessionFixture, "a refresh shows nothing before it is committed, then exactly what came",
                 "[in][refresh]")
{
    for (const auto* name : {"same", "changed", "gone"})
        items->add(contact, card(name));
    sync(SyncType::Slow);
    const auto before = items->revision();
    CHECK(begin(SyncType::RefreshFromServer) == 0);
    CHECK(read().empty());
    CHECK(add("g1", card("same")) == Outcome{StatusCode::Ok, "1"});
    CHECK(add("g4", card("new")) == Outcome{StatusCode::ItemAdded, "4"});
    CHECK(replace("2", card("changed there")).status == StatusCode::Ok);
    CHECK(add("g5", card("came")) == Outcome{StatusCode::ItemAdded, "5"});
    CHECK(remove("5").status == StatusCode::Ok);
    CHECK(names() == Names{"same", "changed", "gone"});
    CHECK(items->count(contact) == 3);
    CHECK(commit() == 1);
    CHECK(names() == Names{"same", "changed there", "new"});
    CHECK(items->count(contact) == 3);
    // Applications, and other profiles, see what really changed.
    const auto changed = items->changed_since(contact, before);
    CHECK(changed.added == std::vector<std::string>{"4"});
    CHECK(changed.updated == std::vector<std::string>{"2"});
    CHECK(changed.removed == std::vector<std::string>{"3"});
    CHECK(sync().empty());
}

TEST_CASE_METHOD(SessionFixture, "a refresh replaces unsent local changes, but not those made while it ran",
                 "[in][refresh]")
{
    items->add(contact, card("one"));
    items->add(contact, card("two"));
    items->add(contact, card("three"));
    sync(SyncType::Slow);
    items->add(contact, card("unsent"));
    items->replace(contact, "1", card("unsent edit"));
    begin(SyncType::RefreshFromServer);
    read();
    CHECK(replace("1", card("one")).status == StatusCode::Ok);
    CHECK(add("g2", card("two")).luid == "2");
    CHECK(add("g3", card("three")).luid == "3");
    items->replace(contact, "2", card("edited meanwhile"));
    items->remove(contact, "3");
    items->add(contact, card("added meanwhile"));
    CHECK(commit() == 1);
    CHECK(names() == Names{"one", "edited meanwhile", "added meanwhile"});
    CHECK(sync() == Sent{"Update 2", "Delete 3", "Add 5"});
}

TEST_CASE_METHOD(SessionFixture, "a refresh from an empty server empties the store", "[in][refresh]")
{
    items->add(contact, card("one"));
    items->add(contact, card("two"));
    items->add(storage::ItemKind::Event, "an event");
    begin(SyncType::RefreshFromServer);
    read();
    CHECK(commit() == 2);
    CHECK(names().empty());
    CHECK(items->count(storage::ItemKind::Event) == 1);
    CHECK(sync().empty());
}

TEST_CASE_METHOD(SessionFixture, "a refresh that breaks leaves the store as it was", "[in][refresh][broken]")
{
    items->add(contact, card("one"));
    sync(SyncType::Slow);
    const auto revision = items->revision();
    begin(SyncType::RefreshFromServer);
    read();
    CHECK(add("g9", card("new")).luid == "2");
    replace("1", card("theirs"));
    const bool killed = GENERATE(true, false);
    if (killed)
        kill();
    else
        store->abandon();
    CHECK(names() == Names{"one"});
    CHECK(items->revision() == revision);
    CHECK(sync(SyncType::Slow) == Sent{"Add 1"});
    // The staged item is gone for good, its id is not used again.
    begin(SyncType::RefreshFromServer);
    read();
    CHECK(replace("2", card("x")).status == StatusCode::NotFound);
    CHECK(add("g9", card("new")) == Outcome{StatusCode::ItemAdded, "3"});
    CHECK(commit() == 1);
    CHECK(names() == Names{"new"});
}

TEST_CASE_METHOD(SessionFixture, "staged again, an Add replaces what it staged before", "[in][refresh]")
{
    begin(SyncType::RefreshFromServer);
    read();
    CHECK(add("g1", card("one")) == Outcome{StatusCode::ItemAdded, "1"});
    CHECK(add("g1", card("uno")) == Outcome{StatusCode::Ok, "1"});
    commit();
    CHECK(names() == Names{"uno"});
}

TEST_CASE_METHOD(SessionFixture, "another kind of session does not publish what a killed refresh staged",
                 "[in][refresh][broken]")
{
    items->add(contact, card("one"));
    sync(SyncType::Slow);
    begin(SyncType::RefreshFromServer);
    add("g1", card("staged"));
    kill();
    sync();
    begin(SyncType::RefreshFromServer);
    CHECK(add("g2", card("one")).luid == "1");
    CHECK(commit() == 0);
    CHECK(names() == Names{"one"});
}
