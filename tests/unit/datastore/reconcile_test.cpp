// An item that was changed here and at the server.
#include "session_fixture.hpp"

#include "item/normal_form.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using datastore::ConflictPolicy;
using session::SyncType;
using session::Verdict;
using storage::ItemConflict;
using syncml::StatusCode;
using Sent = std::vector<std::string>;

namespace {

std::string ann(const std::string& body)
{
    return "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Smith;Ann;;;\r\nFN:Ann Smith\r\n" + body + "END:VCARD\r\n";
}

/// An item that both sides know.
struct Shared : SessionFixture {
    std::uint64_t number = 0;

    Shared()
    {
        policy = ConflictPolicy::KeepBoth;
        items->add(contact, ann("TEL:1\r\nNOTE:n\r\n"));
        begin_noted(SyncType::Slow);
        read();
        store->note_sent({"1"});
        confirm({"1"});
        end_noted();
    }
    void begin_noted(SyncType type = SyncType::TwoWay)
    {
        items->begin_session({"p", ++number, 1'000'000 * static_cast<std::int64_t>(number)});
        begin(type);
    }
    void end_noted()
    {
        commit();
        items->end_session({});
    }
    std::string data(const std::string& luid = "1") { return items->find(contact, luid).value().data; }
    /// The server has seen the edit, and sends its own version.
    session::Outcome overrule(const std::string& theirs)
    {
        read();
        store->note_sent({"1"});
        confirm({"1"}, StatusCode::ConflictResolvedServerWins);
        return replace("1", theirs);
    }
};

} // namespace

TEST_CASE_METHOD(Shared, "that the server overruled an edit is known to the session that goes on", "[in][merge]")
{
    const auto type = GENERATE(SyncType::TwoWay, SyncType::Slow);
    items->replace(contact, "1", ann("TEL:1\r\nTEL:2\r\nNOTE:n\r\n"));
    begin_noted(type);
    read();
    store->note_sent({"1"});
    confirm({"1"}, StatusCode::ConflictResolvedServerWins);
    kill();
    items->begin_session({"p", ++number, 1});
    CHECK(resume(type) == 0);
    CHECK(replace("1", ann("TEL:1\r\nNOTE:theirs\r\n")).status == StatusCode::Ok);
    end_noted();
    CHECK(data() == ann("TEL:1\r\nTEL:2\r\nNOTE:theirs\r\n"));
}

TEST_CASE_METHOD(Shared, "an edit that a server overrules in a slow sync is merged, also after one that broke off",
                 "[in][merge]")
{
    const bool breaks_off = GENERATE(false, true);
    CAPTURE(breaks_off);
    items->replace(contact, "1", ann("TEL:1\r\nTEL:2\r\nNOTE:n\r\n"));
    if (breaks_off) {
        begin_noted(SyncType::Slow);
        read();
        store->note_sent({"1"});
        kill();
    }
    begin_noted(SyncType::Slow);
    CHECK(overrule(ann("TEL:1\r\nNOTE:theirs\r\n")).status == StatusCode::Ok);
    end_noted();
    CHECK(data() == ann("TEL:1\r\nTEL:2\r\nNOTE:theirs\r\n"));
    CHECK(items->count(contact) == 1);
}

TEST_CASE_METHOD(SessionFixture, "what a server overrules in the first sync is joined with its version, by the policy",
                 "[in][merge]")
{
    policy = GENERATE(ConflictPolicy::KeepBoth, ConflictPolicy::ServerWins, ConflictPolicy::ClientWins);
    items->add(contact, ann("TEL:1\r\nNOTE:ours\r\n"));
    begin(SyncType::Slow);
    read();
    store->note_sent({"1"});
    confirm({"1"}, StatusCode::ConflictResolvedServerWins);
    const auto data = [&](const std::string& luid) { return items->find(contact, luid).value().data; };
    SECTION("nothing contradicts")
    {
        CHECK(replace("1", ann("TEL:2\r\nNOTE:ours\r\nBDAY:1980-01-01\r\n")).status == StatusCode::Ok);
        commit();
        CHECK(data("1") == ann("TEL:1\r\nTEL:2\r\nNOTE:ours\r\nBDAY:1980-01-01\r\n"));
        CHECK(items->count(contact) == 1);
        CHECK(items->conflicts("p").empty());
    }
    SECTION("something does")
    {
        CHECK(replace("1", ann("TEL:2\r\nNOTE:theirs\r\n")).status == StatusCode::Ok);
        commit();
        const std::string note = policy == ConflictPolicy::ServerWins ? "theirs" : "ours";
        CHECK(item::normal_text(data("1")) == item::normal_text(ann("TEL:1\r\nTEL:2\r\nNOTE:" + note + "\r\n")));
        CHECK(items->count(contact) == (policy == ConflictPolicy::KeepBoth ? 2 : 1));
        CHECK(items->conflicts("p").size() == 1);
    }
}

TEST_CASE_METHOD(Shared, "what each side has changed comes together, and the server gets it with the next sync",
                 "[in][merge]")
{
    items->replace(contact, "1", ann("TEL:1\r\nTEL:2\r\nNOTE:n\r\n"));
    const auto merged = ann("TEL:1\r\nTEL:2\r\nNOTE:m\r\n");
    SECTION("edited while the session runs")
    {
        begin_noted(SyncType::OneWayFromServer);
        CHECK(replace("1", ann("TEL:1\r\nNOTE:m\r\n")).status == StatusCode::Ok);
    }
    SECTION("seen by the server, which had its own way")
    {
        begin_noted();
        CHECK(overrule(ann("TEL:1\r\nNOTE:m\r\n")).status == StatusCode::Ok);
    }
    end_noted();
    CHECK(data() == merged);
    CHECK(items->count(contact) == 1);
    CHECK(items->conflicts("p").empty());
    CHECK(items->session_changes("p", 2, {}, 1 << 20).at(0).rule == storage::Rule::Merged);
    CHECK(items->session_changes("p", 2, {}, 1 << 20).at(0).after == merged);
    begin_noted();
    CHECK(read() == Sent{"Update 1"});
    store->note_sent({"1"});
    confirm({"1"});
    end_noted();
    CHECK(sync().empty());
    CHECK(data() == merged);
}

TEST_CASE_METHOD(Shared, "a session that merged can be undone", "[merge]")
{
    const auto ours = ann("TEL:1\r\nTEL:2\r\nNOTE:n\r\n");
    items->replace(contact, "1", ours);
    begin_noted(SyncType::OneWayFromServer);
    replace("1", ann("TEL:1\r\nNOTE:m\r\n"));
    end_noted();
    CHECK(items->undo("p", 2, {"p", 9, 0})->reverted == 1);
    CHECK(data() == ours);
}

TEST_CASE_METHOD(Shared, "what the server took of an edit it may write its way", "[in][merge]")
{
    items->replace(contact, "1", ann("TEL:1\r\nTEL:2\r\nNOTE:n\r\n"));
    begin_noted();
    read();
    store->note_sent({"1"});
    confirm({"1"});
    CHECK(replace("1", ann("TEL:1\r\nNOTE:n\r\n")).status == StatusCode::Ok); // it has room for one
    end_noted();
    CHECK(data() == ann("TEL:1\r\nNOTE:n\r\n"));
    CHECK(sync().empty());
}

TEST_CASE_METHOD(Shared, "of what cannot be merged both stay, once", "[in][merge]")
{
    items->replace(contact, "1", ann("TEL:1\r\nTEL:2\r\nNOTE:ours\r\n"));
    const auto theirs = ann("TEL:1\r\nTEL:3\r\nNOTE:theirs\r\n");
    begin_noted();
    const auto outcome = overrule(theirs);
    CHECK(outcome.status == StatusCode::Ok);
    CHECK(outcome.why.find("both in NOTE: both are kept, the server's as item 2") != std::string::npos);
    CHECK(replace("1", theirs).status == StatusCode::Ok); // its answer was lost
    end_noted();
    CHECK(items->count(contact) == 2);
    CHECK(data() == ann("TEL:1\r\nTEL:2\r\nTEL:3\r\nNOTE:ours\r\n"));
    CHECK(data("2") == theirs);
    const auto conflicts = items->conflicts("p");
    REQUIRE(conflicts.size() == 1);
    CHECK(conflicts[0] == ItemConflict{1,
                                       "p",
                                       contact,
                                       "1",
                                       "2",
                                       2'000'000,
                                       ItemConflict::Way::Both,
                                       theirs,
                                       data(),
                                       ann("TEL:1\r\nTEL:2\r\nNOTE:theirs\r\nTEL:3\r\n"),
                                       {{"NOTE", "ours", "theirs", "n"}}});
    CHECK(items->conflicts("q").empty());
    auto sent = sync();
    std::sort(sent.begin(), sent.end());
    CHECK(sent == Sent{"Add 2", "Update 1"});
    CHECK(sync().empty());
}

TEST_CASE_METHOD(Shared, "of what cannot be merged one side has its way, if that is wanted", "[in][merge]")
{
    const auto [wanted, note, way] =
        GENERATE(std::tuple(ConflictPolicy::ServerWins, "theirs", ItemConflict::Way::Theirs),
                 std::tuple(ConflictPolicy::ClientWins, "ours", ItemConflict::Way::Ours),
                 std::tuple(ConflictPolicy::NewestWins, "theirs", ItemConflict::Way::Theirs));
    policy = wanted;
    items->replace(contact, "1", ann("TEL:1\r\nTEL:2\r\nNOTE:ours\r\nREV:20260101T000000Z\r\n"));
    begin_noted();
    overrule(ann("TEL:1\r\nTEL:3\r\nNOTE:theirs\r\nREV:20260102T000000Z\r\n"));
    end_noted();
    CHECK(items->count(contact) == 1);
    for (const auto& line :
         {std::string("TEL:1"), std::string("TEL:2"), std::string("TEL:3"), "NOTE:" + std::string(note)})
        CHECK(data().find(line + "\r\n") != std::string::npos);
    REQUIRE(items->conflicts("p").size() == 1);
    CHECK(items->conflicts("p")[0].way == way);
    items->forget_conflict(1);
    CHECK(items->conflicts("p").empty());
}

TEST_CASE_METHOD(Shared, "a change survives the deletion on the other side", "[in][merge]")
{
    SECTION("deleted at the server")
    {
        items->replace(contact, "1", ann("TEL:2\r\n"));
        begin_noted();
        read();
        store->note_sent({"1"});
        confirm({"1"}, StatusCode::ConflictResolvedServerWins);
        CHECK(remove("1").status == StatusCode::Ok);
        end_noted();
        CHECK(data() == ann("TEL:2\r\n"));
        CHECK(sync() == Sent{"Add 1"});
    }
    SECTION("deleted here")
    {
        begin_noted();
        read();
        items->remove(contact, "1");
        CHECK(replace("1", ann("TEL:2\r\n")).status == StatusCode::Ok);
        end_noted();
        CHECK(data() == ann("TEL:2\r\n"));
    }
    CHECK(sync().empty());
    CHECK(items->count(contact) == 1);
}
