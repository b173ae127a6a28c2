#include "base/base64.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>

using base::decode_base64;
using base::decode_base64_leniently;
using base::encode_base64;

TEST_CASE("base64 has the vectors of RFC 4648", "[base][base64]")
{
    const std::array<std::array<const char*, 2>, 7> vectors{{{"", ""},
                                                             {"f", "Zg=="},
                                                             {"fo", "Zm8="},
                                                             {"foo", "Zm9v"},
                                                             {"foob", "Zm9vYg=="},
                                                             {"fooba", "Zm9vYmE="},
                                                             {"foobar", "Zm9vYmFy"}}};
    for (const auto& [bytes, text] : vectors) {
        CHECK(encode_base64(std::string_view(bytes)) == text);
        CHECK(encode_base64(base::Secret(bytes)).reveal() == text);
        CHECK(decode_base64(text) == bytes);
        CHECK(decode_base64_leniently(text) == bytes);
    }
}

TEST_CASE("every octet survives base64", "[base][base64]")
{
    std::string all;
    for (int octet = 0; octet < 256; ++octet)
        all.push_back(static_cast<char>(octet));
    CHECK(decode_base64(encode_base64(all)) == all);
    CHECK(decode_base64_leniently(encode_base64(all)) == all);
}

TEST_CASE("strict base64 refuses everything but padded base64", "[base][base64]")
{
    for (const auto* text : {"Zg", "Zg=", "Zg===", "Zm 9v", "Zm9v\n", "Zm9v=", "Zh==", "Zm9-", "====", "Z", "Zg==Zg=="})
        CHECK(decode_base64(text) == std::nullopt);
}

TEST_CASE("lenient base64 ignores white space and missing padding", "[base][base64]")
{
    CHECK(decode_base64_leniently("Zg") == "f");
    CHECK(decode_base64_leniently(" Zm9v\r\n Ym\tE= \n") == "fooba");
    CHECK(decode_base64_leniently("Zm9v\r\nYmFy\r\n") == "foobar");
    CHECK(decode_base64_leniently(" \n") == "");
    CHECK(decode_base64_leniently("Zg=") == std::nullopt);
    CHECK(decode_base64_leniently("Zm9v*") == std::nullopt);
    CHECK(decode_base64_leniently("Zg==Zg==") == std::nullopt);
}
