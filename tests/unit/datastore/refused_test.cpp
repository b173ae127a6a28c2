// What the server refuses, and what it has lost, on its way out and back.
#include "session_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using session::SyncType;
using session::Verdict;
using syncml::StatusCode;
using Sent = std::vector<std::string>;
using Names = std::vector<std::string>;

namespace {

/// Two items that both sides have, of which the first has been edited here.
struct Edited : SessionFixture {
    Edited()
    {
        items->add(contact, card("one"));
        items->add(contact, card("two"));
        sync(SyncType::Slow);
        items->replace(contact, "1", card("mine"));
    }
    /// A session in which the server answers for item 1 by this.
    void sync_with(StatusCode status, Verdict verdict, SyncType type = SyncType::TwoWay)
    {
        begin(type);
        const auto sent = read();
        REQUIRE(std::find_if(sent.begin(), sent.end(), [](const std::string& one) { return one.ends_with(" 1"); }) !=
                sent.end());
        store->note_sent({"1"});
        confirm({"1"}, status, verdict);
        if (sent.size() > 1)
            confirm({"2"});
        commit();
    }
    void refuse(SyncType type = SyncType::TwoWay)
    {
        sync_with(StatusCode::OptionalFeatureNotSupported, Verdict::Refused, type);
    }
};

} // namespace

TEST_CASE_METHOD(Edited, "what was refused is not sent again until it changes", "[out][refused]")
{
    refuse();
    CHECK(sync().empty());
    items->replace(contact, "1", card("mine, better"));
    CHECK(sync() == Sent{"Update 1"});
    CHECK(sync().empty());
    CHECK(state->sent_items("CONTACT").empty());
}

TEST_CASE_METHOD(Edited, "an edit that was refused is not overwritten, in whatever session", "[in][refused]")
{
    const auto type = GENERATE(SyncType::TwoWay, SyncType::Slow);
    const auto next = GENERATE(SyncType::TwoWay, SyncType::OneWayFromServer);
    refuse(type);
    begin(next);
    CHECK(read().empty());
    CHECK(replace("1", card("theirs")).status == StatusCode::Ok);
    CHECK(replace("2", card("theirs")).status == StatusCode::Ok);
    CHECK(replace("2", card("two")).status == StatusCode::Ok);
    commit();
    kill();
    CHECK(names() == Names{"mine", "two"});
    CHECK(items->conflicts("p").size() == 1);
    // What the server has seen is the base from now on.
    begin(next);
    CHECK(replace("1", card("theirs")).status == StatusCode::Ok);
    CHECK(items->conflicts("p").size() == 1);
    kill();
    // Edited, and taken by the server: all is as ever.
    items->replace(contact, "1", card("mine, better"));
    CHECK(sync() == Sent{"Update 1"});
    begin();
    CHECK(replace("1", card("theirs")).status == StatusCode::Ok);
    commit();
    CHECK(names() == Names{"theirs", "two"});
    CHECK(state->sent_items("CONTACT").empty());
}

TEST_CASE_METHOD(Edited, "an edit that was refused survives the server's Delete", "[in][refused]")
{
    refuse();
    begin();
    CHECK(remove("1").status == StatusCode::Ok);
    commit();
    CHECK(names() == Names{"mine", "two"});
    CHECK(sync() == Sent{"Add 1"});
    CHECK(sync().empty());
}

TEST_CASE_METHOD(Edited, "neither is it in the session that refused it", "[in][refused]")
{
    begin(GENERATE(SyncType::TwoWay, SyncType::Slow));
    read();
    store->note_sent({"1"});
    confirm({"1"}, StatusCode::Forbidden, Verdict::Refused);
    CHECK(replace("1", card("theirs")).status == StatusCode::Ok);
    kill();
    begin();
    read();
    CHECK(replace("1", card("theirs")).status == StatusCode::Ok);
    CHECK(names() == Names{"mine", "two"});
}

TEST_CASE_METHOD(Edited, "a refresh from the server is the end of a refused edit", "[in][refused]")
{
    refuse();
    begin(SyncType::RefreshFromServer);
    add("g1", card("theirs"));
    commit();
    CHECK(names() == Names{"theirs"});
    CHECK(sync().empty());
    CHECK(state->sent_items("CONTACT").empty());
}

TEST_CASE_METHOD(Edited, "a refused edit that is deleted goes as Delete, and a refused Delete holds nothing up",
                 "[refused]")
{
    refuse();
    items->remove(contact, "1");
    begin();
    CHECK(read() == Sent{"Delete 1"});
    store->note_sent({"1"});
    store->note_confirmed({{"1", session::ChangeKind::Delete, StatusCode::Forbidden, Verdict::Refused}});
    commit();
    CHECK(sync().empty());
    CHECK(state->sent_items("CONTACT").empty());
    // The server has kept the item, and changes it.
    begin();
    CHECK(replace("1", card("theirs"), "g1").status == StatusCode::ItemAdded);
    commit();
    CHECK(names() == Names{"two", "theirs"});
}

TEST_CASE_METHOD(Edited, "an item that the server put off and changed is not overwritten in later sessions either",
                 "[in]")
{
    begin();
    CHECK(read() == Sent{"Update 1"});
    store->note_sent({"1"});
    commit(); // 417, say
    begin(SyncType::OneWayFromServer);
    CHECK(replace("1", card("theirs")).status == StatusCode::Ok);
    commit();
    begin();
    CHECK(read() == Sent{"Update 1"});
    store->note_sent({"1"});
    CHECK(replace("1", card("theirs")).status == StatusCode::Ok);
    commit();
    CHECK(names() == Names{"mine", "two"});
    CHECK(sync() == Sent{"Update 1"});
}

TEST_CASE_METHOD(Edited, "what the server has not goes as Add in the next session", "[out][missing]")
{
    const auto type = GENERATE(SyncType::TwoWay, SyncType::Slow);
    sync_with(StatusCode::NotFound, Verdict::Missing, type);
    CHECK(sync() == Sent{"Add 1"});
    CHECK(sync().empty());
    CHECK(state->sent_items("CONTACT").empty());
}

TEST_CASE_METHOD(Edited, "also when the session broke, and when it was edited again", "[out][missing]")
{
    begin();
    read();
    store->note_sent({"1"});
    confirm({"1"}, StatusCode::Gone, Verdict::Missing);
    kill();
    begin();
    CHECK(read() == Sent{"Add 1"});
    kill();
    items->replace(contact, "1", card("mine, better"));
    begin();
    CHECK(read() == Sent{"Add 1"});
    // Sent, and no answer came: it may be there now.
    store->note_sent({"1"});
    kill();
    CHECK(sync() == Sent{"Update 1"});
}

TEST_CASE_METHOD(Edited, "what the server has not and is deleted here is not spoken of", "[out][missing]")
{
    sync_with(StatusCode::NotFound, Verdict::Missing);
    items->remove(contact, "1");
    CHECK(sync().empty());
    CHECK(sync().empty());
    CHECK(state->sent_items("CONTACT").empty());
}
