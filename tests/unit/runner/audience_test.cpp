// What a server's device information says of the items that it understands.
#include "runner/audience.hpp"

#include <catch2/catch.hpp>

using item::Form;

TEST_CASE("what a datastore receives is known by type and version, the preferred one first", "[runner][audience]")
{
    syncml::DevInf devinf;
    devinf.utc = true;
    auto& store = devinf.datastores.emplace_back();
    store.source_ref = "card";
    store.rx_preferred = {{"text/x-vcard", "2.1"}};
    store.rx = {{"text/vcard", "3.0"}, {"text/x-vcard", "2.1"}, {"text/x-other", "1.0"}, {"text/vcard", "9"}};
    const auto audience = runner::audience_of(&devinf, "./card");
    CHECK(audience.forms == std::vector<Form>{Form::VCard21, Form::VCard30});
    CHECK(audience.takes_utc);
    CHECK(runner::audience_of(&devinf, "other").forms.empty());
    store.rx_preferred = {{"text/plain", "1.0"}};
    store.rx = {{"text/calendar", "2.0"}};
    CHECK(runner::audience_of(&devinf, "card").forms == std::vector<Form>{Form::PlainText, Form::ICalendar20});
    CHECK(runner::audience_of(nullptr, "card").forms.empty());
    CHECK(runner::audience_of(nullptr, "card").takes_utc);
}

TEST_CASE("versions count more than the names of types, and may be missing", "[runner][audience]")
{
    syncml::DevInf devinf;
    auto& store = devinf.datastores.emplace_back();
    store.source_ref = "all";
    store.rx_preferred = {{"Text/X-VCalendar", ""}, {"text/vcard", "2.1"}};
    store.rx = {{"text/calendar", ""}, {"text/vcard", ""}, {"text/vcard", "4.0"}};
    CHECK(runner::audience_of(&devinf, "all").forms ==
          std::vector<Form>{Form::VCalendar10, Form::VCard21, Form::ICalendar20, Form::VCard30, Form::VCard40});
}

TEST_CASE("who says nothing of UTC is sent local times, but for those that had no word for it", "[runner][audience]")
{
    syncml::DevInf devinf;
    CHECK_FALSE(runner::audience_of(&devinf, "cal").takes_utc);
    devinf.ver_dtd = "1.0";
    CHECK(runner::audience_of(&devinf, "cal").takes_utc);
}
