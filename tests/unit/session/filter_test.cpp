// Filters: to whom they go, and what a sync with another one is.
#include "scripted.hpp"

#include <catch2/catch.hpp>

using namespace session;
using namespace scripted;
using base::Errc;

namespace {

constexpr auto expression = "CATEGORIES&CON;work";

syncml::DevInf describing(bool filters)
{
    syncml::DevInf devinf;
    auto& store = devinf.datastores.emplace_back();
    store.source_ref = "./card";
    store.tx_preferred = {{"text/vcard", "3.0"}};
    if (filters)
        store.filter_rx = {{"syncml:filtertype-cgi", "1.0"}};
    return devinf;
}

/// That has been synchronized with this filter before, unless told otherwise.
Setup filtered(bool known, std::string last = expression)
{
    auto service = contacts();
    service.filter = expression;
    service.last_filter = std::move(last);
    auto whole = setup({service});
    if (known)
        whole.peer_devinf = describing(true);
    return whole;
}

syncml::Alert alert_of(const Client& client)
{
    return commands<syncml::Alert>(client.sent()).at(0);
}

std::vector<syncml::Filter> filter_of(const Client& client)
{
    return alert_of(client).items.at(0).target.value().filter;
}

Reply alerted(std::string session, int status, int code)
{
    return Reply(std::move(session), 1)
        .header_status(1)
        .status(1, 1, "Alert", status)
        .alert(code, "contacts", "card", {"s900", "s901"})
        .final();
}

} // namespace

TEST_CASE("a filter goes to a server that can filter, and what does not match stays here", "[session][filter]")
{
    Client client(filtered(true));
    client.start();
    CHECK(alert_of(client).code == syncml::AlertCode::TwoWay);
    CHECK(filter_of(client) ==
          std::vector<syncml::Filter>{{"text/vcard", "syncml:filtertype-cgi", expression, "INCLUSIVE"}});
}

TEST_CASE("another filter than that of the last sync makes it slow, and the report says why", "[session][filter]")
{
    Client client(filtered(true, GENERATE(as<std::string>(), "", "N&CON;a")));
    client.start();
    CHECK(alert_of(client).code == syncml::AlertCode::SlowSync);
    CHECK(client.noted("the filter is not the one of the last sync"));
}

TEST_CASE("a filter stays here when the server cannot filter, or is known to fail at it", "[session][filter]")
{
    auto from = filtered(true, "");
    SECTION("not described")
    {
        from.peer_devinf.reset();
    }
    SECTION("described without")
    {
        from.peer_devinf = describing(false);
    }
    SECTION("known to fail")
    {
        from.services[0].can_be_filtered = false;
    }
    SECTION("an older version")
    {
        from.version = syncml::Version::V1_1;
    }
    Client client(from);
    client.start();
    CHECK(filter_of(client).empty());
    CHECK(alert_of(client).code == syncml::AlertCode::TwoWay);
}

TEST_CASE("a refresh from the server brings everything", "[session][filter]")
{
    auto from = filtered(true);
    from.services[0].requested = SyncType::RefreshFromServer;
    Client client(from);
    client.start();
    CHECK(filter_of(client).empty());
}

TEST_CASE("a filter that is refused is left out in a new session", "[session][filter]")
{
    Client client(filtered(true));
    client.start();
    const auto before = client.sent().header.session_id;
    client.reply(alerted(before, GENERATE(406, 415, 421, 422), 200));
    CHECK(client.sent().header.session_id != before);
    CHECK(filter_of(client).empty());
    CHECK(alert_of(client).code == syncml::AlertCode::SlowSync); // what was left out before is to come
    CHECK(client.noted("does not take the filter"));
}

TEST_CASE("a server that turns out to be able to filter is given it in a new session", "[session][filter]")
{
    const std::string last = GENERATE(as<std::string>(), "", expression);
    auto from = filtered(false, last);
    from.get_devinf = true;
    Client client(from);
    client.start();
    const auto before = client.sent().header.session_id;
    CHECK(filter_of(client).empty());
    CHECK(alert_of(client).code == (last.empty() ? syncml::AlertCode::TwoWay : syncml::AlertCode::SlowSync));

    syncml::Results results;
    results.msg_ref = 1;
    results.cmd_ref = 2;
    auto& item = results.items.emplace_back();
    item.source = syncml::Location{"./devinf12", {}};
    item.data = describing(true);
    client.reply(agreed(client.sent()).status(1, 2, "Get", 200).command(results).final());
    CHECK(client.sent().header.session_id != before);
    CHECK(filter_of(client).size() == 1);
    CHECK(alert_of(client).code == (last.empty() ? syncml::AlertCode::SlowSync : syncml::AlertCode::TwoWay));
    CHECK(client.all<Prepare>().empty());
}

TEST_CASE("a server that has not said that it can filter is told nothing more, and the report says so",
          "[session][filter]")
{
    Client client(filtered(false, ""));
    client.start();
    const auto session = client.sent().header.session_id;
    client.reply(agreed(client.sent()).final());
    CHECK(client.sent().header.session_id == session);
    CHECK(client.noted("the filter is not used"));
}
