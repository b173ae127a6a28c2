#include "codec/codec.hpp"
#include "syncml/version.hpp"

#include <catch2/catch.hpp>

using namespace syncml;

namespace {

Message message_of(Version version)
{
    Message message;
    message.header.ver_dtd = dtd(version);
    message.header.ver_proto = protocol(version);
    message.header.session_id = "1";
    message.header.msg_id = 1;
    return message;
}

/// Device information with something of everything that has another form in older versions.
DevInf rich_devinf(Version version)
{
    DevInf devinf;
    devinf.ver_dtd = dtd(version);
    devinf.device_id = "d";
    devinf.device_type = "phone";
    devinf.utc = devinf.large_objects = devinf.number_of_changes = true;
    Property begin;
    begin.name = "BEGIN";
    begin.values = {"VCARD"};
    Property tel;
    tel.name = "TEL";
    tel.data_type = "chr";
    tel.max_size = 30;
    tel.max_occur = 5;
    tel.no_truncate = true;
    tel.parameters.push_back({.name = "TYPE", .data_type = "chr", .display_name = "", .values = {"WORK", "CELL"}});
    const ContentCapability card{
        .content = {.type = "text/vcard", .version = "3.0"}, .field_level = true, .properties = {begin, tel}};
    for (const auto* name : {"one", "two"}) {
        auto& datastore = devinf.datastores.emplace_back();
        datastore.source_ref = name;
        datastore.capabilities = {card};
        datastore.hierarchical = true;
        datastore.filter_rx = {{.type = "text/vcard", .version = "3.0"}};
        datastore.filters.push_back(
            {.content = {.type = "text/vcard", .version = "3.0"}, .keywords = {"SINCE"}, .properties = {}});
        datastore.sync_types = {1, 2};
    }
    return devinf;
}

Message with_devinf(Version version)
{
    auto message = message_of(version);
    Put put;
    put.cmd_id = 1;
    put.meta.type = "application/vnd.syncml-devinf+xml";
    put.items.emplace_back().data = rich_devinf(version);
    message.body.emplace_back(std::move(put));
    return message;
}

const DevInf& devinf_of(const Message& message)
{
    return std::get<DevInf>(std::get<Put>(message.body.at(0)).items.at(0).data);
}

} // namespace

TEST_CASE("a message in XML is in the namespace of its version", "[codec][version]")
{
    for (const auto version : {Version::V1_0, Version::V1_1, Version::V1_2}) {
        const auto message = message_of(version);
        const auto document = codec::encode(message, codec::Encoding::Xml);
        const auto root = "<SyncML xmlns=\"SYNCML:SYNCML" + std::string(dtd(version)) + "\"><SyncHdr><VerDTD>" +
                          std::string(dtd(version)) + "</VerDTD><VerProto>" + std::string(protocol(version)) +
                          "</VerProto>";
        CHECK(document.find(root) != std::string::npos);
        CHECK(codec::decode(document, codec::Encoding::Xml, {}).value() == message);
        CHECK(find_version(dtd(version)) == version);
    }
    CHECK_FALSE(find_version("2.0"));
}

TEST_CASE("device information of 1.1 has one flat CTCap and nothing of 1.2", "[codec][version]")
{
    const auto document = codec::encode(with_devinf(Version::V1_1), codec::Encoding::Xml);
    const std::string expected =
        R"(<DevInf xmlns="syncml:devinf"><VerDTD>1.1</VerDTD><DevID>d</DevID><DevTyp>phone</DevTyp><UTC/>)"
        "<SupportLargeObjs/><SupportNumberOfChanges/>"
        "<DataStore><SourceRef>one</SourceRef><SyncCap><SyncType>1</SyncType><SyncType>2</SyncType></SyncCap></"
        "DataStore>"
        "<DataStore><SourceRef>two</SourceRef><SyncCap><SyncType>1</SyncType><SyncType>2</SyncType></SyncCap></"
        "DataStore>"
        "<CTCap><CTType>text/vcard</CTType><PropName>BEGIN</PropName><ValEnum>VCARD</ValEnum>"
        "<PropName>TEL</PropName><DataType>chr</DataType><Size>30</Size>"
        "<ParamName>TYPE</ParamName><ValEnum>WORK</ValEnum><ValEnum>CELL</ValEnum></CTCap></DevInf>";
    CHECK(document.find(expected) != std::string::npos);
}

TEST_CASE("device information of 1.0 has no flags besides", "[codec][version]")
{
    const auto document = codec::encode(with_devinf(Version::V1_0), codec::Encoding::Xml);
    for (const auto* flag : {"<UTC/>", "<SupportLargeObjs/>", "<SupportNumberOfChanges/>"})
        CHECK(document.find(flag) == std::string::npos);
    CHECK(document.find("<CTCap><CTType>text/vcard</CTType><PropName>BEGIN</PropName>") != std::string::npos);
}

TEST_CASE("old device information says the same in both encodings", "[codec][version]")
{
    for (const auto version : {Version::V1_0, Version::V1_1}) {
        auto xml = codec::decode(codec::encode(with_devinf(version), codec::Encoding::Xml), codec::Encoding::Xml, {});
        auto wbxml =
            codec::decode(codec::encode(with_devinf(version), codec::Encoding::Wbxml), codec::Encoding::Wbxml, {});
        REQUIRE(xml);
        REQUIRE(wbxml);
        CHECK(devinf_of(*xml) == devinf_of(*wbxml));
        const auto& tel = devinf_of(*xml).capabilities.at(0).properties.at(1);
        CHECK((tel.name == "TEL" && tel.max_size == 30 && tel.parameters.at(0).values.size() == 2));
    }
}
