// Which encoding and version a session is held in.

#include "whole_session.hpp"

#include <catch2/catch.hpp>

using namespace whole_session;

namespace {

const std::string as_xml = "application/vnd.syncml+xml";
const std::string as_wbxml = "application/vnd.syncml+wbxml";

} // namespace

TEST_CASE("a server that reads WBXML is sent WBXML alone, item data as it is", "[runner]")
{
    Fixture f;
    f.plan.encoding = "AUTO";
    const std::string data("BEGIN:VCARD\0\xff", 13);
    f.contacts.changes[0].data = data;
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(f.state->encoding() == "WBXML");
    for (const auto& command : f.server.requests.at(0).body)
        if (const auto* put = std::get_if<syncml::Put>(&command))
            CHECK(put->meta.type == "application/vnd.syncml-devinf+wbxml");
    for (const auto& command : f.server.requests.at(1).body)
        if (const auto* sync = std::get_if<syncml::Sync>(&command)) {
            const auto& add = std::get<syncml::ItemCommand>(sync->commands.at(0));
            CHECK(add.meta_of(add.items.at(0)).format.empty());
            CHECK(add.items.at(0).text() == data);
        }
    REQUIRE(f.run().outcome == Outcome::Completed);
    CHECK(f.server.media_types == std::vector<std::string>(f.server.media_types.size(), as_wbxml));

    // Known to read it: what fails now has another reason.
    f.server.on_wbxml = base::Error{base::Errc::HttpStatus, "503"};
    f.server.media_types.clear();
    CHECK(f.run().outcome == Outcome::Failed);
    CHECK(f.server.media_types == std::vector{as_wbxml});
}

TEST_CASE("a server that does not read WBXML is sent XML, and from then on nothing else", "[runner]")
{
    for (const auto code : {base::Errc::HttpStatus, base::Errc::NotSyncML, base::Errc::Malformed}) {
        Fixture f;
        f.plan.encoding = "AUTO";
        f.server.on_wbxml = base::Error{code, "what is this?"};
        f.server.status = 415;
        REQUIRE(f.run().outcome == Outcome::Completed);
        REQUIRE(f.server.media_types.size() > 2);
        CHECK(f.server.media_types[0] == as_wbxml);
        CHECK(std::ranges::count(f.server.media_types, as_wbxml) == 1);
        CHECK(f.server.requests.at(0).header.msg_id == 1);
        CHECK(f.state->encoding() == "XML");
        CHECK(f.state->history(1).at(0).round_trips == f.server.requests.size());

        f.server.media_types.clear();
        f.server.on_wbxml.reset();
        REQUIRE(f.run().outcome == Outcome::Completed);
        CHECK(f.server.media_types == std::vector<std::string>(f.server.media_types.size(), as_xml));

        // Another account, another server.
        f.server.media_types.clear();
        f.plan.user = "bob";
        REQUIRE(f.run().outcome == Outcome::Completed);
        CHECK(f.server.media_types.at(0) == as_wbxml);
        CHECK(f.state->encoding() == "WBXML");
    }
}

TEST_CASE("what does not speak of the encoding is no reason to try another", "[runner]")
{
    for (const auto code : {base::Errc::Unreachable, base::Errc::Tls, base::Errc::Timeout, base::Errc::ReplyTooLarge}) {
        Fixture f;
        f.plan.encoding = "AUTO";
        f.server.on_wbxml = base::Error{code, "no"};
        CHECK(f.run().outcome == Outcome::Failed);
        CHECK(f.server.media_types == std::vector{as_wbxml});
        CHECK(f.state->encoding().empty());
    }
    // Nor is what comes after the first answer.
    Fixture f;
    f.plan.encoding = "AUTO";
    f.server.on_request = [](const syncml::Message& request) -> base::Result<void> {
        if (request.header.msg_id == 1)
            return {};
        return base::fail(base::Errc::HttpStatus, "500");
    };
    CHECK(f.run().outcome == Outcome::Failed);
    CHECK(f.server.media_types == std::vector{as_wbxml, as_wbxml});
    // Nor is a server that is too busy.
    Fixture busy;
    busy.plan.encoding = "AUTO";
    busy.server.on_wbxml = base::Error{base::Errc::HttpStatus, "503"};
    busy.server.status = 503;
    CHECK(busy.run().outcome == Outcome::Failed);
    CHECK(busy.server.media_types == std::vector{as_wbxml});
}

TEST_CASE("the encoding that a profile names is the only one", "[runner]")
{
    Fixture f;
    f.plan.encoding = "WBXML";
    f.server.on_wbxml = base::Error{base::Errc::HttpStatus, "415"};
    const auto result = f.run();
    CHECK(result.outcome == Outcome::Failed);
    CHECK(result.error_name == base::dbus_name(base::Errc::HttpStatus));
    CHECK(f.server.media_types == std::vector{as_wbxml});
    f.plan.encoding = "XML";
    CHECK(f.run().outcome == Outcome::Completed);
    CHECK(f.state->encoding().empty());
}
