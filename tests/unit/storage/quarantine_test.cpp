#include "storage/quarantine.hpp"

#include "storage/sync_state.hpp"
#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

using storage::QuarantinedItem;
using storage::SyncState;
using SentItem = SyncState::SentItem;
using SentState = SyncState::SentState;

namespace {

struct Fixture {
    TemporaryDirectory directory;
    std::unique_ptr<SyncState> state = open();
    std::unique_ptr<SyncState> open() const { return SyncState::open(directory / "state.db").value(); }

    Fixture()
    {
        state->bind_to("server");
        state->anchors("CONTACT", "card");
        begin(7, 70);
    }

    void begin(std::uint64_t session, std::int64_t time) const
    {
        storage::SessionRecord record;
        record.session = session;
        record.started = time;
        state->begin_session(record);
    }
};

QuarantinedItem item(const std::string& id, bool from_server = true, const std::string& service = "CONTACT")
{
    return {service, from_server, id, 415, "why", 3, 7, 70};
}

} // namespace

TEST_CASE_METHOD(Fixture, "refused items are kept in order, with the session that refused them", "[quarantine]")
{
    CHECK(state->quarantined().empty());
    state->quarantine({item("b")});
    state->quarantine({item("a")});
    state->quarantine({item("b", false)});
    state->quarantine({item("b", true, "EVENT")});
    state = open();
    CHECK(state->quarantined() == std::vector{item("b", false), item("b"), item("a"), item("b", true, "EVENT")});
}

TEST_CASE_METHOD(Fixture, "the last refusal of an item counts", "[quarantine]")
{
    state->quarantine({item("a")});
    begin(8, 80);
    auto larger = item("a");
    larger.code = 413;
    larger.reason = "another\nreason";
    larger.size = 99;
    state->quarantine({larger});
    CHECK(state->quarantined() == std::vector{QuarantinedItem{"CONTACT", true, "a", 413, "another reason", 99, 8, 80}});
}

TEST_CASE_METHOD(Fixture, "an item that was taken leaves", "[quarantine]")
{
    state->quarantine({item("a"), item("b"), item("c")});
    state->release("CONTACT", false, {"a"});
    state->release("EVENT", true, {"a"});
    CHECK(state->quarantined().size() == 3);
    state->release("CONTACT", true, {"a", "c", "unknown"});
    CHECK(state->quarantined() == std::vector{item("b")});
}

TEST_CASE_METHOD(Fixture, "what a server refuses takes no more room than it may", "[quarantine]")
{
    state->quarantine({item(std::string(storage::max_quarantined_id + 1, 'x'))});
    state->quarantine({item("")});
    CHECK(state->quarantined().empty());
    for (std::uint64_t i = 0; i < storage::max_quarantined + 5; ++i)
        state->quarantine({item(std::to_string(i))});
    CHECK(state->quarantined().size() == storage::max_quarantined);
    auto known = item("0");
    known.code = 413;
    state->quarantine({known}); // it is no further one
    CHECK(state->quarantined().front() == known);
    state->quarantine({item("0", false)}); // nor are the others' in the way
    CHECK(state->quarantined().size() == storage::max_quarantined + 1);
}

TEST_CASE_METHOD(Fixture, "who begins anew has refused nothing", "[quarantine]")
{
    state->quarantine({item("a")});
    state->quarantine({item("a", true, "EVENT")});
    SECTION("the service")
    {
        state->forget("CONTACT");
        CHECK(state->quarantined() == std::vector{item("a", true, "EVENT")});
    }
    SECTION("another database")
    {
        state->anchors("CONTACT", "other");
        CHECK(state->quarantined() == std::vector{item("a", true, "EVENT")});
    }
    SECTION("another server")
    {
        state->bind_to("other");
        CHECK(state->quarantined().empty());
    }
}

TEST_CASE_METHOD(Fixture, "what was refused goes once more to a server that is another", "[quarantine]")
{
    state->note_sent("CONTACT", {{"1", 5, SentState::Refused, 415}, {"2", 5, SentState::Missing}});
    state->retry_refused();
    CHECK(state->sent_items("CONTACT") ==
          std::vector<SentItem>{{"1", 5, SentState::Sent}, {"2", 5, SentState::Missing}});
}
