#include "decoding.hpp"
#include "generator.hpp"

#include <wbxml/wbxml.h>
#include <wbxml/wbxml_conv.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

// What we read and write, against libwbxml2. It turns documents into each other's text, and is known to write XML
// that is not well-formed, from "]]>" in item data, to tell device information by its type alone, and to change line
// ends in Data.

using codec::Encoding;

namespace {

using Octets = std::unique_ptr<WB_UTINY, decltype(&std::free)>;

std::string to_wbxml(std::string xml)
{
    WBXMLConvXML2WBXML* made = nullptr;
    REQUIRE(wbxml_conv_xml2wbxml_create(&made) == WBXML_OK);
    const std::unique_ptr<WBXMLConvXML2WBXML, decltype(&wbxml_conv_xml2wbxml_destroy)> converter(
        made, wbxml_conv_xml2wbxml_destroy);
    wbxml_conv_xml2wbxml_enable_preserve_whitespaces(made);
    WB_UTINY* wbxml = nullptr;
    WB_ULONG size = 0;
    REQUIRE(wbxml_conv_xml2wbxml_run(made, reinterpret_cast<WB_UTINY*>(xml.data()), static_cast<WB_ULONG>(xml.size()),
                                     &wbxml, &size) == WBXML_OK);
    const Octets octets(wbxml, std::free);
    return {reinterpret_cast<const char*>(wbxml), size};
}

std::string to_xml(std::string wbxml)
{
    WBXMLConvWBXML2XML* made = nullptr;
    REQUIRE(wbxml_conv_wbxml2xml_create(&made) == WBXML_OK);
    const std::unique_ptr<WBXMLConvWBXML2XML, decltype(&wbxml_conv_wbxml2xml_destroy)> converter(
        made, wbxml_conv_wbxml2xml_destroy);
    wbxml_conv_wbxml2xml_set_gen_type(made, WBXML_GEN_XML_CANONICAL);
    wbxml_conv_wbxml2xml_enable_preserve_whitespaces(made);
    WB_UTINY* xml = nullptr;
    WB_ULONG size = 0;
    REQUIRE(wbxml_conv_wbxml2xml_run(made, reinterpret_cast<WB_UTINY*>(wbxml.data()),
                                     static_cast<WB_ULONG>(wbxml.size()), &xml, &size) == WBXML_OK);
    const Octets octets(xml, std::free);
    return {reinterpret_cast<const char*>(xml), size};
}

std::string without_line_ends(const syncml::Message& message)
{
    auto xml = encoded(message);
    for (const std::string_view line_end : {"&#13;", "\r", "\n"})
        for (auto at = xml.find(line_end); at != std::string::npos; at = xml.find(line_end, at))
            xml.erase(at, line_end.size());
    return xml;
}

} // namespace

TEST_CASE("what libwbxml2 writes is read as it was meant", "[codec][wbxml]")
{
    Generator generator(20260410);
    for (int i = 0; i < 300; ++i) {
        INFO("message " << i);
        const auto message = generator.message();
        const auto again = decoded_wbxml(to_wbxml(encoded(message)));
        REQUIRE(without_line_ends(again) == without_line_ends(message));
    }
}

TEST_CASE("what we write is read by libwbxml2 as it was meant", "[codec][wbxml]")
{
    Generator generator(20260411);
    int read = 0;
    for (int i = 0; i < 300; ++i) {
        INFO("message " << i);
        const auto message = generator.message();
        const auto again = codec::decode(to_xml(encoded(message, Encoding::Wbxml)), Encoding::Xml, no_limits);
        if (!again)
            continue; // see above
        REQUIRE(without_line_ends(*again) == without_line_ends(message));
        ++read;
    }
    CHECK(read > 100);
}
