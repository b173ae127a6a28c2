#include "decoding.hpp"

#include <fmt/format.h>

using namespace std::string_literals;
using namespace syncml;

namespace {

std::string put_devinf(std::string_view data, std::string_view type = "application/vnd.syncml-devinf+xml")
{
    return fmt::format("<Put><CmdID>1</CmdID><Meta><Type xmlns='syncml:metinf'>{}</Type></Meta>"
                       "<Item><Source><LocURI>./devinf12</LocURI></Source><Data>{}</Data></Item></Put>",
                       type, data);
}

DevInf devinf_in(std::string_view data)
{
    const auto put = command_in<Put>(put_devinf(data));
    REQUIRE(put.items.size() == 1);
    REQUIRE(std::holds_alternative<DevInf>(put.items[0].data));
    return std::get<DevInf>(put.items[0].data);
}

} // namespace

// ---- the document -----------------------------------------------------------------

TEST_CASE("children may come in any order", "[codec][tolerance]")
{
    const auto message = decoded("<SyncML><SyncBody><Final/><Status><Data>200</Data><Cmd>Add</Cmd><CmdRef>3</CmdRef>"
                                 "<MsgRef>1</MsgRef><CmdID>9</CmdID></Status></SyncBody>"
                                 "<SyncHdr><Source><LocName>n</LocName><LocURI>s</LocURI></Source><MsgID>4</MsgID>"
                                 "<VerDTD>1.2</VerDTD></SyncHdr></SyncML>");
    CHECK(message.final);
    CHECK(message.header.msg_id == 4);
    CHECK(message.header.source == Location{.uri = "s", .name = "n"});
    const Status expected{.cmd_id = 9,
                          .msg_ref = 1,
                          .cmd_ref = 3,
                          .cmd = "Add",
                          .target_refs = {},
                          .source_refs = {},
                          .chal = {},
                          .code = StatusCode::Ok,
                          .items = {}};
    CHECK(message.body == std::vector<Command>{expected});
}

TEST_CASE("namespaces may be missing, odd or prefixed", "[codec][tolerance]")
{
    const std::string meta_forms[] = {
        "<Meta><Type>text/vcard</Type><Size>5</Size></Meta>",
        "<Meta xmlns='syncml:metinf'><Type>text/vcard</Type><Size>5</Size></Meta>",
        "<Meta><Type xmlns='syncml:metinf'>text/vcard</Type><Size xmlns='SYNCML:METINF'>5</Size></Meta>",
        "<Meta xmlns:m='syncml:metinf'><m:Type>text/vcard</m:Type><m:Size>5</m:Size></Meta>",
        "<Meta><undeclared:Type>text/vcard</undeclared:Type><Size xmlns=''>5</Size></Meta>",
    };
    for (const auto& meta : meta_forms) {
        const auto add = command_in<ItemCommand>("<Add><CmdID>1</CmdID>" + meta + "</Add>");
        CHECK(add.meta.type == "text/vcard");
        CHECK(add.meta.size == 5);
    }
    for (const auto* root : {"<SyncML>", "<SyncML xmlns='syncml:SYNCML1.1'>", "<SyncML xmlns='http://odd/'>"}) {
        auto document = message_with("<Final/>");
        document.replace(0, document.find('>') + 1, root);
        CHECK(decoded(document).final);
    }
    const auto prefixed = decoded("<s:SyncML xmlns:s='SYNCML:SYNCML1.2'><s:SyncHdr><s:MsgID>3</s:MsgID></s:SyncHdr>"
                                  "<s:SyncBody><s:Final/></s:SyncBody></s:SyncML>");
    CHECK(prefixed.header.msg_id == 3);
    CHECK(prefixed.final);
}

TEST_CASE("what surrounds the document does not matter", "[codec][tolerance]")
{
    const auto document = message_with("<Final/>");
    for (const auto& around :
         {document + '\0', document + "\r\n\r\n", document + "\n\0\0\n"s, "\xEF\xBB\xBF" + document,
          "<?xml version='1.0' encoding='UTF-8'?>\n" + document, "<?xml version='1.0'?><!-- hello -->" + document,
          "\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8'?>" + document,
          "<?xml version='1.0' encoding='UTF-16'?>" + document, "<?xml version='1.0' encoding='no-such'?>" + document,
          "<?xml-stylesheet href='a'?>" + document, "\r\n" + document, "\r\n <?xml version='1.0'?>" + document})
        CHECK(decoded(around).final);
}

TEST_CASE("a document type that names SyncML alone is passed over and nothing is loaded", "[codec][tolerance]")
{
    const auto document = message_with("<Final/>");
    CHECK(decoded("<!DOCTYPE SyncML>" + document).final);
    CHECK(decoded("<!DOCTYPE SyncML SYSTEM 'file:///no/such/file.dtd'>" + document).final);
    CHECK(
        decoded("<!DOCTYPE SyncML PUBLIC '-//SYNCML//DTD SyncML 1.2//EN' 'http://127.0.0.1:1/syncml.dtd' >" + document)
            .final);
}

TEST_CASE("octets that are no UTF-8 are taken for ISO-8859-1", "[codec][tolerance]")
{
    const auto text = [](std::string_view name) {
        return command_in<Put>(fmt::format("<Put><CmdID>1</CmdID><Item><Data>{}</Data></Item></Put>", name))
            .items[0]
            .text();
    };
    CHECK(text("M\xFCller, Müller") == "Müller, Müller");
    CHECK(text("<![CDATA[M\xFCller]]>") == "Müller");
    const auto latin1 = decoded("<?xml version='1.0' encoding='ISO-8859-1'?>" +
                                message_with("<Put><CmdID>1</CmdID><Item><Data>Caf\xE9</Data></Item></Put>"));
    CHECK(std::get<Put>(latin1.body[0]).items[0].text() == "Café");
}

TEST_CASE("Lang, NoResults and Cred of a command are passed over", "[codec][tolerance]")
{
    const std::string odd =
        "<Cred><Meta><Type xmlns='syncml:metinf'>syncml:auth-basic</Type></Meta><Data>eDp5</Data></Cred>"
        "<NoResults/><Lang>fr</Lang>";
    const auto put = command_in<Put>("<Put><CmdID>4</CmdID>" + odd + "<Item><Data>text</Data></Item></Put>");
    CHECK(put.cmd_id == 4);
    REQUIRE(put.items.size() == 1);
    CHECK(put.items[0].text() == "text");
    const auto get = command_in<Get>("<Get><CmdID>5</CmdID>" + odd +
                                     "<Item><Target><LocURI>./devinf12</LocURI></Target></Item></Get>");
    CHECK(get.items.at(0).target == Location{.uri = "./devinf12", .name = ""});
}

TEST_CASE("a Sync within a Sequence is a command that is not implemented", "[codec][tolerance]")
{
    const auto group = command_in<Group>("<Sequence><CmdID>1</CmdID><Sync><CmdID>2</CmdID><Add><CmdID>3</CmdID></Add>"
                                         "</Sync><Delete><CmdID>4</CmdID></Delete></Sequence>");
    REQUIRE(group.commands.size() == 2);
    CHECK(group.commands[0] == SyncCommand{Unsupported{.cmd_id = 2, .no_resp = false, .name = "Sync"}});
    CHECK(std::get<ItemCommand>(group.commands[1]).cmd_id == 4);
}

TEST_CASE("unknown elements are skipped with all they hold", "[codec][tolerance]")
{
    const auto alert = command_in<Alert>("<Alert><Vendor><CmdID>66</CmdID><Item/></Vendor><CmdID>1</CmdID><Correlator>c"
                                         "</Correlator><Data>222</Data><Item><Extra>text</Extra><Target>"
                                         "<LocURI>card</LocURI><Sieve><Meta/><Record><Item/></Record></Sieve>"
                                         "</Target></Item></Alert>");
    CHECK(alert.cmd_id == 1);
    CHECK(alert.code == AlertCode::NextMessage);
    REQUIRE(alert.items.size() == 1);
    CHECK(alert.items[0].target == Location{.uri = "card", .name = ""});
    // Within a text only the unknown element goes.
    CHECK(command_in<Status>("<Status><CmdID>1</CmdID><Cmd>A<x>y</x>dd</Cmd></Status>").cmd == "Add");
}

TEST_CASE("a filter is read, and an empty one is none", "[codec][tolerance]")
{
    const auto target = [](const std::string& filter) {
        const auto alert = command_in<Alert>("<Alert><CmdID>1</CmdID><Data>200</Data><Item><Target>"
                                             "<LocURI>card</LocURI>" +
                                             filter + "</Target></Item></Alert>");
        return alert.items.at(0).target.value();
    };
    CHECK(target("<Filter><Meta><Type xmlns='syncml:metinf'>text/vcard</Type></Meta><Record><Item>"
                 "<Meta><Type xmlns='syncml:metinf'>syncml:filtertype-cgi</Type></Meta><Data>N&amp;CON;a</Data>"
                 "</Item></Record><FilterType>INCLUSIVE</FilterType></Filter>")
              .filter == std::vector<Filter>{{"text/vcard", "syncml:filtertype-cgi", "N&CON;a", "INCLUSIVE"}});
    CHECK(target("<Filter><Meta/><Field><Item/></Field></Filter>").filter == std::vector<Filter>{Filter{}});
}

TEST_CASE("commands without a value are kept by name and id, to be answered", "[codec][tolerance]")
{
    const auto message =
        decoded(message_with("<Exec><CmdID>1</CmdID><Item><Data>rm</Data></Item></Exec>"
                             "<Search><NoResp/><CmdID>2</CmdID><Source><LocURI>a</LocURI></Source></Search>"
                             "<Frobnicate/>"
                             "<Sync><CmdID>4</CmdID><Alert><CmdID>5</CmdID></Alert></Sync>"));
    REQUIRE(message.body.size() == 4);
    CHECK(message.body[0] == Command{Unsupported{.cmd_id = 1, .no_resp = false, .name = "Exec"}});
    CHECK(message.body[1] == Command{Unsupported{.cmd_id = 2, .no_resp = true, .name = "Search"}});
    CHECK(message.body[2] == Command{Unsupported{.cmd_id = 0, .no_resp = false, .name = "Frobnicate"}});
    CHECK(std::get<Sync>(message.body[3]).commands ==
          std::vector<SyncCommand>{Unsupported{.cmd_id = 5, .no_resp = false, .name = "Alert"}});
}

// ---- numbers and texts -----------------------------------------------------------------

TEST_CASE("numbers may have leading zeros and spaces", "[codec][tolerance]")
{
    const auto status = command_in<Status>("<Status><CmdID> 007 </CmdID><MsgRef>\n1\t</MsgRef><CmdRef>00</CmdRef>"
                                           "<Data> 0200 </Data></Status>");
    CHECK(status.cmd_id == 7);
    CHECK(status.msg_ref == 1);
    CHECK(status.cmd_ref == 0);
    CHECK(status.code == StatusCode::Ok);
    CHECK(command_in<Alert>("<Alert><CmdID>1</CmdID><Data> 0201\r\n</Data></Alert>").code == AlertCode::SlowSync);
}

TEST_CASE("an empty or absent id is zero", "[codec][tolerance]")
{
    CHECK(command_in<Alert>("<Alert><CmdID/></Alert>").cmd_id == 0);
    CHECK(command_in<Alert>("<Alert/>").cmd_id == 0);
    CHECK(command_in<Status>("<Status><CmdID>1</CmdID><CmdRef>4</CmdRef></Status>").msg_ref == 0);
}

TEST_CASE("a size that is not a number counts as absent, one that is too large as the largest", "[codec][tolerance]")
{
    const auto size = [](std::string_view text) {
        return command_in<Get>(fmt::format("<Get><CmdID>1</CmdID><Meta><MaxObjSize>{}</MaxObjSize></Meta></Get>", text))
            .meta.max_obj_size;
    };
    CHECK(size("") == std::nullopt);
    CHECK(size("unlimited") == std::nullopt);
    CHECK(size("-1") == std::nullopt);
    CHECK(size("12 kB") == std::nullopt);
    CHECK(size(" 012 ") == 12);
    CHECK(size("18446744073709551615") == 18446744073709551615U);
    CHECK(size("99999999999999999999999") == 18446744073709551615U);
}

TEST_CASE("an alert code that is not a number is empty", "[codec][tolerance]")
{
    CHECK(command_in<Alert>("<Alert><CmdID>1</CmdID><Data>hello</Data></Alert>").code == std::nullopt);
    CHECK(command_in<Alert>("<Alert><CmdID>1</CmdID><Data/></Alert>").code == std::nullopt);
    CHECK(command_in<Alert>("<Alert><CmdID>1</CmdID></Alert>").code == std::nullopt);
    CHECK(command_in<Alert>("<Alert><CmdID>1</CmdID><Data>1226</Data></Alert>").code == static_cast<AlertCode>(1226));
}

TEST_CASE("a status without a readable code is a failed command, never a success", "[codec][tolerance]")
{
    const auto code = [](std::string_view data) {
        return command_in<Status>(fmt::format("<Status><CmdID>1</CmdID>{}</Status>", data)).code;
    };
    CHECK(code("<Data>200 OK</Data>") == StatusCode::Ok);
    CHECK(code("<Data>299</Data>") == static_cast<StatusCode>(299));
    CHECK(code("<Data>OK</Data>") == StatusCode::CommandFailed);
    CHECK(code("<Data/>") == StatusCode::CommandFailed);
    CHECK(code("") == StatusCode::CommandFailed);
}

TEST_CASE("empty and absent data differ", "[codec][tolerance]")
{
    const auto put =
        command_in<Put>("<Put><CmdID>1</CmdID><Item/><Item><Data/></Item><Item><Data></Data></Item></Put>");
    REQUIRE(put.items.size() == 3);
    CHECK(put.items[0].data == Data{});
    CHECK(put.items[1].data == Data{""});
    CHECK(put.items[2].data == Data{""});
}

TEST_CASE("text keeps its spaces and line ends, as XML gives them", "[codec][tolerance]")
{
    const auto put = command_in<Put>("<Put><CmdID>1</CmdID><Item><Source><LocURI> a b </LocURI></Source>"
                                     "<Data>\r\nx&#13;\n&lt;&#x41;<![CDATA[<y>&\r\n]]>\n</Data></Item></Put>");
    CHECK(put.items[0].source->uri == " a b ");
    CHECK(put.items[0].text() == "\nx\r\n<A<y>&\n\n");
}

TEST_CASE("flags may hold text", "[codec][tolerance]")
{
    CHECK(command_in<Get>("<Get><CmdID>1</CmdID><NoResp>yes</NoResp></Get>").no_resp);
    CHECK(devinf_in("<DevInf><UTC>true</UTC></DevInf>").utc);
}

// ---- commands ----------------------------------------------------------------------------

TEST_CASE("references may nest a LocURI", "[codec][tolerance]")
{
    const auto status =
        command_in<Status>("<Status><CmdID>1</CmdID><TargetRef>\n<LocURI>card</LocURI>\n</TargetRef>"
                           "<SourceRef>17</SourceRef><SourceRef><LocURI>18</LocURI></SourceRef></Status>");
    CHECK(status.target_refs == std::vector<std::string>{"card"});
    CHECK(status.source_refs == std::vector<std::string>{"17", "18"});
    const auto results =
        command_in<Results>("<Results><CmdID>1</CmdID><SourceRef><LocURI>./devinf12</LocURI></SourceRef>"
                            "</Results>");
    CHECK(results.source_ref == "./devinf12");
}

TEST_CASE("results without MsgRef answer the first message", "[codec][tolerance]")
{
    CHECK(command_in<Results>("<Results><CmdID>1</CmdID><CmdRef>4</CmdRef></Results>").msg_ref == 1);
    CHECK(command_in<Results>("<Results><CmdID>1</CmdID><MsgRef>3</MsgRef></Results>").msg_ref == 3);
}

TEST_CASE("several items and several Sync elements of one datastore keep their order", "[codec][tolerance]")
{
    const auto message = decoded(message_with(
        "<Sync><CmdID>1</CmdID><Add><CmdID>2</CmdID><Item><Data>a</Data></Item><Item><Data>b</Data></Item></Add>"
        "<Atomic><CmdID>3</CmdID><Delete><CmdID>4</CmdID><Archive/><SftDel/></Delete></Atomic></Sync>"
        "<Sync><CmdID>5</CmdID></Sync><Final/>"));
    REQUIRE(message.body.size() == 2);
    const auto& sync = std::get<Sync>(message.body[0]);
    REQUIRE(sync.commands.size() == 2);
    const auto& add = std::get<ItemCommand>(sync.commands[0]);
    REQUIRE(add.items.size() == 2);
    CHECK(add.items[0].text() + add.items[1].text() == "ab");
    const auto& group = std::get<Group>(sync.commands[1]);
    CHECK(group.kind == GroupKind::Atomic);
    const auto& deletion = std::get<ItemCommand>(group.commands.at(0));
    CHECK(deletion.verb == ItemVerb::Delete);
    CHECK(deletion.archive);
    CHECK(deletion.soft_delete);
    CHECK(std::get<Sync>(message.body[1]).cmd_id == 5);
}

TEST_CASE("an anchor in the data of a status is read with or without its namespace", "[codec][tolerance]")
{
    for (const auto* anchor : {"<Anchor xmlns='syncml:metinf'><Next>n</Next></Anchor>",
                               "\n <Anchor>\n<Last>l</Last><Next>n</Next>\n</Anchor>\n"}) {
        const auto status =
            command_in<Status>(fmt::format("<Status><CmdID>1</CmdID><Item><Data>{}</Data></Item></Status>", anchor));
        REQUIRE(std::holds_alternative<Anchor>(status.items.at(0).data));
        CHECK(std::get<Anchor>(status.items[0].data).next == "n");
    }
}

// ---- device information --------------------------------------------------------------------

TEST_CASE("device information is read inline, as CDATA and as escaped text", "[codec][tolerance]")
{
    for (const auto* data : {"\n<DevInf xmlns='syncml:devinf'><Man>X</Man><DevID>d</DevID></DevInf>\n",
                             "<![CDATA[<DevInf xmlns='syncml:devinf'><Man>X</Man><DevID>d</DevID></DevInf>]]>",
                             "<![CDATA[\n<?xml version='1.0'?><DevInf><Man>X</Man><DevID>d</DevID></DevInf>\n]]>",
                             "&lt;DevInf&gt;&lt;Man&gt;X&lt;/Man&gt;&lt;DevID&gt;d&lt;/DevID&gt;&lt;/DevInf&gt;"}) {
        const auto devinf = devinf_in(data);
        CHECK(devinf.manufacturer == "X");
        CHECK(devinf.device_id == "d");
    }
    const auto results =
        command_in<Results>("<Results><CmdID>1</CmdID><Item><Meta><Type>Application/vnd.syncml-devinf+wbxml"
                            "</Type></Meta><Data>&lt;DevInf/&gt;</Data></Item></Results>");
    CHECK(std::holds_alternative<DevInf>(results.items.at(0).data));
}

TEST_CASE("text that is no device information stays text", "[codec][tolerance]")
{
    for (const auto& command : {put_devinf("&lt;DevInf"), put_devinf("&lt;html/&gt;"), put_devinf("none"),
                                put_devinf("&lt;DevInf/&gt;", "text/xml")})
        CHECK(std::holds_alternative<std::string>(command_in<Put>(command).items.at(0).data));
    // Only once: a text within the text is not looked at again.
    CHECK(devinf_in("<![CDATA[<DevInf><Man>&lt;DevInf/&gt;</Man></DevInf>]]>").manufacturer == "<DevInf/>");
}

TEST_CASE("a datastore may repeat its preferred types and leave out versions", "[codec][tolerance]")
{
    const auto devinf = devinf_in("<DevInf><DataStore><SourceRef>card</SourceRef><Rx-Pref><CTType>text/x-vcard</CTType>"
                                  "<VerCT>2.1</VerCT></Rx-Pref><Rx-Pref><CTType>text/vcard</CTType></Rx-Pref><SyncCap>"
                                  "<SyncType>1</SyncType><SyncType>x</SyncType><SyncType>390001</SyncType></SyncCap>"
                                  "</DataStore></DevInf>");
    REQUIRE(devinf.datastores.size() == 1);
    CHECK(devinf.datastores[0].rx_preferred ==
          std::vector<ContentType>{{.type = "text/x-vcard", .version = "2.1"}, {.type = "text/vcard", .version = ""}});
    CHECK(devinf.datastores[0].sync_types == std::vector<std::uint32_t>{1, 390001});
}

TEST_CASE("the flat CTCap of DevInf 1.1 is read into the same values", "[codec][tolerance]")
{
    const auto* flat = "<CTCap><CTType>text/x-vcard</CTType>"
                       "<PropName>BEGIN</PropName><ValEnum>VCARD</ValEnum>"
                       "<PropName>TEL</PropName><DataType>chr</DataType><Size>30</Size><DisplayName>Phone</DisplayName>"
                       "<ParamName>TYPE</ParamName><ValEnum>WORK</ValEnum><ValEnum>CELL</ValEnum>"
                       "<ParamName>X-P</ParamName><DisplayName>P</DisplayName>"
                       "<CTType>text/vcard</CTType><VerCT>3.0</VerCT><PropName>N</PropName></CTCap>";
    PropertyParameter type;
    type.name = "TYPE";
    type.values = {"WORK", "CELL"};
    PropertyParameter other;
    other.name = "X-P";
    other.display_name = "P";
    Property begin;
    begin.name = "BEGIN";
    begin.values = {"VCARD"};
    Property tel;
    tel.name = "TEL";
    tel.data_type = "chr";
    tel.max_size = 30;
    tel.display_name = "Phone";
    tel.parameters = {type, other};
    Property n;
    n.name = "N";
    const std::vector<ContentCapability> expected{
        {.content = {.type = "text/x-vcard", .version = ""}, .field_level = false, .properties = {begin, tel}},
        {.content = {.type = "text/vcard", .version = "3.0"}, .field_level = false, .properties = {n}}};

    CHECK(devinf_in(fmt::format("<DevInf><VerDTD>1.1</VerDTD>{}</DevInf>", flat)).capabilities == expected);
    CHECK(devinf_in(fmt::format("<DevInf><DataStore>{}</DataStore></DevInf>", flat)).datastores.at(0).capabilities ==
          expected);
    const auto twice = devinf_in(fmt::format("<DevInf>{0}{0}</DevInf>", flat)).capabilities;
    CHECK(twice.size() == 4);
}
