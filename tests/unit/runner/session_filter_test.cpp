// Filters from the plan to what the next session goes on from.
#include "runner/device_document.hpp"
#include "runner/session_setup.hpp"
#include "whole_session.hpp"

#include <catch2/catch.hpp>

using namespace whole_session;

namespace {

/// Synchronized once without a filter, with a server that can filter.
struct Filtered : Fixture {
    Filtered()
    {
        REQUIRE(run().outcome == Outcome::Completed);
        syncml::DevInf devinf;
        devinf.ver_dtd = "1.2";
        auto& store = devinf.datastores.emplace_back();
        store.source_ref = "card";
        store.tx_preferred = {{"text/vcard", "3.0"}};
        store.filter_rx = {{"syncml:filtertype-cgi", "1.0"}};
        state->set_peer_info(runner::to_json(devinf), microseconds_of(now));
    }
    /// The type that ran.
    std::string sync(const std::string& filter, const std::string& type = "TWO_WAY")
    {
        plan.services.at(0).filter = filter;
        plan.services.at(0).type = type;
        log.clear();
        REQUIRE(run().outcome == Outcome::Completed);
        for (const auto& line : log)
            if (line.starts_with("prepare "))
                return line.substr(line.find(' ') + 1);
        return "";
    }
    std::string remembered() const { return state->find_anchors("CONTACT", "card").value().filter; }
};

constexpr auto a = "N&CON;a";
constexpr auto b = "N&CON;b";

} // namespace

TEST_CASE_METHOD(Filtered, "a sync that compares or goes both ways makes its filter the one to go on with", "[runner]")
{
    CHECK(sync(a) == "SLOW");
    CHECK(remembered() == a);
    CHECK(sync(a) == "TWO_WAY");
    CHECK(sync(b) == "SLOW");
    CHECK(remembered() == b);
    CHECK(sync("") == "SLOW");
    CHECK(remembered().empty());
    CHECK(sync("") == "TWO_WAY");
    CHECK(sync(a, "SLOW") == "SLOW");
    CHECK(sync(a) == "TWO_WAY");
    CHECK(sync(a, "REFRESH_FROM_SERVER") == "REFRESH_FROM_SERVER"); // brings everything
    CHECK(remembered().empty());
}

TEST_CASE_METHOD(Filtered, "what a sync from the server left out is not forgotten", "[runner]")
{
    sync(a);
    CHECK(sync(b, "ONE_WAY_FROM_CLIENT") == "ONE_WAY_FROM_CLIENT"); // leaves out nothing
    CHECK(remembered() == a);
    CHECK(sync(a, "ONE_WAY_FROM_SERVER") == "ONE_WAY_FROM_SERVER");
    CHECK(remembered() == a);
    CHECK(sync(a) == "TWO_WAY");
    CHECK(sync(b, "ONE_WAY_FROM_SERVER") == "ONE_WAY_FROM_SERVER");
    CHECK(sync(b, "ONE_WAY_FROM_SERVER") == "ONE_WAY_FROM_SERVER");
    const std::string next = GENERATE(as<std::string>(), a, b, "");
    CHECK(sync(next) == "SLOW");
    CHECK(sync(next) == "TWO_WAY");
}

TEST_CASE_METHOD(Filtered, "a sync that broke off is not gone on with under another filter", "[runner]")
{
    state->set_open_sync("CONTACT", {"TWO_WAY", 5, "", 0});
    CHECK(sync(a) == "SLOW");
    state->set_open_sync("CONTACT", {"TWO_WAY", 5, "", 0});
    CHECK(sync(a) == "TWO_WAY");
    state->set_open_sync("CONTACT", {"TWO_WAY", 5, "", 0});
    CHECK(sync("") == "SLOW");
    state->set_open_sync("CONTACT", {"TWO_WAY", 5, "", 0});
    CHECK(sync("") == "resumed TWO_WAY");
}
