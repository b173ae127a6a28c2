#include "base/error.hpp"

#include <catch2/catch.hpp>

#include <set>

TEST_CASE("every error has a D-Bus name of its own, and the name leads back to it", "[base]")
{
    std::set<std::string_view> names;
    for (int value = 0; value <= static_cast<int>(base::Errc::Stopped); ++value) {
        const auto code = static_cast<base::Errc>(value);
        CHECK(names.insert(base::dbus_name(code)).second);
        CHECK(base::find_errc(base::dbus_name(code)) == code);
    }
    CHECK_FALSE(base::find_errc("org.example.Error").has_value());
}
