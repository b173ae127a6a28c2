// What the peer knew of an item when it was edited here stays known.
#include "session_fixture.hpp"

#include <catch2/catch.hpp>

using session::SyncType;

namespace {

struct BaseFixture : SessionFixture {
    std::uint64_t number = 0;

    void begin_noted(SyncType type = SyncType::TwoWay, const std::string& profile = "p")
    {
        items->begin_session({profile, ++number, 0});
        begin(type, profile);
    }
    void end_noted()
    {
        commit();
        items->end_session({});
    }
    std::vector<std::string> sync_noted(SyncType type = SyncType::TwoWay)
    {
        items->begin_session({"p", ++number, 0});
        auto sent = sync(type);
        items->end_session({});
        return sent;
    }
    std::optional<std::string> base(const std::string& luid) const
    {
        return items->find_base(contact, "p", luid, state->anchors("CONTACT", "card").mark);
    }
};

} // namespace

TEST_CASE_METHOD(BaseFixture, "what was sent is the base of edits after it", "[base]")
{
    const auto luid = items->add(contact, card("sent"));
    sync_noted(SyncType::Slow);
    items->replace(contact, luid, card("edit"));
    items->replace(contact, luid, card("another"));
    CHECK(base(luid) == card("sent"));
    sync_noted();
    CHECK(base(luid) == card("another"));
    items->remove(contact, luid);
    CHECK(base(luid) == card("another"));
}

TEST_CASE_METHOD(BaseFixture, "what came is the base of edits after it", "[base]")
{
    begin_noted();
    const auto luid = add("g", card("came")).luid;
    end_noted();
    items->replace(contact, luid, card("edit"));
    CHECK(base(luid) == card("came"));
    begin_noted();
    CHECK(read() == std::vector<std::string>{"Update " + luid});
    store->note_sent({luid});
    confirm({luid});
    CHECK(replace(luid, card("the server's")).status == syncml::StatusCode::Ok);
    end_noted();
    CHECK(base(luid) == card("the server's"));
    items->replace(contact, luid, card("edit again"));
    CHECK(base(luid) == card("the server's"));
}

TEST_CASE_METHOD(BaseFixture, "an edit during the session does not hide what the server wrote then", "[base]")
{
    const auto luid = items->add(contact, card("one"));
    sync_noted(SyncType::Slow);
    begin_noted();
    items->add(contact, card("meanwhile"));
    CHECK(replace(luid, card("the server's")).status == syncml::StatusCode::Ok);
    end_noted();
    items->replace(contact, luid, card("edit"));
    CHECK(base(luid) == card("the server's"));
}

TEST_CASE_METHOD(BaseFixture, "after a session that was killed what was sent in it is known by its revision", "[base]")
{
    const auto luid = items->add(contact, card("one"));
    sync_noted(SyncType::Slow);
    items->replace(contact, luid, card("two"));
    const auto sent = items->revision();
    begin_noted();
    read();
    store->note_sent({luid});
    kill();
    items->replace(contact, luid, card("three"));
    CHECK(base(luid) == card("one"));
    CHECK(items->find_base(contact, "p", luid, sent) == card("two"));
}

TEST_CASE_METHOD(BaseFixture, "a refresh is the base of edits after it", "[base]")
{
    const auto gone = items->add(contact, card("gone"));
    begin_noted(SyncType::RefreshFromServer);
    const auto luid = add("g", card("came")).luid;
    end_noted();
    items->replace(contact, luid, card("edit"));
    CHECK(base(luid) == card("came"));
    CHECK_FALSE(base(gone));
}
