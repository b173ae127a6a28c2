#include "decoding.hpp"

using namespace std::string_literals;
using namespace syncml;

namespace {

Header header()
{
    Header header;
    header.ver_dtd = "1.2";
    header.ver_proto = "SyncML/1.2";
    header.session_id = "7";
    header.msg_id = 1;
    header.target.uri = "http://host/ds";
    header.source = {.uri = "device", .name = "alice"};
    return header;
}

const std::string before_body = R"(<?xml version="1.0" encoding="UTF-8"?><SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr>)"
                                "<VerDTD>1.2</VerDTD><VerProto>SyncML/1.2</VerProto><SessionID>7</SessionID>"
                                "<MsgID>1</MsgID><Target><LocURI>http://host/ds</LocURI></Target><Source>"
                                "<LocURI>device</LocURI><LocName>alice</LocName></Source></SyncHdr><SyncBody>";

/// What the command is written as.
std::string written(Command command)
{
    const auto document = encoded({.header = header(), .body = {std::move(command)}, .final = false});
    REQUIRE(document.starts_with(before_body));
    const auto end = document.find("</SyncBody></SyncML>");
    REQUIRE(end != std::string::npos);
    return document.substr(before_body.size(), end - before_body.size());
}

/// What item data is written as.
std::string written_data(std::string text)
{
    Put put;
    put.items.emplace_back().data = std::move(text);
    const auto command = written(put);
    const auto start = command.find("<Data>") + 6;
    return command.substr(start, command.rfind("</Data>") - start);
}

} // namespace

TEST_CASE("an empty message is written with its namespace and nothing but what is set", "[codec][encode]")
{
    CHECK(encoded({.header = header(), .body = {}, .final = true}) == before_body + "<Final/></SyncBody></SyncML>");
    CHECK(encoded({.header = header(), .body = {}, .final = false}) == before_body + "</SyncBody></SyncML>");
}

TEST_CASE("the header is written in the order of the DTD", "[codec][encode]")
{
    auto full = header();
    full.resp_uri = "http://host/ds?s=1&t=2";
    full.no_resp = true;
    full.cred.emplace().meta.format = "b64";
    full.cred->meta.type = "syncml:auth-basic";
    full.cred->data = base::Secret("YWxpY2U6cHc=");
    full.meta.max_msg_size = 65536;
    full.meta.max_obj_size = 4194304;
    const auto document = encoded({.header = full, .body = {}, .final = false});
    CHECK(document.find(
              "</Source><RespURI>http://host/ds?s=1&amp;t=2</RespURI><NoResp/><Cred><Meta>"
              R"(<Format xmlns="syncml:metinf">b64</Format><Type xmlns="syncml:metinf">syncml:auth-basic</Type>)"
              "</Meta><Data>YWxpY2U6cHc=</Data></Cred><Meta>"
              R"(<MaxMsgSize xmlns="syncml:metinf">65536</MaxMsgSize>)"
              R"(<MaxObjSize xmlns="syncml:metinf">4194304</MaxObjSize></Meta></SyncHdr>)") != std::string::npos);
}

TEST_CASE("every command is written in the order of the DTD", "[codec][encode]")
{
    Alert alert;
    alert.cmd_id = 3;
    alert.code = AlertCode::SlowSync;
    auto& item = alert.items.emplace_back();
    item.source = {.uri = "contacts", .name = ""};
    item.target = {.uri = "card", .name = ""};
    item.meta.anchor = {.last = "1", .next = "2"};
    CHECK(written(alert) ==
          "<Alert><CmdID>3</CmdID><Data>201</Data><Item><Target><LocURI>card</LocURI></Target><Source>"
          R"(<LocURI>contacts</LocURI></Source><Meta><Anchor xmlns="syncml:metinf"><Last>1</Last>)"
          "<Next>2</Next></Anchor></Meta></Item></Alert>");

    Status status;
    status.cmd_id = 1;
    status.msg_ref = 2;
    status.cmd = "SyncHdr";
    status.target_refs = {"device"};
    status.source_refs = {"http://host/ds"};
    status.chal.emplace().next_nonce = "bm9uY2U=";
    status.code = StatusCode::InvalidCredentials;
    status.items.emplace_back().data = Anchor{.last = "", .next = "9"};
    CHECK(written(status) ==
          "<Status><CmdID>1</CmdID><MsgRef>2</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd>"
          "<TargetRef>device</TargetRef><SourceRef>http://host/ds</SourceRef><Chal><Meta>"
          R"(<NextNonce xmlns="syncml:metinf">bm9uY2U=</NextNonce></Meta></Chal><Data>401</Data>)"
          R"(<Item><Data><Anchor xmlns="syncml:metinf"><Next>9</Next></Anchor></Data></Item></Status>)");

    Map map;
    map.cmd_id = 5;
    map.target.uri = "card";
    map.source.uri = "contacts";
    map.items = {{.guid = "g1", .luid = "53"}};
    CHECK(written(map) == "<Map><CmdID>5</CmdID><Target><LocURI>card</LocURI></Target><Source><LocURI>contacts</LocURI>"
                          "</Source><MapItem><Target><LocURI>g1</LocURI></Target><Source><LocURI>53</LocURI></Source>"
                          "</MapItem></Map>");

    Get get;
    get.cmd_id = 4;
    get.meta.type = "application/vnd.syncml-devinf+xml";
    get.items.emplace_back().target = {.uri = "./devinf12", .name = ""};
    CHECK(written(get) ==
          "<Get><CmdID>4</CmdID><Meta><Type xmlns=\"syncml:metinf\">application/vnd.syncml-devinf+xml</Type>"
          "</Meta><Item><Target><LocURI>./devinf12</LocURI></Target></Item></Get>");

    ItemCommand deletion;
    deletion.verb = ItemVerb::Delete;
    deletion.cmd_id = 7;
    deletion.archive = true;
    deletion.soft_delete = true;
    auto& deleted = deletion.items.emplace_back();
    deleted.source_parent = "f";
    deleted.target_parent = "g";
    deleted.more_data = true;
    Sync sync;
    sync.cmd_id = 6;
    sync.target.uri = "card";
    sync.source.uri = "contacts";
    sync.number_of_changes = 0;
    sync.commands = {deletion};
    CHECK(written(sync) ==
          "<Sync><CmdID>6</CmdID><Target><LocURI>card</LocURI></Target><Source><LocURI>contacts</LocURI>"
          "</Source><NumberOfChanges>0</NumberOfChanges><Delete><CmdID>7</CmdID><Archive/><SftDel/>"
          "<Item><SourceParent><LocURI>f</LocURI></SourceParent><TargetParent><LocURI>g</LocURI>"
          "</TargetParent><MoreData/></Item></Delete></Sync>");
}

TEST_CASE("device information is written as a document of its own", "[codec][encode]")
{
    DevInf devinf;
    devinf.manufacturer = "M & N";
    devinf.device_id = "d";
    devinf.device_type = "workstation";
    devinf.utc = true;
    auto& store = devinf.datastores.emplace_back();
    store.source_ref = "contacts";
    store.rx_preferred = {{.type = "text/vcard", .version = "3.0"}};
    store.tx_preferred = {{.type = "text/vcard", .version = "3.0"}};
    store.max_ids = 9;
    store.sync_types = {1, 2};
    Put put;
    put.cmd_id = 1;
    put.items.emplace_back().data = devinf;
    CHECK(written(put) ==
          R"(<Put><CmdID>1</CmdID><Item><Data><DevInf xmlns="syncml:devinf"><VerDTD>1.2</VerDTD>)"
          "<Man>M &amp; N</Man><DevID>d</DevID><DevTyp>workstation</DevTyp><UTC/><DataStore>"
          "<SourceRef>contacts</SourceRef><Rx-Pref><CTType>text/vcard</CTType><VerCT>3.0</VerCT></Rx-Pref>"
          "<Tx-Pref><CTType>text/vcard</CTType><VerCT>3.0</VerCT></Tx-Pref><DSMem><MaxID>9</MaxID></DSMem>"
          "<SyncCap><SyncType>1</SyncType><SyncType>2</SyncType></SyncCap></DataStore></DevInf></Data>"
          "</Item></Put>");
}

TEST_CASE("item data with markup goes into CDATA when it can", "[codec][encode]")
{
    CHECK(written_data("BEGIN:VCARD\r\nEND:VCARD\r\n") == "BEGIN:VCARD\r\nEND:VCARD\r\n");
    CHECK(written_data("a > b") == "a &gt; b");
    CHECK(written_data("a < b") == "<![CDATA[a < b]]>");
    CHECK(written_data("R&D\r\n") == "<![CDATA[R&D\r\n]]>");
    CHECK(written_data("a ]]> b") == "a ]]&gt; b");
    CHECK(written_data("<a ]]> &b") == "&lt;a ]]&gt; &amp;b");
    CHECK(written_data("") == "");
}

TEST_CASE("what XML cannot hold never reaches the document", "[codec][encode]")
{
    const auto good = [](std::string_view text) { return codec::can_carry(text, codec::Encoding::Xml); };
    CHECK(good("BEGIN:VCARD\r\nN:Müller;😀\r\n<&>]]>"));
    CHECK_FALSE(good("a\x01"));
    CHECK_FALSE(good("\0"s));
    CHECK_FALSE(good("M\xFCller"));

    CHECK(written_data("a\x01z \xFC \xEF\xBF\xBF") == "a\uFFFDz \uFFFD \uFFFD\uFFFD\uFFFD");
    CHECK(written_data("<\x01&") == "&lt;\uFFFD&amp;");
    auto odd = header();
    odd.source.name = "a\x02\xFF";
    CHECK(decoded(encoded({.header = odd, .body = {}, .final = true})).header.source.name == "a\uFFFD\uFFFD");
}

TEST_CASE("identifiers arrive exactly, whatever is in them", "[codec][encode]")
{
    for (const auto& guid : {"a\rb"s, "\r\n"s, " <&>]]> "s, "\t\n"s, "ü\r"s}) {
        Map map;
        map.items = {{.guid = guid, .luid = guid}};
        const auto message = decoded(encoded({.header = header(), .body = {map}, .final = true}));
        CHECK(std::get<Map>(message.body.at(0)).items == map.items);
    }
}

TEST_CASE("the encoding names its media types", "[codec][encode]")
{
    CHECK(codec::media_type(codec::Encoding::Xml) == "application/vnd.syncml+xml");
    CHECK(codec::devinf_media_type(codec::Encoding::Xml) == "application/vnd.syncml-devinf+xml");
}
