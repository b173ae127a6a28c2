#include "decoding.hpp"

using namespace syncml;

// The messages of one two-way session with a challenge, as a server sends them.

namespace {

std::string reply(std::string_view header_end, std::string_view body)
{
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SyncML xmlns='SYNCML:SYNCML1.2'>\n  <SyncHdr>\n"
           "    <VerDTD>1.2</VerDTD>\n    <VerProto>SyncML/1.2</VerProto>\n    <SessionID>12</SessionID>\n"
           "    <MsgID>1</MsgID>\n    <Target><LocURI>urn:uuid:77</LocURI><LocName>ada</LocName></Target>\n"
           "    <Source><LocURI>https://sync.example.org/ds</LocURI></Source>\n    " +
           std::string(header_end) + "</SyncHdr>\n  <SyncBody>\n" + std::string(body) + "\n  </SyncBody>\n</SyncML>\n";
}

template <class T>
const T& at(const Message& message, std::size_t index)
{
    REQUIRE(index < message.body.size());
    REQUIRE(std::holds_alternative<T>(message.body[index]));
    return std::get<T>(message.body[index]);
}

} // namespace

TEST_CASE("a challenge carries its nonce", "[codec][session]")
{
    const auto message = decoded(reply("", R"(
    <Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd>
      <TargetRef>https://sync.example.org/ds</TargetRef><SourceRef>urn:uuid:77</SourceRef>
      <Chal><Meta>
        <Format xmlns='syncml:metinf'>b64</Format>
        <Type xmlns='syncml:metinf'>syncml:auth-md5</Type>
        <NextNonce xmlns='syncml:metinf'>AQIDBA==</NextNonce>
      </Meta></Chal><Data>407</Data></Status>
    <Status><CmdID>2</CmdID><MsgRef>1</MsgRef><CmdRef>1</CmdRef><Cmd>Alert</Cmd><Data>407</Data></Status>
    <Final/>)"));
    CHECK(message.header.session_id == "12");
    CHECK(message.header.target == Location{.uri = "urn:uuid:77", .name = "ada"});
    CHECK(message.final);
    REQUIRE(message.body.size() == 2);
    const auto& status = at<Status>(message, 0);
    CHECK(status.cmd == "SyncHdr");
    CHECK(status.cmd_ref == 0);
    CHECK(status.code == StatusCode::MissingCredentials);
    CHECK(status.target_refs == std::vector<std::string>{"https://sync.example.org/ds"});
    REQUIRE(status.chal);
    CHECK(status.chal->format == "b64");
    CHECK(status.chal->type == "syncml:auth-md5");
    CHECK(status.chal->next_nonce == "AQIDBA==");
    CHECK(at<Status>(message, 1).chal == std::nullopt);
}

TEST_CASE("the answer to initialization carries address, limits, device information and anchors", "[codec][session]")
{
    const auto message = decoded(reply("<RespURI>https://sync.example.org/ds?sid=5&amp;x=1</RespURI>\n    <Meta>"
                                       "<MaxMsgSize xmlns='syncml:metinf'>65536</MaxMsgSize><MaxObjSize "
                                       "xmlns='syncml:metinf'>4000000</MaxObjSize></Meta>",
                                       R"(
    <Status><CmdID>1</CmdID><MsgRef>2</MsgRef><CmdRef>1</CmdRef><Cmd>Alert</Cmd><TargetRef>card</TargetRef>
      <SourceRef>contacts</SourceRef><Data>200</Data>
      <Item><Data><Anchor xmlns='syncml:metinf'><Next>c42</Next></Anchor></Data></Item></Status>
    <Results><CmdID>2</CmdID><MsgRef>2</MsgRef><CmdRef>4</CmdRef>
      <Meta><Type xmlns='syncml:metinf'>application/vnd.syncml-devinf+xml</Type></Meta>
      <Item><Source><LocURI>./devinf12</LocURI></Source><Data>
        <DevInf xmlns='syncml:devinf'><VerDTD>1.2</VerDTD><Man>Example</Man><Mod>server</Mod><DevID>s</DevID>
          <DevTyp>server</DevTyp><UTC/><SupportLargeObjs/>
          <DataStore><SourceRef>card</SourceRef>
            <Rx-Pref><CTType>text/vcard</CTType><VerCT>3.0</VerCT></Rx-Pref>
            <Tx-Pref><CTType>text/vcard</CTType><VerCT>3.0</VerCT></Tx-Pref>
            <CTCap><CTType>text/vcard</CTType><VerCT>3.0</VerCT>
              <Property><PropName>N</PropName><MaxOccur>1</MaxOccur></Property>
              <Property><PropName>TEL</PropName><PropParam><ParamName>TYPE</ParamName><ValEnum>WORK</ValEnum></PropParam>
              </Property></CTCap>
            <SyncCap><SyncType>1</SyncType><SyncType>2</SyncType></SyncCap></DataStore>
          <Ext><XNam>X-A</XNam><XVal>1</XVal><XVal>2</XVal></Ext></DevInf>
      </Data></Item></Results>
    <Alert><CmdID>3</CmdID><Data>200</Data><Item><Target><LocURI>contacts</LocURI></Target>
      <Source><LocURI>card</LocURI></Source>
      <Meta><Anchor xmlns='syncml:metinf'><Last>s1</Last><Next>s2</Next></Anchor></Meta></Item></Alert>
    <Final/>)"));
    CHECK(message.header.resp_uri == "https://sync.example.org/ds?sid=5&x=1");
    CHECK(message.header.meta.max_msg_size == 65536);
    CHECK(message.header.meta.max_obj_size == 4'000'000);
    REQUIRE(message.body.size() == 3);

    CHECK(at<Status>(message, 0).items.at(0).data == Data{Anchor{.last = "", .next = "c42"}});
    const auto& results = at<Results>(message, 1);
    const auto& devinf = std::get<DevInf>(results.items.at(0).data);
    CHECK(results.items[0].source->uri == "./devinf12");
    CHECK(devinf.model == "server");
    CHECK(devinf.utc);
    CHECK(devinf.large_objects);
    CHECK_FALSE(devinf.number_of_changes);
    REQUIRE(devinf.datastores.size() == 1);
    const auto& capability = devinf.datastores[0].capabilities.at(0);
    REQUIRE(capability.properties.size() == 2);
    CHECK(capability.properties[0].max_occur == 1);
    CHECK(capability.properties[1].parameters.at(0).values == std::vector<std::string>{"WORK"});
    CHECK(devinf.datastores[0].sync_types == std::vector<std::uint32_t>{1, 2});
    CHECK(devinf.extensions == std::vector<Extension>{{.name = "X-A", .values = {"1", "2"}}});

    const auto& alert = at<Alert>(message, 2);
    CHECK(alert.code == AlertCode::TwoWay);
    CHECK(alert.items.at(0).meta.anchor == Anchor{.last = "s1", .next = "s2"});
}

TEST_CASE("changes of the server carry their items", "[codec][session]")
{
    const auto message = decoded(reply("", R"(
    <Sync><CmdID>7</CmdID><Target><LocURI>contacts</LocURI></Target><Source><LocURI>card</LocURI></Source>
      <NumberOfChanges>3</NumberOfChanges>
      <Add><CmdID>8</CmdID><Meta><Type xmlns='syncml:metinf'>text/vcard</Type></Meta>
        <Item><Source><LocURI>g-1</LocURI></Source><Data><![CDATA[BEGIN:VCARD
N:Okafor;Ada;;;
NOTE:1 < 2 & 3
END:VCARD
]]></Data></Item></Add>
      <Replace><CmdID>9</CmdID><Item><Target><LocURI>4</LocURI></Target>
        <Meta><Type xmlns='syncml:metinf'>text/calendar</Type><Size xmlns='syncml:metinf'>900</Size></Meta>
        <Data>BEGIN:VCALENDAR&#13;
</Data><MoreData/></Item></Replace>
      <Delete><CmdID>10</CmdID><SftDel/><Item><Target><LocURI>23</LocURI></Target></Item></Delete></Sync>)"));
    CHECK_FALSE(message.final);
    REQUIRE(message.body.size() == 1);
    const auto& sync = at<Sync>(message, 0);
    CHECK(sync.target.uri == "contacts");
    CHECK(sync.source.uri == "card");
    CHECK(sync.number_of_changes == 3);
    REQUIRE(sync.commands.size() == 3);

    const auto& add = std::get<ItemCommand>(sync.commands[0]);
    CHECK(add.verb == ItemVerb::Add);
    CHECK(add.meta.type == "text/vcard");
    CHECK(add.items.at(0).source->uri == "g-1");
    CHECK(add.items[0].text() == "BEGIN:VCARD\nN:Okafor;Ada;;;\nNOTE:1 < 2 & 3\nEND:VCARD\n");
    const auto& replace = std::get<ItemCommand>(sync.commands[1]);
    CHECK(replace.verb == ItemVerb::Replace);
    CHECK(replace.items.at(0).meta.size == 900);
    CHECK(replace.items[0].text() == "BEGIN:VCALENDAR\r\n");
    CHECK(replace.items[0].more_data);
    const auto& deletion = std::get<ItemCommand>(sync.commands[2]);
    CHECK(deletion.soft_delete);
    CHECK(deletion.items.at(0).data == Data{});
    CHECK(deletion.items[0].target->uri == "23");
}
