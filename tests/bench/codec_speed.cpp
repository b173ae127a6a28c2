// What the codec spends on messages, beside what libwbxml2 spends on turning the same ones into each other's text,
// which is all that wbxml2xml and xml2wbxml do. Takes vCards on standard input, one behind the other, and prints one
// JSON object for each kind of message.

#include "codec/codec.hpp"

#include <wbxml/wbxml.h>
#include <wbxml/wbxml_conv.h>

#include <ctime>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using codec::Encoding;

namespace {

constexpr double LeastSeconds = 0.3; ///< of each measurement
constexpr std::size_t Answers = 200; ///< Statuses and MapItems in a message

std::vector<std::string> read_contacts()
{
    const std::string all(std::istreambuf_iterator<char>(std::cin), {});
    constexpr std::string_view End = "END:VCARD\r\n";
    std::vector<std::string> contacts;
    for (std::size_t begin = 0, end = 0; (end = all.find(End, begin)) != std::string::npos; begin = end + End.size())
        contacts.push_back(all.substr(begin, end + End.size() - begin));
    return contacts;
}

syncml::Message message()
{
    syncml::Message made;
    made.header.ver_dtd = "1.2";
    made.header.ver_proto = "SyncML/1.2";
    made.header.session_id = "7";
    made.header.msg_id = 3;
    made.header.target.uri = "https://sync.example.org/ds";
    made.header.source.uri = "sc-pim-bench-a";
    made.header.meta.max_msg_size = 65536;
    return made;
}

syncml::Message with_items(const std::vector<std::string>& contacts)
{
    syncml::Sync sync;
    sync.cmd_id = 1;
    sync.target.uri = "card";
    sync.source.uri = "contacts";
    for (const auto& contact : contacts) {
        syncml::ItemCommand command;
        command.cmd_id = static_cast<syncml::CmdId>(sync.commands.size() + 2);
        command.meta.type = "text/vcard";
        auto& item = command.items.emplace_back();
        item.source = syncml::Location{.uri = std::to_string(command.cmd_id), .name = {}};
        item.data = contact;
        sync.commands.emplace_back(std::move(command));
    }
    auto made = message();
    made.body.emplace_back(std::move(sync));
    return made;
}

syncml::Message with_answers()
{
    auto made = message();
    syncml::Map map;
    map.cmd_id = 1;
    map.target.uri = "card";
    map.source.uri = "contacts";
    for (std::size_t number = 0; number < Answers; ++number) {
        syncml::Status status;
        status.cmd_id = static_cast<syncml::CmdId>(number + 2);
        status.msg_ref = 2;
        status.cmd_ref = static_cast<syncml::CmdId>(number + 5);
        status.cmd = "Add";
        status.code = syncml::StatusCode::ItemAdded;
        status.source_refs = {"item-" + std::to_string(number)};
        made.body.emplace_back(std::move(status));
        map.items.push_back({.guid = "guid-" + std::to_string(number), .luid = std::to_string(number)});
    }
    made.body.emplace_back(std::move(map));
    return made;
}

double cpu_now()
{
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// CPU seconds of one call, of as many as fill the time.
double seconds_of(const std::function<void()>& work)
{
    work();
    long runs = 0;
    const double begun = cpu_now();
    double spent = 0;
    for (; spent < LeastSeconds; spent = cpu_now() - begun)
        ++runs, work();
    return spent / static_cast<double>(runs);
}

void must(bool good, const char* what)
{
    if (!good)
        throw std::runtime_error(what);
}

syncml::Message decoded(std::string_view document, Encoding encoding)
{
    auto message = codec::decode(document, encoding, {});
    must(message.has_value(), "cannot decode");
    return *std::move(message);
}

std::string library_to_xml(std::string wbxml)
{
    WBXMLConvWBXML2XML* made = nullptr;
    must(wbxml_conv_wbxml2xml_create(&made) == WBXML_OK, "wbxml2xml");
    const std::unique_ptr<WBXMLConvWBXML2XML, decltype(&wbxml_conv_wbxml2xml_destroy)> converter(
        made, wbxml_conv_wbxml2xml_destroy);
    WB_UTINY* xml = nullptr;
    WB_ULONG size = 0;
    must(wbxml_conv_wbxml2xml_run(made, reinterpret_cast<WB_UTINY*>(wbxml.data()), static_cast<WB_ULONG>(wbxml.size()),
                                  &xml, &size) == WBXML_OK,
         "wbxml2xml");
    const std::unique_ptr<WB_UTINY, decltype(&std::free)> octets(xml, std::free);
    return {reinterpret_cast<const char*>(xml), size};
}

std::string library_to_wbxml(std::string xml)
{
    WBXMLConvXML2WBXML* made = nullptr;
    must(wbxml_conv_xml2wbxml_create(&made) == WBXML_OK, "xml2wbxml");
    const std::unique_ptr<WBXMLConvXML2WBXML, decltype(&wbxml_conv_xml2wbxml_destroy)> converter(
        made, wbxml_conv_xml2wbxml_destroy);
    WB_UTINY* wbxml = nullptr;
    WB_ULONG size = 0;
    must(wbxml_conv_xml2wbxml_run(made, reinterpret_cast<WB_UTINY*>(xml.data()), static_cast<WB_ULONG>(xml.size()),
                                  &wbxml, &size) == WBXML_OK,
         "xml2wbxml");
    const std::unique_ptr<WB_UTINY, decltype(&std::free)> octets(wbxml, std::free);
    return {reinterpret_cast<const char*>(wbxml), size};
}

void measure(std::string_view name, const syncml::Message& message)
{
    const auto xml = codec::encode(message, Encoding::Xml);
    const auto wbxml = codec::encode(message, Encoding::Wbxml);
    const std::pair<std::string_view, double> found[] = {
        {"decode_xml", seconds_of([&] { decoded(xml, Encoding::Xml); })},
        {"encode_xml", seconds_of([&] { codec::encode(message, Encoding::Xml); })},
        {"decode_wbxml", seconds_of([&] { decoded(wbxml, Encoding::Wbxml); })},
        {"encode_wbxml", seconds_of([&] { codec::encode(message, Encoding::Wbxml); })},
        {"to_xml", seconds_of([&] { codec::encode(decoded(wbxml, Encoding::Wbxml), Encoding::Xml); })},
        {"to_wbxml", seconds_of([&] { codec::encode(decoded(xml, Encoding::Xml), Encoding::Wbxml); })},
        {"wbxml2xml", seconds_of([&] { library_to_xml(wbxml); })},
        {"xml2wbxml", seconds_of([&] { library_to_wbxml(xml); })},
    };
    std::cout << "{\"message\": \"" << name << "\", \"xml_bytes\": " << xml.size()
              << ", \"wbxml_bytes\": " << wbxml.size();
    for (const auto& [what, seconds] : found)
        std::cout << ", \"" << what << "\": " << seconds;
    std::cout << "}\n";
}

} // namespace

int main()
{
    try {
        const auto contacts = read_contacts();
        measure("items", with_items(contacts));
        measure("answers", with_answers());
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "codec-speed: " << error.what() << '\n';
        return 1;
    }
}
