#include "syncml/codes.hpp"
#include "syncml/message.hpp"

#include <catch2/catch.hpp>

using namespace syncml;

TEST_CASE("the six sync types have the alert codes 200 to 205 and the words of the API", "[syncml]")
{
    int code = 200;
    for (const auto word : {"TWO_WAY", "SLOW", "ONE_WAY_FROM_CLIENT", "REFRESH_FROM_CLIENT", "ONE_WAY_FROM_SERVER",
                            "REFRESH_FROM_SERVER"}) {
        const auto type = find_sync_type(std::string_view(word));
        REQUIRE(type.has_value());
        CHECK(name(*type) == word);
        CHECK(static_cast<int>(to_alert(*type)) == code);
        CHECK(find_sync_type(static_cast<AlertCode>(code)) == type);
        ++code;
    }
    CHECK_FALSE(find_sync_type(std::string_view("two_way")).has_value());
    CHECK_FALSE(find_sync_type(AlertCode::TwoWayByServer).has_value());
}

TEST_CASE("status codes are judged by their class", "[syncml]")
{
    CHECK(is_success(StatusCode::ConflictResolvedWithMerge));
    CHECK(is_success(static_cast<StatusCode>(299)));
    CHECK_FALSE(is_success(StatusCode::InProgress));
    CHECK_FALSE(is_success(StatusCode::AlreadyExists));
    CHECK(is_success(static_cast<StatusCode>(1250)));
}

TEST_CASE("an item's meta stands over its command's, element by element", "[syncml]")
{
    ItemCommand command;
    command.meta.type = "text/x-vcard";
    command.meta.format = "b64";
    Item item;
    item.meta.type = "text/vcard";
    const auto meta = command.meta_of(item);
    CHECK(meta.type == "text/vcard");
    CHECK(meta.format == "b64");
}
