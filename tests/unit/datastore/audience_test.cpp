// A server that understands less of items than is kept here.
#include "session_fixture.hpp"

#include <catch2/catch.hpp>

using session::SyncType;
using session::Verdict;
using syncml::StatusCode;

namespace {

struct AudienceFixture : SessionFixture {
    AudienceFixture() { server.forms = {item::Form::VCard21}; }

    /// One that vCard 2.1 cannot say the whole of.
    static std::string rich(const std::string& name, const std::string& number = "1")
    {
        return "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:42\r\nN:" + name + ";;;;\r\nFN:" + name +
               "\r\nitem1.TEL;TYPE=CELL:" + number + "\r\nX-CUSTOM;X-WITH=\"a:b\":c\r\nEND:VCARD\r\n";
    }
    /// The server's way to write it.
    static std::string plain(const std::string& name, const std::string& number = "1")
    {
        return "BEGIN:VCARD\r\nVERSION:2.1\r\nN:" + name + "\r\nTEL;CELL:" + number +
               "\r\nX-CUSTOM;X-WITH=a b:c\r\nEND:VCARD\r\n";
    }
    std::string data(const std::string& luid) const { return items->find(contact, luid).value().data; }
    session::Change only_change()
    {
        const auto page = store->read(1 << 20);
        REQUIRE(page.changes.size() == 1);
        return page.changes.front();
    }
};

} // namespace

TEST_CASE_METHOD(AudienceFixture, "an item goes in a form that the server understands, and what is lost is told",
                 "[audience]")
{
    const auto luid = items->add(contact, rich("a"));
    begin(SyncType::Slow);
    const auto change = only_change();
    CHECK(change.type == "text/x-vcard");
    CHECK(item::find_form(change.data) == item::Form::VCard21);
    CHECK(store->take_notes() == std::vector<std::string>{"1 item was sent in vCard 2.1, without X-CUSTOM (item " +
                                                          luid + ": c X-WITH=a:b); it stays here"});
    CHECK(store->take_notes().empty());
    CHECK(data(luid) == rich("a"));
}

TEST_CASE_METHOD(AudienceFixture, "an item that the server understands goes as it is", "[audience]")
{
    server.forms = {item::Form::VCard21, item::Form::VCard30};
    items->add(contact, rich("a"));
    begin(SyncType::Slow);
    const auto change = only_change();
    CHECK(change.type == "text/vcard");
    CHECK(change.data == rich("a"));
    CHECK(store->take_notes().empty());
}

TEST_CASE_METHOD(AudienceFixture, "what the server makes of an item that it was told in part is no change of it",
                 "[audience]")
{
    const auto luid = items->add(contact, rich("a"));
    sync(SyncType::Slow);
    const auto revision = items->find(contact, luid)->revision;
    begin();
    CHECK(replace(luid, plain("a")).status == StatusCode::Ok);
    commit();
    CHECK(items->find(contact, luid)->revision == revision);
    CHECK(data(luid) == rich("a"));
    CHECK(sync().empty());
}

TEST_CASE_METHOD(AudienceFixture, "a change of the server's leaves what it was not told", "[audience]")
{
    const auto luid = items->add(contact, rich("a"));
    sync(SyncType::Slow);
    begin();
    CHECK(replace(luid, plain("b", "2")).status == StatusCode::Ok);
    commit();
    CHECK(data(luid).find("VERSION:3.0") != std::string::npos);
    CHECK(data(luid).find("UID:42") != std::string::npos);
    CHECK(data(luid).find("X-CUSTOM;X-WITH=\"a:b\":c") != std::string::npos);
    CHECK(data(luid).find("CELL:2") != std::string::npos);
    CHECK(names() == std::vector<std::string>{"b"});
    CHECK(sync().empty()); // the server has that already
}

TEST_CASE_METHOD(AudienceFixture, "an edit and a change of the server's are merged with what the server was told",
                 "[audience]")
{
    const auto luid = items->add(contact, rich("a"));
    items->begin_session({"p", 1, 0});
    sync(SyncType::Slow);
    items->end_session({});
    auto edited = rich("a");
    edited.insert(edited.find("END:"), "NOTE:mine\r\n");
    items->replace(contact, luid, edited);
    begin();
    CHECK(replace(luid, plain("a", "2")).status == StatusCode::Ok);
    commit();
    CHECK(data(luid).find("NOTE:mine") != std::string::npos);
    CHECK(data(luid).find("X-CUSTOM;X-WITH=\"a:b\":c") != std::string::npos);
    CHECK(data(luid).find("CELL:2") != std::string::npos);
    CHECK(data(luid).find("CELL:1") == std::string::npos);
}

TEST_CASE_METHOD(AudienceFixture, "in a slow sync an item is found by what the server was told of it", "[audience]")
{
    const auto luid = items->add(contact, rich("a"));
    begin(SyncType::Slow);
    const auto outcome = add("g", plain("a"));
    CHECK(outcome.status == StatusCode::Ok);
    CHECK(outcome.luid == luid);
    CHECK(items->count(contact) == 1);
    CHECK(data(luid) == rich("a"));
}

TEST_CASE_METHOD(AudienceFixture, "an item whose type the server refuses goes in the next one, once", "[audience]")
{
    server.forms = {};
    const auto luid = items->add(contact, rich("a"));
    const auto refuse = [&](SyncType type, const std::string& sent_as) {
        begin(type);
        CHECK(only_change().type == sent_as);
        store->note_sent({luid});
        confirm({luid}, StatusCode::UnsupportedMediaType, Verdict::Refused);
        commit();
    };
    refuse(SyncType::Slow, "text/vcard");
    refuse(SyncType::TwoWay, "text/x-vcard");
    CHECK(sync().empty());
    // An edit is another chance for both.
    items->replace(contact, luid, rich("b"));
    refuse(SyncType::TwoWay, "text/vcard");
    begin();
    CHECK(only_change().type == "text/x-vcard");
    store->note_sent({luid});
    confirm({luid});
    commit();
    CHECK(sync().empty());
}

TEST_CASE_METHOD(AudienceFixture, "an item in the only form that the server understands is refused for good",
                 "[audience]")
{
    const auto luid = items->add(contact, rich("a"));
    begin(SyncType::Slow);
    CHECK(only_change().type == "text/x-vcard");
    store->note_sent({luid});
    confirm({luid}, StatusCode::UnsupportedMediaType, Verdict::Refused);
    commit();
    CHECK(sync().empty());
}

TEST_CASE_METHOD(AudienceFixture, "a vCard 4.0 goes as 3.0 to a server that does not say what it understands",
                 "[audience]")
{
    server.forms = {};
    items->add(contact, "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:a b\r\nN:b;a;;;\r\nEND:VCARD\r\n");
    begin(SyncType::Slow);
    CHECK(item::find_form(only_change().data) == item::Form::VCard30);
}

TEST_CASE_METHOD(AudienceFixture, "a large item in another form is not gone on with", "[audience]")
{
    const auto luid = items->add(contact, rich("a"));
    begin(SyncType::Slow);
    only_change();
    store->note_sent({luid});
    store->note_part_sent(luid, {syncml::ItemVerb::Replace, "", 20});
    CHECK_FALSE(state->part_sent("CONTACT").has_value());
}
