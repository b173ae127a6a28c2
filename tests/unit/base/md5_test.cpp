#include "base/base64.hpp"
#include "base/md5.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <array>
#include <string>

namespace {

std::string hex(const base::Md5::Digest& digest)
{
    std::string text;
    for (const auto octet : digest)
        text += fmt::format("{:02x}", octet);
    return text;
}

std::string base64(const base::Md5::Digest& digest)
{
    return base::encode_base64(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

} // namespace

TEST_CASE("MD5 has the test suite of RFC 1321", "[base][md5]")
{
    const std::array<std::array<const char*, 2>, 7> suite{{
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"a", "0cc175b9c0f1b6a831c399e269772661"},
        {"abc", "900150983cd24fb0d6963f7d28e17f72"},
        {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
        {"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "57edf4a22be3c955ac49da2e2107b67a"},
    }};
    for (const auto& [text, digest] : suite)
        CHECK(hex(base::Md5().add(text).digest()) == digest);
}

TEST_CASE("MD5 does not depend on how its input is cut", "[base][md5]")
{
    // Sizes around one block and around the place of the length field.
    for (const std::size_t size : {54U, 55U, 56U, 57U, 63U, 64U, 65U, 119U, 120U, 128U, 129U}) {
        const std::string text(size, 'x');
        const auto whole = hex(base::Md5().add(text).digest());
        for (const std::size_t cut : {0U, 1U, 53U}) {
            base::Md5 md5;
            md5.add(text.substr(0, cut));
            for (const char c : text.substr(cut))
                md5.add({&c, 1});
            CHECK(hex(md5.digest()) == whole);
        }
    }
    CHECK(hex(base::Md5().add(std::string(64, 'x')).digest()) == "c1bb4f81d892b2d57947682aeb252456");
    CHECK(hex(base::Md5().add(std::string(1000, 'x')).digest()) == "398533d48111e9f664b1f64cb10c4b63");
}

TEST_CASE("MD5 gives the digest of the published auth-md5 example", "[base][md5]")
{
    const auto inner = base64(base::Md5().add("Bruce2:").add("OhBehave").digest());
    CHECK(base64(base::Md5().add(inner).add(":").add("Nonce").digest()) == "Zz6EivR3yeaaENcRN6lpAQ==");
}
