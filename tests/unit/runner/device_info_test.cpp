#include "runner/device_info.hpp"

#include <catch2/catch.hpp>

namespace {

std::vector<const runner::ServiceKind*> both()
{
    return {runner::find_service_kind("CONTACT"), runner::find_service_kind("EVENT")};
}

} // namespace

TEST_CASE("we describe what we can do and no more", "[devinf]")
{
    const auto devinf = runner::own_device_info("urn:uuid:1", both());
    CHECK(devinf.device_id == "urn:uuid:1");
    CHECK(devinf.device_type == "workstation");
    CHECK(devinf.manufacturer == "syncd");
    CHECK_FALSE(devinf.software_version.empty());
    CHECK(devinf.utc);
    CHECK(devinf.number_of_changes);
    CHECK(devinf.large_objects);
    CHECK(devinf.capabilities.empty());
    REQUIRE(devinf.datastores.size() == 2);
    CHECK(devinf.datastores[0].source_ref == "contacts");
    CHECK(devinf.datastores[0].rx_preferred.at(0) == syncml::ContentType{"text/vcard", "3.0"});
    CHECK(devinf.datastores[0].rx.at(0) == syncml::ContentType{"text/x-vcard", "2.1"});
    CHECK(devinf.datastores[0].max_guid_size == 255U);
    CHECK(devinf.datastores[1].source_ref == "calendar");
    CHECK(devinf.datastores[1].tx_preferred.at(0) == syncml::ContentType{"text/calendar", "2.0"});
    CHECK(devinf.datastores[1].tx.at(0) == syncml::ContentType{"text/x-vcalendar", "1.0"});
    CHECK(devinf.datastores[1].sync_types == std::vector<std::uint32_t>{1, 2, 3, 4, 5, 6, 7});
    CHECK(devinf.datastores[1].capabilities.empty());
}

TEST_CASE("device information survives being remembered", "[devinf]")
{
    auto devinf = runner::own_device_info("urn:uuid:1", both());
    devinf.large_objects = false;
    devinf.datastores[0].display_name = "Adressbuch \"ä\"";
    const auto again = runner::find_device_info(runner::to_json(devinf));
    REQUIRE(again);
    CHECK(*again == devinf);
}

TEST_CASE("property lists are not remembered, whatever a peer puts into its texts is", "[devinf]")
{
    syncml::DevInf devinf;
    devinf.model = "caf\xe9"; // Latin-1
    devinf.datastores.emplace_back().capabilities.emplace_back().content = {"text/vcard", "3.0"};
    const auto again = runner::find_device_info(runner::to_json(devinf));
    REQUIRE(again);
    CHECK(again->model == "caf\xef\xbf\xbd");
    CHECK(again->datastores.at(0).capabilities.empty());
}

TEST_CASE("text that we did not write is no device information", "[devinf]")
{
    for (const auto* text : {"", "{", "[]", "{}", R"({"version":1})"})
        CHECK_FALSE(runner::find_device_info(text));
}

TEST_CASE("another device has another fingerprint", "[devinf]")
{
    const auto one = runner::fingerprint(runner::to_json(runner::own_device_info("1", both())));
    CHECK(one == runner::fingerprint(runner::to_json(runner::own_device_info("1", both()))));
    CHECK(one != runner::fingerprint(runner::to_json(runner::own_device_info("2", both()))));
    CHECK(one.size() == 32);
}

TEST_CASE("services that this program does not keep are not found", "[devinf]")
{
    CHECK(runner::find_service_kind("TASK") == nullptr);
    CHECK(runner::find_service_kind("") == nullptr);
}
