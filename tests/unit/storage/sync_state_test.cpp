#include "storage/sync_state.hpp"

#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

using storage::Anchors;
using storage::SyncState;
using SentItem = SyncState::SentItem;
using SentState = SyncState::SentState;

namespace {

struct Fixture {
    TemporaryDirectory directory;
    std::unique_ptr<SyncState> state = open();
    std::unique_ptr<SyncState> open() const { return SyncState::open(directory / "state.db").value(); }

    void fill()
    {
        state->set_nonce("bm9uY2U=");
        state->set_peer_info("{\"man\":\"x\"}", 17);
        state->set_sent_devinf_hash("abc");
        state->set_encoding("WBXML");
        state->set_found_version({"1.1", 1'750'000'000, true, "url"});
        state->anchors("CONTACT", "card");
        state->commit("CONTACT", "card", {"c1", "s1", 7});
        state->note_sent("CONTACT", {{"5", 6, SentState::Sent}});
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "a new state knows nothing", "[state]")
{
    CHECK(state->identity().empty());
    CHECK(state->nonce().empty());
    CHECK_FALSE(state->peer_info());
    CHECK(state->sent_devinf_hash().empty());
    CHECK(state->encoding().empty());
    CHECK_FALSE(state->found_version());
    CHECK(state->anchors("CONTACT", "card") == Anchors{});
    CHECK(state->sent_items("CONTACT").empty());
    CHECK(state->history(10).empty());
    CHECK(state->statistics().empty());
}

TEST_CASE_METHOD(Fixture, "what is known of a server outlives the connection", "[state]")
{
    CHECK_FALSE(state->bind_to("server"));
    fill();
    state = open();
    CHECK_FALSE(state->bind_to("server"));
    CHECK(state->identity() == "server");
    CHECK(state->nonce() == "bm9uY2U=");
    CHECK(state->peer_info() == storage::PeerInfo{"{\"man\":\"x\"}", 17, false});
    CHECK(state->sent_devinf_hash() == "abc");
    CHECK(state->encoding() == "WBXML");
    CHECK(state->found_version() == SyncState::FoundVersion{"1.1", 1'750'000'000, true, "url"});
    CHECK(state->anchors("CONTACT", "card") == Anchors{"c1", "s1", 7});
    CHECK(state->sent_items("CONTACT") == std::vector<SentItem>{{"5", 6, SentState::Sent}});
}

TEST_CASE_METHOD(Fixture, "where the first of the slow syncs that broke off began is known until one ends well",
                 "[state]")
{
    state->bind_to("server");
    CHECK_FALSE(state->slow_since("CONTACT"));
    state->note_slow_since("CONTACT", 7);
    state->forget("CONTACT"); // as each slow sync begins
    state->note_slow_since("CONTACT", 9);
    state->note_slow_since("EVENT", 8);
    state = open();
    CHECK(state->slow_since("CONTACT") == 7);
    SECTION("the service")
    {
        state->commit("CONTACT", "card", {"c1", "s1", 9});
        CHECK_FALSE(state->slow_since("CONTACT"));
        CHECK(state->slow_since("EVENT") == 8);
    }
    SECTION("another server")
    {
        state->bind_to("another");
        CHECK_FALSE(state->slow_since("EVENT"));
    }
}

TEST_CASE_METHOD(Fixture, "a filter is remembered with the anchors that it goes with", "[state]")
{
    state->bind_to("server");
    state->anchors("CONTACT", "card");
    state->commit("CONTACT", "card", {"c1", "s1", 7, "N&CON;a"});
    state = open();
    CHECK(state->find_anchors("CONTACT", "card") == Anchors{"c1", "s1", 7, "N&CON;a"});
    state->commit("CONTACT", "card", {"c2", "s2", 8});
    CHECK(state->anchors("CONTACT", "card") == Anchors{"c2", "s2", 8});
}

TEST_CASE_METHOD(Fixture, "a server's device information can be doubted until it comes again", "[state]")
{
    state->doubt_peer_info();
    CHECK_FALSE(state->peer_info());
    state->set_peer_info("{}", 17);
    state->doubt_peer_info();
    state = open();
    CHECK(state->peer_info() == storage::PeerInfo{"{}", 17, true});
    state->set_peer_info("{}", 18);
    CHECK(state->peer_info() == storage::PeerInfo{"{}", 18, false});
}

TEST_CASE_METHOD(Fixture, "device information that is too long to be ours is none", "[state]")
{
    state->set_peer_info(std::string(1024 * 1024 + 1, 'x'), 17);
    CHECK_FALSE(state->peer_info());
}

TEST_CASE_METHOD(Fixture, "another server or user: everything but history is forgotten", "[state]")
{
    state->bind_to("server");
    fill();
    storage::SessionRecord session;
    session.session = 1;
    state->begin_session(session);
    state->give_server_nonce("one");
    state->give_server_nonce("two");
    CHECK(state->bind_to("other"));
    CHECK(state->server_nonces().empty());
    CHECK(state->nonce().empty());
    CHECK_FALSE(state->peer_info());
    CHECK(state->sent_devinf_hash().empty());
    CHECK(state->encoding().empty());
    CHECK_FALSE(state->found_version());
    CHECK(state->anchors("CONTACT", "card") == Anchors{});
    CHECK(state->sent_items("CONTACT").empty());
    CHECK(state->history(10).size() == 1);
}

TEST_CASE_METHOD(Fixture, "a nonce of the server counts until the next one is known to have arrived", "[state]")
{
    using Nonces = std::vector<std::string>;
    CHECK(state->server_nonces().empty());
    state->give_server_nonce("one");
    CHECK(state->server_nonces() == Nonces{"one"});
    state->give_server_nonce("one"); // once more, in the same session
    CHECK(state->server_nonces() == Nonces{"one"});
    state->give_server_nonce("two");
    state = open();
    CHECK(state->server_nonces() == Nonces{"two", "one"});
    state->settle_server_nonce();
    CHECK(state->server_nonces() == Nonces{"two"});
}

TEST_CASE_METHOD(Fixture, "another store of the items: the service is forgotten, and only it", "[state]")
{
    const storage::Anchors anchors{"own", "peer", 7};
    for (const auto* service : {"CONTACT", "EVENT"}) {
        state->anchors(service, "uri");
        state->commit(service, "uri", anchors);
    }
    state->bind_store("CONTACT", "");
    CHECK(state->find_anchors("CONTACT", "uri") == anchors);
    state->bind_store("CONTACT", "/contacts");
    CHECK(state->store("CONTACT") == "/contacts");
    CHECK(!state->find_anchors("CONTACT", "uri"));
    CHECK(state->find_anchors("EVENT", "uri") == anchors);
    state->anchors("CONTACT", "uri");
    state->commit("CONTACT", "uri", anchors);
    state->bind_store("CONTACT", "/contacts");
    CHECK(state->find_anchors("CONTACT", "uri") == anchors);
    state->bind_store("CONTACT", "");
    CHECK(!state->find_anchors("CONTACT", "uri"));
}

TEST_CASE_METHOD(Fixture, "another database of the server: the service is forgotten, and only it", "[state]")
{
    fill();
    state->anchors("EVENT", "cal");
    state->commit("EVENT", "cal", {"e", "t", 3});
    CHECK_FALSE(state->find_anchors("CONTACT", "other"));
    CHECK(state->find_anchors("CONTACT", "card"));
    CHECK(state->anchors("CONTACT", "other") == Anchors{});
    CHECK(state->sent_items("CONTACT").empty());
    CHECK(state->anchors("EVENT", "cal") == Anchors{"e", "t", 3});
    // Also when no session with the first one ever ended well, and when the first one comes back.
    CHECK(state->anchors("CONTACT", "card") == Anchors{});
    CHECK(state->nonce() == "bm9uY2U=");
}

TEST_CASE_METHOD(Fixture, "forgetting a service makes its next sync slow and leaves the others", "[state]")
{
    fill();
    state->anchors("EVENT", "cal");
    state->commit("EVENT", "cal", {"e", "t", 3});
    state->forget("CONTACT");
    CHECK(state->anchors("CONTACT", "card") == Anchors{});
    CHECK(state->sent_items("CONTACT").empty());
    CHECK(state->anchors("EVENT", "cal") == Anchors{"e", "t", 3});
}

TEST_CASE_METHOD(Fixture, "a commit settles what was confirmed and keeps what was not answered", "[state]")
{
    state->anchors("CONTACT", "card");
    state->note_sent("CONTACT", {{"1", 4, SentState::Sent}, {"2", 5, SentState::Sent}});
    state->note_sent("CONTACT", {{"1", 4, SentState::Confirmed}});
    CHECK(state->sent_items("CONTACT") ==
          std::vector<SentItem>{{"1", 4, SentState::Confirmed}, {"2", 5, SentState::Sent}});
    state->note_sent("CONTACT", {{"2", 6, SentState::Sent}}); // sent once more, edited
    state->note_sent("CONTACT", {{"3", 8, SentState::Confirmed}});
    state->commit("CONTACT", "card", {"c", "s", 6}); // a one-way session does not settle what it did not send
    CHECK(state->sent_items("CONTACT") ==
          std::vector<SentItem>{{"2", 6, SentState::Sent}, {"3", 8, SentState::Confirmed}});
    state->clear_sent("CONTACT");
    CHECK(state->sent_items("CONTACT").empty());
}
