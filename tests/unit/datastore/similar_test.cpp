// What a server adds in a slow sync, and is here already, nearly.
#include "session_fixture.hpp"

#include "storage/reviews.hpp"

#include <catch2/catch.hpp>

using datastore::ConflictPolicy;
using datastore::HeldForReview;
using session::Outcome;
using session::SyncType;
using storage::ItemConflict;
using storage::LossCounts;
using storage::Reviews;
using storage::Rule;
using syncml::StatusCode;
using Sent = std::vector<std::string>;

namespace {

std::string person(const std::string& name, const std::string& body)
{
    return "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Smith;" + name + ";;;\r\nFN:" + name + " Smith\r\n" + body +
           "END:VCARD\r\n";
}
std::string ann(const std::string& body)
{
    return person("Ann", body);
}
const std::string mail = "EMAIL:ann@example.org\r\n";

/// A server that matches nothing: it takes all of ours as new, and adds all of its own.
struct Dumb : SessionFixture {
    std::uint64_t number = 0;

    Dumb() { policy = ConflictPolicy::KeepBoth; }

    void begin_noted(SyncType type = SyncType::Slow)
    {
        items->begin_session({"p", ++number, 1'000'000 * static_cast<std::int64_t>(number)});
        begin(type);
    }
    void send(StatusCode status = StatusCode::ItemAdded)
    {
        std::vector<std::string> luids;
        for (const auto& change : read())
            luids.push_back(change.substr(change.find(' ') + 1));
        store->note_sent(luids);
        confirm(luids, status);
    }
    void finish()
    {
        notes.clear();
        store->commit();
        notes = store->take_notes();
        state->commit("CONTACT", "card", {"own", "peer", store->mark()});
        store.reset();
        items->end_session({});
    }
    /// What the next session sends, all of which is confirmed.
    Sent sends_next()
    {
        begin_noted(SyncType::TwoWay);
        auto sent = read();
        std::vector<std::string> luids;
        for (const auto& change : sent)
            luids.push_back(change.substr(change.find(' ') + 1));
        store->note_sent(luids);
        confirm(luids);
        finish();
        return sent;
    }
    std::string data(const std::string& luid = "1") { return items->find(contact, luid).value().data; }
    std::vector<std::string> luids()
    {
        std::vector<std::string> luids;
        for (const auto& [luid, revision] : items->list(contact))
            luids.push_back(luid);
        return luids;
    }
    std::vector<std::string> notes;
};

} // namespace

TEST_CASE_METHOD(Dumb, "what a server adds that is nearly the same as an item here becomes one with it",
                 "[slow][similar]")
{
    items->add(contact, ann(mail + "TEL:1111111\r\n"));
    begin_noted();
    send();
    CHECK(add("g1", ann(mail + "TEL:2222222\r\nNOTE:n\r\n")) == Outcome{StatusCode::ItemAdded, "2"});
    CHECK(add("g2", person("Bob", mail + "TEL:1111111\r\n")) == Outcome{StatusCode::ItemAdded, "3"});
    finish();
    CHECK(luids() == Sent{"1", "3"});
    CHECK(data() == ann(mail + "TEL:1111111\r\nNOTE:n\r\nTEL:2222222\r\n"));
    CHECK(notes == Sent{"1 item that the server added is nearly the same as one here: they were merged, and the "
                        "server hears of it with the next sync; see syncctl diff"});
    CHECK(items->unmapped(contact, "p", state->identity() + " card").size() == 2); // g1 has to be known to be deleted
    CHECK(sends_next() == Sent{"Delete 2", "Update 1"});
    CHECK(sends_next().empty());
    CHECK(luids() == Sent{"1", "3"});
}

TEST_CASE_METHOD(Dumb, "the other profiles hear of the merge, and nothing of the item that went", "[slow][similar]")
{
    items->add(contact, ann(mail));
    sync(SyncType::Slow, "q");
    begin_noted();
    send();
    add("g1", ann(mail + "NOTE:n\r\n"));
    finish();
    begin(SyncType::TwoWay, "q");
    state->anchors("CONTACT", "card");
    CHECK(items->count_changes(contact, "q", 2, items->revision()) == 1);
}

TEST_CASE_METHOD(Dumb, "an item here that says all that the server's says stays as it is, octet by octet",
                 "[slow][similar]")
{
    const auto ours = ann(mail + "TEL:1111111\r\nX-OURS:1\r\n");
    items->add(contact, ours);
    begin_noted();
    send();
    add("g1", ann(mail));
    finish();
    CHECK(luids() == Sent{"1"});
    CHECK(data() == ours);
    // The Delete first: a server that has made one item of both has it again.
    CHECK(sends_next() == Sent{"Delete 2", "Update 1"});
}

TEST_CASE_METHOD(Dumb, "what the server has matched, or may not have, is not merged with another of its own",
                 "[slow][similar]")
{
    items->add(contact, ann(mail));
    begin_noted();
    SECTION("matched")
    {
        send(StatusCode::Ok);
    }
    SECTION("not answered")
    {
        read();
        store->note_sent({"1"});
    }
    SECTION("refused")
    {
        read();
        store->note_sent({"1"});
        confirm({"1"}, StatusCode::RequestEntityTooLarge, session::Verdict::Refused);
    }
    add("g1", ann(mail + "NOTE:n\r\n"));
    finish();
    CHECK(luids() == Sent{"1", "2"});
    CHECK(data() == ann(mail));
    CHECK(notes.empty());
}

TEST_CASE_METHOD(Dumb, "outside of a slow sync everything that a server adds is new", "[similar]")
{
    items->add(contact, ann(mail));
    sync(SyncType::Slow);
    begin_noted(SyncType::TwoWay);
    add("g1", ann(mail + "NOTE:n\r\n"));
    finish();
    CHECK(luids() == Sent{"1", "2"});
}

TEST_CASE_METHOD(Dumb, "where it is not clear which of several it is, it is none", "[slow][similar]")
{
    SECTION("two here")
    {
        items->add(contact, ann(mail + "TITLE:a\r\n"));
        items->add(contact, ann(mail + "TITLE:b\r\n"));
        begin_noted();
        send();
        add("g1", ann(mail + "TITLE:c\r\n"));
        finish();
        CHECK(luids() == Sent{"1", "2", "3"});
    }
    SECTION("two at the server")
    {
        items->add(contact, ann(mail + "X-T:a\r\n"));
        begin_noted();
        send();
        add("g1", ann(mail + "X-T:b\r\n"));
        add("g2", ann(mail + "X-T:c\r\n"));
        finish();
        CHECK(luids() == Sent{"1", "2", "3"});
    }
    SECTION("but of two one may be much nearer")
    {
        items->add(contact, ann("TEL:1111111\r\n"));
        begin_noted();
        send();
        add("g1", ann("TEL:1111111\r\n" + mail + "BDAY:19700131\r\n"));
        add("g2", ann("TEL:1111111\r\nX-T:c\r\n" + mail));
        finish();
        CHECK(luids().size() >= 2);
    }
}

TEST_CASE_METHOD(Dumb, "what contradicts goes the way of the policy", "[slow][similar]")
{
    const auto ours = ann(mail + "NOTE:ours\r\nTEL:1111111\r\n");
    const auto theirs = ann(mail + "NOTE:theirs\r\nTEL:2222222\r\n");
    items->add(contact, ours);
    const auto run = [&] {
        begin_noted();
        send();
        add("g1", theirs);
        finish();
    };
    SECTION("both are kept, and listed, until somebody says that they are one")
    {
        run();
        CHECK(data("1") == ours);
        CHECK(data("2") == theirs);
        const auto conflict = items->conflicts("p").at(0);
        CHECK(conflict.luid == "1");
        CHECK(conflict.copy == "2");
        CHECK(conflict.way == ItemConflict::Way::Both);
        CHECK(conflict.with_ours == ours);
        CHECK(conflict.with_theirs == ann(mail + "NOTE:theirs\r\nTEL:1111111\r\nTEL:2222222\r\n"));
        CHECK(conflict.fields.at(0).name == "NOTE");
        CHECK(notes.at(0).find("may be the same as one here") != std::string::npos);
        CHECK(sends_next().empty());
    }
    SECTION("ours")
    {
        policy = ConflictPolicy::ClientWins;
        run();
        CHECK(luids() == Sent{"1"});
        CHECK(data() == ann(mail + "NOTE:ours\r\nTEL:1111111\r\nTEL:2222222\r\n"));
        CHECK(items->conflicts("p").at(0).theirs == theirs);
    }
    SECTION("theirs")
    {
        policy = ConflictPolicy::ServerWins;
        run();
        CHECK(luids() == Sent{"1"});
        CHECK(data() == ann(mail + "NOTE:theirs\r\nTEL:1111111\r\nTEL:2222222\r\n"));
        CHECK(items->conflicts("p").at(0).way == ItemConflict::Way::Theirs);
    }
}

TEST_CASE_METHOD(Dumb, "a merge with what the server added is in the list of the session, and can be undone",
                 "[slow][similar]")
{
    const auto ours = ann(mail);
    const auto theirs = ann(mail + "NOTE:n\r\n");
    items->add(contact, ours);
    begin_noted();
    send();
    add("g1", theirs);
    finish();
    std::vector<std::pair<std::string, Rule>> changes;
    for (const auto& change : items->session_changes("p", 1, {}, 1 << 20))
        changes.emplace_back(change.luid, change.rule);
    CHECK(changes == std::vector<std::pair<std::string, Rule>>{
                         {"1", Rule::Merged}, {"2", Rule::ServerAdded}, {"2", Rule::Matched}});
    const bool is_sent = GENERATE(false, true);
    if (is_sent)
        sends_next();
    CHECK(items->undo("p", 1, {"p", 9, 0}) == storage::Undoing{1, 1, 0, {}});
    CHECK(data("1") == ours);
    CHECK(data("2") == theirs);
    CHECK(sends_next().size() == 2);
    CHECK(sends_next().empty());
}

TEST_CASE_METHOD(Dumb, "a session that breaks off before its end merges nothing, and the next slow one everything once",
                 "[slow][similar][broken]")
{
    items->add(contact, ann(mail));
    begin_noted();
    send();
    add("g1", ann(mail + "NOTE:n\r\n"));
    kill();
    CHECK(luids() == Sent{"1", "2"});
    // The server has two now. It adds what it had, or what it got, or both.
    begin_noted();
    send();
    CHECK(add("g1", ann(mail + "NOTE:n\r\n")) == Outcome{StatusCode::ItemAdded, "3"}); // surplus
    CHECK(add("g2", ann(mail)) == Outcome{StatusCode::ItemAdded, "4"});
    finish();
    CHECK(luids() == Sent{"1"});
    CHECK(data() == ann(mail + "NOTE:n\r\n"));
    CHECK(sends_next() == Sent{"Delete 3", "Delete 4", "Delete 2", "Update 1"});
}

TEST_CASE_METHOD(Dumb, "what broken slow syncs brought becomes one with what is here when one ends well",
                 "[slow][similar][broken]")
{
    items->add(contact, ann(mail));
    for (int i = 0; i < 2; ++i) {
        begin_noted();
        send();
        if (i == 0)
            add("g1", ann(mail + "NOTE:n\r\n"));
        add("g2", person("Bob", "EMAIL:bob@example.org\r\n"));
        add("g3", person("Bob", "EMAIL:bob@example.org\r\nTEL;TYPE=CELL:3333333\r\n"));
        kill();
    }
    begin_noted();
    SECTION("the server has found both")
    {
        send(StatusCode::Ok);
        finish();
        CHECK(luids() == Sent{"1", "3", "4"}); // two of the server's stay two
        CHECK(data() == ann(mail + "NOTE:n\r\n"));
        CHECK(sends_next() == Sent{"Delete 2", "Update 1"});
        CHECK(sends_next().empty());
    }
    SECTION("it has not taken one of them")
    {
        read();
        confirm({"2", "3", "4"}, StatusCode::Ok);
        finish();
        CHECK(luids() == Sent{"1", "2", "3", "4"});
    }
    SECTION("that a slow sync ended well is remembered")
    {
        store->abandon();
        store.reset();
        items->end_session({});
        state->commit("CONTACT", "card", {"own", "peer", 0});
        begin_noted();
        send(StatusCode::Ok);
        finish();
        CHECK(luids() == Sent{"1", "2", "3", "4"});
    }
}

TEST_CASE_METHOD(Dumb, "merges that are too many wait, and both of each are there meanwhile", "[slow][similar][review]")
{
    for (int i = 0; i < 12; ++i)
        items->add(contact, person("n" + std::to_string(i), "TEL:111111" + std::to_string(i) + "\r\n"));
    begin_noted();
    send();
    for (int i = 0; i < 12; ++i)
        add("g" + std::to_string(i),
            person("n" + std::to_string(i), "TEL:111111" + std::to_string(i) + "\r\nNOTE:n\r\n"));
    store->commit();
    CHECK(store->held() == "on the server 12 items were added that are nearly the same as ones here, of 24 items here; "
                           "nothing of that was done here");
    CHECK(store->take_notes().empty());
    state->commit("CONTACT", "card", {"own", "peer", store->mark()});
    items->end_session({});
    CHECK(items->count(contact) == 24);
    Reviews reviews(*items);
    CHECK(reviews.count_planned(contact, "p") == LossCounts{0, 0, 12});
    CHECK_THROWS_AS(begin(), HeldForReview);
    const auto planned = reviews.planned(contact, "p", {}, 100);
    REQUIRE(planned.size() == 24);
    CHECK(planned[0].luid == "1");
    CHECK(planned[0].after == person("n0", "TEL:1111110\r\nNOTE:n\r\n"));
    CHECK(planned[1].luid == "13");
    CHECK(planned[1].before == person("n0", "TEL:1111110\r\nNOTE:n\r\n"));
    CHECK_FALSE(planned[1].after);
    SECTION("released")
    {
        items->replace(contact, "1", person("n0", "TEL:1111110\r\nNOTE:m\r\n")); // edited meanwhile: both stay
        reviews.release(contact, "p");
        CHECK(items->count(contact) == 13);
        CHECK(data("1") == person("n0", "TEL:1111110\r\nNOTE:m\r\n"));
        CHECK(data("2") == person("n1", "TEL:1111111\r\nNOTE:n\r\n"));
        // What was looked at does not wait a second time.
        CHECK(sends_next().size() == 23);
    }
    SECTION("rejected")
    {
        reviews.reject(contact, "p");
        CHECK(items->count(contact) == 24);
        CHECK(data("1") == person("n0", "TEL:1111110\r\n"));
        CHECK(sends_next().empty());
    }
}

TEST_CASE_METHOD(Dumb, "surplus ones go to the server without review", "[slow][review]")
{
    for (int i = 0; i < 20; ++i)
        items->add(contact, card("n" + std::to_string(i)));
    begin_noted();
    send();
    for (int i = 0; i < 20; ++i)
        add("g" + std::to_string(i), card("n" + std::to_string(i)));
    finish();
    CHECK(items->count(contact) == 20);
    CHECK(sends_next().size() == 40);
}
