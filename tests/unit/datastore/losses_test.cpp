// What a server has no room for stays here when its items come back without.
#include "session_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using datastore::ConflictPolicy;
using session::SyncType;
using syncml::StatusCode;
using Sent = std::vector<std::string>;
using Keeping = storage::SyncState::Keeping;

namespace {

std::string ann(const std::string& body)
{
    return "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Smith;Ann;;;\r\nFN:Ann Smith\r\n" + body + "END:VCARD\r\n";
}

/// Items that both sides know, with a spouse and a note.
struct Known : SessionFixture {
    datastore::Losses::Listed listed;
    item::Rooms rooms;

    explicit Known(int count = 4)
    {
        policy = ConflictPolicy::KeepBoth;
        for (int i = 0; i < count; ++i)
            items->add(contact, ann("X-SPOUSE:b\r\nNOTE:n\r\n"));
        sync(SyncType::Slow);
    }
    void begin_listed(SyncType type = SyncType::TwoWay)
    {
        state->bind_to("server");
        mark = state->anchors("CONTACT", "card").mark;
        store = std::make_unique<datastore::Embedded>(*items, *state,
                                                      datastore::Embedded::Setup{"p", "CONTACT", contact, "card", mark,
                                                                                 guard, true, policy, listed,
                                                                                 item::max_bytes, rooms});
        store->admit(type);
        store->prepare(type, false);
    }
    /// A session in which the server sends this; what the item holds then.
    std::string comes(const std::string& luid, const std::string& body)
    {
        begin_listed();
        read();
        CHECK(replace(luid, ann(body)).status == StatusCode::Ok);
        return end(luid);
    }
    std::string end(const std::string& luid)
    {
        store->commit();
        notes = store->take_notes();
        state->commit("CONTACT", "card", {"own", "peer", store->mark()});
        store.reset();
        return items->find(contact, luid).value().data;
    }
    Sent notes;
};

const std::string said = "the server does not keep X-SPOUSE: it stays here in items that come back without it";

} // namespace

TEST_CASE_METHOD(Known, "what the server has just got and sends back without it does not keep", "[in][losses]")
{
    items->replace(contact, "1", ann("X-SPOUSE:c\r\nNOTE:m\r\n"));
    begin_listed();
    read();
    store->note_sent({"1"});
    confirm({"1"});
    CHECK(replace("1", ann("NOTE:m\r\nTITLE:t\r\n")).status == StatusCode::Ok);
    CHECK(end("1") == ann("NOTE:m\r\nTITLE:t\r\nX-SPOUSE:c\r\n"));
    CHECK(notes == Sent{said});
    CHECK(state->keeping("CONTACT") == std::vector<Keeping>{{"X-SPOUSE", Keeping::enough, false}});
    // It is the server's word, and is not told it again.
    CHECK(sync().empty());
    // From now on it stays in all of them.
    CHECK(comes("2", "NOTE:m\r\n") == ann("NOTE:m\r\nX-SPOUSE:b\r\n"));
    CHECK(notes.empty());
    // Until the server sends one: then what is missing was deleted.
    CHECK(comes("2", "NOTE:m\r\nX-SPOUSE:d\r\n") == ann("NOTE:m\r\nX-SPOUSE:d\r\n"));
    CHECK(comes("3", "NOTE:m\r\n") == ann("NOTE:m\r\n"));
}

TEST_CASE_METHOD(Known, "what is missing now and then was deleted there; always, it is not kept there", "[in][losses]")
{
    CHECK(comes("1", "NOTE:n\r\n") == ann("NOTE:n\r\n"));
    CHECK(comes("2", "NOTE:n\r\n") == ann("NOTE:n\r\n"));
    SECTION("always")
    {
        CHECK(comes("3", "NOTE:n\r\n") == ann("NOTE:n\r\nX-SPOUSE:b\r\n"));
        CHECK(notes == Sent{said});
    }
    SECTION("but not when one has come")
    {
        CHECK(comes("3", "NOTE:n\r\nX-SPOUSE:c\r\n") == ann("NOTE:n\r\nX-SPOUSE:c\r\n"));
        CHECK(comes("4", "NOTE:n\r\n") == ann("NOTE:n\r\n"));
        CHECK(comes("3", "NOTE:n\r\n") == ann("NOTE:n\r\n"));
    }
}

TEST_CASE_METHOD(Known, "what has come from the server in another item it keeps", "[in][losses]")
{
    begin();
    read();
    add("g9", ann("X-SPOUSE:z\r\nTEL:9\r\n"));
    commit();
    for (const auto* luid : {"1", "2", "3", "4"})
        CHECK(comes(luid, "NOTE:n\r\n") == ann("NOTE:n\r\n"));
    CHECK(notes.empty());
}

TEST_CASE_METHOD(Known, "what the server does not list stays at once, and what it lists it is believed to keep",
                 "[in][losses]")
{
    listed = item::Rooms{{"N", {}}, {"FN", {}}, {"NOTE", {}}, {"TEL", {}}};
    CHECK(comes("1", "TEL:1\r\n") == ann("TEL:1\r\nX-SPOUSE:b\r\n"));
    CHECK(comes("2", "NOTE:m\r\nX-SPOUSE:c\r\n") == ann("NOTE:m\r\nX-SPOUSE:c\r\n")); // it does, after all
    CHECK(comes("3", "NOTE:m\r\n") == ann("NOTE:m\r\n"));
}

TEST_CASE_METHOD(Known, "what is not kept there stays in a merge and in a slow sync", "[in][losses][merge]")
{
    listed = item::Rooms{{"N", {}}, {"FN", {}}, {"NOTE", {}}, {"TEL", {}}};
    SECTION("edited here meanwhile")
    {
        begin_listed(SyncType::OneWayFromServer);
        items->replace(contact, "1", ann("X-SPOUSE:b\r\nNOTE:n\r\nTEL:2\r\n"));
        CHECK(replace("1", ann("NOTE:m\r\n")).status == StatusCode::Ok);
        const auto merged = end("1");
        for (const auto* line : {"X-SPOUSE:b", "NOTE:m", "TEL:2"})
            CHECK(merged.find(line) != std::string::npos);
    }
    SECTION("slow")
    {
        begin_listed(SyncType::Slow);
        std::vector<std::string> luids;
        for (const auto& change : read())
            luids.push_back(change.substr(change.find(' ') + 1));
        store->note_sent(luids);
        confirm(luids);
        CHECK(replace("1", ann("NOTE:m\r\n")).status == StatusCode::Ok);
        CHECK(end("1") == ann("NOTE:m\r\nX-SPOUSE:b\r\n"));
        CHECK(state->keeping("CONTACT").empty()); // what it sends may be what it had
    }
}

TEST_CASE_METHOD(Known, "another server is another matter", "[losses]")
{
    state->bind_to("server");
    state->note_keeping("CONTACT", {{"X-SPOUSE", Keeping::enough, false}, {"TITLE", 1, false}});
    CHECK(state->keeping("EVENT").empty());
    CHECK(state->keeping("CONTACT").size() == 2);
    state->set_peer_info("{}", 1);
    CHECK(state->peer_info()->not_kept == Sent{"CONTACT X-SPOUSE"});
    state->bind_to("another");
    CHECK(state->keeping("CONTACT").empty());
}

TEST_CASE_METHOD(Known, "what the server has cut to its room stays whole, and what it was changed to comes",
                 "[in][losses]")
{
    listed = item::Rooms{{"N", {}}, {"FN", {}}, {"NOTE", {10, 1}}, {"TEL", {0, 2}}, {"X-SPOUSE", {}}};
    const std::string whole = "X-SPOUSE:b\r\nNOTE:0123456789abcdef\r\nTEL:1\r\nTEL:2\r\nTEL:3\r\n";
    items->replace(contact, "1", ann(whole));
    sync();
    CHECK(comes("1", "X-SPOUSE:c\r\nNOTE:0123456789\r\nTEL:1\r\nTEL:2\r\n") ==
          ann("X-SPOUSE:c\r\nNOTE:0123456789abcdef\r\nTEL:1\r\nTEL:2\r\nTEL:3\r\n"));
    CHECK(notes ==
          Sent{"the server has cut off some of what it was sent, as it is known to do (MaxSize, MaxOccur); here "
               "that stays whole"});
    CHECK(comes("1", "NOTE:012345\r\nTEL:1\r\nTEL:4\r\n") == ann("NOTE:012345\r\nTEL:1\r\nTEL:4\r\n"));
    CHECK(notes.empty());
}

TEST_CASE_METHOD(Known, "a name that comes in one piece, and is the same, keeps its parts", "[in][losses]")
{
    const auto comes_as = [&](const std::string& luid, const std::string& name) {
        begin_listed();
        read();
        const auto said = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:" + name + "\r\nX-SPOUSE:b\r\nNOTE:m\r\nEND:VCARD\r\n";
        CHECK(replace(luid, said).status == StatusCode::Ok);
        return end(luid);
    };
    for (const auto* luid : {"1", "2", "3"}) {
        const auto text = comes_as(luid, "Ann Smith");
        CHECK(text.find("N:Smith;Ann;;;") != std::string::npos);
        CHECK(text.find("NOTE:m") != std::string::npos);
    }
    CHECK(notes == Sent{"the server does not keep N: it stays here in items that come back without it"});
    CHECK(sync().empty());
    // Under another name the parts of the former one would be those of somebody else.
    CHECK(comes_as("4", "Ann Jones").find("Smith") == std::string::npos);
}

TEST_CASE_METHOD(Known, "what is known to be too large for the server stays, though smaller ones come", "[in][losses]")
{
    rooms = {{"NOTE", {10, 0}}};
    items->replace(contact, "1", ann("X-SPOUSE:b\r\nNOTE:0123456789abcdef\r\n"));
    sync();
    CHECK(comes("2", "X-SPOUSE:b\r\nNOTE:m\r\n") == ann("X-SPOUSE:b\r\nNOTE:m\r\n"));
    CHECK(comes("1", "X-SPOUSE:c\r\n") == ann("X-SPOUSE:c\r\nNOTE:0123456789abcdef\r\n"));
    CHECK(notes ==
          Sent{"the server has cut off some of what it was sent, as it is known to do (MaxSize, MaxOccur); here "
               "that stays whole"});
    CHECK(comes("2", "X-SPOUSE:b\r\n") == ann("X-SPOUSE:b\r\n")); // a small one was deleted there
}
