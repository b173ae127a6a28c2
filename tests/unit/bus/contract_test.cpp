#include "bus/contract.hpp"
#include "bus/contract_text.hpp"

#include <catch2/catch.hpp>
#include <libxml/parser.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

using bus::Row;
using bus::Rule;

namespace {

/// A member as the XML describes it: kind, interface, name and a method's signature.
using Member = std::tuple<std::string, std::string, std::string, std::string>;

std::string attribute(const xmlNode* node, const char* name)
{
    const std::unique_ptr<xmlChar, decltype(xmlFree)> value(xmlGetProp(node, reinterpret_cast<const xmlChar*>(name)),
                                                            xmlFree);
    return value ? reinterpret_cast<const char*>(value.get()) : "";
}

bool is_element(const xmlNode* node, const char* name)
{
    return node->type == XML_ELEMENT_NODE && xmlStrEqual(node->name, reinterpret_cast<const xmlChar*>(name)) != 0;
}

std::string in_signature(const xmlNode* method)
{
    std::string signature;
    for (const auto* arg = method->children; arg != nullptr; arg = arg->next) {
        if (is_element(arg, "arg") && attribute(arg, "direction") == "in")
            signature += attribute(arg, "type");
    }
    return signature;
}

std::set<Member> members_of(std::string_view text)
{
    std::set<Member> members;
    const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document(
        xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr, XML_PARSE_NONET), xmlFreeDoc);
    REQUIRE(document);
    for (const auto* interface = xmlDocGetRootElement(document.get())->children; interface != nullptr;
         interface = interface->next) {
        if (!is_element(interface, "interface"))
            continue;
        for (const auto* node = interface->children; node != nullptr; node = node->next) {
            if (is_element(node, "method"))
                members.emplace("method", attribute(interface, "name"), attribute(node, "name"), in_signature(node));
            else if (is_element(node, "property"))
                members.emplace("property", attribute(interface, "name"), attribute(node, "name"), "");
        }
    }
    return members;
}

} // namespace

TEST_CASE("the authorizer's table and the XML name the same members", "[contract]")
{
    std::set<Member> written, table;
    for (const auto text : {bus::contract_text::manager, bus::contract_text::profile, bus::contract_text::store}) {
        const auto members = members_of(text);
        CHECK_FALSE(members.empty());
        written.insert(members.begin(), members.end());
    }
    for (const auto& row : bus::contract())
        table.emplace(row.kind == Row::Kind::Method ? "method" : "property", row.interface, row.member, row.in);

    CHECK(table == written);
    CHECK(table.size() == bus::contract().size()); // no member has two rows
}

TEST_CASE("whatever changes something needs a permission", "[contract]")
{
    const std::set<std::string_view> reading{
        "GetConflicts", "Get",      "GetAll",        "GetProfileCount", "GetStatistics", "GetHistory",
        "List",         "GetCount", "Export",        "GetDeviceInfo",   "GetPlan",       "GetPlanItems",
        "GetChanges",   "Explain",  "GetQuarantine", "GetTranscript",   "GetSent"};
    const std::set<std::string_view> syncing{"StartSync", "StopSync", "DeliverNotification"};
    for (const auto& row : bus::contract()) {
        INFO(row.interface << '.' << row.member);
        if (row.kind == Row::Kind::Property)
            CHECK(row.rule == (row.member == "MaxProfiles" || row.member == "Version" ? Rule::Anyone : Rule::Own));
        else if (reading.contains(row.member))
            CHECK(row.rule == Rule::Own);
        else
            CHECK(row.rule == (syncing.contains(row.member) ? Rule::Sync : Rule::Manage));
    }
}

TEST_CASE("a member is found by its whole name and kind only", "[contract]")
{
    REQUIRE(bus::find_row(Row::Kind::Method, "org.syncd1.Store", "Get"));
    CHECK(bus::find_row(Row::Kind::Method, "org.syncd1.Store", "Get")->interface == bus::store_interface);
    CHECK(bus::find_row(Row::Kind::Method, "org.syncd1.Profile", "Get") == nullptr);
    CHECK(bus::find_row(Row::Kind::Property, "org.syncd1.Manager", "Get") == nullptr);
    CHECK(bus::find_row(Row::Kind::Method, "", "Get") == nullptr);
    CHECK(bus::find_row(Row::Kind::Method, "org.syncd1.Manager", "get") == nullptr);
    CHECK(bus::is_interface("org.syncd1.Profile"));
    CHECK_FALSE(bus::is_interface("org.syncd1"));
}
