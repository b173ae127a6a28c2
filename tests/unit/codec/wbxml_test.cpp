#include "bytes.hpp"
#include "decoding.hpp"

#include <fstream>
#include <iterator>

using codec::Encoding;
using namespace std::string_literals;
using namespace syncml;

namespace {

/// The start of a session as the specifications have it, octet for octet.
const std::string sample = bytes(R"(02 A4 01 6A 00
    6D 6C 71 03'1.2'00 01 72 03'SyncML/1.2'00 01 65 03'1'00 01 5B 03'1'00 01
    6E 57 03'http://h/s'00 01 01 67 57 03'dev1'00 01 01
    4E 5A 00 01 47 03'b64'00 01 53 03'syncml:auth-basic'00 01 01 00 00 4F 03'YTpi'00 01 01
    5A 00 01 4C 03'9000'00 01 01 01
    00 00 6B
    5F 4B 03'1'00 01 5A 00 01 53 03'application/vnd.syncml-devinf+wbxml'00 01 01
       00 00 54 67 57 03'./devinf12'00 01 01
          4F C3 18 02 A4 03 6A 00 4A 65 03'1.2'00 01 51 03'X'00 01 49 01 4B 01 28 01 01 01 01
    6A 4B 03'2'00 01 6E 57 03'card'00 01 01 67 57 03'./c'00 01 01 73 03'1'00 01
       45 4B 03'3'00 01 54 67 57 03'4'00 01 01 4F C3 18'BEGIN:VCARD' 0D 0A 'END:VCARD' 0D 0A 01 34 01 01 01
    12 01 01)");

Message sample_message()
{
    Message message;
    auto& header = message.header;
    header.ver_dtd = "1.2";
    header.ver_proto = "SyncML/1.2";
    header.session_id = "1";
    header.msg_id = 1;
    header.target.uri = "http://h/s";
    header.source.uri = "dev1";
    header.cred.emplace().meta.format = "b64";
    header.cred->meta.type = "syncml:auth-basic";
    header.cred->data = base::Secret("YTpi");
    header.meta.max_msg_size = 9000;

    DevInf devinf;
    devinf.manufacturer = "X";
    devinf.utc = true;
    Put put;
    put.cmd_id = 1;
    put.meta.type = "application/vnd.syncml-devinf+wbxml";
    put.items.emplace_back().source = Location{.uri = "./devinf12", .name = ""};
    put.items.back().data = devinf;

    ItemCommand add;
    add.cmd_id = 3;
    add.items.emplace_back().source = Location{.uri = "4", .name = ""};
    add.items.back().data = "BEGIN:VCARD\r\nEND:VCARD\r\n";
    add.items.back().more_data = true;
    Sync sync;
    sync.cmd_id = 2;
    sync.target.uri = "card";
    sync.source.uri = "./c";
    sync.number_of_changes = 1;
    sync.commands = {add};

    message.body = {put, sync};
    message.final = true;
    return message;
}

} // namespace

TEST_CASE("a message is written in the octets of WBXML, and read from them", "[codec][wbxml]")
{
    CHECK(encoded(sample_message(), Encoding::Wbxml) == sample);
    CHECK(decoded_wbxml(sample) == sample_message());
}

TEST_CASE("the messages of SyncEvolution's server are read, and written again octet for octet", "[codec][wbxml]")
{
    for (const std::string name : {"init", "changes", "maps"}) {
        std::ifstream file(std::string(RECORDED) + "/syncevolution-" + name + ".wbxml", std::ios::binary);
        REQUIRE(file);
        const std::string document(std::istreambuf_iterator<char>(file), {});
        const auto message = decoded_wbxml(document);
        CHECK(message.header.target == Location{.uri = "device-0", .name = "tester"});
        const auto again = encoded(message, Encoding::Wbxml);
        CHECK(again.size() == document.size());
        if (name != "init") // its device information has children in another order than the DTD
            CHECK(again == document);
    }
}

TEST_CASE("the public id tells the version of a message and of device information", "[codec][wbxml]")
{
    const auto begins = [](std::string_view version, std::string_view document) {
        auto message = sample_message();
        message.header.ver_dtd = version;
        auto& devinf = std::get<DevInf>(std::get<Put>(message.body[0]).items[0].data);
        devinf.ver_dtd = version;
        devinf.utc = version != "1.0"; // which does not have it
        const auto octets = encoded(message, Encoding::Wbxml);
        CHECK(octets.starts_with(bytes(document)));
        CHECK(decoded_wbxml(octets) == message);
        return octets;
    };
    CHECK(begins("1.2", "02 A4 01 6A 00").find(bytes("C3 18 02 A4 03 6A 00")) != std::string::npos);
    CHECK(begins("1.1", "02 9F 53 6A 00").find(bytes("C3 18 02 9F 54 6A 00")) != std::string::npos);
    CHECK(begins("1.0", "02 9F 51 6A 00").find(bytes("C3 17 02 9F 52 6A 00")) != std::string::npos);
    CHECK(begins("2.0", "02 A4 01 6A 00").find(bytes("C3 18 02 A4 03 6A 00")) != std::string::npos);
}

TEST_CASE("an anchor in the data of a status turns the page and turns it back", "[codec][wbxml]")
{
    Status status;
    status.cmd = "Alert";
    status.items.emplace_back().data = Anchor{.last = "", .next = "9"};
    const auto octets = encoded({.header = sample_message().header, .body = {status}, .final = true}, Encoding::Wbxml);
    CHECK(octets.find(bytes("4A 03'Alert'00 01 4F 03'200'00 01 54 4F 00 01 45 4F 03'9'00 01 01 01 01 01 00 00 12")) !=
          std::string::npos);
}

TEST_CASE("item data arrives in WBXML octet for octet, whatever it is", "[codec][wbxml]")
{
    std::string all;
    for (int i = 0; i < 256; ++i)
        all.push_back(static_cast<char>(i));
    for (const auto& data :
         {all, "\0"s, "a\r\nb\rc\n"s, "M\xFCller"s, "<a ]]> &b"s, std::string(200'000, '\x01'), ""s}) {
        CHECK(codec::can_carry(data, Encoding::Wbxml));
        auto message = sample_message();
        std::get<ItemCommand>(std::get<Sync>(message.body[1]).commands[0]).items[0].data = data;
        CHECK(decoded_wbxml(encoded(message, Encoding::Wbxml)) == message);
    }
}

TEST_CASE("a length is written in as many octets as it needs", "[codec][wbxml]")
{
    const auto length = [](std::size_t size) {
        auto message = sample_message();
        std::get<ItemCommand>(std::get<Sync>(message.body[1]).commands[0]).items[0].data = std::string(size, 'x');
        const auto octets = encoded(message, Encoding::Wbxml);
        const auto begin = octets.find("4", octets.find("./c")) + 5; // 00 01 01 4F C3
        return octets.substr(begin + 1, octets.find('x', begin) - begin - 1);
    };
    CHECK(length(1) == bytes("01"));
    CHECK(length(0x7F) == bytes("7F"));
    CHECK(length(0x80) == bytes("81 00"));
    CHECK(length(0x3FFF) == bytes("FF 7F"));
    CHECK(length(0x4000) == bytes("81 80 00"));
}

TEST_CASE("what WBXML cannot say never reaches the document", "[codec][wbxml]")
{
    auto message = sample_message();
    message.header.source.name = "a\0b"s;
    message.body = {Unsupported{.cmd_id = 1, .no_resp = false, .name = "Frobnicate"},
                    Unsupported{.cmd_id = 2, .no_resp = false, .name = "Exec"}};
    CHECK(codec::encoded_size(message.body[0], Encoding::Wbxml) == 0);
    const auto again = decoded_wbxml(encoded(message, Encoding::Wbxml));
    CHECK(again.header.source.name == "a\uFFFDb");
    CHECK(again.body == std::vector<Command>{message.body[1]});
}

TEST_CASE("WBXML names its media types, and its documents are told from others", "[codec][wbxml]")
{
    CHECK(codec::media_type(Encoding::Wbxml) == "application/vnd.syncml+wbxml");
    CHECK(codec::devinf_media_type(Encoding::Wbxml) == "application/vnd.syncml-devinf+wbxml");
    CHECK(codec::find_encoding(sample) == Encoding::Wbxml);
    for (const auto& xml : {"<SyncML/>"s, "\xEF\xBB\xBF<SyncML/>"s, "\r\n <a>"s})
        CHECK(codec::find_encoding(xml) == Encoding::Xml);
    for (const auto& other : {""s, "\0"s, "\x04\xA4"s, "Internal error"s, " "s})
        CHECK(codec::find_encoding(other) == std::nullopt);
}
