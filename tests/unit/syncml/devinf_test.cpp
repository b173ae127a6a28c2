#include "syncml/devinf.hpp"

#include <catch2/catch.hpp>

namespace {

std::string found(const std::vector<std::string>& names, std::string_view uri)
{
    syncml::DevInf devinf;
    for (const auto& name : names)
        devinf.datastores.emplace_back().source_ref = name;
    const auto* store = syncml::find_datastore(devinf, uri);
    return store == nullptr ? "none" : store->source_ref;
}

} // namespace

TEST_CASE("a datastore is found by whatever names it", "[devinf]")
{
    CHECK(found({"cal", "card"}, "card") == "card");
    CHECK(found({"./card"}, "card") == "./card");
    CHECK(found({"card"}, "./card/") == "card");
    CHECK(found({"/card"}, "card?dr(-30,90)") == "/card");
    CHECK(found({"/Calendar", "/Calendar/Events"}, "./Calendar/Events") == "/Calendar/Events");
    CHECK(found({"/Calendar"}, "./Calendar/Events") == "/Calendar");
    CHECK(found({"card"}, "cards") == "none");
    CHECK(found({""}, "card") == "none");
    CHECK(found({}, "card") == "none");
}
