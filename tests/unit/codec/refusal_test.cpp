#include "decoding.hpp"

#include <fmt/format.h>

using base::Errc;
using Catch::Matchers::Contains;
using namespace std::string_literals;

namespace {

std::string nested_groups(std::size_t depth)
{
    std::string text;
    for (std::size_t i = 0; i < depth; ++i)
        text += "<Sequence><CmdID>1</CmdID>";
    for (std::size_t i = 0; i < depth; ++i)
        text += "</Sequence>";
    return text;
}

} // namespace

TEST_CASE("a broken document is malformed, with its line and what is wrong", "[codec][refusal]")
{
    const auto whole = message_with("\n<Alert><CmdID>1</CmdID>\n<Data>222</Data></Alert>\n");
    const auto cut = refused(std::string_view(whole).substr(0, whole.find("222")));
    CHECK(cut.code == Errc::Malformed);
    CHECK_THAT(cut.message, Contains("line 3: "));

    const auto crossed = refused(message_with("<Alert><CmdID>1</Alert></CmdID>"));
    CHECK(crossed.code == Errc::Malformed);
    CHECK_THAT(crossed.message, Contains("line 1: ") && Contains("CmdID") && Contains("Alert"));

    CHECK(refused(whole + "<More/>").code == Errc::Malformed);
    CHECK(refused(whole + "rubbish").code == Errc::Malformed);
    CHECK(refused(message_with("<Final a=1/>")).code == Errc::Malformed);
    CHECK(refused(message_with("a & b")).code == Errc::Malformed);
    CHECK(refused(message_with("<Cmd>\x01</Cmd>")).code == Errc::Malformed);
    CHECK(refused(message_with("&#0;")).code == Errc::Malformed);
}

TEST_CASE("every cut of a message is refused or read, never worse", "[codec][refusal]")
{
    const auto whole =
        message_with("<Put><CmdID>1</CmdID><Item><Data><![CDATA[a]]>&amp;<x y='z'/></Data></Item></Put>");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto error = refused(std::string_view(whole).substr(0, size));
        CHECK((error.code == Errc::Malformed || error.code == Errc::NotSyncML));
        // What began as SyncML and broke off is told from what is something else.
        if (size > whole.find('>'))
            CHECK(error.code == Errc::Malformed);
    }
}

TEST_CASE("an id that is not a number is malformed", "[codec][refusal]")
{
    const auto error = refused(message_with("<Alert>\n<CmdID>one</CmdID></Alert>"));
    CHECK(error.code == Errc::Malformed);
    CHECK_THAT(error.message, Contains("line 2: CmdID is not a number"));
    CHECK(refused(message_with("<Status><CmdID>1</CmdID><MsgRef>x</MsgRef></Status>")).code == Errc::Malformed);
    CHECK(refused(message_with("<Status><CmdID>-1</CmdID></Status>")).code == Errc::Malformed);
}

TEST_CASE("a message needs a SyncHdr with a MsgID", "[codec][refusal]")
{
    for (const auto* document : {"<SyncML/>", "<SyncML><SyncBody><Final/></SyncBody></SyncML>",
                                 "<SyncML><SyncHdr><SessionID>1</SessionID></SyncHdr><SyncBody/></SyncML>"}) {
        const auto error = refused(document);
        CHECK(error.code == Errc::Malformed);
        CHECK_THAT(error.message, Contains("MsgID"));
    }
}

TEST_CASE("what is something else is not SyncML", "[codec][refusal]")
{
    for (const auto& document :
         {""s, " \r\n"s, "\0\0"s, "Internal error"s, "{\"error\": 500}"s, "<html><head><title>Log in</title>"s,
          "<!DOCTYPE html><html><body>&nbsp;</body></html>"s,
          "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>"s, "<?xml version=\"1.0\"?><DevInf/>"s,
          "<syncml/>"s, "<\0S\0"s, "\x02\xA4\x01\x6A\0\x6D"s}) {
        INFO(document);
        CHECK(refused(document).code == Errc::NotSyncML);
    }
    CHECK_THAT(refused("<html>").message, Contains("the document is html, not SyncML"));
}

TEST_CASE("markup that a document declares itself is forbidden", "[codec][refusal]")
{
    const auto body = message_with("<Final/>");
    for (const auto* subset : {"[]", "[<!-- -->]", "[<!ENTITY a 'b'>]", "[<!ELEMENT SyncML ANY>]", "[%x;]",
                               "SYSTEM 'a.dtd' [<!ATTLIST SyncML a CDATA 'b'>]", "PUBLIC 'a' 'b' [ ]"}) {
        INFO(subset);
        const auto error = refused("<!DOCTYPE SyncML "s + subset + ">" + body);
        CHECK(error.code == Errc::ForbiddenMarkup);
        CHECK_THAT(error.message, Contains("DOCTYPE"));
    }
}

TEST_CASE("a billion laughs end before the first", "[codec][refusal]")
{
    std::string laughs = "<!DOCTYPE lolz [<!ENTITY lol0 'lol'>";
    for (int i = 1; i < 10; ++i)
        laughs += fmt::format("<!ENTITY lol{0} '&lol{1};&lol{1};&lol{1};&lol{1};&lol{1};&lol{1};&lol{1};&lol{1};'>", i,
                              i - 1);
    laughs += "]>" + message_with("&lol9;");
    CHECK(refused(laughs).code == Errc::ForbiddenMarkup);
    laughs.replace(laughs.find("lolz"), 4, "SyncML");
    CHECK(refused(laughs).code == Errc::ForbiddenMarkup);
}

TEST_CASE("entities beyond the five are forbidden, wherever they stand", "[codec][refusal]")
{
    for (const auto* doctype : {"", "<!DOCTYPE SyncML PUBLIC '-//SYNCML//DTD SyncML 1.2//EN' 'file:///etc/passwd'>"}) {
        CHECK(refused(doctype + message_with("<Cmd>&nbsp;</Cmd>")).code == Errc::ForbiddenMarkup);
        CHECK(refused(doctype + message_with("<Cmd a='&xxe;'/>")).code == Errc::ForbiddenMarkup);
    }
    CHECK_THAT(refused(message_with("\n\n&xxe;")).message, Contains("line 3") && Contains("xxe"));
}

TEST_CASE("device information as text is held to the same rules", "[codec][refusal]")
{
    const auto put = [](std::string_view text) {
        return message_with(
            fmt::format("<Put><CmdID>1</CmdID><Meta><Type>application/vnd.syncml-devinf+xml</Type></Meta>"
                        "<Item><Data><![CDATA[{}]]></Data></Item></Put>",
                        text));
    };
    CHECK(refused(put("<!DOCTYPE DevInf [<!ENTITY a 'b'>]><DevInf><Man>&a;</Man></DevInf>")).code ==
          Errc::ForbiddenMarkup);
    CHECK(refused(put("<DevInf><Man>&a;</Man></DevInf>")).code == Errc::ForbiddenMarkup);
    std::string many;
    for (int i = 0; i < 17; ++i)
        many += "<a/>";
    CHECK(refused(put("<DevInf>" + many + "</DevInf>"), {.max_elements = 17}).code == Errc::ReplyTooLarge);
    CHECK(decoded(put("<DevInf>" + many + "</DevInf>"), {.max_elements = 18}).body.size() == 1);
}

TEST_CASE("a short document cannot make values without end", "[codec][refusal]")
{
    const auto repeated = [](std::string_view before, std::string_view part, std::string_view after) {
        std::string text(before);
        for (int i = 0; i < 20'000; ++i)
            text += part;
        return message_with(text += after);
    };
    const auto devinf = [&](std::string_view part) {
        return repeated(
            "<Results><Meta><Type>application/vnd.syncml-devinf+xml</Type></Meta><Item><Data><![CDATA[<DevInf>", part,
            "</DevInf>]]></Data></Item></Results>");
    };
    const std::string documents[] = {
        repeated("", "<Status/>", ""),
        repeated("", "<Put/>", ""),
        repeated("", "<Alert/>", ""),
        repeated("", "<Unknown/>", ""),
        repeated("<Sync>", "<Delete/>", "</Sync>"),
        repeated("<Sync><Add>", "<Item/>", "</Add></Sync>"),
        repeated("<Map>", "<MapItem/>", "</Map>"),
        repeated("<Status>", "<TargetRef/>", "</Status>"),
        devinf("<DataStore/>"),
        devinf("<DataStore><CTCap/></DataStore>"),
        devinf("<CTCap><PropName/></CTCap>"),
    };
    for (const auto& document : documents) {
        INFO(document.substr(0, 400));
        // 20,000 of the smallest, a std::string, take 640,000.
        CHECK(refused(document, {.max_room = 600'000}).code == Errc::ReplyTooLarge);
    }
    // A message as large as servers are told to send, of the shortest Statuses that say something.
    std::string statuses;
    while (statuses.size() < 256 * 1024)
        statuses +=
            "<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>1</CmdRef><Cmd>Add</Cmd><Data>201</Data></Status>";
    CHECK(decoded(message_with(statuses)).body.size() > 2'000);
}

TEST_CASE("limits hold to the last octet, element and level", "[codec][refusal]")
{
    const auto document = message_with("<Final/>");
    CHECK(decoded(document, {.max_bytes = document.size()}).final);
    CHECK(refused(document, {.max_bytes = document.size() - 1}).code == Errc::ReplyTooLarge);

    constexpr std::size_t elements = 12; // of `document`
    CHECK(decoded(document, {.max_elements = elements}).final);
    CHECK(refused(document, {.max_elements = elements - 1}).code == Errc::ReplyTooLarge);
    // Skipped elements count as well.
    const auto unknown = message_with("<Alert><CmdID>1</CmdID><a><b/><c/></a></Alert>");
    CHECK(decoded(unknown, {.max_elements = elements + 4}).body.size() == 1);
    CHECK(refused(unknown, {.max_elements = elements + 3}).code == Errc::ReplyTooLarge);

    const auto groups = message_with(nested_groups(61)); // and SyncML, SyncBody, CmdID
    CHECK(decoded(groups).body.size() == 1);
    CHECK(refused(message_with(nested_groups(62))).code == Errc::ReplyTooLarge);
    CHECK(refused(message_with(nested_groups(100'000))).code == Errc::ReplyTooLarge);
    std::string unknowns;
    for (int i = 0; i < 100'000; ++i)
        unknowns += "<a>";
    CHECK(refused(message_with(unknowns)).code == Errc::ReplyTooLarge);
}

TEST_CASE("attributes and namespaces have a limit", "[codec][refusal]")
{
    const auto with = [](std::string_view prefix, int count) {
        std::string tag = "<Final";
        for (int i = 0; i < count; ++i)
            tag += fmt::format(" {}{}=''", prefix, i);
        return message_with(tag + "/>");
    };
    CHECK(decoded(with("a", 32)).final);
    CHECK(refused(with("a", 33)).code == Errc::ReplyTooLarge);
    // libxml2 would compare every pair of these.
    CHECK(refused(with("a", 200'000)).code == Errc::ReplyTooLarge);
    CHECK(refused(with("xmlns:a", 200'000)).code == Errc::ReplyTooLarge);
}
