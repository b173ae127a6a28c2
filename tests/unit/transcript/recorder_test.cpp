#include "transcript/recorder.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace {

using namespace transcript;

/// A recorder, and what it wrote.
struct Fixture {
    explicit Fixture(Recorder::Options options = {}) : recorder(options, now, sink()) {}

    static Recorder::Time now()
    {
        return Recorder::Time(std::chrono::milliseconds(1'767'225'600'042)); // 2026-01-01T00:00:00.042Z
    }
    Recorder::Sink sink()
    {
        return [this](std::string_view piece) {
            ++calls;
            if (!takes)
                return false;
            text += piece;
            return true;
        };
    }

    std::string text;
    bool takes = true;
    int calls = 0;
    Recorder recorder;
};

syncml::Message message(std::string data = "BEGIN:VCARD")
{
    syncml::Message message;
    message.header.ver_dtd = "1.2";
    message.header.msg_id = 1;
    syncml::Item item;
    item.data = std::move(data);
    syncml::ItemCommand add;
    add.cmd_id = 1;
    add.items = {item};
    message.body.emplace_back(add);
    message.final = true;
    return message;
}

Exchanged sent(syncml::Message what)
{
    return {.sent = true, .time = {}, .address = "http://host/ds", .encoding = "WBXML", .octets = 17, .message = what};
}

TEST_CASE("a transcript is an XML document with the messages indented in it")
{
    Fixture fixture({.keeps_items = true});
    fixture.recorder.open({.program = "syncd 1", .profile = "Wörk & <more>", .session = 12, .time = {}});
    fixture.recorder.attempt({.server = "http://host/ds",
                              .encoding = "WBXML",
                              .syncml = "1.1",
                              .device = "d1",
                              .services = {{.name = "CONTACT", .database = "card", .asked = "TWO_WAY", .last = "x"}}});
    fixture.recorder.note({"CONTACT: slow sync, because."});
    fixture.recorder.exchanged(sent(message("<&>\r\n]]>")));
    fixture.recorder.unanswered({{}, "org.syncd1.Error.Timeout", "late\nand two lines"});
    fixture.recorder.unread({{}, "http://host/ds", 5, "ab", "no XML"});
    fixture.recorder.end({.outcome = "failed", .error = "org.syncd1.Error.Timeout", .message = "late"});
    CHECK(fixture.text == R"(<?xml version="1.0" encoding="UTF-8"?>
<transcript version="1" program="syncd 1" profile="Wörk &amp; &lt;more&gt;" session="12" items="whole" time="2026-01-01T00:00:00.042Z">
<attempt time="2026-01-01T00:00:00.042Z" server="http://host/ds" encoding="WBXML" syncml="1.1" device="d1" message-limit="0" object-limit="0">
<service name="CONTACT" database="card" asked="TWO_WAY" last="x"/>
</attempt>
<note text="CONTACT: slow sync, because."/>
<sent time="2026-01-01T00:00:00.042Z" to="http://host/ds" encoding="WBXML" octets="17">
<SyncML xmlns="SYNCML:SYNCML1.2">
  <SyncHdr>
    <VerDTD>1.2</VerDTD>
    <VerProto></VerProto>
    <SessionID></SessionID>
    <MsgID>1</MsgID>
    <Target>
      <LocURI></LocURI>
    </Target>
    <Source>
      <LocURI></LocURI>
    </Source>
  </SyncHdr>
  <SyncBody>
    <Add>
      <CmdID>1</CmdID>
      <Item>
        <Data>&lt;&amp;&gt;&#13;
]]&gt;</Data>
      </Item>
    </Add>
    <Final/>
  </SyncBody>
</SyncML>
</sent>
<unanswered time="2026-01-01T00:00:00.042Z" error="org.syncd1.Error.Timeout" why="late and two lines"/>
<unread time="2026-01-01T00:00:00.042Z" from="http://host/ds" octets="5" sha256="ab" why="no XML"/>
<end time="2026-01-01T00:00:00.042Z" outcome="failed" error="org.syncd1.Error.Timeout" message="late"/>
</transcript>
)");
    CHECK(fixture.recorder.is_whole());
}

TEST_CASE("each record is handed on before the call returns")
{
    Fixture fixture;
    fixture.recorder.exchanged(sent(message()));
    CHECK(fixture.text.ends_with("</SyncML>\n</sent>\n"));
    fixture.recorder.exchanged(sent(message(std::string(300'000, 'x'))));
    CHECK(fixture.text.ends_with("</SyncML>\n</sent>\n"));
}

TEST_CASE("a sink that fails is not asked again")
{
    Fixture fixture;
    fixture.recorder.note({"one"});
    fixture.takes = false;
    fixture.recorder.note({"two"});
    CHECK_FALSE(fixture.recorder.is_whole());
    const auto calls = fixture.calls;
    fixture.takes = true;
    fixture.recorder.exchanged(sent(message()));
    fixture.recorder.end({.outcome = "completed"});
    CHECK(fixture.calls == calls);
    CHECK(fixture.text == "<note text=\"one\"/>\n");
}

TEST_CASE("a transcript has a limit: what does not fit is named without its content")
{
    Fixture fixture({.keeps_items = true, .limit = 20'000, .reserve = 2'000});
    for (int i = 0; i < 3; ++i)
        fixture.recorder.exchanged(sent(message(std::string(9'000, 'x'))));
    CHECK(fixture.text.size() < 20'000);
    CHECK(fixture.text.ends_with(" octets=\"17\" omitted=\"yes\"/>\n"));
    fixture.recorder.exchanged(sent(message("small"))); // it fits
    CHECK(fixture.text.ends_with("</sent>\n"));

    for (int i = 0; i < 1'000; ++i)
        fixture.recorder.note({std::string(100, 'n')});
    fixture.recorder.end({.outcome = "completed"});
    CHECK(fixture.text.size() < 23'000);
    CHECK(fixture.text.ends_with("outcome=\"completed\"/>\n</transcript>\n"));
    CHECK(fixture.recorder.is_whole());
}

} // namespace
