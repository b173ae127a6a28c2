#include "bytes.hpp"
#include "decoding.hpp"

using base::Errc;
using Catch::Matchers::Contains;
using namespace std::string_literals;

namespace {

constexpr std::string_view devinf_put = "5F 54 4F C3 {02 A4 03 6A 00 4A 65 03'1.2'00 01 01} 01 01 01";

/// A message with something of everything.
const std::string whole = wbxml_with("46 4B 83 00 01 4F 03'222'00 01 01"
                                     "5F 54 5A 00 01 53 03'application/vnd.syncml-devinf+wbxml'00 01 00 00 01"
                                     "4F C3 {02 A4 03 6A 02'x'00 4A 65 03'1.2'00 01 51 83 00 01 85 06 01 01} 01 01 01"
                                     "45 54 4F C3 03'a' 0D 0A 03 FC 00 02 81 20 01 34 01 01"
                                     "69 49 5A 00 01 50 C3 02 01 02 01 00 00 01 01 4F 03'401'00 01 01"
                                     "ED 04 00 03'x'00 01 44 00 01 01 12",
                                     "02 A4 01 6A 02'1'00");

Errc code_of(std::string_view commands, std::string_view head = "02 A4 01 6A 00")
{
    return refused_wbxml(wbxml_with(commands, head)).code;
}

} // namespace

TEST_CASE("every cut of a WBXML message is refused", "[codec][wbxml]")
{
    CHECK(decoded_wbxml(whole).final);
    const auto root = whole.find('m') + 1;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        INFO(size);
        const std::string cut = whole.substr(0, size); // a block of its own, so that nothing can be read behind it
        CHECK(refused_wbxml(cut).code == (size < root ? Errc::NotSyncML : Errc::Malformed));
    }
    CHECK_THAT(refused_wbxml(whole.substr(0, 8)).message, Contains("octet 8: the document breaks off"));
}

TEST_CASE("a WBXML message with any octet changed is refused or read, never worse", "[codec][wbxml]")
{
    int read = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        auto document = whole;
        // Each bit, all of them, and what makes a structure of its own.
        for (const auto octet : {whole[at] ^ 0x01, whole[at] ^ 0x02, whole[at] ^ 0x04, whole[at] ^ 0x08,
                                 whole[at] ^ 0x10, whole[at] ^ 0x20, whole[at] ^ 0x40, whole[at] ^ 0x80,
                                 whole[at] ^ 0xFF, 0x00, 0x01, 0x03, 0x43, 0x7F, 0x83, 0xC3, 0xFF}) {
            document[at] = static_cast<char>(octet);
            const auto message = codec::decode(document, codec::Encoding::Wbxml, {.max_bytes = 4096});
            if (message)
                ++read; // as something else
            else if (message.error().code != Errc::Malformed && message.error().code != Errc::ReplyTooLarge)
                CHECK(message.error().code == Errc::NotSyncML);
        }
    }
    CHECK(read > 500);
}

TEST_CASE("lengths that lie are malformed and cost nothing", "[codec][wbxml]")
{
    for (const auto* length : {"04", "7F", "8F FF FF FF 7F", "90 80 80 80 00", "FF FF FF FF 7F", "FF FF FF FF FF 7F",
                               "80 80 80 80 80 80 01"})
        CHECK(code_of("45 54 4F C3 "s + length + " 01 01 01") == Errc::Malformed);
    CHECK_THAT(refused_wbxml(wbxml_with("45 54 4F C3 90 80 80 80 00 01 01 01")).message, Contains("32 bits"));
    // The string table.
    for (const auto* head : {"02 A4 01 6A FF 7F", "02 A4 01 6A 8F FF FF FF 7F", "02 A4 01 6A 90 80 80 80 00"})
        CHECK(code_of("12", head) == Errc::NotSyncML);
    CHECK(code_of("45 54 4F 83 02 01 01 01", "02 A4 01 6A 02'x'00") == Errc::Malformed);
    CHECK(code_of("45 54 4F 83 00 01 01 01") == Errc::Malformed);
    CHECK(code_of("45 54 4F 83 8F FF FF FF 7F 01 01 01", "02 A4 01 6A 02'x'00") == Errc::Malformed);
    CHECK(code_of("44 02 01", "02 A4 01 6A 02'x'00") == Errc::Malformed);
    CHECK(code_of("12", "02 00 05 6A 02'x'00") == Errc::NotSyncML);
    CHECK(code_of("92 05 C3 7F 01") == Errc::Malformed);
    // Device information that is not what its length says is none.
    CHECK(std::holds_alternative<std::string>(
        std::get<syncml::Put>(decoded_wbxml(wbxml_with("5F 54 4F C3 08 02 A4 03 6A 00 4A C3 7F 01 01 01")).body[0])
            .items.at(0)
            .data));
}

TEST_CASE("texts that a document names again and again are held to its limit", "[codec][wbxml]")
{
    const auto with_table = [](std::string_view parts) {
        std::string head = bytes("02 A4 01 6A B0 00") + std::string(6144, 'x'); // said in two octets
        std::string document = wbxml_with("").insert(wbxml_with("").size() - 2, parts);
        return head + document.substr(5);
    };
    const auto times = [](int count, std::string_view part) {
        std::string text;
        for (; count > 0; --count)
            text += part;
        return text;
    };
    const auto texts = with_table(bytes("45 54 4F") + times(20'000, bytes("83 00")) + bytes("01 01 01"));
    REQUIRE(texts.size() < 50'000);
    CHECK(refused_wbxml(texts, {.max_bytes = 50'000}).code == Errc::ReplyTooLarge);
    CHECK_THAT(refused_wbxml(texts, {.max_bytes = 1 << 20}).message, Contains("texts"));
    CHECK(decoded_wbxml(with_table(bytes("45 54 4F 83 00 83 00 01 01 01")), {.max_bytes = 20'000}).body.size() == 1);

    // Names of elements as well.
    CHECK(refused_wbxml(with_table(times(20'000, bytes("04 00"))), {.max_bytes = 50'000}).code == Errc::ReplyTooLarge);
}

TEST_CASE("limits hold to the last octet, element and level in WBXML", "[codec][wbxml]")
{
    const auto document = wbxml_with("12");
    CHECK(decoded_wbxml(document, {.max_bytes = document.size()}).final);
    CHECK(refused_wbxml(document, {.max_bytes = document.size() - 1}).code == Errc::ReplyTooLarge);

    constexpr std::size_t elements = 12; // of `document`
    CHECK(decoded_wbxml(document, {.max_elements = elements}).final);
    CHECK(refused_wbxml(document, {.max_elements = elements - 1}).code == Errc::ReplyTooLarge);
    CHECK(decoded_wbxml(wbxml_with("46 4B 01 7F 3E 3E 01 01"), {.max_elements = elements + 4}).body.size() == 1);
    CHECK(refused_wbxml(wbxml_with("46 4B 01 7F 3E 3E 01 01"), {.max_elements = elements + 3}).code ==
          Errc::ReplyTooLarge); // skipped elements count as well

    const auto groups = [](std::size_t depth, std::uint8_t tag) {
        return wbxml_with("12").insert(wbxml_with("12").size() - 2,
                                       std::string(depth, static_cast<char>(tag)) + std::string(depth, '\x01'));
    };
    constexpr std::uint8_t sequence = 0x64;
    constexpr std::uint8_t unknown = 0x7F;
    CHECK(decoded_wbxml(groups(62, sequence)).body.size() == 1); // and SyncML, SyncBody
    for (const auto tag : {sequence, unknown}) {
        CHECK(refused_wbxml(groups(63, tag)).code == Errc::ReplyTooLarge);
        CHECK(refused_wbxml(groups(1'000'000, tag)).code == Errc::ReplyTooLarge);
    }
}

TEST_CASE("device information within WBXML is held to the same limits", "[codec][wbxml]")
{
    const auto document = wbxml_with(devinf_put);
    CHECK(decoded_wbxml(document).body.size() == 1);
    std::string flags;
    for (int i = 0; i < 100; ++i)
        flags += "28 ";
    const auto filled = wbxml_with("5F 54 4F C3 {02 A4 03 6A 00 4A " + flags + "01} 01 01 01");
    CHECK(decoded_wbxml(filled, {.max_elements = 101}).body.size() == 1);
    const auto error = refused_wbxml(filled, {.max_elements = 100});
    CHECK(error.code == Errc::ReplyTooLarge);
    CHECK_THAT(error.message, Contains("device information"));
}

TEST_CASE("what is no WBXML of SyncML's is not SyncML", "[codec][wbxml]")
{
    for (const auto& document :
         {""s, "\0"s, "<SyncML/>"s, "<html>"s, "Internal error"s, bytes("04 A4 01 6A 00 6D 01"),
          bytes("00 A4 01 6A 00 6D 01"),
          bytes("02 04 6A 00 7F 01"),                    // WML
          bytes("02 A4 03 6A 00 4A 65 03'1.2'00 01 01"), // device information alone
          bytes("02 A4 01 6A 00 4A 01"),                 // Add as the root
          bytes("02 A4 01 6A 00 00 01 6D 01"),           // the same token of another page
          bytes("02 A4 01 6A 00 03'text'00 6D 01"), bytes("02 A4 01 6A 00 01"), bytes("02 A4 01 6A 00 12"),
          bytes("02 A4 01 87 77 00 6D 01"), // UTF-16
          bytes("02 00 00 6A 05'-//W3'6D 01"), bytes("02 A4 01 6A 00")})
        CHECK(refused_wbxml(document).code == Errc::NotSyncML);
    CHECK_THAT(refused_wbxml("<html>").message, Contains("not WBXML"));
    CHECK_THAT(refused_wbxml(bytes("02 A4 01 87 77 00 6D 01")).message, Contains("character set 1015"));
}

TEST_CASE("what breaks the rules of WBXML is malformed", "[codec][wbxml]")
{
    CHECK(code_of("00 03 12") == Errc::Malformed); // there is no such page
    CHECK(code_of("00 FF 12") == Errc::Malformed);
    for (const auto* extension : {"40", "41", "42", "80", "81", "82", "C0", "C1", "C2"})
        CHECK(code_of(extension + " 00 12"s) == Errc::Malformed);
    for (const auto* number : {"00", "83 B0 00", "83 BF 7F", "C4 80 00", "87 FF FF FE", "8F FF FF FF 7F"})
        CHECK(code_of("45 54 4F 02 "s + number + " 01 01 01") == Errc::Malformed);
    CHECK(refused_wbxml(wbxml_with("12 01 01 01")).code == Errc::Malformed); // goes on after its end
    CHECK(refused_wbxml(wbxml_with("12") + "x").code == Errc::Malformed);
    const auto error = refused_wbxml(wbxml_with("46 4B 03'one'00 01 01"));
    CHECK(error.code == Errc::Malformed);
    CHECK_THAT(error.message, Contains("CmdID is not a number"));
    CHECK_THAT(refused_wbxml(bytes("02 A4 01 6A 00 6D 6B 12 01 01")).message, Contains("MsgID"));
}
