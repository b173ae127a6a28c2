#include "posting.hpp"

#include "transport/body_decoder.hpp"

using base::Errc;
using Catch::Matchers::Contains;
using transport::BodyDecoder;
using Result = BodyDecoder::Result;

namespace {

constexpr std::size_t most = 1'000'000;

std::string compressed(std::string_view text, GZlibCompressorFormat format)
{
    const transport::Owned<GConverter> compressor(G_CONVERTER(g_zlib_compressor_new(format, 9)));
    std::string result(text.size() / 100 + 1000, '\0');
    std::size_t read = 0, written = 0;
    const auto done = g_converter_convert(compressor.get(), text.data(), text.size(), result.data(), result.size(),
                                          G_CONVERTER_INPUT_AT_END, &read, &written, nullptr);
    REQUIRE(done == G_CONVERTER_FINISHED);
    result.resize(written);
    return result;
}

std::string gzip(std::string_view text)
{
    return compressed(text, G_ZLIB_COMPRESSOR_FORMAT_GZIP);
}

std::string zlib(std::string_view text)
{
    return compressed(text, G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
}

std::string bare(std::string_view text)
{
    return compressed(text, G_ZLIB_COMPRESSOR_FORMAT_RAW);
}

/// The body, or what went wrong, when the octets come in pieces of this size.
std::string decoded(std::string_view coding, std::string_view octets, std::size_t piece)
{
    auto decoder = BodyDecoder::create(coding, most);
    REQUIRE(decoder);
    for (std::size_t at = 0; at < octets.size(); at += piece)
        switch (decoder->feed(octets.substr(at, piece))) {
        case Result::More: break;
        case Result::TooLarge: return "(too large)";
        case Result::Broken: return "(broken)";
        }
    return decoder->is_complete() ? decoder->body() : "(cut)";
}

std::string header(const char* coding)
{
    return std::string("Content-Encoding: ") + coding + "\r\n";
}

const std::string message = "<?xml version=\"1.0\"?><SyncML>" + std::string(200'000, 'x') + "</SyncML>";

} // namespace

TEST_CASE("a compressed body is what it was, in whatever pieces it comes", "[transport][compression]")
{
    const auto piece = GENERATE(std::size_t(1), std::size_t(7), std::size_t(1'000'000));
    CHECK(decoded("", message, piece) == message);
    CHECK(decoded("Identity", message, piece) == message);
    CHECK(decoded("gzip", gzip(message), piece) == message);
    CHECK(decoded("X-GZIP", gzip(message), piece) == message);
    CHECK(decoded("deflate", zlib(message), piece) == message);
    CHECK(decoded("deflate", bare(message), piece) == message);
    CHECK(decoded("gzip", gzip(""), piece).empty());
    CHECK(decoded("gzip", "", piece).empty());
}

TEST_CASE("a body that was unpacked on the way is taken as it is", "[transport][compression]")
{
    CHECK(decoded("gzip", message, 10) == message);
    CHECK(decoded("gzip", "\x02\xA4\x01\x6A", 1) == "\x02\xA4\x01\x6A");
}

TEST_CASE("what comes after compressed data is passed over", "[transport][compression]")
{
    CHECK(decoded("gzip", gzip("<SyncML/>") + std::string("\0\n", 2), 1000) == "<SyncML/>");
    CHECK(decoded("gzip", gzip("<SyncML/>") + std::string("\0\n", 2), 1) == "<SyncML/>");
}

TEST_CASE("compressed data that is cut or damaged is no body", "[transport][compression]")
{
    const auto whole = gzip(message);
    for (std::size_t size = 1; size < whole.size(); ++size)
        CHECK(decoded("gzip", whole.substr(0, size), 1000) == "(cut)");
    auto damaged = whole;
    damaged[damaged.size() - 6] ^= 1; // of the check sum
    CHECK(decoded("gzip", damaged, 1000) == "(broken)");
    CHECK(decoded("gzip", "\x1f\x8b squeezed", 1000) == "(broken)");
    CHECK(decoded("deflate", "\x78\x9c\xff\xff\xff\xff", 1) == "(broken)");
    CHECK(decoded("deflate", "\xff\xff\xff", 1) == "(broken)");
}

TEST_CASE("a body may unpack to the limit and no further", "[transport][compression][size]")
{
    const auto piece = GENERATE(std::size_t(1), std::size_t(1'000'000));
    const std::string fits(most, 'x');
    const std::pair<const char*, std::string (*)(std::string_view)> packers[] = {
        {"gzip", gzip}, {"deflate", zlib}, {"deflate", bare}};
    for (const auto& [coding, pack] : packers) {
        CHECK(decoded(coding, pack(fits), piece) == fits);
        CHECK(decoded(coding, pack(fits + "x"), piece) == "(too large)");
    }
    CHECK(decoded("", fits, piece) == fits);
    CHECK(decoded("", fits + "x", piece) == "(too large)");
}

TEST_CASE("a bomb ends at the limit before it has taken memory", "[transport][compression][size]")
{
    const auto bomb = gzip(std::string(200'000'000, '\0'));
    auto decoder = BodyDecoder::create("gzip", most);
    REQUIRE(decoder);
    CHECK(decoder->feed(bomb) == Result::TooLarge);
    CHECK(decoder->body().capacity() <= 2 * most);
}

TEST_CASE("compressed data without anything in it comes to an end, too", "[transport][compression][size]")
{
    // Stored blocks of no octets (RFC 1951 §3.2.4), and octets after the end.
    auto decoder = BodyDecoder::create("deflate", most);
    REQUIRE(decoder);
    const std::string nothing("\0\0\0\xff\xff", 5);
    auto result = Result::More;
    std::size_t fed = 0;
    for (; result == Result::More && fed <= 2 * most; fed += nothing.size())
        result = decoder->feed(nothing);
    CHECK(result == Result::TooLarge);
    CHECK(fed <= most + 2 * nothing.size());
    CHECK(decoded("gzip", gzip("") + std::string(most, '\0'), 1000) == "(too large)");
}

TEST_CASE("one coding is undone, and no other and no tower of them", "[transport][compression]")
{
    for (const auto* coding : {"br", "compress", "zstd", "gzip, gzip", "deflate,gzip", "gzip;q=1"})
        CHECK_FALSE(BodyDecoder::create(coding, most));
}

TEST_CASE("a compressed reply is unpacked", "[transport][compression]")
{
    ScriptedServer server({{ok(gzip(message), media_type, header("gzip"))},
                           {ok(zlib(message), media_type, header("deflate"))},
                           {ok(message)}});
    const auto transport = transport::create_http_transport(options());
    for (int i = 0; i < 3; ++i)
        CHECK(post(*transport, server.url()).value().body == message);
    CHECK(server.connections() == 1);
}

TEST_CASE("a reply that unpacks to more than the limit is left there", "[transport][compression][size]")
{
    ScriptedServer server({{ok(gzip(std::string(200'000'000, '\0')), media_type, header("gzip"))}});
    const auto error = refused(server.url());
    CHECK(error.code == Errc::ReplyTooLarge);
    CHECK_THAT(error.message, Contains(server.address()) && Contains("1000000"));
}

TEST_CASE("a reply that cannot be unpacked says so", "[transport][compression]")
{
    const auto whole = gzip(message);
    ScriptedServer server({{ok("\x1f\x8b squeezed", media_type, header("gzip"))},
                           {ok(whole.substr(0, whole.size() - 1), media_type, header("gzip"))},
                           {ok("?", media_type, header("br"))},
                           {ok(gzip(whole), media_type, header("gzip") + header("gzip"))}});
    for (int i = 0; i < 4; ++i) {
        const auto error = refused(server.url());
        CHECK(error.code == Errc::NotSyncML);
        CHECK_THAT(error.message, Contains(server.address()) && Contains("compressed in a way"));
    }
    CHECK(server.requests().size() == 4);
}
