// What a session does not do before somebody has looked at it.
#include "session_fixture.hpp"

#include "storage/reviews.hpp"

#include <catch2/catch.hpp>

using Catch::Contains;
using datastore::HeldForReview;
using session::Outcome;
using session::SyncType;
using storage::LossCounts;
using storage::Reviews;
using syncml::StatusCode;
using Names = std::vector<std::string>;
using Sent = std::vector<std::string>;

namespace {

/// A profile that has synced this many items, n1, n2 …
struct Populated : SessionFixture {
    void populate(int count)
    {
        for (int i = 1; i <= count; ++i)
            items->add(contact, card("n" + std::to_string(i)));
        sync();
    }
    Reviews reviews() { return Reviews(*items); }
    void remove_all_but(int kept, int count)
    {
        for (int i = kept + 1; i <= count; ++i)
            REQUIRE(remove(std::to_string(i)) == Outcome{StatusCode::Ok, ""});
    }
    void remove_here(int kept, int count)
    {
        for (int i = kept + 1; i <= count; ++i)
            items->remove(contact, std::to_string(i));
    }
};

} // namespace

TEST_CASE_METHOD(Populated, "deletions of the server that are too many wait, and nothing of them is done", "[review]")
{
    populate(30);
    begin();
    read();
    remove_all_but(19, 30); // 11 of 30 are 36 %
    CHECK(names().size() == 30);
    commit();
    CHECK(names().size() == 30);
    CHECK(reviews().held(contact, "p") == storage::Held{true, false, false});
    CHECK(reviews().count_planned(contact, "p") == LossCounts{0, 11});
    CHECK_THROWS_AS(begin(), HeldForReview);
}

TEST_CASE_METHOD(Populated, "the text of what waits says how much it is", "[review]")
{
    populate(30);
    begin();
    read();
    REQUIRE(replace("1", card("new")).status == StatusCode::Ok);
    remove_all_but(18, 30);
    store->commit();
    CHECK(store->held() == "on the server 12 items were deleted and 1 changed, of 30 items here; nothing of that was "
                           "done here");
}

TEST_CASE_METHOD(Populated, "what is not too many is done at the end of the session", "[review]")
{
    populate(40);
    begin();
    read();
    REQUIRE(replace("1", card("new")).status == StatusCode::Ok);
    remove_all_but(29, 40); // 12 of 40 are 30 %
    CHECK(names().size() == 40);
    commit();
    CHECK(names().size() == 29);
    CHECK(names().front() == "new");
    CHECK(sync().empty()); // the server knows
}

TEST_CASE_METHOD(Populated, "few items of many, and many of few, pass", "[review]")
{
    const int count = GENERATE(10, 11);
    populate(count);
    begin();
    read();
    remove_all_but(count - 10, count);
    commit();
    CHECK(names().size() == static_cast<std::size_t>(count - 10));
}

TEST_CASE_METHOD(Populated, "what the server has announced to be few is done at once", "[review]")
{
    populate(30);
    announced = 2;
    begin();
    read();
    REQUIRE(remove("30") == Outcome{StatusCode::Ok, ""});
    CHECK(names().size() == 29);
    SECTION("and a server that sends more than it has announced is not believed any more")
    {
        remove_all_but(17, 29);
        CHECK(names().size() == 28); // the second of two, the third is planned
        commit();
        CHECK(names().size() == 28);
        CHECK(reviews().count_planned(contact, "p") == LossCounts{0, 11});
    }
}

TEST_CASE_METHOD(Populated, "released, what waits is done, and the server is told nothing more", "[review]")
{
    populate(30);
    begin();
    read();
    REQUIRE(replace("1", card("new")).status == StatusCode::Ok);
    remove_all_but(18, 30);
    commit();
    reviews().release(contact, "p");
    CHECK(names().size() == 18);
    CHECK(names().front() == "new");
    CHECK(sync().empty());
    CHECK_FALSE(reviews().held(contact, "p").any());
}

TEST_CASE_METHOD(Populated, "rejected, what waits is forgotten, and the server gets the items as they are here",
                 "[review]")
{
    populate(30);
    begin();
    read();
    REQUIRE(replace("1", card("new")).status == StatusCode::Ok);
    remove_all_but(19, 30);
    commit();
    reviews().reject(contact, "p");
    CHECK(names().size() == 30);
    CHECK(names().front() == "n1");
    CHECK(sync().size() == 12);
    CHECK(sync().empty());
}

TEST_CASE_METHOD(Populated, "an item edited while it waits keeps the edit, and the server's version is kept beside it",
                 "[review]")
{
    populate(30);
    begin();
    read();
    REQUIRE(replace("1", card("theirs")).status == StatusCode::Ok);
    remove_all_but(18, 30);
    commit();
    items->replace(contact, "1", card("ours"));
    items->replace(contact, "20", card("kept"));
    items->remove(contact, "21");
    reviews().release(contact, "p");
    const auto now = names();
    CHECK(now.size() == 20); // 1 to 18, 20, and theirs
    CHECK(now.front() == "ours");
    CHECK(now.at(18) == "kept");
    CHECK(now.back() == "theirs");
    CHECK(sync() == Sent{"Update 1", "Update 20", "Delete 21", "Add 31"});
}

TEST_CASE_METHOD(Populated, "what was changed on both sides is not merged while it waits", "[review]")
{
    policy = GENERATE(datastore::ConflictPolicy::ServerWins, datastore::ConflictPolicy::ClientWins);
    const auto with = [](const std::string& line) {
        return "BEGIN:VCARD\r\nVERSION:3.0\r\nN:n1;;;;\r\nFN:n1\r\n" + line + "END:VCARD\r\n";
    };
    populate(30);
    begin();
    read();
    items->replace(contact, "1", with("NOTE:ours\r\nTEL:1\r\n"));
    REQUIRE(replace("1", with("NOTE:theirs\r\nEMAIL:x@example.org\r\n")).status == StatusCode::Ok);
    remove_all_but(18, 30);
    commit();
    CHECK(items->find(contact, "1")->data == with("NOTE:ours\r\nTEL:1\r\n"));
    CHECK(items->conflicts("p", 0, 1 << 20).size() == 1);
    SECTION("released, it is, as the profile says, and the server hears of it")
    {
        reviews().release(contact, "p");
        const auto now = items->find(contact, "1")->data;
        CHECK_THAT(now, Contains("TEL:1") && Contains("EMAIL:x@example.org"));
        CHECK_THAT(now, Contains(policy == datastore::ConflictPolicy::ServerWins ? "NOTE:theirs" : "NOTE:ours"));
        CHECK(names().size() == 18);
        CHECK(sync() == Sent{"Update 1"});
        CHECK(sync().empty());
    }
    SECTION("rejected, the server gets what was written here")
    {
        reviews().reject(contact, "p");
        const auto sent = sync();
        CHECK(sent.size() == 13); // with what the server has deleted
        CHECK(items->find(contact, "1")->data == with("NOTE:ours\r\nTEL:1\r\n"));
    }
}

TEST_CASE_METHOD(Populated, "what a session left planned when it was killed is carried out by the next one", "[review]")
{
    populate(30);
    begin();
    read();
    REQUIRE(replace("1", card("new")).status == StatusCode::Ok);
    REQUIRE(remove("30").status == StatusCode::Ok);
    kill();
    CHECK(names().size() == 30);
    CHECK(begin() == 0);
    CHECK(names().size() == 29);
    CHECK(names().front() == "new");
}

TEST_CASE_METHOD(Populated, "what was too much when the session was killed waits", "[review]")
{
    populate(30);
    begin();
    read();
    remove_all_but(10, 30);
    kill();
    CHECK_THROWS_WITH(begin(), Contains("20 items were deleted"));
    CHECK(names().size() == 30);
}

TEST_CASE_METHOD(Populated, "a session that fails does what the server was told is done", "[review]")
{
    populate(30);
    begin();
    read();
    REQUIRE(remove("30").status == StatusCode::Ok);
    store->abandon();
    CHECK(names().size() == 29);
}

TEST_CASE_METHOD(Populated, "changes of the server follow each other while they are planned", "[review]")
{
    populate(30);
    begin();
    read();
    CHECK(replace("1", card("a")) == Outcome{StatusCode::Ok, ""});
    CHECK(replace("1", card("b")) == Outcome{StatusCode::Ok, ""});
    CHECK(replace("2", card("a")) == Outcome{StatusCode::Ok, ""});
    CHECK(replace("2", card("n2")) == Outcome{StatusCode::Ok, ""}); // as it was
    CHECK(remove("3") == Outcome{StatusCode::Ok, ""});
    CHECK(remove("3").status == StatusCode::ItemNotDeleted);
    CHECK(replace("3", card("c")).status == StatusCode::NotFound);
    CHECK(replace("3", card("c"), "g3") == Outcome{StatusCode::ItemAdded, "31"});
    CHECK(replace("4", card("d")) == Outcome{StatusCode::Ok, ""});
    CHECK(remove("4") == Outcome{StatusCode::Ok, ""});
    CHECK(reviews().count_planned(contact, "p") == LossCounts{1, 2});
    commit();
    const auto now = names();
    CHECK(now.size() == 29);
    CHECK(now.at(0) == "b");
    CHECK(now.at(1) == "n2");
    CHECK(now.at(2) == "n5");
    CHECK(now.back() == "c");
}

TEST_CASE_METHOD(Populated, "a refresh from a server that has lost everything waits", "[review]")
{
    populate(30);
    begin(SyncType::RefreshFromServer);
    CHECK(commit() == 0);
    CHECK(names().size() == 30);
    CHECK(reviews().count_planned(contact, "p") == LossCounts{0, 30});
    SECTION("released, it is done")
    {
        reviews().release(contact, "p");
        CHECK(names().empty());
    }
    SECTION("rejected, the items go to the server")
    {
        reviews().reject(contact, "p");
        CHECK(sync().size() == 30);
    }
}

TEST_CASE_METHOD(Populated, "deletions here that are too many are not sent before somebody agrees", "[review]")
{
    populate(30);
    remove_here(10, 30);
    CHECK_THROWS_WITH(begin(), "here 20 items were deleted, of 30 items; nothing of that was sent");
    CHECK(reviews().held(contact, "p") == storage::Held{false, true, false});
    CHECK_THROWS_AS(begin(), HeldForReview);
    SECTION("released, they are sent once")
    {
        reviews().release(contact, "p");
        CHECK(sync().size() == 20);
        CHECK(sync().empty());
        SECTION("and the next time is another one")
        {
            populate(20);
            remove_here(30, 50);
            CHECK_THROWS_AS(begin(), HeldForReview);
        }
    }
    SECTION("what is deleted after that waits again")
    {
        reviews().release(contact, "p");
        remove_here(0, 10);
        CHECK(begin() == 30); // ten of ten, but no more than ten
    }
    SECTION("rejected, they wait again")
    {
        reviews().reject(contact, "p");
        CHECK_THROWS_AS(begin(), HeldForReview);
    }
}

TEST_CASE_METHOD(Populated, "an emptied store does not empty the server by a refresh", "[review]")
{
    populate(30);
    remove_here(0, 30);
    CHECK_THROWS_AS(begin(SyncType::RefreshFromClient), HeldForReview);
    reviews().release(contact, "p");
    CHECK(begin(SyncType::RefreshFromClient) == 0);
}

TEST_CASE_METHOD(Populated, "a slow sync deletes nothing on the server and does not wait for what was deleted here",
                 "[review]")
{
    populate(30);
    remove_here(10, 30);
    CHECK(begin(SyncType::Slow) == 10);
}

TEST_CASE_METHOD(Populated, "an unexpected slow sync waits where the profile says so", "[review]")
{
    guard.holds_slow = true;
    CHECK(begin(SyncType::Slow) == 0); // the first one
    commit();
    populate(3);
    CHECK_THROWS_WITH(begin(SyncType::Slow), Contains("slow sync"));
    CHECK_FALSE(begins_anew());
    reviews().release(contact, "p");
    CHECK(begin(SyncType::Slow) == 3);
    read();
    commit();
    CHECK_THROWS_AS(begin(SyncType::Slow), HeldForReview); // agreed to once
}

TEST_CASE_METHOD(Populated, "without a guard nothing waits", "[review]")
{
    guard.percent = 100;
    populate(30);
    remove_here(0, 15);
    begin();
    read();
    for (int i = 16; i <= 30; ++i)
        remove(std::to_string(i));
    CHECK(names().empty());
}
