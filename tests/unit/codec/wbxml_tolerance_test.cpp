#include "bytes.hpp"
#include "decoding.hpp"

#include "codec/vocabulary.hpp"

using namespace std::string_literals;
using namespace syncml;

namespace {

template <class T>
T wbxml_command(std::string_view commands, std::string_view head = "02 A4 01 6A 00")
{
    auto message = decoded_wbxml(wbxml_with(commands, head));
    REQUIRE(message.body.size() == 1);
    REQUIRE(std::holds_alternative<T>(message.body.front()));
    return std::get<T>(std::move(message.body.front()));
}

/// What stands in Data when `content` does.
std::string data_of(std::string_view content, std::string_view head = "02 A4 01 6A 00")
{
    const auto add = wbxml_command<ItemCommand>("45 54 4F " + std::string(content) + " 01 01 01", head);
    return add.items.at(0).text();
}

Data put_of(std::string_view content)
{
    return wbxml_command<Put>("5F 54 4F " + std::string(content) + " 01 01 01").items.at(0).data;
}

} // namespace

TEST_CASE("every head that peers write is read", "[codec][wbxml]")
{
    for (const auto* head :
         {"01 A4 01 6A 00", "03 A4 01 6A 00", "02 9F 53 6A 00", "02 9F 51 6A 00", "02 01 6A 00", "02 A4 01 00 00",
          "02 A4 01 03 00", "02 A4 01 04 00", "02 80 A4 01 6A 00", "02 00 00 6A {'-//SYNCML//DTD SyncML 1.0//EN'00}",
          "02 00 00 6A {'-//SYNCML//DTD SyncML 1.1//EN'00}", "02 00 02 6A {00 00'-//OMA//DTD SYNCML 1.2//EN'}"})
        CHECK(wbxml_command<Alert>("46 4B 03'3'00 01 01", head).cmd_id == 3);
}

TEST_CASE("text comes in strings, from the table, as characters and opaque, and in pieces", "[codec][wbxml]")
{
    CHECK(data_of("03'a b'00") == "a b");
    CHECK(data_of("C3 03 'a' 0D 0A") == "a\r\n");
    CHECK(data_of("83 00", "02 A4 01 6A 06'abc'00'de'") == "abc");
    CHECK(data_of("83 01", "02 A4 01 6A 06'abc'00'de'") == "bc");
    CHECK(data_of("83 04", "02 A4 01 6A 06'abc'00'de'") == "de");
    CHECK(data_of("03'a'00 C3 01'b' 83 00 02 20", "02 A4 01 6A 02'x'00") == "abx ");
    CHECK(data_of("02 26 02 81 7C 02 C1 2C 02 87 EC 00") == "&ü€😀");
    CHECK(data_of("03 00") == "");
    CHECK(data_of("C3 00") == "");
    CHECK(wbxml_command<Alert>("46 4B C3 01'3' 01 4F C3 03'200' 01 01").code == AlertCode::TwoWay);
    CHECK(wbxml_command<Put>("5F 54 0F 01 54 4F 01 01 54 01 01").items.at(1).data == Data{""});
}

TEST_CASE("octets that are no UTF-8 are taken for ISO-8859-1, but not in opaque data", "[codec][wbxml]")
{
    CHECK(data_of("03'M' FC 'ller, Müller'00") == "Müller, Müller");
    CHECK(data_of("03'M' FC 'ller'00", "02 A4 01 04 00") == "Müller");
    CHECK(data_of("C3 06'M' FC 'ller'") == "M\xFCller");
    const auto uri = wbxml_command<ItemCommand>("45 54 67 57 C3 06'M' FC 'ller' 01 01 01 01").items.at(0).source->uri;
    CHECK(uri == "Müller");
    // Some count the NUL.
    CHECK(wbxml_command<ItemCommand>("45 54 67 57 C3 03'ab'00 01 01 01 01").items.at(0).source->uri == "ab");
}

TEST_CASE("pages may be turned anywhere and stay turned", "[codec][wbxml]")
{
    const auto type_and_size = [](std::string_view meta) {
        const auto add = wbxml_command<ItemCommand>("45 5A " + std::string(meta) + " 4B 03'9'00 01 01");
        CHECK(add.cmd_id == 9);
        CHECK(add.meta.type == "t");
        CHECK(add.meta.size == 5);
    };
    type_and_size("00 01 53 03't'00 01 52 03'5'00 01 00 00 01");             // before the end of Meta
    type_and_size("00 01 53 03't'00 01 52 03'5'00 01 01 00 00");             // behind it
    type_and_size("00 01 53 03't'00 00 00 01 00 01 52 03'5'00 01 01 00 00"); // within a child
    type_and_size("00 01 00 01 53 03't'00 01 00 00 00 01 52 03'5'00 01 00 00 00 00 01");
}

TEST_CASE("attributes and instructions are passed over", "[codec][wbxml]")
{
    // A phone's: the namespace as an attribute whose name points into no string table.
    auto document = wbxml_with("12");
    document.replace(5, 1, bytes("ED 04 00 03'SYNCML:SYNCML1.2'00 01"));
    CHECK(decoded_wbxml(document).final);
    // Of every kind.
    document.replace(5, 1, bytes("43 05 85 03'a'00 01 ED"));
    CHECK(decoded_wbxml(wbxml_with("92 05 85 03'a'00 83 00 C3 02 01 01 02 20 00 07 01", "02 A4 01 6A 02'x'00")).final);
    CHECK(decoded_wbxml(wbxml_with("D2 05 01 01 43 05 03'a'00 01")).final);
    auto before = wbxml_with("12");
    before.insert(5, bytes("43 05 03'a'00 01"));
    CHECK(decoded_wbxml(before).final);
}

TEST_CASE("literal tags go by their names", "[codec][wbxml]")
{
    const std::string table = "02 A4 01 6A {'m:Alert'00'CmdID'00'?' FF 00}";
    CHECK(wbxml_command<Alert>("44 00 44 08 03'3'00 01 01", table).cmd_id == 3);
    CHECK(wbxml_command<Alert>("44 02 C4 08 05 01 03'3'00 01 04 0E 01", table).cmd_id == 3);
    CHECK(wbxml_command<Unsupported>("04 0E", table).name == "Unknown");
    CHECK(wbxml_command<Unsupported>("84 03 05 01", table).name == "lert");
}

TEST_CASE("tokens without a name are skipped with all they hold", "[codec][wbxml]")
{
    const auto alert =
        wbxml_command<Alert>("46 7F 4B 03'66'00 01 54 01 01 3D 4B 03'1'00 01 00 01 7E 00 00 01 4F 03'222'00 01 01");
    CHECK(alert.cmd_id == 1);
    CHECK(alert.code == AlertCode::NextMessage);
    const auto message = decoded_wbxml(wbxml_with("51 4B 03'1'00 01 54 01 01 30 7C 4B 03'2'00 01 1D 01 7D 01"));
    REQUIRE(message.body.size() == 4);
    CHECK(message.body[0] == Command{Unsupported{.cmd_id = 1, .no_resp = false, .name = "Exec"}});
    CHECK(message.body[1] == Command{Unsupported{.cmd_id = 0, .no_resp = false, .name = "Unknown"}});
    CHECK(message.body[2] == Command{Unsupported{.cmd_id = 2, .no_resp = true, .name = "Correlator"}});
}

TEST_CASE("a nonce is base64 as a string and raw as octets", "[codec][wbxml]")
{
    const auto nonce = [](std::string_view content) {
        return wbxml_command<Status>("69 49 5A 00 01 50 " + std::string(content) + " 01 00 00 01 01 01")
            .chal->next_nonce;
    };
    CHECK(nonce("03'AQIDBA=='00") == "AQIDBA==");
    CHECK(nonce("C3 04 01 02 03 04") == "AQIDBA==");
}

TEST_CASE("device information is read as a document of its own, as XML and on a page of its own", "[codec][wbxml]")
{
    for (const auto* content :
         {"C3 {02 A4 03 6A 00 4A 51 03'X'00 01 49 03'd'00 01 01} 00 00",
          "C3 {02 9F 54 6A 00 4A 51 03'X'00 01 49 03'd'00 01 01}",
          "C3 {03 9F 52 6A 00 4A 51 03'X'00 01 49 03'd'00 01 01}", "C3 {01 01 6A 00 4A 51 03'X'00 01 49 03'd'00 01 01}",
          "00 02 4A 51 03'X'00 01 49 03'd'00 01 01 00 00"}) {
        INFO(content);
        const auto data = put_of(content);
        REQUIRE(std::holds_alternative<DevInf>(data));
        CHECK(std::get<DevInf>(data).manufacturer == "X");
        CHECK(std::get<DevInf>(data).device_id == "d");
    }
    const auto results = wbxml_command<Results>("62 54 5A 00 01 53 03'application/vnd.syncml-devinf+xml'00 01 00 00 01"
                                                "4F C3 {'<DevInf><Man>X</Man></DevInf>'} 01 01 01");
    CHECK(std::get<DevInf>(results.items.at(0).data).manufacturer == "X");
    // What only begins as one stays what it is.
    CHECK(put_of("C3 05 02 A4 03 6A 00") == Data{bytes("02 A4 03 6A 00")});
    CHECK(put_of("C3 07 02 A4 01 6A 00 6D 01") == Data{bytes("02 A4 01 6A 00 6D 01")});
    CHECK(put_of("C3 08 02 A4 03 6A 00 00 01 0A") == Data{bytes("02 A4 03 6A 00 00 01 0A")});
}

TEST_CASE("the size of a property in DevInf 1.1 has the token of the later one", "[codec][wbxml]")
{
    const auto data =
        put_of("C3 {02 9F 54 6A 00 4A 65 03'1.1'00 01 45 46 03'text/x-vcard'00 01 58 03'N'00 01 5C 03'30'00 01 01 01}");
    REQUIRE(std::holds_alternative<DevInf>(data));
    CHECK(std::get<DevInf>(data).capabilities.at(0).properties.at(0).max_size == 30);
}

TEST_CASE("NULs behind the document do not matter", "[codec][wbxml]")
{
    CHECK(decoded_wbxml(wbxml_with("12") + "\0\0"s).final);
}

TEST_CASE("every element has the token of the specifications and every token its element", "[codec][wbxml]")
{
    using codec::Vocabulary;
    const auto last = [](Vocabulary vocabulary) {
        std::uint8_t highest = 0;
        for (int token = 0; token < 256; ++token) {
            const auto name = codec::find_name(vocabulary, static_cast<std::uint8_t>(token));
            if (name.empty())
                continue;
            CHECK(codec::find_token(vocabulary, name) == token);
            highest = static_cast<std::uint8_t>(token);
        }
        return highest;
    };
    CHECK(last(Vocabulary::SyncML) == 0x3C);
    CHECK(last(Vocabulary::MetInf) == 0x16);
    CHECK(last(Vocabulary::DevInf) == 0x34);
    CHECK(codec::find_name(Vocabulary::SyncML, 0x2D) == "SyncML");
    CHECK(codec::find_name(Vocabulary::SyncML, 0x31) == "VerDTD");
    CHECK(codec::find_name(Vocabulary::MetInf, 0x0E) == "MetInf");
    CHECK(codec::find_name(Vocabulary::DevInf, 0x28) == "UTC");
    CHECK(codec::find_name(Vocabulary::DevInf, 0x30) == "Filter-Rx");
    CHECK(codec::find_token(Vocabulary::SyncML, "") == std::nullopt);
    CHECK(codec::find_token(Vocabulary::SyncML, "DevInf") == std::nullopt);
}
