// What a server says of itself, and what is known of it: sync types, anchors.
#include "scripted.hpp"

#include <catch2/catch.hpp>

using namespace session;
using namespace scripted;
using base::Errc;

namespace {

syncml::Alert alert_of(const Client& client)
{
    return commands<syncml::Alert>(client.sent()).at(0);
}

} // namespace

TEST_CASE("a type that the server does not list is not asked for", "[session][initialization]")
{
    auto service = contacts(SyncType::OneWayFromClient);
    SECTION("left out")
    {
        service.peer_sync_types = {1, 2, 5, 6};
        Client client(setup({service}));
        client.start();
        REQUIRE(client.finished);
        CHECK_FALSE(client.send);
        const auto error = client.engine.statistics().at(0).error;
        REQUIRE(error);
        CHECK(error->code == Errc::Server);
        CHECK(error->message.find("does not know ONE_WAY_FROM_CLIENT") != std::string::npos);
    }
    SECTION("a list that cannot be true")
    {
        service.peer_sync_types = {7};
        Client client(setup({service}));
        client.start();
        CHECK(alert_of(client).code == syncml::AlertCode::OneWayFromClient);
    }
}

TEST_CASE("a server whose anchors never match can be believed", "[session][initialization]")
{
    auto service = contacts();
    service.believes_anchors = GENERATE(false, true);
    Client client(setup({service}));
    client.start();
    client.reply(Reply("7", 1)
                     .header_status(1)
                     .status(1, 1, "Alert", 200)
                     .alert(200, "contacts", "card", {"other", "s901"})
                     .final());
    REQUIRE(client.all<Prepare>().size() == 1);
    CHECK(client.all<Prepare>()[0].type == (service.believes_anchors ? SyncType::TwoWay : SyncType::Slow));
}
