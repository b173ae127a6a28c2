#include "base/secret.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <ostream>
#include <type_traits>
#include <utility>

template <class T>
concept Streamable = requires(std::ostream& out, const T& value)
{
    out << value;
};

TEST_CASE("a secret cannot be printed, formatted or converted by accident", "[base][secret]")
{
    STATIC_REQUIRE_FALSE(Streamable<base::Secret>);
    STATIC_REQUIRE_FALSE(fmt::is_formattable<base::Secret>::value);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<base::Secret, std::string>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<base::Secret, std::string_view>);
}

TEST_CASE("consuming a string wipes all of its characters", "[base][secret]")
{
    std::string text = "correct horse battery staple";
    const char* characters = text.data();
    const auto size = text.size();
    const auto secret = base::Secret::consume(text);
    CHECK(secret.reveal() == "correct horse battery staple");
    CHECK(text.empty());
    // The buffer is still owned by `text`, whose capacity did not change.
    CHECK(std::string_view(characters, size) == std::string(size, '\0'));
}

TEST_CASE("copies are equal and independent, a moved-from secret is empty", "[base][secret]")
{
    base::Secret one("pw");
    base::Secret two = one;
    CHECK(one == two);
    two.writable()[0] = 'P';
    CHECK_FALSE(one == two);
    base::Secret three = std::move(one);
    CHECK(three.reveal() == "pw");
    CHECK(one.empty());
    CHECK_FALSE(three == base::Secret("pwd"));
}
