#include "runner/device_info.hpp"

#include "runner/device_document.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace {

std::vector<const kinds::ServiceKind*> both()
{
    return {kinds::find("CONTACT"), kinds::find("EVENT")};
}

} // namespace

TEST_CASE("we describe what we can do and no more", "[devinf]")
{
    const auto devinf = runner::own_device_info("urn:uuid:1", both(), false);
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

TEST_CASE("the properties that we keep are listed for each type that we take", "[devinf]")
{
    const auto devinf = runner::own_device_info("urn:uuid:1", both(), true);
    for (const auto& store : devinf.datastores) {
        REQUIRE(store.capabilities.size() == 2);
        CHECK(store.capabilities[0].content == store.rx_preferred.at(0));
        CHECK(store.capabilities[1].content == store.rx.at(0));
        for (const auto& one : store.capabilities) {
            CHECK(one.properties.size() > 20);
            CHECK(one.properties.at(1).values == std::vector<std::string>{one.content.version});
        }
    }
}

TEST_CASE("tasks and notes are datastores of their own, with their components", "[devinf]")
{
    const std::vector<const kinds::ServiceKind*> kinds{kinds::find("TASK"), kinds::find("NOTE")};
    const auto devinf = runner::own_device_info("urn:uuid:1", kinds, true);
    const auto& task = devinf.datastores.at(0);
    const auto& note = devinf.datastores.at(1);
    CHECK(task.source_ref == "tasks");
    CHECK(task.rx_preferred.at(0) == syncml::ContentType{"text/calendar", "2.0"});
    CHECK(task.rx == std::vector<syncml::ContentType>{{"text/x-vcalendar", "1.0"}});
    for (const auto& one : task.capabilities) {
        const auto has = [&](const char* name) {
            return std::any_of(one.properties.begin(), one.properties.end(),
                               [&](const auto& p) { return p.name == name; });
        };
        CHECK(one.properties.at(0).values == std::vector<std::string>{"VCALENDAR", "VTODO"});
        CHECK(has("DUE"));
        CHECK(has("COMPLETED"));
    }
    CHECK(note.source_ref == "notes");
    CHECK(note.tx_preferred.at(0) == syncml::ContentType{"text/calendar", "2.0"});
    CHECK(note.rx == std::vector<syncml::ContentType>{{"text/plain", "1.0"}});
    CHECK(note.capabilities.at(0).properties.at(0).values == std::vector<std::string>{"VCALENDAR", "VJOURNAL"});
    CHECK(note.capabilities.at(1).properties.empty());
}

TEST_CASE("device information survives being remembered", "[devinf]")
{
    auto devinf = runner::own_device_info("urn:uuid:1", both(), false);
    devinf.large_objects = false;
    devinf.datastores[0].display_name = "Adressbuch \"ä\"";
    const auto again = runner::find_device_info(runner::to_json(devinf));
    REQUIRE(again);
    CHECK(*again == devinf);
}

TEST_CASE("what a peer says of itself is remembered with its property lists", "[devinf]")
{
    syncml::DevInf devinf;
    devinf.model = "caf\xe9"; // Latin-1
    devinf.oem = "someone";
    auto& store = devinf.datastores.emplace_back();
    store.hierarchical = true;
    store.filter_rx = {{"text/vcard", "3.0"}};
    store.filters = {{{"text/vcard", "3.0"}, {"SINCE"}, {"N", "TEL"}}};
    auto& content = store.capabilities.emplace_back();
    content.content = {"text/vcard", "3.0"};
    content.field_level = true;
    auto& property = content.properties.emplace_back();
    property.name = "PHOTO";
    property.max_size = 256;
    property.max_occur = 1;
    property.no_truncate = true;
    property.values = {"a"};
    property.parameters.emplace_back().name = "TYPE";
    devinf.capabilities = store.capabilities;

    const auto again = runner::find_device_info(runner::to_json(devinf));
    devinf.model = "caf\xef\xbf\xbd";
    REQUIRE(again);
    CHECK(*again == devinf);
}

TEST_CASE("whatever a peer says of itself, what is remembered has an end", "[devinf]")
{
    const std::string longest(300, '"');
    syncml::DevInf devinf;
    devinf.manufacturer = devinf.model = devinf.device_id = longest;
    for (int i = 0; i < 40; ++i) {
        auto& store = devinf.datastores.emplace_back();
        store.source_ref = longest;
        store.sync_types.assign(1000, 4'000'000'000);
        for (auto* types : {&store.rx_preferred, &store.rx, &store.tx_preferred, &store.tx, &store.filter_rx})
            types->assign(100, {longest, longest});
        syncml::Property property;
        property.name = longest;
        property.values.assign(10, longest);
        store.capabilities.assign(3, {{longest, longest}, false, std::vector(300, property)});
        store.filters.assign(3, {{longest, longest}, property.values, property.values});
    }
    const auto text = runner::to_json(devinf);
    CHECK(text.size() <= runner::max_device_document);
    const auto again = runner::find_device_info(text);
    REQUIRE(again);
    CHECK(again->datastores.size() == 32);
    CHECK(runner::to_json(*again) == text);

    devinf.datastores.resize(1);
    const auto small = runner::find_device_info(runner::to_json(devinf));
    REQUIRE(small);
    CHECK(small->datastores.at(0).capabilities.at(0).properties.size() == 256);
    CHECK(small->manufacturer == std::string(128, '"'));
}

TEST_CASE("text that we did not write is no device information", "[devinf]")
{
    for (const auto* text : {"", "{", "[]", "{}", R"({"version":1})"})
        CHECK_FALSE(runner::find_device_info(text));
}

TEST_CASE("another device has another fingerprint", "[devinf]")
{
    const auto one = runner::fingerprint(runner::to_json(runner::own_device_info("1", both(), false)));
    CHECK(one == runner::fingerprint(runner::to_json(runner::own_device_info("1", both(), false))));
    CHECK(one != runner::fingerprint(runner::to_json(runner::own_device_info("2", both(), false))));
    CHECK(one.size() == 32);
}

TEST_CASE("services that this program does not keep are not found", "[devinf]")
{
    CHECK(kinds::find("EMAIL") == nullptr);
    CHECK(kinds::find("") == nullptr);
}
